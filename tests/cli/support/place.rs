//! A folder that is home, working directory and temporary folder of the program.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tempfile::TempDir;

use super::wait_until;

const PROGRAM: &str = env!("CARGO_BIN_EXE_callbook");

pub struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// The same place, with one more environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn archive(&self) -> PathBuf {
        self.path("callbook.db")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Says who may read and write a file.
    pub fn allow(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(name), mode).unwrap();
    }

    /// A command here, with nothing of the tests' own environment but the search path.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.folder.path()).env("TMPDIR", self.path("tmp"));
        command.env("TZ", "UTC").env("NO_COLOR", "1");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// `callbook`, with its arguments as one would type them.
    pub fn callbook(&self, arguments: &str) -> Command {
        let mut command = self.command(PROGRAM);
        command.args(arguments.split_whitespace());
        command
    }

    pub fn run(&self, arguments: &str) -> Outcome {
        Outcome::new(arguments, self.callbook(arguments).output().unwrap())
    }

    /// Runs what has to go well, and gives what it printed.
    pub fn output(&self, arguments: &str) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        outcome.stdout
    }

    pub fn json(&self, arguments: &str) -> serde_json::Value {
        serde_json::from_str(&self.output(arguments)).unwrap()
    }

    /// Starts it, and goes on.
    pub fn start(&self, arguments: &str) -> Running {
        self.start_with(arguments, &[])
    }

    /// The same, with these variables for this once.
    pub fn start_with(&self, arguments: &str, variables: &[(&str, &str)]) -> Running {
        let mut command = self.callbook(arguments);
        command.envs(variables.iter().copied());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Running { arguments: arguments.to_owned(), child: Some(child) }
    }

    /// Name and content of every file but the program's own locks.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap);
        let mut files: Vec<_> = entries
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, std::fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    /// What is in the folder for temporary files.
    pub fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path("tmp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    pub arguments: String,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    fn new(arguments: &str, Output { status, stdout, stderr }: Output) -> Self {
        let outcome = Self {
            arguments: arguments.to_owned(),
            code: ExitStatus::code(&status),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        };
        assert!(!outcome.stderr.contains("panicked"), "{outcome:?}");
        outcome
    }

    pub fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

/// A program under way; killed when dropped, should a test fail before it ends.
pub struct Running {
    arguments: String,
    child: Option<Child>,
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub fn is_over(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Sends a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end.
    pub fn outcome(mut self) -> Outcome {
        wait_until(&self.arguments.clone(), || self.is_over());
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        Outcome::new(&self.arguments, output)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
