//! Where a record's resources live.

use super::json::Json;
use crate::View;
use crate::company::Company;

/// Writes `uri` fields below one account.
#[derive(Clone, Copy)]
pub(super) struct Uris<'a> {
    server: &'a str,
    media: &'a str,
    account: u64,
}

impl<'a> Uris<'a> {
    pub(super) fn new(company: &'a Company) -> Self {
        let config = company.config();
        let (server, media) = (&config.server_url, &config.media_url);
        Self { server, media, account: company.account_id() }
    }

    /// A record in the account's log, or in that of the extension with an internal id.
    pub(super) fn record(self, json: &mut Json, extension: Option<u64>, id: &str, view: View) {
        let Self { server, account, .. } = self;
        let view = match view {
            View::Simple => "Simple",
            View::Detailed => "Detailed",
        };
        match extension {
            None => json.format(
                "uri",
                format_args!("{server}/restapi/v1.0/account/{account}/call-log/{id}?view={view}"),
            ),
            Some(extension) => json.format(
                "uri",
                format_args!(
                    "{server}/restapi/v1.0/account/{account}/extension/{extension}/call-log/{id}?view={view}"
                ),
            ),
        }
    }

    pub(super) fn extension(self, json: &mut Json, id: u64) {
        let Self { server, account, .. } = self;
        json.format("uri", format_args!("{server}/restapi/v1.0/account/{account}/extension/{id}"));
    }

    pub(super) fn device(self, json: &mut Json, id: u64) {
        let Self { server, account, .. } = self;
        json.format("uri", format_args!("{server}/restapi/v1.0/account/{account}/device/{id}"));
    }

    pub(super) fn message(self, json: &mut Json, extension: u64, id: u64) {
        let Self { server, account, .. } = self;
        json.format(
            "uri",
            format_args!(
                "{server}/restapi/v1.0/account/{account}/extension/{extension}/message-store/{id}"
            ),
        );
    }

    pub(super) fn recording(self, json: &mut Json, id: u64) {
        let Self { server, account, .. } = self;
        json.format("uri", format_args!("{server}/restapi/v1.0/account/{account}/recording/{id}"));
    }

    pub(super) fn recording_content(self, json: &mut Json, id: u64) {
        let Self { media, account, .. } = self;
        json.format(
            "contentUri",
            format_args!("{media}/restapi/v1.0/account/{account}/recording/{id}/content"),
        );
    }
}
