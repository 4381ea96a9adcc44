//! Phone numbers as keys.

use rlibphonenumber::{NumberLengthType, PhoneNumber, PhoneNumberFormat};

/// The country whose national numbers are meant when a number has no country code.
pub use rlibphonenumber::Region;

/// The number as a key: E.164 where the text can be read so, else its bare digits.
///
/// RingCentral mostly writes `+16505550112`, sometimes `16505550112` or `(650)555-0112`, and short
/// codes such as `911`. `None` when there is no digit in it (`anonymous`).
pub fn number_key(text: &str, home: Region) -> Option<String> {
    if is_e164(text) {
        return Some(text.to_owned());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return None;
    }
    e164(text, home).or_else(|| e164(&format!("+{digits}"), home)).or(Some(digits))
}

fn e164(text: &str, home: Region) -> Option<String> {
    let number = PhoneNumber::parse(text, Some(home)).ok()?;
    // Without its area code a number is possible, but nobody knows which.
    let whole = number.is_possible_with_reason() == Ok(NumberLengthType::IsPossible);
    whole.then(|| number.format_as(PhoneNumberFormat::E164).to_string())
}

/// Already in the form that nearly every record uses: `+` and 7 to 15 digits.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_one_key() {
        for (text, home, key) in [
            ("+16505550112", Region::US, "+16505550112"),
            ("16505550112", Region::US, "+16505550112"),
            ("(650)555-0112", Region::US, "+16505550112"),
            ("442079460018", Region::US, "+442079460018"),
            ("020 7946 0018", Region::GB, "+442079460018"),
            ("+44 (0)20 7946 0018", Region::US, "+442079460018"),
            ("911", Region::US, "911"),
            ("555-0112", Region::US, "5550112"),
            ("102", Region::US, "102"),
            ("*67", Region::US, "67"),
        ] {
            assert_eq!(number_key(text, home).as_deref(), Some(key), "{text}");
        }
        assert_eq!(number_key("anonymous", Region::US), None);
        assert_eq!(number_key("", Region::US), None);
    }
}
