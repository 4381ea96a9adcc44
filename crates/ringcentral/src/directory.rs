//! The account and its extensions.

use callbook_model::{AccountId, ExtensionId, Region};
use serde::Deserialize;

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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
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

/// The contract's `GetAccountInfoResponse`, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireAccount {
    id: AccountId,
    main_number: Option<String>,
    #[serde(default)]
    regional_settings: RegionalSettings,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RegionalSettings {
    home_country: HomeCountry,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct HomeCountry {
    iso_code: String,
}

/// A page of the extension list.
#[derive(Deserialize)]
pub(crate) struct WireExtensions {
    pub(crate) records: Vec<ExtensionInfo>,
    #[serde(default)]
    pub(crate) navigation: Navigation,
}

/// Links to other pages; only whether there is a next one matters.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Navigation {
    pub(crate) next_page: Option<serde::de::IgnoredAny>,
}

impl From<WireAccount> for AccountInfo {
    fn from(wire: WireAccount) -> Self {
        let code = wire.regional_settings.home_country.iso_code;
        let home = code.parse().unwrap_or(Region::US);
        Self { id: wire.id, main_number: wire.main_number, home }
    }
}
