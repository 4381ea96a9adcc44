//! The contract's words: one enum a field, each knowing its text.

macro_rules! terms {
    ($(#[$meta:meta])* $vis:vis $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $vis enum $name { $($(#[$inner])* $variant,)+ }

        impl $name {
            /// The word as it stands in JSON.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

terms! {
    /// Which way a call goes, seen from whoever's log it stands in.
    pub Direction {
        /// Somebody called the log's owner.
        Inbound = "Inbound",
        /// The log's owner called.
        Outbound = "Outbound",
    }
}

terms! {
    /// Voice or fax.
    pub CallType {
        /// People, or a machine that speaks.
        Voice = "Voice",
        /// Pages.
        Fax = "Fax",
    }
}

terms! {
    /// How a call came in or went out.
    pub Transport {
        /// Through the telephone network.
        Pstn = "PSTN",
        /// From a phone of the company.
        Voip = "VoIP",
    }
}

terms! {
    /// Why a call was recorded.
    pub RecordingMode {
        /// The company's policy.
        Automatic = "Automatic",
        /// Somebody pressed the button.
        OnDemand = "OnDemand",
    }
}

terms! {
    /// What the telephone system did.
    pub(crate) Action {
        CallPark = "Call Park",
        CallReturn = "Call Return",
        Conference = "Conference Call",
        External = "External Application",
        FindMe = "FindMe",
        FollowMe = "FollowMe",
        Hunting = "Hunting",
        FaxIn = "Incoming Fax",
        FaxOut = "Outgoing Fax",
        ParkLocation = "Park Location",
        PhoneCall = "Phone Call",
        Pickup = "Pickup",
        RingDirectly = "Ring Directly",
        RingOutMobile = "RingOut Mobile",
        RingOutWeb = "RingOut Web",
        SipForwarding = "Sip Forwarding",
        Transfer = "Transfer",
        Voip = "VoIP Call",
    }
}

terms! {
    /// How a call or leg ended.
    pub(crate) Outcome {
        Abandoned = "Abandoned",
        Accepted = "Accepted",
        AnsweredElsewhere = "Answered Elsewhere",
        AnsweredNotAccepted = "Answered Not Accepted",
        Blocked = "Blocked",
        Busy = "Busy",
        CallFailed = "Call Failed",
        CallbackRequested = "Callback requested",
        Connected = "Call connected",
        Declined = "Declined",
        FaxNotSent = "Fax Not Sent",
        FaxPoorLine = "Fax Poor Line",
        FaxReceiptError = "Fax Receipt Error",
        HangUp = "Hang Up",
        InProgress = "In Progress",
        IntlRestricted = "International Restricted",
        Missed = "Missed",
        NoAnswer = "No Answer",
        Offline = "IP Phone Offline",
        PartialReceive = "Partial Receive",
        Received = "Received",
        Rejected = "Rejected",
        Sent = "Sent",
        Stopped = "Stopped",
        Voicemail = "Voicemail",
        WrongNumber = "Wrong Number",
    }
}

terms! {
    /// Why a call or leg ended so.
    pub(crate) Reason {
        Accepted = "Accepted",
        BadNumber = "Bad Number",
        Connected = "Connected",
        FailedTryAgain = "Failed Try Again",
        FaxNotReceived = "Fax Not Received",
        FaxNotSent = "Fax Not Sent",
        FaxPoorLine = "Fax Poor Line",
        HangUp = "Hang Up",
        IntlRestricted = "International Restricted",
        LineBusy = "Line Busy",
        NoAnswer = "No Answer",
        NoDigitalLine = "No Digital Line",
        NotAnswered = "Not Answered",
        NumberBlocked = "Number Blocked",
        Stopped = "Stopped",
        WrongNumber = "Wrong Number",
    }
}

impl Reason {
    /// A sentence for `reasonDescription`, a free text.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Accepted => "Somebody answered and took the call",
            Self::BadNumber => "Please check the number before dialing again",
            Self::Connected => "A machine picked up and gave no answer",
            Self::FailedTryAgain => "The call could not be set up",
            Self::FaxNotReceived => "No connection to the sender's fax machine",
            Self::FaxNotSent => "No connection to the receiving fax machine",
            Self::FaxPoorLine => "The line was too poor for a fax",
            Self::HangUp => "The caller hung up first",
            Self::IntlRestricted => "An administrator has prohibited this destination",
            Self::LineBusy => "The line was busy",
            Self::NoAnswer => "Nobody picked up",
            Self::NoDigitalLine => "The phone was not connected",
            Self::NotAnswered => "The number did not answer",
            Self::NumberBlocked => "The number is on the list of blocked numbers",
            Self::Stopped => "Another phone answered",
            Self::WrongNumber => "The number is not in service",
        }
    }
}

terms! {
    /// What a leg is.
    pub(crate) LegType {
        Accept = "Accept",
        CallBack = "CallBack",
        CallPark = "CallPark",
        ConferenceCall = "ConferenceCall",
        ExtensionToExtension = "ExtensionToExtension",
        FaxSent = "FaxSent",
        FindMe = "FindMe",
        FollowMe = "FollowMe",
        Hunting = "Hunting",
        MobileApp = "MobileApp",
        ParkLocation = "ParkLocation",
        Pickup = "Pickup",
        PstnToSip = "PstnToSip",
        RingDirectly = "RingDirectly",
        RingOutToCaller = "RingOutWebToCaller",
        RingOutToSubscriber = "RingOutWebToSubscriber",
        SipForwarding = "SipForwarding",
        SipToPstnMetered = "SipToPstnMetered",
        SipToPstnUnmetered = "SipToPstnUnmetered",
        TransferCall = "TransferCall",
    }
}

terms! {
    /// What becomes of a party of a call.
    pub(crate) PartyStatus {
        Setup = "Setup",
        Proceeding = "Proceeding",
        Answered = "Answered",
        Hold = "Hold",
        Parked = "Parked",
        VoiceMail = "VoiceMail",
        FaxReceive = "FaxReceive",
        Disconnected = "Disconnected",
        Gone = "Gone",
    }
}

terms! {
    /// Why a party is no longer what it was.
    pub(crate) Departure {
        AgentAnswered = "AgentAnswered",
        AttendedTransfer = "AttendedTransfer",
        BlindTransfer = "BlindTransfer",
        CallDropped = "CallDropped",
        CallFinished = "CallFinished",
        CallPark = "CallPark",
        CallReplied = "CallReplied",
        CallerInputRedirect = "CallerInputRedirect",
        Cancelled = "Cancelled",
        DestinationBlocked = "DestinationBlocked",
        InternalError = "InternalError",
        InternationalDisabled = "InternationalDisabled",
        InvalidNumber = "InvalidNumber",
        NoAnswer = "NoAnswer",
        ParkLocation = "ParkLocation",
        Pickup = "Pickup",
        Rejected = "Rejected",
        TargetBusy = "TargetBusy",
    }
}

terms! {
    /// What kind of line a call used.
    pub(crate) InternalType {
        Local = "Local",
        LongDistance = "LongDistance",
        International = "International",
        Sip = "Sip",
        RingOut = "RingOut",
        TollFree = "TollFreeNumber",
    }
}
