//! `GET …/recording/{recordingId}`: what is known of a recording.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::find;
use crate::answer::json;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::Ports;
use crate::reference::About;
use crate::reference::shape::{Uri, shape};
use crate::router::Api;

shape! {
    /// What is known of a recording.
    GetCallRecordingResponse {
        /// Its id.
        required "id": String,
        /// Its sound.
        required "contentUri": Uri,
        /// Such as `audio/mpeg`.
        required "contentType": String,
        /// How long it plays, in seconds.
        required "duration": i64,
    }
}

/// What the reference says of it.
pub(crate) fn about_metadata() -> About {
    About::of("Call Recordings", "").gives::<GetCallRecordingResponse>("What is known of it.")
}

/// Where it is, of what type, and how long it plays.
pub(crate) async fn metadata<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, id)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    let recording = find(&api, (&account, &id), &caller).await?;
    let account = api.account_path();
    Ok(json(json!({
        "id": id,
        "contentUri": format!("{}{account}/recording/{id}/content", api.media_url()),
        "contentType": recording.content_type,
        "duration": recording.duration_s,
    })))
}
