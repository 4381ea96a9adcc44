//! The shapes of records, as the reference describes them.

use crate::paging::{Navigation, Paging};
use crate::reference::shape::{Anything, Moment, Sent, Uri, shape, words};

shape! {
    /// A page of records, newest first.
    CallLogResponse {
        /// This page.
        required "uri": Uri,
        /// The records.
        required "records": Vec<CallLogRecord>,
        /// Which page this is, of how many.
        required "paging": Sent<Paging>,
        /// The pages around it. Following `nextPage` stays fast to the end.
        required "navigation": Sent<Navigation>,
    }
}

shape! {
    /// A call, or one extension's part in it. `telephonySessionId` joins the parts.
    CallLogRecord {
        /// The record's id.
        required "id": String,
        /// Where the record is.
        required "uri": Uri,
        /// The session; `0` for conferences.
        "sessionId": String,
        /// What joins all records of one call.
        "telephonySessionId": String,
        /// The party of the telephony session that the record is about.
        "partyId": String,
        /// When the call began.
        required "startTime": Moment,
        /// How long it took, in seconds.
        "duration": i64,
        /// How long it took, in milliseconds.
        "durationMs": i64,
        /// What it was.
        required "type": CallType,
        /// What kind of line it used.
        "internalType": CallInternalType,
        /// Seen from the owner of the log.
        required "direction": CallDirection,
        /// What was done to make the call.
        required "action": String,
        /// How it ended.
        "result": String,
        /// Why it ended so.
        "reason": String,
        /// The same, for people.
        "reasonDescription": String,
        /// Who called.
        "from": CallLogParty,
        /// Who was called.
        "to": CallLogParty,
        /// Whose part of the call this is.
        "extension": CallLogExtension,
        /// The network.
        "transport": CallTransport,
        /// On whose behalf somebody called.
        "delegate": CallLogDelegate,
        /// What makes somebody a delegate.
        "delegationType": String,
        /// The call's recording.
        "recording": CallLogRecording,
        /// There was a recording, which was too short to be kept.
        "shortRecording": bool,
        /// The voicemail or fax that came of it.
        "message": CallLogMessage,
        /// The session that the call was transferred to.
        "transferTarget": Anything,
        /// The session that was transferred here.
        "transferee": Anything,
        /// Labels.
        "metadataCategories": Vec<String>,
        /// Nothing of it will change by itself any more.
        "finished": bool,
        /// The record was deleted.
        "deleted": bool,
        /// When the record was last changed; `Detailed` only.
        "lastModifiedTime": Moment,
        /// What it cost; `Detailed` only.
        "billing": CallLogBilling,
        /// The ways that the call took, one after the other; `Detailed` only.
        "legs": Vec<CallLogLeg>,
    }
}

shape! {
    /// One way that a call took.
    CallLogLeg {
        /// When it began.
        required "startTime": Moment,
        /// How long it took, in seconds.
        "duration": i64,
        /// How long it took, in milliseconds.
        "durationMs": i64,
        /// What it was.
        required "type": CallType,
        /// What kind of line it used.
        "internalType": CallInternalType,
        /// Seen from the owner of the log.
        required "direction": CallDirection,
        /// What was done to make the call.
        required "action": String,
        /// How it ended.
        "result": String,
        /// Why it ended so.
        "reason": String,
        /// The same, for people.
        "reasonDescription": String,
        /// What this leg is for.
        "legType": String,
        /// It is the one that the record sums up.
        "master": bool,
        /// Who called.
        "from": CallLogParty,
        /// Who was called.
        "to": CallLogParty,
        /// Whose leg it is.
        "extension": CallLogExtension,
        /// The network.
        "transport": CallTransport,
        /// What joins all records of one call.
        "telephonySessionId": String,
        /// Its recording.
        "recording": CallLogRecording,
        /// The voicemail or fax that came of it.
        "message": CallLogMessage,
    }
}

shape! {
    /// One end of a call.
    CallLogParty {
        /// In E.164, where it is known.
        "phoneNumber": String,
        /// The short number of an extension.
        "extensionNumber": String,
        /// The id of an extension.
        "extensionId": String,
        /// A name.
        "name": String,
        /// Where the number is of.
        "location": String,
        /// The telephone.
        "device": CallLogDevice,
        /// The number that was called, where the call came in by another.
        "dialedPhoneNumber": String,
        /// The number that called, where it shows another.
        "dialerPhoneNumber": String,
    }
}

shape! {
    /// A telephone.
    CallLogDevice {
        /// Its id.
        "id": String,
        /// Where it is.
        "uri": Uri,
    }
}

shape! {
    /// An extension.
    CallLogExtension {
        /// Its id.
        required "id": i64,
        /// Where it is.
        "uri": Uri,
    }
}

shape! {
    /// On whose behalf somebody called.
    CallLogDelegate {
        /// The id of an extension.
        required "id": String,
        /// A name.
        "name": String,
    }
}

shape! {
    /// A recording, as its call names it.
    CallLogRecording {
        /// Its id.
        required "id": String,
        /// What is known of it.
        required "uri": Uri,
        /// By rule or by hand.
        required "type": CallRecordingType,
        /// Its sound.
        required "contentUri": Uri,
    }
}

shape! {
    /// A voicemail or fax.
    CallLogMessage {
        /// Its id.
        required "id": String,
        /// What it is.
        required "type": String,
        /// Where it is.
        required "uri": Uri,
    }
}

shape! {
    /// What a call cost.
    CallLogBilling {
        /// What the plan covers.
        "costIncluded": f64,
        /// What it does not.
        "costPurchased": f64,
    }
}

words! {
    /// A call or a fax.
    CallType ["Voice", "Fax"]
}

words! {
    /// Received or placed.
    CallDirection ["Inbound", "Outbound"]
}

words! {
    /// The network.
    CallTransport ["PSTN", "VoIP"]
}

words! {
    /// Recorded by rule or by hand.
    CallRecordingType ["Automatic", "OnDemand"]
}

words! {
    /// What kind of line a call used.
    CallInternalType [
        "Local", "LongDistance", "International", "Sip", "RingMe", "RingOut", "Usual",
        "TollFreeNumber", "VerificationNumber", "Vma", "LocalNumber", "ImsOutgoing", "ImsIncoming",
        "Unknown",
    ]
}

shape! {
    /// A frame of records, or what changed in one.
    CallLogSyncResponse {
        /// Where this came from.
        required "uri": Uri,
        /// The records.
        required "records": Vec<CallLogRecord>,
        /// How to go on.
        required "syncInfo": CallLogSyncInfo,
    }
}

shape! {
    /// How to go on with a synchronisation.
    CallLogSyncInfo {
        /// What this was.
        required "syncType": CallLogSyncType,
        /// What the next ISync has to come with.
        required "syncToken": String,
        /// When this was.
        required "syncTime": Moment,
    }
}

shape! {
    /// Records that were modified after a moment.
    CallLogExtractSyncResponse {
        /// Where this came from.
        required "uri": Uri,
        /// The records, the first modified first.
        required "records": Vec<CallLogRecord>,
        /// How to go on.
        required "syncInfo": CallLogExtractSyncInfo,
    }
}

shape! {
    /// How to go on with an extraction.
    CallLogExtractSyncInfo {
        /// What this was.
        required "syncType": CallLogSyncType,
        /// What the next ISync has to come with.
        required "syncToken": String,
        /// When this was.
        required "syncTime": Moment,
        /// Is there more to be had at once?
        required "newerRecordsExist": bool,
    }
}

words! {
    /// Everything anew, or what changed.
    CallLogSyncType ["FSync", "ISync"]
}

shape! {
    /// The status of each record that was asked for: the first part of a `multipart/mixed` answer.
    CallLogBatchItem {
        /// The id that was asked for.
        required "resourceId": String,
        /// The status of this one.
        required "status": i64,
        /// The record, or an error.
        required "body": Anything,
    }
}
