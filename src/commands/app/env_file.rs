//! The env file that an app signs in with: lines `NAME=value`, for its owner alone.

use std::path::Path;

use anyhow::Context as _;

use crate::private_file;

pub const SERVER_URL: &str = "RC_SERVER_URL";
pub const CLIENT_ID: &str = "RC_APP_CLIENT_ID";
pub const CLIENT_SECRET: &str = "RC_APP_CLIENT_SECRET";
pub const JWT: &str = "RC_USER_JWT";

/// Its lines, in their order.
#[derive(Debug, Default)]
pub struct EnvFile(Vec<String>);

impl EnvFile {
    /// The file as it is; without any line if there is none.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self(text.lines().map(str::to_owned).collect())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    }

    /// Sets one; no value of ours needs quotes. All other lines stay.
    pub fn set(&mut self, name: &str, value: &str) {
        let line = format!("{name}={value}");
        let is_it =
            |old: &&mut String| old.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
        match self.0.iter_mut().find(is_it) {
            Some(old) => *old = line,
            None => self.0.push(line),
        }
    }

    /// Writes it whole or not at all; in the place of another one only if `replace`.
    pub fn write(&self, path: &Path, replace: bool) -> anyhow::Result<()> {
        let text: String = self.0.iter().map(|line| format!("{line}\n")).collect();
        Ok(private_file::write(path, &text, replace)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_lines_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.env");
        let text = "# mine\nRC_USER_JWTS=a\nRC_USER_JWT=old\nX=1\n";
        std::fs::write(&path, text).unwrap();
        let mut file = EnvFile::read(&path).unwrap();
        file.set(JWT, "new");
        file.set(CLIENT_ID, "app-1");
        file.write(&path, true).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\nRC_USER_JWTS=a\nRC_USER_JWT=new\nX=1\nRC_APP_CLIENT_ID=app-1\n");
        assert_eq!(file.get(JWT), Some("new"));
        assert_eq!(EnvFile::read(&folder.path().join("none")).unwrap().get(JWT), None);
    }
}
