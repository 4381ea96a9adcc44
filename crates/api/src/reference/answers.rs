//! The errors that follow from what an operation is.

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    Content, Header, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder, Responses,
};

use super::about::About;
use crate::operation::{Authentication, Group, Operation};

/// A kind of refusal: the name and text of its response.
struct Refusal {
    status: u16,
    name: &'static str,
    text: &'static str,
}

const BAD_REQUEST: Refusal = Refusal {
    status: 400,
    name: "BadRequest",
    text: "A parameter or the body is wrong: CMN-101, 103, 106, 406, CLG-1xx.",
};
const UNAUTHORIZED: Refusal = Refusal {
    status: 401,
    name: "Unauthorized",
    text: "No access token (OAU-151), or one that is expired (128), unknown (129) or none at all (149).",
};
const FORBIDDEN: Refusal = Refusal {
    status: 403,
    name: "Forbidden",
    text: "The app lacks a scope (CMN-401), or the user a permission (408), or it is somebody else's (404).",
};
const NOT_FOUND: Refusal = Refusal {
    status: 404,
    name: "NotFound",
    text: "There is no such thing: CMN-102; or the path cannot be read: CMN-120.",
};
const TOO_LARGE: Refusal =
    Refusal { status: 413, name: "TooLarge", text: "The body is larger than 64 KiB: CMN-104." };
const RATE_EXCEEDED: Refusal = Refusal {
    status: 429,
    name: "RateExceeded",
    text: "Too many requests: CMN-301. Whatever is sent before `Retry-After` is over begins the wait anew.",
};
const INTERNAL: Refusal =
    Refusal { status: 500, name: "InternalError", text: "Not the client's fault: CMN-203." };
const UNAVAILABLE: Refusal =
    Refusal { status: 503, name: "ServiceNotAvailable", text: "Not now: CMN-201." };

const REFUSALS: [Refusal; 8] = [
    BAD_REQUEST,
    UNAUTHORIZED,
    FORBIDDEN,
    NOT_FOUND,
    TOO_LARGE,
    RATE_EXCEEDED,
    INTERNAL,
    UNAVAILABLE,
];

const OAUTH_REFUSALS: [Refusal; 4] = [
    Refusal { status: 400, name: "OAuthBadRequest", text: "What was shown is no good." },
    Refusal { status: 401, name: "OAuthUnauthorized", text: "The app is unknown: OAU-146, 134." },
    Refusal { status: 413, name: "OAuthTooLarge", text: "The form is larger than 64 KiB." },
    Refusal { status: 415, name: "OAuthNotAForm", text: "The body is no form." },
];

/// Everything that an operation can answer.
pub(super) fn of(operation: Operation, about: &mut About) -> Responses {
    let mut responses = Responses::new();
    for refusal in implied(operation, about) {
        let reference = Ref::from_response_name(refusal.name);
        responses.responses.insert(refusal.status.to_string(), reference.into());
    }
    for (status, answer) in about.answers.drain(..) {
        responses.responses.insert(status.to_string(), answer.into());
    }
    responses
}

fn implied(operation: Operation, about: &About) -> Vec<&'static Refusal> {
    let bearer = matches!(
        operation.authentication(),
        Authentication::Bearer | Authentication::BearerOrQuery
    );
    let client = operation.authentication() == Authentication::Client;
    let guarded = operation.app_scope().is_some() || operation.user_permission().is_some();
    let mut refusals = vec![&INTERNAL, &UNAVAILABLE];
    let mut add = |applies: bool, refusal| refusals.extend(Some(refusal).filter(|_| applies));
    add(operation.group() != Group::NoThrottling, &RATE_EXCEEDED);
    add(operation.path().contains('{'), &NOT_FOUND);
    add(guarded, &FORBIDDEN);
    add(bearer, &UNAUTHORIZED);
    if about.oauth {
        let [bad, unauthorized, large, no_form] = &OAUTH_REFUSALS;
        add(true, bad);
        add(client, unauthorized);
        add(about.body.is_some(), large);
        add(about.body.is_some(), no_form);
    } else {
        add(about.body.is_some() || !about.parameters.is_empty(), &BAD_REQUEST);
        add(about.body.is_some(), &TOO_LARGE);
    }
    refusals
}

/// The responses that operations refer to.
pub(super) fn components() -> impl Iterator<Item = (&'static str, RefOr<Response>)> {
    let ours = REFUSALS.iter().map(|refusal| response(refusal, "ErrorBody"));
    ours.chain(OAUTH_REFUSALS.iter().map(|refusal| response(refusal, "OAuthErrorBody")))
}

fn response(refusal: &Refusal, schema: &str) -> (&'static str, RefOr<Response>) {
    let content = Content::new(Some(Ref::from_schema_name(schema)));
    let mut response =
        ResponseBuilder::new().description(refusal.text).content("application/json", content);
    for (name, about) in headers(refusal.status) {
        response = response.header(*name, header(about));
    }
    (refusal.name, response.build().into())
}

/// What the headers of an answer with this status are for.
fn headers(status: u16) -> &'static [(&'static str, &'static str)] {
    match status {
        401 => &[("WWW-Authenticate", "What would be taken instead.")],
        429 => &[
            ("Retry-After", "How long to wait, in seconds."),
            ("X-Rate-Limit-Group", "Which group of operations is counted together."),
            ("X-Rate-Limit-Limit", "How many requests a window may hold."),
            ("X-Rate-Limit-Remaining", "How many of them are left."),
            ("X-Rate-Limit-Window", "How long the window is, in seconds."),
        ],
        503 => &[("Retry-After", "How long to wait, in seconds; not always told.")],
        _ => &[],
    }
}

fn header(about: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(text)).description(Some(about)).build()
}
