//! Who called whom.

use std::borrow::Cow;

use callbook_model::{ExtensionId, number_key};
use jiff::Timestamp;

use crate::Company;
use crate::row::{Direction, End, Origin};
use crate::session::Session;
use crate::wire::{Call, Party};

/// Both ends of an interaction, and what reports look it up by.
pub(crate) struct Ends<'a> {
    pub(crate) caller: End<'a>,
    pub(crate) called: End<'a>,
    pub(crate) customer_number: Option<Cow<'a, str>>,
    pub(crate) customer_name: Option<Cow<'a, str>>,
    pub(crate) company_number: Option<Cow<'a, str>>,
}

impl<'a> Ends<'a> {
    /// Those of the master leg.
    pub(crate) fn of<C: Company>(session: &Session<'_, 'a>, company: &'a C, at: Timestamp) -> Self {
        let (master, direction) = (session.master(), session.direction);
        let owner_at = |near| master.owner.filter(|_| direction == near);
        let (from, to) = (&master.call.from, &master.call.to);
        let caller = end(from, owner_at(Direction::Outbound), company, at);
        let called = end(to, owner_at(Direction::Inbound), company, at);
        let (far, near, far_name) = match direction {
            Direction::Inbound => (&caller, &called, &from.name),
            Direction::Outbound => (&called, &caller, &to.name),
        };
        let external = session.origin == Origin::External;
        let if_external = |text: &Option<Cow<'a, str>>| text.clone().filter(|_| external);
        Self {
            customer_number: if_external(&far.number),
            customer_name: if_external(far_name),
            company_number: if_external(&near.number),
            caller,
            called,
        }
    }
}

fn end<'a, C: Company>(
    party: &Party<'a>,
    owner: Option<ExtensionId>,
    company: &'a C,
    at: Timestamp,
) -> End<'a> {
    let extension = party.extension.or(owner);
    let known = extension.and_then(|extension| company.name(extension, at));
    End {
        number: party.number.as_ref().and_then(|number| key(number, company)),
        name: known.map(Cow::Borrowed).or_else(|| party.name.clone()),
        extension,
    }
}

/// Whether the end that is not the company's lies outside it: the caller of an inbound call, whoever is called by an
/// outbound one. A caller without number or extension withholds them; a conference is not outside.
pub(crate) fn is_outside(
    call: &Call<'_>,
    direction: Direction,
    company: &impl Company,
    at: Timestamp,
) -> bool {
    let far = if direction == Direction::Inbound { &call.from } else { &call.to };
    if far.extension.is_some() || far.extension_number.is_some() {
        return false;
    }
    match far.number.as_ref().and_then(|number| key(number, company)) {
        Some(number) => !company.owns(&number, at),
        None => {
            let conference = call.action.as_deref() == Some("Conference Call");
            let own_phone = call.transport.as_deref() == Some("VoIP");
            let inside = conference || (own_phone && direction == Direction::Inbound);
            !inside
        }
    }
}

/// The number in E.164 where it can be read so, else its digits.
pub(crate) fn key<'a>(number: &Cow<'a, str>, company: &impl Company) -> Option<Cow<'a, str>> {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_e164 = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_e164 { Some(number.clone()) } else { number_key(number, company.home()).map(Cow::Owned) }
}
