//! Disks that are full or may not be written. Permission bits do not bind root, so a mount namespace
//! of the test's own has to do it.

use std::process::Command;

use crate::support::{Outcome, Place, Transcript, archived, company};

/// Runs a shell script that may mount, in the place's folder; `$callbook` is the program.
///
/// `None`, and a notice, where the system does not let an ordinary user have mounts of their own.
fn with_mounts(place: &Place, script: &str) -> Option<()> {
    let mut allowed = Command::new("unshare");
    allowed.args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]);
    if !allowed.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: `unshare -rm` may not mount here");
        return None;
    }
    let mut command = place.command("unshare");
    command.args(["-rm", "sh", "-euc", script]).env("callbook", env!("CARGO_BIN_EXE_callbook"));
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {stderr}");
    Some(())
}

/// A shell line that runs the program and notes what came of it in files outside the mount.
fn noted(name: &str, arguments: &str) -> String {
    format!(
        "code=0; \"$callbook\" {arguments} >\"$HOME/{name}.out\" 2>\"$HOME/{name}.err\" || code=$?; \
         echo $code >\"$HOME/{name}.code\"\n"
    )
}

/// What [`noted`] noted.
fn outcome(place: &Place, name: &str, arguments: &str) -> Outcome {
    let read = |kind| std::fs::read_to_string(place.path(&format!("{name}.{kind}"))).unwrap();
    Outcome {
        arguments: arguments.to_owned(),
        code: read("code").trim().parse().ok(),
        stdout: read("out"),
        stderr: read("err"),
    }
}

#[test]
fn a_full_disk_is_said_and_survived() {
    let mut transcript = Transcript::new();
    // Too small for the first pages, for the schema, and for the calls.
    for kilobytes in [4, 64, 1_000, 2_500] {
        let place = company().place();
        let script = [
            format!("mkdir disk; mount -t tmpfs -o size={kilobytes}k none disk; cd disk\n"),
            noted("full", "sync"),
            "mount -o remount,size=64m .\n".to_owned(),
            noted("sync", "sync"),
            noted("verify", "verify"),
            noted("status", "status --json"),
        ];
        let Some(()) = with_mounts(&place, &script.concat()) else { return };
        let full = outcome(&place, "full", "sync");
        transcript.note(&format!("{kilobytes} kB"), &full, 1);
        for name in ["sync", "verify", "status"] {
            let outcome = outcome(&place, name, name);
            assert_eq!(outcome.code, Some(0), "{kilobytes}: {outcome:?}");
        }
        let verify = outcome(&place, "verify", "verify").stdout;
        assert!(verify.starts_with("nothing is missing"), "{kilobytes}: {verify}");
        let status = outcome(&place, "status", "status").stdout;
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        assert_eq!(status["accounts"][0]["calls"], company().calls().len());
    }
    insta::assert_snapshot!(transcript.text());
}

const READ_ONLY_FOLDER: &str = "mkdir disk; cp callbook.db disk; cd disk; rm ../callbook.db
mount --bind . .; mount -o bind,remount,ro .; cd ../disk\n";

#[test]
fn a_folder_that_may_not_be_written() {
    let place = archived();
    let commands = [
        ("sync", "sync"),
        ("calls", "calls"),
        ("status", "status"),
        ("new", "sync --database new.db"),
        ("sandbox", "sandbox --port 0 --env-file sandbox.env"),
    ];
    let lines = commands.map(|(name, arguments)| noted(name, arguments));
    let script = format!("{READ_ONLY_FOLDER}{}", lines.concat());
    let before = std::fs::read(place.archive()).unwrap();
    let Some(()) = with_mounts(&place, &script) else { return };
    let mut transcript = Transcript::new();
    for (name, arguments) in commands {
        transcript.note("", &outcome(&place, name, arguments), 1);
    }
    assert!(std::fs::read(place.path("disk/callbook.db")).unwrap() == before);
    assert_eq!(std::fs::read_dir(place.path("disk")).unwrap().count(), 1);
    insta::assert_snapshot!(transcript.text());
}

const READ_ONLY_FILE: &str =
    "mount --bind callbook.db callbook.db; mount -o bind,remount,ro callbook.db\n";

#[test]
fn a_file_that_may_not_be_written() {
    let place = archived();
    let script = format!("{READ_ONLY_FILE}{}{}", noted("sync", "sync"), noted("calls", "calls"));
    let before = std::fs::read(place.archive()).unwrap();
    let Some(()) = with_mounts(&place, &script) else { return };
    let mut transcript = Transcript::new();
    transcript.note("", &outcome(&place, "sync", "sync"), 1);
    assert!(std::fs::read(place.archive()).unwrap() == before);
    insta::assert_snapshot!(transcript.text());
    // Reading needs no right to write.
    let calls = outcome(&place, "calls", "calls");
    assert_eq!(calls.code, Some(0), "{calls:?}");
}
