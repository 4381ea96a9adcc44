//! Columns, as they are filled row by row.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Decimal128Builder, Int64Builder, ListBuilder, StringBuilder,
    StringDictionaryBuilder, StringViewBuilder, TimestampMillisecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, TimeUnit};
use jiff::Timestamp;

/// Digits of an amount of money, and how many of them are decimals: millionths.
const MONEY: (u8, i8) = (18, 6);

/// A column while it is filled.
pub(crate) trait Column: Default {
    /// What a row gives it.
    type Value<'a>;

    fn data_type() -> DataType;

    fn push(&mut self, value: Option<Self::Value<'_>>);

    /// What was pushed; the column is empty again.
    fn finish(&mut self) -> ArrayRef;
}

/// A text.
#[derive(Default)]
pub(crate) struct Text(StringViewBuilder);

/// A name that nearly every row has another of. It is no view: of a page with few wanted rows that would keep all.
#[derive(Default)]
pub(crate) struct Id(StringBuilder);

/// One of a few words of ours: a number for each, which takes less time to read and to compare.
/// Small numbers would do here, but not for groups: DataFusion numbers their words anew, each group's by itself.
#[derive(Default)]
pub(crate) struct Word(StringDictionaryBuilder<Int32Type>);

/// Texts in their order.
#[derive(Default)]
pub(crate) struct Texts(ListBuilder<StringBuilder>);

/// A UTC instant, to the millisecond.
#[derive(Default)]
pub(crate) struct Moment(TimestampMillisecondBuilder);

/// A whole number: an id, a count, milliseconds.
#[derive(Default)]
pub(crate) struct Int(Int64Builder);

/// Yes or no.
#[derive(Default)]
pub(crate) struct Flag(BooleanBuilder);

/// An exact amount, given in millionths.
#[derive(Default)]
pub(crate) struct Money(Decimal128Builder);

impl Column for Text {
    type Value<'a> = &'a str;

    fn data_type() -> DataType {
        DataType::Utf8View
    }

    fn push(&mut self, value: Option<&str>) {
        self.0.append_option(value);
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

impl Column for Id {
    type Value<'a> = &'a str;

    fn data_type() -> DataType {
        DataType::Utf8
    }

    fn push(&mut self, value: Option<&str>) {
        self.0.append_option(value);
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

impl Column for Word {
    type Value<'a> = &'a str;

    fn data_type() -> DataType {
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
    }

    fn push(&mut self, value: Option<&str>) {
        self.0.append_option(value);
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

impl Column for Texts {
    type Value<'a> = &'a [Cow<'a, str>];

    fn data_type() -> DataType {
        DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
    }

    fn push(&mut self, value: Option<&[Cow<'_, str>]>) {
        for text in value.unwrap_or_default() {
            self.0.values().append_value(text);
        }
        self.0.append(value.is_some());
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

impl Column for Moment {
    type Value<'a> = Timestamp;

    fn data_type() -> DataType {
        DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
    }

    fn push(&mut self, value: Option<Timestamp>) {
        self.0.append_option(value.map(Timestamp::as_millisecond));
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish().with_timezone("UTC"))
    }
}

impl Column for Int {
    type Value<'a> = i64;

    fn data_type() -> DataType {
        DataType::Int64
    }

    fn push(&mut self, value: Option<i64>) {
        self.0.append_option(value);
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

impl Column for Flag {
    type Value<'a> = bool;

    fn data_type() -> DataType {
        DataType::Boolean
    }

    fn push(&mut self, value: Option<bool>) {
        self.0.append_option(value);
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

impl Column for Money {
    type Value<'a> = i64;

    fn data_type() -> DataType {
        DataType::Decimal128(MONEY.0, MONEY.1)
    }

    fn push(&mut self, value: Option<i64>) {
        self.0.append_option(value.map(i128::from));
    }

    fn finish(&mut self) -> ArrayRef {
        let typed = self.0.finish().with_data_type(Self::data_type());
        Arc::new(typed)
    }
}
