//! What is said of somebody who is, or is not, on the phone.

use callbook_synth::Engagement;
use serde_json::{Value, json};

/// What somebody's calls amount to: the first of these that there is.
const STATUSES: [&str; 4] = ["CallConnected", "OnHold", "Ringing", "ParkedCall"];

/// `PresenceInfoResponse` without whose it is, and what a notification has in common with it.
pub(crate) fn presence(engagements: &[Engagement], with_calls: bool) -> Value {
    let has = |status: &&str| engagements.iter().any(|each| each.telephony_status == *status);
    let status = STATUSES.into_iter().find(has);
    let busy = status.is_some_and(|status| status != "ParkedCall");
    let mut presence = json!({
        "userStatus": "Available",
        "dndStatus": "TakeAllCalls",
        "presenceStatus": if busy { "Busy" } else { "Available" },
        "telephonyStatus": status.unwrap_or("NoCall"),
        "allowSeeMyPresence": true,
        "ringOnMonitoredCall": false,
        "pickUpCallsOnHold": false,
    });
    if with_calls {
        presence["activeCalls"] = engagements.iter().map(|each| each.call.clone()).collect();
    }
    presence
}
