//! The shapes of the directory, as the reference describes them. What else upstream has is passed on as well.

use crate::paging::{Navigation, Paging};
use crate::reference::shape::{Anything, Moment, Sent, Uri, shape, words};

/// Declares a page of records.
macro_rules! page {
    ($(#[doc = $about:literal])+ $name:ident of $record:ty) => {
        shape! {
            $(#[doc = $about])+
            $name {
                /// This page.
                required "uri": Uri,
                /// The records.
                required "records": Vec<$record>,
                /// Which page this is, of how many.
                required "paging": Sent<Paging>,
                /// The pages around it.
                required "navigation": Sent<Navigation>,
            }
        }
    };
}

page! {
    /// A page of extensions.
    GetExtensionListResponse of ExtensionInfo
}

page! {
    /// A page of call queues.
    CallQueueList of CallQueueInfo
}

page! {
    /// A page of those who answer a queue.
    CallQueueMembers of CallQueueMemberInfo
}

page! {
    /// A page of sites.
    SiteList of SiteInfo
}

page! {
    /// A page of phone numbers.
    PhoneNumberList of PhoneNumberInfo
}

shape! {
    /// A company.
    GetAccountInfoResponse {
        /// The account's id.
        required "id": i64,
        /// Where it is.
        "uri": Uri,
        /// The company's main number.
        "mainNumber": String,
        /// Who answers it.
        "operator": Anything,
        /// Whether the account is open.
        "status": String,
        /// What was bought.
        "serviceInfo": Anything,
        /// How far the account is set up.
        "setupWizardState": String,
        /// When it was opened.
        "signupInfo": Anything,
        /// Language and time zone.
        "regionalSettings": Anything,
        /// It is one of several that share a directory.
        "federated": bool,
        /// How long extension numbers are.
        "limits": Anything,
    }
}

shape! {
    /// When somebody takes calls.
    CompanyBusinessHours {
        /// Where this is.
        "uri": Uri,
        /// `weeklyRanges`: for each day, `from` and `to` in local time. Nothing is said of those who always do.
        required "schedule": Anything,
    }
}

shape! {
    /// An extension: a user, a queue, a menu, a site.
    ExtensionInfo {
        /// Its id.
        required "id": i64,
        /// Where it is.
        "uri": Uri,
        /// Its short number.
        "extensionNumber": String,
        /// Its name.
        "name": String,
        /// What it is.
        "type": ExtensionType,
        /// Whether it is in use.
        "status": ExtensionStatus,
        /// Not shown in the company's directory.
        "hidden": bool,
        /// Name, e-mail, address.
        "contact": Anything,
        /// What the user may do.
        "permissions": Anything,
        /// The user's roles.
        "roles": Vec<Anything>,
        /// The site that it belongs to.
        "site": Anything,
        /// Language and time zone; not in lists.
        "regionalSettings": Anything,
        /// When it was made.
        "creationTime": Moment,
    }
}

words! {
    /// What an extension is.
    ExtensionType [
        "User", "FaxUser", "VirtualUser", "DigitalUser", "Department", "Announcement", "Voicemail",
        "SharedLinesGroup", "PagingOnly", "IvrMenu", "ApplicationExtension", "ParkLocation", "Bot",
        "Room", "Limited", "Site", "ProxyAdmin", "DelegatedLinesGroup", "GroupCallPickup",
    ]
}

words! {
    /// Whether an extension is in use.
    ExtensionStatus ["Enabled", "Disabled", "Frozen", "NotActivated", "Unassigned"]
}

shape! {
    /// A call queue.
    CallQueueInfo {
        /// Its id.
        required "id": String,
        /// Where it is.
        "uri": Uri,
        /// Its short number.
        "extensionNumber": String,
        /// Its name.
        "name": String,
        /// Whether it is in use.
        "status": String,
        /// The site that it belongs to.
        "site": Anything,
    }
}

shape! {
    /// A call queue, and how it is to be answered.
    CallQueueDetails {
        /// Its id.
        required "id": String,
        /// Where it is.
        "uri": Uri,
        /// Its short number.
        "extensionNumber": String,
        /// Its name.
        "name": String,
        /// Whether it is in use.
        "status": String,
        /// The site that it belongs to.
        "site": Anything,
        /// How soon calls are to be answered.
        "serviceLevelSettings": Anything,
        /// Members may leave it for a while by themselves.
        "editableMemberStatus": bool,
        /// How long a member's telephone rings, in seconds.
        "alertTimer": i64,
    }
}

shape! {
    /// Somebody who answers a queue.
    CallQueueMemberInfo {
        /// The id of an extension.
        required "id": i64,
        /// Where it is.
        required "uri": Uri,
        /// Its short number.
        "extensionNumber": String,
    }
}

shape! {
    /// A site.
    SiteInfo {
        /// Its id.
        required "id": String,
        /// Where it is.
        "uri": Uri,
        /// Its name.
        "name": String,
        /// Its short number.
        "extensionNumber": String,
        /// What its extension numbers begin with.
        "code": String,
        /// Language and time zone.
        "regionalSettings": Anything,
    }
}

shape! {
    /// A phone number.
    PhoneNumberInfo {
        /// Its id.
        "id": i64,
        /// Where it is.
        "uri": Uri,
        /// In E.164.
        required "phoneNumber": String,
        /// What it is used for.
        "usageType": PhoneNumberUsage,
        /// Who pays for a call.
        "paymentType": String,
        /// Calls, faxes or both.
        "type": String,
        /// Whether it is in use.
        "status": String,
        /// It is the company's or the extension's first one.
        "primary": bool,
        /// Whose it is.
        "extension": Anything,
        /// The country; of an extension's numbers only.
        "country": Anything,
        /// What an extension can do with it.
        "features": Vec<String>,
    }
}

words! {
    /// What a phone number is used for.
    PhoneNumberUsage [
        "MainCompanyNumber", "AdditionalCompanyNumber", "CompanyNumber", "DirectNumber",
        "CompanyFaxNumber", "ForwardedNumber", "ForwardedCompanyNumber", "ContactCenterNumber",
        "ConferencingNumber", "NumberPool", "BusinessMobileNumber", "PartnerBusinessMobileNumber",
        "IntegrationNumber",
    ]
}
