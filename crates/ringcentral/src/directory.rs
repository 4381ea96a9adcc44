//! The account and its extensions.

use std::borrow::Cow;

use callbook_model::lenient::{Raw, object, text};
use callbook_model::{AccountId, ExtensionId, Region};
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

use crate::body;

/// The account that a sign-in belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountInfo {
    /// RingCentral's id.
    pub id: AccountId,
    /// The company's main number.
    pub main_number: Option<String>,
    /// Where its national numbers belong; the United States if the account does not say.
    pub home: Region,
}

/// An extension: a user, a queue, a menu, a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionInfo {
    /// RingCentral's id.
    pub id: ExtensionId,
    /// The short number, such as `101`; unassigned extensions have none.
    pub extension_number: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// `User`, `Department` (a call queue), `IvrMenu`, `Site`, …
    pub r#type: Option<String>,
}

impl ExtensionInfo {
    pub(crate) fn parse(body: &str) -> Result<Self, serde_json::Error> {
        extension(body).ok_or_else(|| serde_json::Error::custom("an extension"))
    }
}

/// The contract's `GetAccountInfoResponse`, as far as it is used; `id` alone is indispensable.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAccount<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    main_number: Raw<'a>,
    #[serde(borrow)]
    regional_settings: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegionalSettings<'a> {
    #[serde(borrow)]
    home_country: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HomeCountry<'a> {
    #[serde(borrow)]
    iso_code: Raw<'a>,
}

impl AccountInfo {
    pub(crate) fn parse(body: &str) -> Result<Self, serde_json::Error> {
        let wire: WireAccount<'_> = body::object(body)?;
        let id = text(Some(wire.id)).and_then(|id| id.parse().ok());
        Ok(Self {
            id: id.ok_or_else(|| serde_json::Error::custom("an account's id"))?,
            main_number: text(wire.main_number).map(Cow::into_owned),
            home: home(wire.regional_settings).unwrap_or(Region::US),
        })
    }
}

fn home(regional_settings: Raw<'_>) -> Option<Region> {
    let settings: RegionalSettings<'_> = object(regional_settings?.get())?;
    let country: HomeCountry<'_> = object(settings.home_country?.get())?;
    text(country.iso_code)?.parse().ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireExtension<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    extension_number: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    r#type: Raw<'a>,
}

fn extension(json: &str) -> Option<ExtensionInfo> {
    let wire: WireExtension<'_> = object(json)?;
    Some(ExtensionInfo {
        id: text(wire.id)?.parse().ok()?,
        extension_number: text(wire.extension_number).map(Cow::into_owned),
        name: text(wire.name).map(Cow::into_owned),
        r#type: text(wire.r#type).map(Cow::into_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(members: &str) -> (u64, Option<String>, String) {
        let account = AccountInfo::parse(&format!("{{{members}}}")).unwrap();
        (account.id.0, account.main_number, account.home.to_string())
    }

    #[test]
    fn an_account_needs_nothing_but_an_id() {
        let us = || "US".to_owned();
        for odd in [
            r#""id":400"#,
            r#""id":"400","regionalSettings":null,"mainNumber":null"#,
            r#""id":400,"regionalSettings":{"homeCountry":null},"mainNumber":{}"#,
            r#""id":400,"regionalSettings":{"homeCountry":{"isoCode":"Atlantis"}}"#,
            r#""id":400,"regionalSettings":[{"isoCode":"DE"}]"#,
        ] {
            assert_eq!(account(odd), (400, None, us()), "{odd}");
        }
        let germany = r#""regionalSettings":{"homeCountry":{"isoCode":"DE"}}"#;
        let whole = account(&format!(r#""id":400,"mainNumber":49301234567,{germany}"#));
        assert_eq!(whole, (400, Some("49301234567".to_owned()), "DE".to_owned()));
    }

    #[test]
    fn without_an_id_there_is_no_account() {
        for body in ["{}", r#"{"id":null}"#, r#"{"id":"me"}"#, r#"{"id":[1]}"#, "[400,null,null]"] {
            assert!(AccountInfo::parse(body).unwrap_err().is_data(), "{body}");
        }
    }
}
