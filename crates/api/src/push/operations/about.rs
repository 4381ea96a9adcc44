//! What the reference says of subscriptions.

use crate::reference::About;
use crate::reference::shape::{Moment, Uri, shape, words};

const TAG: &str = "Subscriptions";

shape! {
    /// The caller's subscriptions through the app.
    SubscriptionListResource {
        /// Where this is.
        required "uri": Uri,
        /// Each of them, the first made first.
        required "records": Vec<SubscriptionInfo>,
    }
}

shape! {
    /// A subscription.
    SubscriptionInfo {
        /// Its id.
        required "id": String,
        /// Where it is.
        required "uri": Uri,
        /// What it is about.
        required "eventFilters": Vec<String>,
        /// When it ends.
        required "expirationTime": Moment,
        /// How long that is from now, in seconds.
        required "expiresIn": i64,
        /// Whether notifications are sent.
        required "status": SubscriptionStatus,
        /// When it was made.
        required "creationTime": Moment,
        /// How notifications are sent.
        required "deliveryMode": DeliveryMode,
        /// Why they are not, and since when.
        "blacklistedData": BlacklistedData,
    }
}

words! {
    /// Whether notifications are sent. What is blacklisted stays so: delete it and make another.
    SubscriptionStatus ["Active", "Suspended", "Blacklisted"]
}

shape! {
    /// How notifications are sent.
    DeliveryMode {
        /// `WebHook` or `WebSocket`.
        required "transportType": String,
        /// Always false.
        "encryption": bool,
        /// Where they are sent to.
        "address": Uri,
    }
}

shape! {
    /// Why nothing is sent.
    BlacklistedData {
        /// Since when.
        required "blacklistedAt": Moment,
        /// Why.
        required "reason": String,
    }
}

shape! {
    /// What to be told of, and how.
    CreateSubscriptionRequest {
        /// Resources, such as `/restapi/v1.0/account/~/telephony/sessions`; at most 100.
        required "eventFilters": Vec<String>,
        /// How notifications are sent.
        required "deliveryMode": DeliveryModeRequest,
        /// How long it is to live, in seconds: a week if left out, at most ten years.
        "expiresIn": i64,
    }
}

shape! {
    /// How notifications are sent.
    DeliveryModeRequest {
        /// `WebHook` or `WebSocket`.
        required "transportType": String,
        /// Where they are sent to: it has to answer a request with `Validation-Token` by the same header.
        "address": Uri,
        /// Comes with every notification, in the header `Verification-Token`.
        "verificationToken": String,
    }
}

shape! {
    /// What to change; an empty body only renews.
    UpdateSubscriptionRequest {
        /// What it is to be about from now on.
        "eventFilters": Vec<String>,
        /// How long it is to live from now on, in seconds.
        "expiresIn": i64,
    }
}

pub(crate) fn about_list() -> About {
    About::of(TAG, "").gives::<SubscriptionListResource>("The subscriptions.")
}

pub(crate) fn about_create() -> About {
    About::of(
        TAG,
        "What scope and permission it needs depends on what it is about: CallControl for telephony sessions, \
         ReadPresence for presence, ReadCallLog for changes of the call log; SubscriptionWebhook for webhooks. A user \
         has at most 30 with one app.",
    )
    .takes_json::<CreateSubscriptionRequest>()
    .gives::<SubscriptionInfo>("The subscription.")
    .fails(403, FORBIDDEN)
}

pub(crate) fn about_read() -> About {
    About::of(TAG, "").gives::<SubscriptionInfo>("The subscription.")
}

pub(crate) fn about_update() -> About {
    About::of(TAG, "")
        .may_take_json::<UpdateSubscriptionRequest>()
        .gives::<SubscriptionInfo>("The subscription.")
        .fails(403, FORBIDDEN)
}

pub(crate) fn about_delete() -> About {
    About::of(TAG, "").answers_nothing(204, "It has ended.")
}

pub(crate) fn about_renew() -> About {
    About::of(TAG, "").gives::<SubscriptionInfo>("The subscription.").fails(403, FORBIDDEN)
}

const FORBIDDEN: &str = "A scope or permission is missing (CMN-401, 408), it is somebody else's (404, SUB-406, 408), or there are too many \
     (SUB-505).";
