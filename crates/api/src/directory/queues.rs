//! `GET …/call-queues`, one queue, and the users who answer it.

use axum::extract::{Path, State};
use axum::response::Response;
use callbook_model::ExtensionId;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::shapes::{CallQueueDetails, CallQueueList, CallQueueMembers};
use crate::answer::json;
use crate::error::ApiError;
use crate::paging::{self, page_of};
use crate::params::{Param, Params};
use crate::ports::{Directory, PortError, Ports};
use crate::reference::About;
use crate::router::Api;

const MEMBER_EXTENSION_ID: Param<ExtensionId> = Param::own(
    "memberExtensionId",
    |text| text.parse().ok(),
    || ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{1,18}$")).into(),
    "Only the queues that this extension answers.",
);

/// What the reference says of the list.
pub(crate) fn about_list() -> About {
    About::of("Call Queues", "")
        .takes(&[&MEMBER_EXTENSION_ID])
        .takes(paging::PARAMETERS)
        .gives::<CallQueueList>("One page.")
}

/// What the reference says of one queue.
pub(crate) fn about_read() -> About {
    About::of("Call Queues", "").gives::<CallQueueDetails>("The queue.")
}

/// What the reference says of those who answer one.
pub(crate) fn about_members() -> About {
    About::of("Call Queues", "").takes(paging::PARAMETERS).gives::<CallQueueMembers>("One page.")
}

/// The company's call queues, or those that one extension answers.
pub(crate) async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let member = params.given(&MEMBER_EXTENSION_ID)?;
    let directory = api.ports().directory();
    let mut records = directory.queues().await?;
    if let Some(member) = member {
        records = answered_by(directory, records, member).await?;
    }
    Ok(json(page_of(format!("{}/call-queues", api.account_url()), &params, records)?))
}

async fn answered_by(
    directory: &impl Directory,
    queues: Vec<Value>,
    member: ExtensionId,
) -> Result<Vec<Value>, PortError> {
    let mut answered = Vec::new();
    for queue in queues {
        let Some(id) = queue["id"].as_str().and_then(|id| id.parse().ok()) else { continue };
        let members = directory.queue_members(id).await?;
        if members.is_some_and(|members| members.contains(&member)) {
            answered.push(queue);
        }
    }
    Ok(answered)
}

/// One call queue.
pub(crate) async fn read<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, group)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let found = api.ports().directory().queue(queue_id(&group)?).await?;
    found.map(json).ok_or_else(no_such_queue)
}

/// The users who answer a call queue.
pub(crate) async fn members<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, group)): Path<(String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let id = queue_id(&group)?;
    let members = api.ports().directory().queue_members(id).await?;
    let account_url = api.account_url();
    let record = |member: ExtensionId| {
        json!({
            "uri": format!("{account_url}/extension/{member}"),
            "id": member,
        })
    };
    let mut records: Vec<Value> =
        members.ok_or_else(no_such_queue)?.into_iter().map(record).collect();
    add_numbers(api.ports().directory(), &mut records).await?;
    let resource = format!("{account_url}/call-queues/{id}/members");
    Ok(json(page_of(resource, &params, records)?))
}

async fn add_numbers(directory: &impl Directory, members: &mut [Value]) -> Result<(), PortError> {
    let extensions = directory.extensions().await?;
    for member in members {
        let extension = extensions.iter().find(|extension| extension["id"] == member["id"]);
        if let Some(number) = extension.and_then(|extension| extension.get("extensionNumber")) {
            member["extensionNumber"] = number.clone();
        }
    }
    Ok(())
}

fn queue_id(text: &str) -> Result<ExtensionId, ApiError> {
    text.parse().map_err(|_| no_such_queue())
}

fn no_such_queue() -> ApiError {
    ApiError::not_found("groupId")
}
