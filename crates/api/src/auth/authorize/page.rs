//! The page on which a user signs in and consents.

use std::fmt::Write;

use axum::http::StatusCode;
use axum::response::Response;

use super::request::AuthorizationRequest;
use crate::auth::form::Form;
use crate::html::{self, escape, source};

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
        html::page(status, self.html(problem), &self.allowed())
    }

    /// Its own style. Browsers apply `form-action` to the redirect after the form, too.
    fn allowed(&self) -> String {
        let app = self.request.redirect_uri.origin().ascii_serialization();
        format!("style-src {}; form-action 'self' {app}", source(STYLE))
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
