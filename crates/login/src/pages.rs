//! What the browser shows at the end.

use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

/// What came of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// The tokens are kept.
    SignedIn,
    /// Somebody said no; the program says who and why.
    Refused,
    /// Somebody else's request.
    Foreign,
}

impl Page {
    fn words(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::SignedIn => (StatusCode::OK, "You are signed in", "Callbook goes on by itself."),
            Self::Refused => (
                StatusCode::FORBIDDEN,
                "You are not signed in",
                "Callbook, where you started it, says why.",
            ),
            Self::Foreign => (
                StatusCode::BAD_REQUEST,
                "This belongs to another sign-in",
                "Use the page that Callbook opened last, or start again.",
            ),
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let (status, title, text) = self.words();
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            // The address has the code in it: not for a cache, nor for anybody who is linked to.
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (CONNECTION, "close"),
        ];
        (status, headers, html(title, text)).into_response()
    }
}

fn html(title: &str, text: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }}
main {{ max-width: 28rem; margin: 20vh auto 0; padding: 0 1.5rem }}
h1 {{ font-size: 1.6rem; font-weight: 600 }}
</style>
<main>
<h1>{title}</h1>
<p>{text} You may close this window.</p>
</main>
</html>
"#
    )
}
