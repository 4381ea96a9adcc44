//! What pages of all lists have in common.

use callbook_model::lenient::{Raw, integer, object};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::body;

/// A page of any list of the contract; `records` alone is indispensable.
#[derive(Deserialize)]
pub(crate) struct WirePage<'a> {
    #[serde(borrow)]
    pub(crate) records: Vec<&'a RawValue>,
    #[serde(borrow)]
    navigation: Raw<'a>,
    #[serde(borrow)]
    paging: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging<'a> {
    #[serde(borrow)]
    total_elements: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigation<'a> {
    #[serde(borrow)]
    next_page: Raw<'a>,
}

impl<'a> WirePage<'a> {
    pub(crate) fn read(body: &'a str) -> Result<Self, serde_json::Error> {
        body::object(body)
    }

    /// Whether the server names a page after this one.
    pub(crate) fn has_next(&self) -> bool {
        let navigation = self.navigation.and_then(|links| object::<Navigation<'_>>(links.get()));
        navigation.is_some_and(|links| links.next_page.is_some())
    }

    /// How many records the whole list has; a number that cannot be one counts as none.
    pub(crate) fn total(&self) -> Option<u64> {
        let paging: Paging<'_> = object(self.paging?.get())?;
        integer(paging.total_elements)?.try_into().ok()
    }
}
