//! The OpenAPI document: the table of operations, with what each endpoint's file adds.

use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{OperationBuilder, PathItem, PathsBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, AuthorizationCode, Flow, Http, HttpAuthScheme, OAuth2, Scopes,
    SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, InfoBuilder, OpenApiBuilder, Paths, ServerBuilder, Tag,
};

use super::shape::{Schemas, Sent, Shape};
use super::{about, answers, paths};
use crate::access::AppScope;
use crate::auth::OAuthErrorBody;
use crate::error::ErrorBody;
use crate::operation::{Authentication, Operation};

const DESCRIPTION: &str = "Call records, recordings and the company's directory, as RingCentral serves them.\n\n\
    Sign in at `/restapi/oauth/token`, and send the access token with every request. Each operation needs a scope of \
    the app (`x-app-permission`), most need a permission of the user as well (`x-user-permission`). Requests are \
    counted per user and app in groups (`x-throttling-group`): the headers `X-Rate-Limit-Group`, `-Limit`, \
    `-Remaining` and `-Window` of every answer say how many are left. Unknown parameters are ignored. Every answer has \
    an id, `RCRequestId`.";

/// The document of a server that is reached at `server_url`. Keys are sorted, so the same code gives the same text.
pub(super) fn document(server_url: &str) -> Value {
    let mut schemas = Schemas::new();
    Sent::<ErrorBody<'_>>::put(&mut schemas);
    Sent::<OAuthErrorBody<'_>>::put(&mut schemas);
    let paths = paths_of(Operation::ALL, &mut schemas);
    let mut components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(answers::components())
        .build();
    for (name, scheme) in security_schemes(server_url) {
        components.add_security_scheme(name, scheme);
    }
    let info = InfoBuilder::new()
        .title("Callbook")
        .description(Some(DESCRIPTION))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    let servers =
        [ServerBuilder::new().url(if server_url.is_empty() { "/" } else { server_url }).build()];
    let document = OpenApiBuilder::new()
        .info(info)
        .servers(Some(servers))
        .paths(paths)
        .components(Some(components))
        .tags(Some(tags()))
        .build();
    // Keys of text alone: this cannot fail.
    serde_json::to_value(document).unwrap_or_default()
}

fn paths_of(operations: &[Operation], schemas: &mut Schemas) -> Paths {
    let mut paths = PathsBuilder::new();
    for &operation in operations {
        let item = PathItem::new(method(operation), describe(operation, schemas));
        paths = paths.path(operation.path(), item);
    }
    paths.build()
}

/// Each once, in the order of the table.
fn tags() -> Vec<Tag> {
    let mut names = Vec::new();
    for name in Operation::ALL.iter().map(|&operation| about(operation).tag) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(Tag::new).collect()
}

fn method(operation: Operation) -> HttpMethod {
    match operation.method().as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn describe(operation: Operation, schemas: &mut Schemas) -> utoipa::openapi::path::Operation {
    let mut about = about(operation);
    schemas.append(&mut about.schemas);
    let responses = answers::of(operation, &mut about);
    let parameters = paths::parameters(operation.path()).chain(about.parameters);
    OperationBuilder::new()
        .operation_id(Some(operation.id()))
        .tag(about.tag)
        .summary(Some(operation.summary()))
        .description(Some(about.text).filter(|text| !text.is_empty()))
        .parameters(Some(parameters))
        .request_body(about.body)
        .responses(responses)
        .securities(Some(security(operation)))
        .extensions(Some(extensions(operation)))
        .build()
}

/// What the table says, under the names that the official description has for it.
fn extensions(operation: Operation) -> Extensions {
    let scope = operation.app_scope().map(|scope| ("x-app-permission", scope.name()));
    let permission = operation.user_permission().map(|user| ("x-user-permission", user.name()));
    let group = ("x-throttling-group", operation.group().title());
    [Some(group), scope, permission].into_iter().flatten().collect()
}

fn security(operation: Operation) -> Vec<SecurityRequirement> {
    let scopes: Vec<&str> = operation.app_scope().iter().map(|scope| scope.name()).collect();
    let names: &[&str] = match operation.authentication() {
        Authentication::Anybody => return vec![],
        // An app without a secret says who it is in the form.
        Authentication::Client => {
            return vec![
                SecurityRequirement::new("Client", [""; 0]),
                SecurityRequirement::default(),
            ];
        }
        Authentication::Bearer => &["OAuth2", "Bearer"],
        Authentication::BearerOrQuery => &["OAuth2", "Bearer", "AccessToken"],
    };
    names.iter().map(|name| SecurityRequirement::new(*name, scopes.clone())).collect()
}

fn security_schemes(server_url: &str) -> [(&'static str, SecurityScheme); 4] {
    let oauth = |endpoint| format!("{server_url}/restapi/oauth/{endpoint}");
    let scopes = AppScope::ALL.iter().map(|scope| (scope.name(), scope.in_words()));
    let code = AuthorizationCode::with_refresh_url(
        oauth("authorize"),
        oauth("token"),
        Scopes::from_iter(scopes),
        oauth("token"),
    );
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description =
        Some("An access token, however it was got: a personal JWT gives one too.".into());
    let mut client = Http::new(HttpAuthScheme::Basic);
    client.description = Some("The app's id and secret.".into());
    let query = ApiKeyValue::with_description(
        "access_token",
        "The same token, for players, which send no headers.",
    );
    [
        ("OAuth2", SecurityScheme::OAuth2(OAuth2::new([Flow::AuthorizationCode(code)]))),
        ("Bearer", SecurityScheme::Http(bearer)),
        ("Client", SecurityScheme::Http(client)),
        ("AccessToken", SecurityScheme::ApiKey(ApiKey::Query(query))),
    ]
}
