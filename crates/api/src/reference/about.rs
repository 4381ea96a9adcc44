//! What an endpoint's file says of its operation, beyond the table's line.

use utoipa::openapi::path::Parameter;
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    Content, HeaderBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};

use super::shape::{Schemas, Shape};
use crate::params::Described;

/// What the reference says of an operation.
///
/// Answers that follow from the table of operations (401, 403, 429 and so on) need not be told.
#[derive(Default)]
pub(crate) struct About {
    /// Which part of the API it belongs to.
    pub(super) tag: &'static str,
    pub(super) text: &'static str,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
    pub(super) answers: Vec<(u16, Response)>,
    /// Takes and refuses what RFC 6749 says.
    pub(super) oauth: bool,
    /// Schemas that the above refers to.
    pub(super) schemas: Schemas,
}

impl About {
    pub(crate) fn of(tag: &'static str, text: &'static str) -> Self {
        Self { tag, text, ..Self::default() }
    }

    /// Query parameters that the operation reads.
    pub(crate) fn takes(mut self, parameters: &[&dyn Described]) -> Self {
        self.parameters.extend(parameters.iter().map(|parameter| parameter.describe()));
        self
    }

    /// A JSON body that has to be there.
    pub(crate) fn takes_json<T: Shape>(self) -> Self {
        self.takes_body::<T>("application/json", Required::True)
    }

    /// A JSON body that may be left out.
    pub(crate) fn may_take_json<T: Shape>(self) -> Self {
        self.takes_body::<T>("application/json", Required::False)
    }

    /// A form that has to be there, and errors as OAuth has them.
    pub(crate) fn takes_form<T: Shape>(mut self) -> Self {
        self.oauth = true;
        self.takes_body::<T>("application/x-www-form-urlencoded", Required::True)
    }

    fn takes_body<T: Shape>(mut self, media: &str, required: Required) -> Self {
        let content = Content::new(Some(T::put(&mut self.schemas)));
        let body = RequestBodyBuilder::new().required(Some(required));
        self.body = Some(body.content(media, content).build());
        self
    }

    /// Errors as OAuth has them.
    pub(crate) fn in_oauth(mut self) -> Self {
        self.oauth = true;
        self
    }

    /// 200 with a JSON body.
    pub(crate) fn gives<T: Shape>(self, text: &str) -> Self {
        self.answers_json::<T>(200, text)
    }

    /// A JSON body with another status.
    pub(crate) fn answers_json<T: Shape>(mut self, status: u16, text: &str) -> Self {
        let schema = T::put(&mut self.schemas);
        self.answers_as(status, text, &[("application/json", Some(schema))])
    }

    /// A body that is a text or bytes.
    pub(crate) fn answers_media(self, status: u16, text: &str, media: &[&str]) -> Self {
        let media: Vec<_> = media.iter().map(|media| (*media, None)).collect();
        self.answers_as(status, text, &media)
    }

    /// An answer whose body has one of these media types, and a schema where one can be told.
    pub(crate) fn answers_as(
        mut self,
        status: u16,
        text: &str,
        media: &[(&str, Option<RefOr<Schema>>)],
    ) -> Self {
        let answer = ResponseBuilder::new().description(text);
        let answer = media.iter().fold(answer, |answer, (media, schema)| {
            answer.content(*media, Content::new(schema.clone()))
        });
        self.answers.push((status, answer.build()));
        self
    }

    /// 207 with a status for each resource: as `multipart/mixed`, or as an array of this media type.
    pub(crate) fn answers_batch<T: Shape>(mut self, text: &str, array: &str) -> Self {
        let items = Vec::<T>::put(&mut self.schemas);
        self.answers_as(207, text, &[("multipart/mixed", None), (array, Some(items))])
    }

    /// An answer without a body.
    pub(crate) fn answers_nothing(self, status: u16, text: &str) -> Self {
        self.answers_as(status, text, &[])
    }

    /// A redirect.
    pub(crate) fn redirects(mut self, text: &str) -> Self {
        let uri = ObjectBuilder::new().schema_type(Type::String);
        let location = HeaderBuilder::new().schema(Some(uri)).description(Some("Where to."));
        let answer = ResponseBuilder::new().description(text).header("Location", location.build());
        self.answers.push((302, answer.build()));
        self
    }

    /// An error that the table does not imply.
    pub(crate) fn fails(mut self, status: u16, text: &str) -> Self {
        let content = Content::new(Some(Ref::from_schema_name("ErrorBody")));
        let answer = ResponseBuilder::new().description(text).content("application/json", content);
        self.answers.push((status, answer.build()));
        self
    }
}
