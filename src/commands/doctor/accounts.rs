//! Registered accounts: each has credentials of its own.

use callbook_login::Logins;
use callbook_store::{Registration, Store};
use callbook_sync::{Connect as _, in_full};

use super::finding::{Check, Finding};
use super::sign_in;
use crate::credentials::ByReference;
use crate::output::note;

/// Whether each account's credentials can be had; with `sign_in`, whether they work.
pub(super) async fn credentials(
    store: &Store,
    registrations: &[Registration],
    logins: Logins,
    sign_in: bool,
) -> Vec<Finding> {
    let (mut findings, connect) = (Vec::new(), ByReference { logins });
    let active: Vec<_> = registrations.iter().filter(|each| !each.paused).collect();
    for registration in &active {
        let name = &registration.name;
        match connect.connect(registration) {
            Ok(connection) if sign_in => {
                note!("signing in: {name}");
                let found = sign_in::works(connection, Some(store)).await;
                findings.extend(found.into_iter().map(|each| each.of(name)));
            }
            Ok(_) => {}
            Err(error) => {
                let advice = format!("`callbook account add {name}` says anew where they are");
                let message = in_full(error.as_ref());
                findings.push(Finding::failed(Check::SignIn, message, advice).of(name));
            }
        }
    }
    if findings.is_empty() && !active.is_empty() {
        let message = format!(
            "the credentials of {} registered accounts can be read; --all tries them",
            active.len()
        );
        findings.push(Finding::ok(Check::SignIn, message));
    }
    findings
}
