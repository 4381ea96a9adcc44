//! Writes JSON as text, so that a number keeps exactly the digits it was given.

use std::fmt::{self, Write as _};

use jiff::Timestamp;

/// JSON text that grows. Commas are put where they belong; braces are the caller's affair.
pub(crate) struct Json(String);

impl Json {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }

    /// Writes `{`, what `fields` writes, and `}`.
    pub(crate) fn object(&mut self, fields: impl FnOnce(&mut Self)) {
        self.0.push('{');
        fields(self);
        self.0.push('}');
    }

    /// Writes a key and an object.
    pub(crate) fn object_at(&mut self, key: &str, fields: impl FnOnce(&mut Self)) {
        self.key(key);
        self.object(fields);
    }

    /// Writes a key and an array of objects, one for each item.
    pub(crate) fn array_at<T>(
        &mut self,
        key: &str,
        items: impl Iterator<Item = T>,
        mut fields: impl FnMut(&mut Self, T),
    ) {
        self.key(key);
        self.0.push('[');
        for item in items {
            self.comma();
            self.object(|json| fields(json, item));
        }
        self.0.push(']');
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.0.push('"');
        escape(&mut self.0, value);
        self.0.push('"');
    }

    pub(crate) fn optional_text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// A text that is put together on the way, such as a URI.
    pub(crate) fn format(&mut self, key: &str, value: fmt::Arguments<'_>) {
        self.key(key);
        self.0.push('"');
        // Writing to a String cannot fail.
        let _ = Escaped(&mut self.0).write_fmt(value);
        self.0.push('"');
    }

    pub(crate) fn number(&mut self, key: &str, value: i64) {
        self.key(key);
        let _ = write!(self.0, "{value}");
    }

    pub(crate) fn yes(&mut self, key: &str) {
        self.raw(key, "true");
    }

    /// JSON text as it is.
    pub(crate) fn raw(&mut self, key: &str, value: &str) {
        self.key(key);
        self.0.push_str(value);
    }

    /// Whole fields as JSON text, such as `"a":1,"b":2`.
    pub(crate) fn raw_fields(&mut self, fields: &str) {
        self.comma();
        self.0.push_str(fields);
    }

    /// A moment in UTC with three decimals.
    pub(crate) fn time(&mut self, key: &str, unix_ms: i64) {
        self.key(key);
        let at = Timestamp::from_millisecond(unix_ms).unwrap_or_default();
        let _ = write!(self.0, "\"{at:.3}\"");
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
    }

    fn comma(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(',');
        }
    }
}

struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

fn escape(out: &mut String, text: &str) {
    if !text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        out.push_str(text);
        return;
    }
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers_come_out_as_given() {
        let mut json = Json::with_capacity(0);
        json.object(|json| {
            json.text("name", "a \"b\" \\ \t \u{1} é");
            json.raw("cost", "0.10");
            json.array_at("legs", 0..2, |json, leg| json.number("leg", leg));
            json.object_at("empty", |_| {});
            json.time("at", 1_704_067_200_005);
        });
        assert_eq!(
            json.finish(),
            "{\"name\":\"a \\\"b\\\" \\\\ \\t \\u0001 é\",\"cost\":0.10,\
             \"legs\":[{\"leg\":0},{\"leg\":1}],\"empty\":{},\"at\":\"2024-01-01T00:00:00.005Z\"}"
        );
    }
}
