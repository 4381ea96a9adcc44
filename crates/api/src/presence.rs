//! `GET …/presence` of the account and of a call queue.

use axum::extract::{Path, State};
use axum::response::Response;
use callbook_model::ExtensionId;
use serde_json::{Value, json};

use crate::answer::json;
use crate::error::ApiError;
use crate::paging::{self, Navigation, Paging, page_of};
use crate::params::{Param, Params};
use crate::ports::{Availability, Directory, Ports, Telephony};
use crate::reference::About;
use crate::reference::shape::{Anything, Sent, Uri, shape, words};
use crate::router::Api;

const DETAILED: Param<bool> =
    Param::flag("detailedTelephonyState", "Whether calls are told of, one by one.").or("false");

shape! {
    /// A page of those who could be called.
    AccountPresenceInfo {
        /// This page.
        required "uri": Uri,
        /// Each of them.
        required "records": Vec<PresenceInfo>,
        /// Which page this is, of how many.
        required "paging": Sent<Paging>,
        /// The pages around it.
        required "navigation": Sent<Navigation>,
    }
}

shape! {
    /// Whether somebody is available.
    PresenceInfo {
        /// Where this is.
        required "uri": Uri,
        /// Who it is.
        required "extension": Anything,
        /// All taken together.
        "presenceStatus": PresenceStatus,
        /// As the telephone says.
        "telephonyStatus": String,
        /// As the user says.
        "userStatus": String,
        /// Which calls the user takes.
        "dndStatus": String,
        /// What the user lets others read.
        "message": String,
        /// Calls that are under way.
        "activeCalls": Vec<Anything>,
    }
}

words! {
    /// Whether somebody is available.
    PresenceStatus ["Offline", "Busy", "Available"]
}

shape! {
    /// Who takes a queue's calls.
    CallQueuePresence {
        /// Each member.
        required "records": Vec<CallQueueMemberPresence>,
    }
}

shape! {
    /// A queue's member.
    CallQueueMemberPresence {
        /// Who it is.
        required "member": Anything,
        /// They take queues' calls at all.
        "acceptQueueCalls": bool,
        /// They take this queue's.
        "acceptCurrentQueueCalls": bool,
    }
}

/// What the reference says of the company's.
pub(crate) fn about_account() -> About {
    About::of("Presence", "Whoever is no person is offline.")
        .takes(&[&DETAILED])
        .takes(paging::PARAMETERS)
        .gives::<AccountPresenceInfo>("One page.")
}

/// What the reference says of a queue's.
pub(crate) fn about_queue() -> About {
    About::of("Presence", "").gives::<CallQueuePresence>("The members.")
}

/// What a member of a queue is shown with.
const MEMBER_FIELDS: [&str; 2] = ["name", "extensionNumber"];

/// Who is available, and on the phone. Whoever is no person is always offline.
pub(crate) async fn of_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let with_calls = params.value(&DETAILED)?;
    let mut extensions = api.ports().directory().extensions().await?;
    extensions.retain(|extension| extension["type"] != "Site");
    let resource = format!("{}/presence", api.account_url());
    let mut page = page_of(resource, &params, extensions)?;
    if let Some(records) = page["records"].as_array_mut() {
        let users: Vec<_> = records.iter().filter(|each| is_user(each)).filter_map(id).collect();
        let mut known = api.ports().telephony().presence(&users, with_calls).await?.into_iter();
        for record in records {
            let offline = || json!({ "presenceStatus": "Offline" });
            let known = known.by_ref();
            let presence = if is_user(record) { known.next() } else { None };
            *record = placed(&api.account_url(), record, presence.unwrap_or_else(offline));
        }
    }
    Ok(json(page))
}

/// Which of a queue's members take its calls.
pub(crate) async fn of_queue<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, group)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let no_such_queue = || ApiError::not_found("groupId");
    let queue: ExtensionId = group.parse().map_err(|_| no_such_queue())?;
    let directory = api.ports().directory();
    let members = directory.queue_members(queue).await?.ok_or_else(no_such_queue)?;
    let known = api.ports().telephony().availability(queue, &members).await?;
    let extensions = directory.extensions().await?;
    let records = members.iter().zip(known).map(|(&member, availability)| {
        let extension = extensions.iter().find(|extension| id(extension) == Some(member));
        available(member, extension, availability)
    });
    Ok(json(json!({ "records": records.collect::<Vec<_>>() })))
}

fn is_user(extension: &Value) -> bool {
    extension["type"].as_str().is_some_and(|kind| kind.ends_with("User") && kind != "FaxUser")
}

fn id(extension: &Value) -> Option<ExtensionId> {
    extension["id"].as_u64().map(ExtensionId)
}

/// An extension's presence, with whose it is.
fn placed(account_url: &str, extension: &Value, mut presence: Value) -> Value {
    let uri = format!("{account_url}/extension/{}", extension["id"]);
    presence["uri"] = format!("{uri}/presence").into();
    presence["extension"] = json!({ "id": extension["id"], "uri": uri });
    if let Some(number) = extension.get("extensionNumber") {
        presence["extension"]["extensionNumber"] = number.clone();
    }
    presence
}

/// `CallQueueMemberPresence`.
fn available(member: ExtensionId, extension: Option<&Value>, known: Availability) -> Value {
    let mut record = json!({ "member": { "id": member.to_string() } });
    for field in MEMBER_FIELDS {
        if let Some(value) = extension.and_then(|extension| extension.get(field)) {
            record["member"][field] = value.clone();
        }
    }
    if let Some(accepts) = known.of_queues {
        record["acceptQueueCalls"] = accepts.into();
    }
    if let Some(accepts) = known.of_this_queue {
        record["acceptCurrentQueueCalls"] = accepts.into();
    }
    record
}
