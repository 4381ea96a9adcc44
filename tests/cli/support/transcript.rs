//! What was typed and what came of it, for a snapshot.

use super::{Outcome, Place};

/// Stands for every secret that a test hands to the program: it must never come back.
pub const CANARY: &str = "CANARY";

/// Commands that are refused, and the words of each refusal.
#[derive(Default)]
pub struct Transcript {
    text: String,
    /// What differs from run to run, and what to write instead.
    replaced: Vec<(String, &'static str)>,
}

impl Transcript {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn replacing(mut self, text: &str, by: &'static str) -> Self {
        self.replaced.push((text.to_owned(), by));
        self
    }

    /// Runs what has to be refused with this exit code, and notes how.
    pub fn refused(&mut self, place: &Place, arguments: &str, code: i32) {
        self.refused_case(place, "", arguments, code);
    }

    /// As [`Self::refused`]; the case is what the arguments do not show.
    pub fn refused_case(&mut self, place: &Place, case: &str, arguments: &str, code: i32) {
        let before = place.files();
        let outcome = place.run(arguments);
        self.note(case, &outcome, code);
        let after = place.files();
        // What is sent is counted, in the archive that everybody shares who sends something.
        let counted = |name: &str| {
            let sends = ["sync", "verify"].iter().any(|command| arguments.starts_with(command));
            sends && name.starts_with("callbook.db")
        };
        for file in before.into_iter().filter(|file| !counted(&file.0)) {
            assert!(after.contains(&file), "{} was changed: {outcome:?}", file.0);
        }
    }

    /// Checks that a run was refused with one line, and notes it.
    pub fn note(&mut self, case: &str, outcome: &Outcome, code: i32) {
        assert_eq!(outcome.code, Some(code), "{case}: {outcome:?}");
        let count =
            |start| outcome.stderr.lines().filter(|line: &&str| line.starts_with(start)).count();
        assert_eq!(count("error: "), 1, "{case}: {outcome:?}");
        assert!(count("hint: ") <= 1, "{case}: {outcome:?}");
        assert_eq!(outcome.stdout, "", "{case}");
        assert!(!outcome.stderr.contains(CANARY), "{case}: {outcome:?}");
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        if !case.is_empty() {
            self.text += &format!("# {case}\n");
        }
        self.text += &format!("$ callbook {}\n", outcome.arguments);
        for line in outcome.stderr.lines() {
            // A temporary file's name is a new one each time.
            self.text += line.split(" at path ").next().unwrap_or(line);
            self.text.push('\n');
        }
        self.text += &format!("[{code}]\n");
    }

    /// The whole, without what differs from run to run.
    pub fn text(self) -> String {
        let replace = |text: String, (from, to): (String, &str)| text.replace(&from, to);
        self.replaced.into_iter().fold(self.text, replace)
    }
}
