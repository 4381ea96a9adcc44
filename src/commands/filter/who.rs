//! Whom the words of a command line mean.

use anyhow::Context as _;
use callbook_model::{DirectoryEntry, ExtensionId};
use callbook_server::{email, may_sign_in};
use callbook_store::Extension;

use crate::failure::Usage;

/// By short number, id, or name in any case, last by a name of the `past`. What several have in common means none
/// of them.
pub fn find(
    extensions: &[Extension],
    past: &[Extension],
    wanted: &str,
    what: &str,
) -> Result<ExtensionId, Usage> {
    let name = wanted.to_lowercase();
    let by_number = |each: &Extension| each.number.as_deref() == Some(wanted);
    let by_id = |each: &Extension| each.id.to_string() == wanted;
    let by_name =
        |each: &Extension| each.name.as_ref().is_some_and(|each| each.to_lowercase() == name);
    type Way<'a> = (&'a [Extension], &'a dyn Fn(&Extension) -> bool);
    let ways: [Way<'_>; 4] =
        [(extensions, &by_number), (extensions, &by_id), (extensions, &by_name), (past, &by_name)];
    for (among, way) in ways {
        let mut found: Vec<_> = among.iter().filter(|each| way(each)).collect();
        found.dedup_by_key(|each| each.id);
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one.id),
            several => return Err(ambiguous(several, wanted)),
        }
    }
    Err(Usage {
        message: format!("the archive knows no {what} '{wanted}'"),
        hint: "give its short number, its whole name or its id",
    })
}

/// The person that is meant, by number, e-mail, id or name: somebody who may sign in.
pub fn person<'a>(
    entries: &'a [DirectoryEntry],
    wanted: &str,
) -> anyhow::Result<&'a DirectoryEntry> {
    let has_email = |entry: &&DirectoryEntry| {
        email(entry).is_some_and(|email| email.eq_ignore_ascii_case(wanted))
    };
    let found = match entries.iter().find(has_email) {
        Some(found) => found,
        None => {
            let extensions: Vec<_> = entries.iter().filter_map(extension).collect();
            let id = find(&extensions, &[], wanted, "person")?;
            let entry = entries.iter().find(|entry| entry.extension == Some(id));
            entry.context("the directory changed")?
        }
    };
    if !may_sign_in(found.r#type.as_deref(), found.status.as_deref()) {
        return Err(Usage {
            message: format!("'{wanted}' is nobody who signs in"),
            hint: "`callbook directory list` shows people and their status",
        }
        .into());
    }
    Ok(found)
}

/// An entry of the directory that has an extension.
pub fn extension(entry: &DirectoryEntry) -> Option<Extension> {
    let (number, name, kind) = (entry.number.clone(), entry.name.clone(), entry.r#type.clone());
    entry.extension.map(|id| Extension { id, number, name, kind })
}

fn ambiguous(several: &[&Extension], wanted: &str) -> Usage {
    let tell_apart = |each: &&Extension| {
        let number = each.number.clone().filter(|number| number != wanted);
        number.unwrap_or_else(|| each.id.to_string())
    };
    let several: Vec<_> = several.iter().map(tell_apart).collect();
    Usage {
        message: format!("'{wanted}' may be any of {}", several.join(", ")),
        hint: "give one of these instead",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(id: u64, number: Option<&str>, name: &str) -> Extension {
        let number = number.map(str::to_owned);
        Extension { id: ExtensionId(id), number, name: Some(name.to_owned()), kind: None }
    }

    #[test]
    fn short_numbers_come_first_then_ids_then_names() {
        let all = [
            extension(1, None, "102"),
            extension(102, Some("101"), "3"),
            extension(3, Some("102"), "Ann"),
        ];
        for (wanted, id) in [("102", 3), ("101", 102), ("3", 3), ("1", 1), ("ANN", 3)] {
            assert_eq!(find(&all, &[], wanted, "extension").unwrap(), ExtensionId(id), "{wanted}");
        }
        // Who was called so counts where nobody is; a number of the past is somebody else's.
        let past = [
            extension(1, Some("100"), "Ann"),
            extension(1, None, "Anne"),
            extension(1, None, "Anne"),
        ];
        assert_eq!(find(&all, &past, "ann", "extension").unwrap(), ExtensionId(3));
        assert_eq!(find(&all, &past, "Anne", "extension").unwrap(), ExtensionId(1));
        assert!(find(&all, &past, "100", "extension").is_err());
    }

    #[test]
    fn what_several_have_in_common_means_none_of_them() {
        let all = [
            extension(1, Some("101"), "Ann"),
            extension(2, None, "ann"),
            extension(3, Some("103"), "Bob"),
            extension(4, Some("103"), "Eve"),
        ];
        let message = |wanted| find(&all, &[], wanted, "extension").unwrap_err().message;
        assert_eq!(message("Ann"), "'Ann' may be any of 101, 2");
        assert_eq!(message("103"), "'103' may be any of 3, 4");
        assert_eq!(message("Joe"), "the archive knows no extension 'Joe'");
    }
}
