//! Whether the sign-in works, and what it may do.

use callbook_model::{Scope, Span};
use callbook_ringcentral::{
    CallLogQuery, Client, Connection, Credential, Error, Feature, Retry, Scopes, View,
};
use callbook_store::Store;
use callbook_sync::ArchivedBudgets;
use jiff::{SignedDuration, Timestamp};

use super::finding::{Check, Finding, Verdict};
use crate::failure;

/// Somebody waits for it.
const RETRY: Retry = Retry {
    first: std::time::Duration::from_secs(1),
    longest: std::time::Duration::from_secs(1),
    times: 1,
};

/// Signs in, looks what the app may be used for, and asks for the account and a call.
pub(super) async fn works(connection: Connection, store: Option<&Store>) -> Vec<Finding> {
    let with = match connection.credential {
        Credential::Jwt(_) => "with a JWT credential",
        Credential::Stored(_) => "with what `callbook login` keeps",
    };
    let client = match Client::sharing(connection, RETRY, store.map(ArchivedBudgets::of)) {
        Ok(client) => client,
        Err(error) => return vec![Finding::error(Check::SignIn, &error.into())],
    };
    let scopes = match client.scopes().await {
        Ok(scopes) => scopes,
        Err(error) => return vec![Finding::error(Check::SignIn, &error.into())],
    };
    let mut findings = vec![Finding::ok(Check::SignIn, with)];
    findings.extend(scopes.map(|scopes| enough(&scopes)));
    // What an app may not do, its users may not.
    if findings.iter().all(|each| each.verdict == Verdict::Ok) {
        findings.push(match client.account().await {
            Ok(_) => call_log(&client).await,
            Err(error) => Finding::error(Check::CallLog, &error.into()),
        });
    }
    findings
}

/// What the app may be used for. The call log is indispensable, if only the user's own.
fn enough(scopes: &Scopes) -> Finding {
    let may = |feature: &Feature| scopes.missing(*feature).is_empty();
    let allowed: Vec<_> = Feature::ALL.into_iter().filter(may).map(Feature::in_words).collect();
    let lacking = |feature: Feature| {
        let missing = scopes.missing(feature);
        let clause = || format!("{} needs {}", feature.in_words(), missing.join(" and "));
        (!missing.is_empty()).then(clause)
    };
    let lacking: Vec<_> = Feature::ALL.into_iter().filter_map(lacking).collect();
    let mut parts = Vec::new();
    if !allowed.is_empty() {
        parts.push(format!("enough for {}", allowed.join(", ")));
    }
    if !lacking.is_empty() {
        parts.push(format!("not there: {}", lacking.join(", ")));
    }
    let message = parts.join("; ");
    match may(&Feature::CallLog) {
        true => Finding::ok(Check::Scopes, message),
        false => Finding::failed(Check::Scopes, message, failure::ADD_SCOPES),
    }
}

/// Which calls may be read.
async fn call_log(client: &Client) -> Finding {
    let company = match newest(client, Scope::Account).await {
        Ok(()) => return Finding::ok(Check::CallLog, "the whole company's may be read"),
        Err(error) => error,
    };
    if !company.is_unavailable() {
        return Finding::error(Check::CallLog, &company.into());
    }
    let Finding { message, advice, .. } = Finding::error(Check::CallLog, &company.into());
    let advice = advice.unwrap_or_default();
    match own(client).await {
        Ok(()) => {
            let message = format!("only this user's own calls may be read ({message})");
            Finding::warning(Check::CallLog, message, advice)
        }
        Err(_) => Finding::failed(Check::CallLog, message, advice),
    }
}

async fn own(client: &Client) -> Result<(), Error> {
    let own = client.own_extension().await?;
    newest(client, Scope::Extension(own.id)).await
}

async fn newest(client: &Client, scope: Scope) -> Result<(), Error> {
    let now = client.server_time().unwrap_or_else(Timestamp::now);
    let span = Span { from: now - SignedDuration::from_hours(1), to: now };
    let query = CallLogQuery { scope, view: View::Simple, span, page: 1, per_page: 1 };
    client.call_log(&query).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_app_lacks_is_named() {
        let found = |scopes| enough(&Scopes::parse(scopes));
        assert_eq!(found("ReadAccounts ReadCallRecording").verdict, Verdict::Ok);
        let no_recordings = found("ReadAccounts ReadCallLog");
        assert_eq!(no_recordings.verdict, Verdict::Ok);
        assert!(no_recordings.message.contains("recordings needs ReadCallRecording"));
        let no_accounts = found("ReadCallLog");
        assert_eq!(no_accounts.verdict, Verdict::Failed);
        assert!(no_accounts.message.contains("the company's call log needs ReadAccounts"));
        assert_eq!(found("Faxes").verdict, Verdict::Failed);
    }
}
