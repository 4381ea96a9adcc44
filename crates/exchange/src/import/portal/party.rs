//! Ends of calls as the portal writes them: numbers, extensions and names, alone or together.

use callbook_model::{Region, number_key};
use serde_json::{Map, Value};

/// No extension has more digits, and no outside number fewer.
const EXTENSION_DIGITS: usize = 6;

/// One end of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct End {
    /// In E.164 where it can be told.
    pub(super) number: Option<String>,
    pub(super) extension: Option<String>,
    pub(super) name: Option<String>,
}

impl End {
    /// Reads a cell: `(650) 555-0112`, `101`, `Ext. 101`, `101 - Ann`, `Ann (650) 555-0112`, `Anonymous`.
    pub(super) fn read(cell: Option<&str>, home: Region) -> Self {
        let Some(text) = cell.map(bare).filter(|text| !text.is_empty()) else {
            return Self::default();
        };
        // A number stands at the end, or at the beginning.
        let letter = |each: char| each.is_alphabetic();
        let after = text
            .rfind(letter)
            .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
        let before = text.find(letter).unwrap_or(text.len());
        let (name, number) = match (digits(&text[after..]), digits(&text[..before])) {
            (0, 0) => (text, ""),
            (0, _) => (&text[before..], &text[..before]),
            _ => (&text[..after], &text[after..]),
        };
        let name = Some(trimmed(name)).filter(|name| !name.is_empty() && !is_label(name));
        let (mut end, number) = (Self { name, ..Self::default() }, number.trim());
        let is_extension = digits(number) <= EXTENSION_DIGITS && !number.contains('+');
        match digits(number) {
            0 => {}
            _ if is_extension => {
                end.extension = Some(number.chars().filter(char::is_ascii_digit).collect());
            }
            _ => end.number = number_key(number, home),
        }
        end
    }

    /// The same with what another cell says of the name.
    pub(super) fn named(self, name: Option<&str>) -> Self {
        let name = name.map(|name| trimmed(bare(name))).filter(|name| !name.is_empty());
        Self { name: name.or(self.name), ..self }
    }

    /// What is missing here, from there.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            number: self.number.or(other.number),
            extension: self.extension.or(other.extension),
            name: self.name.or(other.name),
        }
    }

    /// As a record has it.
    pub(super) fn to_json(&self) -> Value {
        let members = [
            ("phoneNumber", &self.number),
            ("extensionNumber", &self.extension),
            ("name", &self.name),
        ];
        let given = members.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        Value::Object(
            given.map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>(),
        )
    }
}

/// Without what keeps spreadsheets from taking it for something else: `'+1…`, `="+1…"`.
fn bare(text: &str) -> &str {
    let quoted = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    let text = quoted.unwrap_or(text);
    text.strip_prefix('\'').unwrap_or(text).trim()
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

fn trimmed(name: &str) -> String {
    name.trim_matches(|each: char| each.is_whitespace() || "-–,:;()<>\"".contains(each)).to_owned()
}

/// A word for what stands beside it, and no name.
fn is_label(name: &str) -> bool {
    ["ext", "ext.", "extension", "x"].contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_however_they_are_written() {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        for (cell, number, extension, name) in [
            ("(650) 555-0112", "+16505550112", "", ""),
            ("+16505550112", "+16505550112", "", ""),
            ("'+16505550112", "+16505550112", "", ""),
            ("=\"16505550112\"", "+16505550112", "", ""),
            ("+44 20 7946 0018", "+442079460018", "", ""),
            ("101", "", "101", ""),
            ("Ext. 101", "", "101", ""),
            ("x101", "", "101", ""),
            ("101 - Ann Lee", "", "101", "Ann Lee"),
            ("Ann Lee (101)", "", "101", "Ann Lee"),
            ("Ann Lee", "", "", "Ann Lee"),
            ("Weiß & Söhne (650) 555-0112", "+16505550112", "", "Weiß & Söhne"),
            ("Anonymous", "", "", "Anonymous"),
            ("*67", "", "67", ""),
            ("", "", "", ""),
        ] {
            let (number, extension, name) = (text(number), text(extension), text(name));
            let end = End::read(Some(cell), Region::US);
            assert_eq!(end, End { number, extension, name }, "{cell}");
        }
    }
}
