//! Objects and lists in JSON; whatever else stands in their place counts as absent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// An object whose members are taken one by one.
pub(crate) trait Members<'de>: Default {
    /// Takes the member's value, if it is of interest; else leaves it.
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// The next value as an object; `None` if it is something else.
pub(super) fn object<'de, T: Members<'de>, A: MapAccess<'de>>(
    map: &mut A,
) -> Result<Option<T>, A::Error> {
    Ok(map.next_value::<Object<T>>()?.0)
}

/// An object, or anything else, which counts as absent.
pub(crate) struct Object<T>(pub(crate) Option<T>);

impl<'de, T: Members<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData::<T>)).map(|found| match found {
            Found::One(one) => Self(Some(one)),
            Found::Many(_) | Found::Other => Self(None),
        })
    }
}

/// A list's objects; what else is in it counts as absent.
pub(super) struct Objects<T>(pub(super) Option<Vec<T>>);

impl<'de, T: Members<'de>> Deserialize<'de> for Objects<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData::<T>)).map(|found| match found {
            Found::Many(many) => Self(Some(many)),
            Found::One(_) | Found::Other => Self(None),
        })
    }
}

/// What a value turned out to be.
enum Found<T> {
    One(T),
    Many(Vec<T>),
    Other,
}

/// Takes a value for what it is.
struct Any<T>(PhantomData<T>);

/// A member's name, which may have escapes in it.
struct Name<'de>(Cow<'de, str>);

impl<'de, T: Members<'de>> Visitor<'de> for Any<T> {
    type Value = Found<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = T::default();
        while let Some(Name(name)) = map.next_key()? {
            if !object.take(&name, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Found::One(object))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut many = Vec::with_capacity(4);
        while let Some(Object(one)) = list.next_element()? {
            many.extend(one);
        }
        Ok(Found::Many(many))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Names)
    }
}
