//! Upstream's words for how a call or leg ended.

/// What a result says, as far as it tells the fate of a call or an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Somebody, or something, spoke.
    Talked,
    /// The caller came to a machine that takes messages.
    Voicemail,
    CallbackRequested,
    /// Given up in a queue.
    Abandoned,
    /// Given up elsewhere.
    HungUp,
    Declined,
    Busy,
    /// It rang until it was over.
    Missed,
    /// A phone was picked up, by a machine or by somebody who did not accept.
    Machine,
    /// Another phone answered.
    Stopped,
    /// Somebody else answered.
    Elsewhere,
    Blocked,
    Failed,
    InProgress,
    /// All pages came or went.
    Delivered,
    /// Not the contract's, or without a meaning here.
    Other,
}

impl Ending {
    /// What `result` and `reason` say together (`CallResultEnum`, `CallResultReasonEnum`).
    ///
    /// An accepted call with the reason `Connected` was picked up by a machine, and one with the reason `Stopped` was
    /// called off.
    pub(crate) fn of(result: Option<&str>, reason: Option<&str>, inbound: bool) -> Self {
        match (result.unwrap_or_default(), reason) {
            ("Accepted" | "Call connected", Some("Connected")) => Self::Machine,
            ("Accepted" | "Call connected", Some("Stopped")) => Self::Stopped,
            ("Accepted" | "Call connected", _) => Self::Talked,
            ("Voicemail" | "Sent to Voicemail", _) => Self::Voicemail,
            ("Callback requested", _) => Self::CallbackRequested,
            ("Abandoned", _) => Self::Abandoned,
            ("Hang Up", _) => Self::HungUp,
            ("Declined", _) => Self::Declined,
            ("Rejected", Some("Number Blocked")) | ("Blocked", _) => Self::Blocked,
            ("Rejected", _) if inbound => Self::Declined,
            ("Busy", _) => Self::Busy,
            ("Missed" | "No Answer", _) => Self::Missed,
            ("Answered Not Accepted", _) => Self::Machine,
            ("Stopped", _) => Self::Stopped,
            ("Answered Elsewhere", _) => Self::Elsewhere,
            ("In Progress", _) => Self::InProgress,
            ("Sent" | "Received", _) => Self::Delivered,
            (result, _) if FAILED.contains(&result) => Self::Failed,
            _ => Self::Other,
        }
    }
}

/// It could not be set up, or the pages did not all arrive.
const FAILED: [&str; 21] = [
    "Call Failed",
    "Call Failure",
    "Carrier is not active",
    "EDGE trunk misconfigured",
    "Fax Not Sent",
    "Fax Partially Sent",
    "Fax Poor Line",
    "Fax Receipt Error",
    "IP Phone Offline",
    "Internal Error",
    "International Disabled",
    "International Restricted",
    "No Calling Credit",
    "Not Allowed",
    "Partial Receive",
    "Receive Error",
    "Rejected",
    "Restricted Number",
    "Send Error",
    "Suspended account",
    "Wrong Number",
];
