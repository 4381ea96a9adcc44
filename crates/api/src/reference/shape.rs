//! The shapes of JSON values, as the reference describes them.
//!
//! What this server makes itself is serialised from structs, which derive their schema ([`Sent`]). What it passes on
//! as text (records, the directory) has its shape written down with [`shape!`] beside whoever passes it on; tests
//! hold every answer against it.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use utoipa::ToSchema;
use utoipa::openapi::schema::{
    AnyOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};

/// Every schema that has a name.
pub(crate) type Schemas = BTreeMap<String, RefOr<Schema>>;

/// A kind of JSON value.
pub(crate) trait Shape {
    /// What to write where such a value stands. Whatever that refers to is added to `schemas`.
    fn put(schemas: &mut Schemas) -> RefOr<Schema>;
}

/// Declares an object: the names of its fields, as in JSON, and the [`Shape`] of each.
macro_rules! shape {
    ($(#[doc = $about:literal])+ $name:ident {
        $($(#[doc = $text:literal])+ $($required:ident)? $field:literal: $kind:ty,)+
    }) => {
        pub(crate) struct $name;

        impl $crate::reference::shape::Shape for $name {
            fn put(
                schemas: &mut $crate::reference::shape::Schemas,
            ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use $crate::reference::shape::{described, named, sentence};
                named(stringify!($name), schemas, |schemas| {
                    let object = utoipa::openapi::ObjectBuilder::new()
                        .description(Some(sentence(&[$($about),+])));
                    $(
                        let property = <$kind as $crate::reference::shape::Shape>::put(schemas);
                        let object = object.property($field, described(property, &[$($text),+]));
                        $(
                            // The word itself says so.
                            const _: &str = stringify!($required);
                            let object = object.required($field);
                        )?
                    )+
                    object.into()
                })
            }
        }
    };
}

/// Declares texts that are usually one of these words. Upstream adds words without notice, so others may come.
macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident [$($word:literal),+ $(,)?]) => {
        pub(crate) struct $name;

        impl $crate::reference::shape::Shape for $name {
            fn put(
                schemas: &mut $crate::reference::shape::Schemas,
            ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use $crate::reference::shape::{named, open_words, sentence};
                named(stringify!($name), schemas, |_| {
                    open_words(&sentence(&[$($about),+]), &[$($word),+])
                })
            }
        }
    };
}

pub(crate) use {shape, words};

/// A struct that is serialised as it stands.
pub(crate) struct Sent<T>(PhantomData<T>);

/// An instant in ISO 8601.
pub(crate) struct Moment;

/// Where something is.
pub(crate) struct Uri;

/// An object whose fields are the original's affair.
pub(crate) struct Anything;

impl<T: ToSchema> Shape for Sent<T> {
    fn put(schemas: &mut Schemas) -> RefOr<Schema> {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        schemas.extend(parts);
        schemas.insert(T::name().into(), T::schema());
        Ref::from_schema_name(T::name()).into()
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn put(schemas: &mut Schemas) -> RefOr<Schema> {
        ArrayBuilder::new().items(T::put(schemas)).into()
    }
}

/// Shapes that need no name.
macro_rules! plain {
    ($($kind:ty: $of:ident;)+) => {$(
        impl Shape for $kind {
            fn put(_: &mut Schemas) -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::$of).into()
            }
        }
    )+};
}

plain! {
    String: String;
    bool: Boolean;
    f64: Number;
    Anything: Object;
}

fn formatted(kind: Type, format: SchemaFormat) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(kind).format(Some(format)).into()
}

impl Shape for i64 {
    fn put(_: &mut Schemas) -> RefOr<Schema> {
        formatted(Type::Integer, SchemaFormat::KnownFormat(KnownFormat::Int64))
    }
}

impl Shape for Moment {
    fn put(_: &mut Schemas) -> RefOr<Schema> {
        formatted(Type::String, SchemaFormat::KnownFormat(KnownFormat::DateTime))
    }
}

impl Shape for Uri {
    fn put(_: &mut Schemas) -> RefOr<Schema> {
        formatted(Type::String, SchemaFormat::Custom("uri".to_owned()))
    }
}

/// Refers to a schema of this name, which `make` makes the first time.
pub(crate) fn named(
    name: &str,
    schemas: &mut Schemas,
    make: impl FnOnce(&mut Schemas) -> Schema,
) -> RefOr<Schema> {
    if !schemas.contains_key(name) {
        let schema = make(schemas);
        schemas.insert(name.to_owned(), schema.into());
    }
    Ref::from_schema_name(name).into()
}

/// The same schema, with what it means where it stands.
pub(crate) fn described(property: RefOr<Schema>, about: &[&str]) -> RefOr<Schema> {
    let about = sentence(about);
    match property {
        RefOr::Ref(mut reference) => {
            reference.description = about;
            reference.into()
        }
        RefOr::T(Schema::Object(mut object)) => {
            object.description = Some(about);
            Schema::Object(object).into()
        }
        RefOr::T(Schema::Array(mut array)) => {
            array.description = Some(about);
            Schema::Array(array).into()
        }
        other => other,
    }
}

pub(crate) fn open_words(about: &str, words: &[&str]) -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    AnyOfBuilder::new()
        .description(Some(about))
        .item(text().enum_values(Some(words.iter().copied())))
        .item(text())
        .into()
}

/// A comment's lines.
pub(crate) fn sentence(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
