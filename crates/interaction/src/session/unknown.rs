//! Extensions that the directory does not know, such as queues of long ago.

use super::{Part, Session};
use crate::ExtensionKind;

impl Session<'_, '_> {
    /// Who offers a call to others is a queue.
    pub(super) fn find_unknown_queues(&mut self) {
        if self.parts.iter().all(|part| part.kind.is_some() || part.owner.is_none()) {
            return;
        }
        for place in 1..self.parts.len() {
            let (before, offer) = (&self.parts[..place], &self.parts[place]);
            if !offer.is_offered() {
                continue;
            }
            let mut from = before.iter().filter(|part| !part.is_offered() && !part.originated);
            let unknown = from.next_back().filter(|part| part.kind.is_none());
            let Some(queue) = unknown.and_then(|part| part.owner) else { continue };
            if offer.owner.is_none_or(|member| member == queue) {
                continue;
            }
            let legs = self.parts.iter_mut().filter(|part| part.owner == Some(queue));
            legs.for_each(|part| part.kind = Some(ExtensionKind::Queue));
        }
    }
}

impl Part<'_, '_> {
    fn is_offered(&self) -> bool {
        self.has_action(&["Hunting", "Ring Directly"])
    }
}
