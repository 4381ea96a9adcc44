//! The declaration of one query parameter.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{Deprecated, RefOr, Required, Schema};

use crate::error::ApiError;

/// A query parameter that can be given once, and means a `T`.
pub(crate) struct Param<T: 'static> {
    pub(crate) name: &'static str,
    /// For the reference.
    about: &'static str,
    syntax: Syntax<T>,
    /// What it means to leave it out, as it would be written.
    pub(super) default: Option<&'static str>,
    deprecated: bool,
    /// What to begin with; only where the operation wants something.
    example: Option<&'static str>,
}

/// A query parameter that can be repeated.
pub(crate) struct Many<T: 'static>(pub(super) Param<T>);

/// How a value is written.
enum Syntax<T: 'static> {
    /// As one of these words.
    Words(&'static [(&'static str, T)]),
    /// As a whole number.
    Number { range: RangeInclusive<u32>, of: fn(u32) -> T },
    /// In a way of its own.
    Own { read: fn(&str) -> Option<T>, schema: fn() -> Schema },
}

/// What the reference can list.
pub(crate) trait Described {
    /// As OpenAPI puts it.
    fn describe(&self) -> Parameter;
}

impl<T: Clone> Param<T> {
    const fn new(name: &'static str, syntax: Syntax<T>, about: &'static str) -> Self {
        Self { name, about, syntax, default: None, deprecated: false, example: None }
    }

    pub(crate) const fn words(
        name: &'static str,
        words: &'static [(&'static str, T)],
        about: &'static str,
    ) -> Self {
        Self::new(name, Syntax::Words(words), about)
    }

    /// Reads with `read`, which gives `None` for a bad value; `schema` says what good ones are.
    pub(crate) const fn own(
        name: &'static str,
        read: fn(&str) -> Option<T>,
        schema: fn() -> Schema,
        about: &'static str,
    ) -> Self {
        Self::new(name, Syntax::Own { read, schema }, about)
    }

    /// What it means to leave it out, written as a client would write it.
    pub(crate) const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    pub(crate) const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// What to begin with.
    pub(crate) const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    /// The same, given any number of times.
    pub(crate) const fn many(self) -> Many<T> {
        Many(self)
    }

    pub(super) fn read(&self, text: &str) -> Result<T, ApiError> {
        let value = match &self.syntax {
            Syntax::Words(words) => {
                words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone())
            }
            Syntax::Number { range, of } => {
                text.parse().ok().filter(|number| range.contains(number)).map(of)
            }
            Syntax::Own { read, .. } => read(text),
        };
        value.ok_or_else(|| ApiError::invalid_parameter(self.name, text))
    }

    fn schema(&self) -> Schema {
        let mut schema = match &self.syntax {
            Syntax::Words(words) => ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(words.iter().map(|(word, _)| *word)))
                .into(),
            Syntax::Number { range, .. } => number(range),
            Syntax::Own { schema, .. } => schema(),
        };
        let default = self.default.map(|text| serde_json::from_str(text).unwrap_or(text.into()));
        match &mut schema {
            Schema::Object(object) => object.default = default,
            Schema::AnyOf(any) => any.default = default,
            _ => {}
        }
        schema
    }

    fn describe_as(&self, schema: Schema) -> Parameter {
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(self.about))
            .deprecated(self.deprecated.then_some(Deprecated::True))
            .schema(Some(schema))
            .example(self.example.map(Into::into))
            .build()
    }
}

impl Param<u32> {
    pub(crate) const fn number(
        name: &'static str,
        range: RangeInclusive<u32>,
        about: &'static str,
    ) -> Self {
        Self::new(name, Syntax::Number { range, of: |number| number }, about)
    }
}

impl Param<bool> {
    pub(crate) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self::own(name, |text| text.parse().ok(), || Object::with_type(Type::Boolean).into(), about)
    }
}

impl Param<String> {
    /// A text that is not empty.
    pub(crate) const fn text(name: &'static str, about: &'static str) -> Self {
        let read = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let schema = || ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).into();
        Self::own(name, read, schema, about)
    }
}

impl Param<Timestamp> {
    /// An instant in ISO 8601 with its offset from UTC.
    pub(crate) const fn instant(name: &'static str, about: &'static str) -> Self {
        let schema = || {
            let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
            ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
        };
        Self::own(name, |text| text.parse().ok(), schema, about)
    }
}

impl<T: Clone> Described for Param<T> {
    fn describe(&self) -> Parameter {
        self.describe_as(self.schema())
    }
}

impl<T: Clone> Described for Many<T> {
    fn describe(&self) -> Parameter {
        self.0.describe_as(ArrayBuilder::new().items(RefOr::T(self.0.schema())).into())
    }
}

fn number(range: &RangeInclusive<u32>) -> Schema {
    let most = Some(*range.end()).filter(|&most| most < u32::MAX);
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(*range.start()))
        .maximum(most)
        .into()
}
