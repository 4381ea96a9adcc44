//! Links inside records: upstream's lead to upstream, and have to lead to whoever serves the records on.

use memchr::memmem;

/// How links inside a record are written anew.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// What takes the place of scheme and host of every `uri`, without a trailing slash.
    pub server_url: &'a str,
    /// The same for every `contentUri`.
    pub media_url: &'a str,
    /// What takes the place of the value of the parameter `view`.
    pub view: &'a str,
}

/// What an address of the API has behind scheme and host.
const API: &str = "/restapi/";

/// Every name that may be meant ends so, and nothing in valid JSON has a colon behind it but a name.
const NAME_END: &str = "ri\"";

impl Links<'_> {
    /// The text with the values of `uri` and `contentUri` led to other hosts, wherever they are addresses of the
    /// API. Everything else stays byte for byte: nothing is parsed that could be written differently.
    #[must_use]
    pub fn lead(&self, json: &str) -> String {
        let mut out = String::with_capacity(json.len() + json.len() / 8);
        let mut copied = 0;
        for at in memmem::find_iter(json.as_bytes(), NAME_END) {
            let Some((host, value)) = self.host(&json[..at], &json[at + NAME_END.len()..]) else {
                continue;
            };
            let start = value.as_ptr() as usize - json.as_ptr() as usize;
            let Some(path) = memmem::find(value.as_bytes(), API.as_bytes()) else { continue };
            out.push_str(&json[copied..start]);
            out.push_str(host);
            // Not in a host's name.
            let (address, view) = match value[path..].rsplit_once("view=") {
                Some((address, _)) => (path + address.len() + "view=".len(), Some(self.view)),
                None => (value.len(), None),
            };
            out.push_str(&value[path..address]);
            out.extend(view);
            copied = start + value.len();
        }
        out.push_str(&json[copied..]);
        out
    }

    /// Behind a name that ends with `ri"`: the host that it is to have, and the value without its quotes.
    fn host<'a>(&self, before: &str, behind: &'a str) -> Option<(&str, &'a str)> {
        let host = match before.strip_suffix('u') {
            Some(rest) if is_begun(rest) => self.server_url,
            _ => before
                .strip_suffix("contentU")
                .filter(|rest| is_begun(rest))
                .map(|_| self.media_url)?,
        };
        let value = behind.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
        let value = value.strip_prefix('"')?;
        let value = &value[..value.find('"')?];
        (value.starts_with("http") && !value.contains('\\')).then_some((host, value))
    }
}

/// Whether a text ends where a name begins.
fn is_begun(text: &str) -> bool {
    text.strip_suffix('"').is_some_and(|rest| !rest.ends_with('\\'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const OURS: Links<'_> = Links { server_url: "http://a", media_url: "http://m", view: "Simple" };

    #[test]
    fn links_lead_elsewhere_and_nothing_else_changes() {
        for (json, expected) in [
            (
                r#"{"uri":"https://p.example.com/restapi/v1.0/account/1/call-log/x?view=Detailed","n":1.0}"#,
                r#"{"uri":"http://a/restapi/v1.0/account/1/call-log/x?view=Simple","n":1.0}"#,
            ),
            (
                r#"{"recording" : { "contentUri" : "https://media/restapi/v1.0/r/2/content" } }"#,
                r#"{"recording" : { "contentUri" : "http://m/restapi/v1.0/r/2/content" } }"#,
            ),
            (r#"{"uri":"https://example.com/other"}"#, r#"{"uri":"https://example.com/other"}"#),
            (r#"{"uri":"https://view=1/restapi/x"}"#, r#"{"uri":"http://a/restapi/x"}"#),
            (r#"{"uri":7,"url":"http://x/restapi/1"}"#, r#"{"uri":7,"url":"http://x/restapi/1"}"#),
            (
                r#"{"name":"\"uri\":\"http://x/restapi/\"","a":"uri"}"#,
                r#"{"name":"\"uri\":\"http://x/restapi/\"","a":"uri"}"#,
            ),
            (r#"{"x\"uri":"http://x/restapi/1"}"#, r#"{"x\"uri":"http://x/restapi/1"}"#),
        ] {
            assert_eq!(OURS.lead(json), expected);
        }
    }

    fn parsed(value: &mut Value) {
        match value {
            Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
                let host = match name.as_str() {
                    "uri" => "http://a",
                    "contentUri" => "http://m",
                    _ => return parsed(value),
                };
                let Some(text) = value.as_str() else { return parsed(value) };
                let path = text.split_once("/restapi/").map(|(_, path)| path);
                let led = path.map(|path| json!(format!("{host}/restapi/{path}")));
                *value = led.unwrap_or_else(|| value.take());
            }),
            Value::Array(values) => values.iter_mut().for_each(parsed),
            _ => {}
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            "https?://[a-z]{1,3}/restapi/[a-z]{1,3}".prop_map(Value::from),
            "(\"uri\":\"|uri\"|ri\":){1,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            let name = prop_oneof![Just("uri"), Just("contentUri"), Just("x"), Just("a\"uri")];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec((name.prop_map(str::to_owned), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_what_parsing_would_make_of_it(value in values(), pretty: bool) {
            let text = if pretty {
                serde_json::to_string_pretty(&value)
            } else {
                serde_json::to_string(&value)
            }.unwrap();
            let mut expected = value;
            parsed(&mut expected);
            let led: Value = serde_json::from_str(&OURS.lead(&text)).unwrap();
            prop_assert_eq!(led, expected);
        }
    }
}
