//! The parameters of paths.

use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Name, example, and what it is.
const KNOWN: &[(&str, &str, &str)] = &[
    ("apiVersion", "v1.0", "The version of the API."),
    ("accountId", "~", "The account's id, or `~` for one's own. Another account is not found."),
    ("extensionId", "~", "An extension's id, or `~` for one's own."),
    ("groupId", "62264425006", "A call queue's id."),
    ("callRecordId", "x7iRBLwib5TMCId", "A record's id, or up to 50 of them, separated by commas."),
    ("subscriptionId", "8c7ee1d2-1f1c-4c8e-9d9b-0f4a1f6a3c55", "A subscription's id."),
    ("telephonySessionId", "s-a0d16bc2f1e3bz18d2c4f1a8bz4e1a0000", "A telephony session's id."),
    ("recordingId", "1662000003004", "A recording's id."),
];

/// The parameters of a path: whatever it has in braces.
pub(super) fn parameters(path: &str) -> impl Iterator<Item = Parameter> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names.map(|name| {
        let known = KNOWN.iter().find(|(known, ..)| *known == name);
        let text = ObjectBuilder::new().schema_type(Type::String);
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(known.map(|(_, _, about)| *about))
            .example(known.map(|(_, example, _)| (*example).into()))
            .schema(Some(text))
            .build()
    })
}
