//! Bundles: nothing of one is taken in before all of its checksums were computed.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::bundle::{FORMAT, MANIFEST, SUMS, VERSIONS};

#[derive(Deserialize)]
struct Manifest {
    callbook: String,
    format: u32,
}

/// Checks that a folder is a bundle, and whole.
pub(super) fn check(folder: &Path) -> Result<(), Error> {
    let read = |name: &str| {
        fs::read_to_string(folder.join(name))
            .map_err(|_| Error::NoBundle { path: folder.to_owned() })
    };
    let (sums, manifest) = (read(SUMS)?, read(MANIFEST)?);
    let damaged = |name: &str| Error::Damaged { path: folder.join(name) };
    let mut summed = Vec::new();
    for line in sums.lines().filter(|line| !line.trim().is_empty()) {
        // `sha256sum` writes a blank before a text's name, and a star before a binary's.
        let (sum, name) = line.split_once([' ']).ok_or_else(|| damaged(SUMS))?;
        let name = name.strip_prefix([' ', '*']).unwrap_or(name);
        // A name may not lead out of the folder.
        if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(damaged(SUMS));
        }
        let is = sum_of(&folder.join(name)).map_err(|_| damaged(name))?;
        if !is.eq_ignore_ascii_case(sum) {
            return Err(damaged(name));
        }
        summed.push(name);
    }
    if let Some(missing) = [VERSIONS, MANIFEST].iter().find(|name| !summed.contains(name)) {
        return Err(damaged(missing));
    }
    match serde_json::from_str::<Manifest>(&manifest) {
        Ok(manifest) if manifest.callbook != "bundle" => Err(damaged(MANIFEST)),
        Ok(manifest) if manifest.format > FORMAT => Err(Error::Newer { path: folder.to_owned() }),
        Ok(_) => Ok(()),
        Err(_) => Err(damaged(MANIFEST)),
    }
}

fn sum_of(path: &Path) -> io::Result<String> {
    let (mut file, mut sum, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        sum.update(&buffer[..read]);
    }
}
