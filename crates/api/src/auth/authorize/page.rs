//! The page on which a user signs in and consents.

use std::fmt::Write;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::request::AuthorizationRequest;
use crate::auth::form::Form;

const STYLE: &str = include_str!("page.css");

/// What the form enters itself; all else in it is the request, which it brings along.
const ENTERED: [&str; 3] = ["username", "password", "decision"];

pub(super) struct Page<'a> {
    pub(super) request: &'a AuthorizationRequest,
    pub(super) form: &'a Form,
    pub(super) username: &'a str,
}

impl Page<'_> {
    pub(super) fn answer(&self, status: StatusCode, problem: Option<&str>) -> Response {
        let fixed = HeaderValue::from_static;
        let mut response = (status, self.html(problem)).into_response();
        response.headers_mut().extend([
            (CONTENT_TYPE, fixed("text/html; charset=utf-8")),
            (CACHE_CONTROL, fixed("no-store")),
            (REFERRER_POLICY, fixed("no-referrer")),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (X_FRAME_OPTIONS, fixed("DENY")),
        ]);
        match HeaderValue::try_from(self.policy()) {
            Ok(policy) => response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        response
    }

    /// Nothing but this page and its own style. Browsers apply `form-action` to the redirect after the form, too.
    fn policy(&self) -> String {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let app = self.request.redirect_uri.origin().ascii_serialization();
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self' {app}; \
             base-uri 'none'; frame-ancestors 'none'"
        )
    }

    fn html(&self, problem: Option<&str>) -> String {
        let app = escape(&self.request.app.name);
        let problem = problem.map(escape).map(|text| format!("<p class=\"problem\">{text}</p>"));
        let mut scopes = String::new();
        for scope in &self.request.scopes {
            let _ = write!(scopes, "<li>{}: {}</li>", scope.name(), scope.in_words());
        }
        let mut request = String::new();
        for (name, value) in self.form.fields().filter(|(name, _)| !ENTERED.contains(name)) {
            let (name, value) = (escape(name), escape(value));
            let _ = write!(request, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
        }
        let username = escape(self.username);
        let problem = problem.unwrap_or_default();
        format!(
            r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Sign in</h1>
{problem}
<form method="post" action="authorize">
{request}
<label for="username">Extension number, e-mail or name</label>
<input id="username" name="username" value="{username}" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<p>The app <b>{app}</b> asks for:</p>
<ul>{scopes}</ul>
<div>
<button name="decision" value="allow">Sign in and allow</button>
<button name="decision" value="deny" formnovalidate class="quiet">Cancel</button>
</div>
</form>
</main>
</body>
</html>
"#
        )
    }
}

/// Makes text harmless inside an element or a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(each),
        }
    }
    escaped
}
