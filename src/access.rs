//! Whose calls a person sees in reports and SQL: by their role, and by the rules of the settings.

use std::collections::BTreeSet;

use callbook_api::UserPermission;
use callbook_lake::{Access, Circle};
use callbook_model::{DirectoryEntry, DirectoryKind, ExtensionId};
use callbook_server::{email, permissions_of};
use callbook_store::{Account, Extension, Store};
use clap::Args;
use serde::Deserialize;

use crate::commands::filter::who;
use crate::config::Config;
use crate::failure::Usage;

/// How an extension's type says that it is a queue.
const QUEUE: &str = "Department";

/// `[[access]]` of `callbook.toml`: what somebody sees besides their own calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Rule {
    /// Whom it is for: number, e-mail or id.
    pub person: String,
    /// Id or registered name of the account, where the archive holds several.
    pub account: Option<String>,
    /// Calls of everybody who is in these departments now.
    pub departments: Vec<String>,
    /// Calls of everybody who is at these sites now, by name or id.
    pub sites: Vec<String>,
    /// Calls of these queues, by number, name or id.
    pub queues: Vec<String>,
}

/// Whose eyes to see with.
#[derive(Debug, Args)]
pub struct As {
    /// Answer with what this person may see: their own calls, and what `[[access]]` in callbook.toml says
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<String>,
}

impl As {
    /// What may be seen; everything, if nobody is named.
    ///
    /// # Errors
    /// When there is no such person, or a rule for them names what is not there.
    pub async fn access(
        &self,
        config: &Config,
        store: &Store,
        account: &Account,
    ) -> anyhow::Result<Access> {
        match &self.person {
            None => Ok(Access::Everything),
            Some(wanted) => of(config.access(), store, account, wanted).await,
        }
    }
}

async fn of(
    rules: &[Rule],
    store: &Store,
    account: &Account,
    wanted: &str,
) -> anyhow::Result<Access> {
    let company = Company::read(store, account).await?;
    let person = who::person(&company.extensions, wanted)?;
    // As the API has it, so that nobody sees more by the one way than by the other.
    let permissions = permissions_of(&serde_json::from_str(&person.json)?);
    if permissions.contains(&UserPermission::FullCompanyCallLog) {
        return Ok(Access::Everything);
    }
    let mut circle = Circle { people: person.extension.into_iter().collect(), ..Circle::default() };
    for rule in rules.iter().filter(|rule| rule.is_for(person)) {
        if rule.is_of(store, account).await? {
            company.widen(&mut circle, rule)?;
        }
    }
    Ok(Access::Only(circle))
}

impl Rule {
    fn is_for(&self, person: &DirectoryEntry) -> bool {
        let is =
            |text: Option<&str>| text.is_some_and(|text| text.eq_ignore_ascii_case(&self.person));
        is(person.number.as_deref()) || is(email(person).as_deref()) || is(Some(&person.id))
    }

    /// Whether it is about this account. A number is somebody else's in another.
    async fn is_of(&self, store: &Store, account: &Account) -> anyhow::Result<bool> {
        let Some(named) = &self.account else {
            if let [_] = store.accounts().await?.as_slice() {
                return Ok(true);
            }
            let message = format!("[[access]] of '{}' does not say of which account", self.person);
            return Err(Usage { message, hint: "add account = \"…\" to it" }.into());
        };
        let registrations = store.registrations().await?;
        let mut ours = registrations.iter().filter(|each| each.account == Some(account.key));
        Ok(account.id.to_string() == *named || ours.any(|each| each.name == *named))
    }
}

/// Who is there now.
struct Company {
    extensions: Vec<DirectoryEntry>,
    sites: Vec<DirectoryEntry>,
}

impl Company {
    async fn read(store: &Store, account: &Account) -> anyhow::Result<Self> {
        let mut lists = Vec::with_capacity(2);
        for kind in [DirectoryKind::Extension, DirectoryKind::Site] {
            let facts = store.directory_at(account.key, kind, i64::MAX).await?;
            lists.push(facts.into_iter().map(|fact| fact.entry).collect());
        }
        let (sites, extensions) = (lists.pop(), lists.pop());
        Ok(Self { extensions: extensions.unwrap_or_default(), sites: sites.unwrap_or_default() })
    }

    fn widen(&self, circle: &mut Circle, rule: &Rule) -> Result<(), Usage> {
        for department in &rule.departments {
            let is_in = |entry: &DirectoryEntry| is_called(entry.department.as_deref(), department);
            circle.people.extend(self.people("department", department, is_in)?);
        }
        for site in &rule.sites {
            let named = self.sites.iter();
            let named = named.filter(|known| is_called(known.name.as_deref(), site));
            let ids: BTreeSet<&str> =
                named.map(|known| known.id.as_str()).chain([site.as_str()]).collect();
            let is_at =
                |entry: &DirectoryEntry| entry.site.as_deref().is_some_and(|id| ids.contains(id));
            circle.people.extend(self.people("site", site, is_at)?);
        }
        let queues = self.extensions.iter().filter_map(who::extension);
        let queues: Vec<Extension> =
            queues.filter(|each| each.kind.as_deref() == Some(QUEUE)).collect();
        for queue in &rule.queues {
            circle.queues.insert(who::find(&queues, &[], queue, "queue")?);
        }
        Ok(())
    }

    /// Everybody for whom that is so; a rule that means nobody has a slip of the pen.
    fn people(
        &self,
        what: &str,
        name: &str,
        is_wanted: impl Fn(&DirectoryEntry) -> bool,
    ) -> Result<Vec<ExtensionId>, Usage> {
        let wanted = self.extensions.iter().filter(|entry| is_wanted(entry));
        let people: Vec<_> = wanted.filter_map(|entry| entry.extension).collect();
        if people.is_empty() {
            let message =
                format!("the archive knows nobody of the {what} '{name}' that [[access]] names");
            return Err(Usage {
                message,
                hint: "`callbook directory list people` shows where people are",
            });
        }
        Ok(people)
    }
}

fn is_called(name: Option<&str>, wanted: &str) -> bool {
    name.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}
