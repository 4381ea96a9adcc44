//! Who works at the company now: its own people, and what has changed since.

use std::collections::{BTreeMap, BTreeSet};

use callbook_synth::{Company, Extension, ExtensionKind};
use serde_json::{Value, json};

use super::reorganization::{Refusal, Reorganization};

/// What differs from the company's own directory; it takes memory for that alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staff {
    /// Extensions that were added, or changed, as `GetExtensionInfoResponse`.
    changed: BTreeMap<u64, Value>,
    removed: BTreeSet<u64>,
    /// Of queues whose members have changed.
    members: BTreeMap<u64, Vec<u64>>,
    /// `CompanyBusinessHours` of extensions; 0 is the company.
    hours: BTreeMap<u64, Value>,
}

impl Staff {
    /// Every extension, as `GetExtensionInfoResponse`.
    pub(crate) fn extensions(&self, company: &Company) -> Vec<Value> {
        let own = company.extensions().iter().filter(|each| !self.removed.contains(&each.id));
        let own = own.map(|each| self.changed.get(&each.id).unwrap_or(&each.json));
        let added = self.changed.iter().filter(|(id, _)| company.extension(**id).is_none());
        own.chain(added.map(|(_, json)| json)).cloned().collect()
    }

    /// One extension, as `GetExtensionInfoResponse`.
    pub(crate) fn extension(&self, company: &Company, id: u64) -> Option<Value> {
        if self.removed.contains(&id) {
            return None;
        }
        let own = || company.extension(id).map(|extension| &extension.json);
        self.changed.get(&id).or_else(own).cloned()
    }

    /// A queue, as `CallQueueDetails`.
    pub(crate) fn queue(&self, company: &Company, id: u64) -> Option<Value> {
        let (mut queue, extension) = (company.queue_json(id)?, self.extension(company, id)?);
        queue["name"] = extension["name"].clone();
        Some(queue)
    }

    /// The extension ids of a queue's members.
    pub(crate) fn members(&self, company: &Company, id: u64) -> Option<Vec<u64>> {
        let queue = company.extension(id).filter(|each| each.kind == ExtensionKind::Queue)?;
        self.extension(company, id)?;
        let members = self.members.get(&id).unwrap_or(&queue.members);
        Some(members.iter().copied().filter(|id| !self.removed.contains(id)).collect())
    }

    /// `CompanyPhoneNumberInfo`, or what else names its extension, as it is now.
    pub(crate) fn number(&self, mut number: Value) -> Value {
        let id = number["extension"]["id"].as_u64().unwrap_or_default();
        if let Some(extension) = self.changed.get(&id) {
            number["extension"]["name"] = extension["name"].clone();
        }
        if let Some(members) = number.as_object_mut().filter(|_| self.removed.contains(&id)) {
            members.remove("extension");
        }
        number
    }

    /// The business hours of an extension, or the company's.
    pub(crate) fn hours(&self, company: &Company, id: Option<u64>) -> Option<Value> {
        let Some(extension) = id else {
            let own = || company.business_hours_json();
            return Some(self.hours.get(&0).cloned().unwrap_or_else(own));
        };
        let json = self.extension(company, extension)?;
        let mut hours = match self.hours.get(&extension) {
            Some(hours) => hours.clone(),
            None if json["type"] == "Department" => company.business_hours_json(),
            // Around the clock.
            None => json!({ "schedule": {} }),
        };
        hours["uri"] =
            format!("{}/business-hours", json["uri"].as_str().unwrap_or_default()).into();
        Some(hours)
    }

    /// Changes something; the extension as it is then, `None` if it is gone, or if it was the company.
    pub(crate) fn reorganize(
        &mut self,
        company: &Company,
        change: &Reorganization,
    ) -> Result<Option<Value>, Refusal> {
        let id = match change {
            Reorganization::Add { name } => self.add(company, name)?,
            Reorganization::Rename { who, name } => {
                self.change(company, who, |extension| extension["name"] = name.as_str().into())?
            }
            Reorganization::Department { who, department } => {
                let department = department.as_str();
                self.change(company, who, |json| json["contact"]["department"] = department.into())?
            }
            Reorganization::Join { who, queue } => self.join(company, who, queue, true)?,
            Reorganization::Leave { who, queue } => self.join(company, who, queue, false)?,
            Reorganization::Remove { who } => {
                let id = self.find(company, who)?;
                self.changed.remove(&id);
                self.removed.insert(id);
                id
            }
            Reorganization::Hours { who, from, to } => {
                let id = who.as_deref().map_or(Ok(0), |who| self.find(company, who))?;
                let hours = company.business_hours_json();
                let uri = hours["uri"].clone();
                self.hours.insert(id, json!({ "uri": uri, "schedule": week(from, to)? }));
                id
            }
        };
        Ok(self.extension(company, id))
    }

    /// By short number or id.
    fn find(&self, company: &Company, who: &str) -> Result<u64, Refusal> {
        let id = |json: &Value| json["id"].as_u64().unwrap_or_default();
        let is_meant =
            |json: &&Value| json["extensionNumber"] == who || id(json).to_string() == who;
        let all = self.extensions(company);
        all.iter().find(is_meant).map(id).ok_or_else(|| Refusal::Nobody(who.to_owned()))
    }

    fn change(
        &mut self,
        company: &Company,
        who: &str,
        change: impl FnOnce(&mut Value),
    ) -> Result<u64, Refusal> {
        let id = self.find(company, who)?;
        let mut json = self.extension(company, id).unwrap_or_default();
        change(&mut json);
        self.changed.insert(id, json);
        Ok(id)
    }

    fn join(
        &mut self,
        company: &Company,
        who: &str,
        queue: &str,
        joins: bool,
    ) -> Result<u64, Refusal> {
        let (id, queue_id) = (self.find(company, who)?, self.find(company, queue)?);
        let members = self.members(company, queue_id);
        let mut members = members.ok_or_else(|| Refusal::NoQueue(queue.to_owned()))?;
        members.retain(|member| *member != id);
        members.extend(joins.then_some(id));
        self.members.insert(queue_id, members);
        Ok(id)
    }

    /// A new user, like the first one, with the number after the last user's.
    fn add(&mut self, company: &Company, name: &str) -> Result<u64, Refusal> {
        let all = self.extensions(company);
        let is_user = |json: &&Value| json["type"] == "User";
        let number = |json: &Value| json["extensionNumber"].as_str()?.parse::<u32>().ok();
        let last = all.iter().filter(is_user).filter_map(number).max().unwrap_or(100);
        let taken: BTreeSet<u32> = all.iter().filter_map(number).collect();
        let number = (last + 1..).find(|number| !taken.contains(number)).unwrap_or(last);
        let highest = company.extensions().iter().map(|each: &Extension| each.id);
        let highest =
            highest.chain(self.changed.keys().copied()).chain(self.removed.iter().copied());
        let id = highest.max().unwrap_or_default() + 1_000;
        let mut json = company.extensions().first().map(|first| first.json.clone());
        let json = json.as_mut().ok_or_else(|| Refusal::Nobody(name.to_owned()))?;
        let uri = json["uri"].as_str().and_then(|uri| uri.rsplit_once('/'));
        let uri = uri.map(|(base, _)| format!("{base}/{id}"));
        json["uri"] = uri.into();
        json["id"] = id.into();
        json["extensionNumber"] = number.to_string().into();
        json["name"] = name.into();
        json["permissions"]["admin"]["enabled"] = false.into();
        json["contact"]["email"] = format!("user{number}@sandbox.example").into();
        self.changed.insert(id, json.clone());
        Ok(id)
    }
}

/// The same hours from Monday to Friday.
fn week(from: &str, to: &str) -> Result<Value, Refusal> {
    let is_time = |text: &&str| text.len() == 5 && text.parse::<jiff::civil::Time>().is_ok();
    if let Some(wrong) = [from, to].into_iter().find(|text| !is_time(text)) {
        return Err(Refusal::NoTime(wrong.to_owned()));
    }
    let day = json!([{ "from": from, "to": to }]);
    Ok(json!({ "weeklyRanges": {
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
    } }))
}
