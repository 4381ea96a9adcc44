//! Whether the server can be reached, and what time it says it is.

use callbook_ringcentral::{Reached, reach};
use callbook_sync::in_full;
use jiff::SignedDuration;
use url::Url;

use super::finding::{Check, Finding};
use crate::failure;

/// Half a minute is more than answers take and clocks drift.
const SKEWED: SignedDuration = SignedDuration::from_secs(30);

/// DNS, TCP, TLS, HTTP; then the clock.
pub(super) async fn reachable(server_url: &Url) -> Vec<Finding> {
    let reached = match reach(server_url).await {
        Ok(reached) => reached,
        Err(error) => {
            let advice = failure::unreached(&error);
            return vec![Finding::failed(Check::Server, in_full(&error), advice)];
        }
    };
    let url = server_url.as_str().split(['?', '#']).next().unwrap_or_default();
    let url = url.trim_end_matches('/');
    let through = if reached.proxy { ", maybe through a proxy" } else { "" };
    let server = Finding::ok(Check::Server, format!("{url} answers{through}"));
    std::iter::once(server).chain(clock(reached)).collect()
}

fn clock(Reached { ahead, .. }: Reached) -> Option<Finding> {
    let ahead = ahead?;
    let seconds = ahead.abs().as_secs();
    let direction = if ahead.is_negative() { "ahead of" } else { "behind" };
    Some(match ahead.abs() > SKEWED {
        true => Finding::warning(
            Check::Clock,
            format!("this machine's clock is {seconds} s {direction} the server's"),
            "have it set by NTP; calls are listed by the server's clock, but ages and alerts go by this one",
        ),
        false => Finding::ok(Check::Clock, "as the server's"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_which_way() {
        let found = |seconds| {
            let ahead = Some(SignedDuration::from_secs(seconds));
            clock(Reached { ahead, proxy: false }).unwrap()
        };
        assert_eq!(found(30).verdict, Verdict::Ok);
        assert_eq!(found(-30).verdict, Verdict::Ok);
        assert!(found(31).message.contains("31 s behind the server's"));
        assert!(found(-3600).message.contains("3600 s ahead of the server's"));
        assert_eq!(clock(Reached { ahead: None, proxy: false }), None);
    }
}
