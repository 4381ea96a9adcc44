//! The SQL of each grouping: which calls, what each group had of them, and what is asked of that.

use callbook_api::Grouping;

/// People who belong to something.
pub(crate) const MEMBERS: &str = include_str!("../sql/members.sql");

/// What is asked of the calls of a kind of groups.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Questions {
    /// Which groups had calls, and what they are called.
    pub(crate) groups: &'static str,
    /// Their calls, counted.
    pub(crate) cells: &'static str,
}

/// Puts files together that say what the calls are.
macro_rules! questions {
    ($($file:literal),+) => {
        Questions {
            groups: concat!(
                include_str!("../sql/chosen.sql"),
                $(include_str!(concat!("../sql/", $file)),)+
                include_str!("../sql/wanted.sql"),
                include_str!("../sql/groups.sql"),
            ),
            cells: concat!(
                include_str!("../sql/chosen.sql"),
                $(include_str!(concat!("../sql/", $file)),)+
                include_str!("../sql/wanted.sql"),
                include_str!("../sql/cells.sql"),
            ),
        }
    };
}

const COMPANY: Questions = questions!("company.sql");
const NUMBERS: Questions = questions!("numbers.sql");
const USERS: Questions = questions!("users.sql", "people.sql", "of_users.sql");
const QUEUES: Questions = questions!("people.sql", "queues.sql");
const EXTENSIONS: Questions = questions!("people.sql", "extensions.sql");
const TEAMS: Questions = questions!("users.sql", "of_teams.sql");

impl Questions {
    pub(crate) const fn of(grouping: Grouping) -> Self {
        match grouping {
            Grouping::Company => COMPANY,
            Grouping::CompanyNumbers => NUMBERS,
            Grouping::Users => USERS,
            Grouping::Queues => QUEUES,
            Grouping::Menus | Grouping::SharedLines => EXTENSIONS,
            Grouping::Sites | Grouping::Departments => TEAMS,
        }
    }
}
