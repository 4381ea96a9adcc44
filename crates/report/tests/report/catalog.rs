//! Files of reports: what is read, and what is said of those that are none.

use std::fs;

use callbook_report::{Catalog, Error, Origin};

const HEAD: &str = "/*\ntitle = \"Calls\"\nquestion = \"How many?\"\n";

/// What is said of a file with this text: line and reason.
fn fault(text: &str) -> (usize, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("own.sql"), text).unwrap();
    let catalog = Catalog::built_in().with_folder(folder.path()).unwrap();
    assert_eq!(catalog.iter().count(), 26, "{text}");
    let [bad] = &catalog.bad[..] else { panic!("{:?} of {text}", catalog.bad) };
    assert!(bad.path.ends_with("own.sql"));
    (bad.line, bad.reason.clone())
}

#[test]
fn all_that_are_built_in_can_be_read() {
    let catalog = Catalog::built_in();
    assert!(catalog.bad.is_empty(), "{:?}", catalog.bad);
    assert_eq!(catalog.iter().count(), 26);
    for report in catalog.iter() {
        assert!(report.question.ends_with('?'), "{}", report.name);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_line() {
    let body = "*/\nSELECT count(*) AS calls\nFROM interactions\n";
    let parameter = "[[parameters]]\nname = \"limit\"\ntype = \"integer\"\n";
    for (text, line, reason) in [
        ("SELECT 1".to_owned(), 1, "does not begin with a header"),
        (HEAD.to_owned(), 3, "does not end with */"),
        (format!("/*\ntitle = \"Calls\"\n{body}"), 1, "missing field `question`"),
        (format!("{HEAD}colour = \"red\"\n{body}"), 4, "unknown field `colour`"),
        (
            format!("{HEAD}[chart]\nkind = \"pie\"\nx = \"a\"\ny = []\n{body}"),
            5,
            "unknown variant `pie`",
        ),
        (format!("{HEAD}*/\nSELECT count(*\nFROM interactions\n"), 6, "Expected"),
        (format!("{HEAD}*/\n"), 4, "no SELECT"),
        (format!("{HEAD}*/\nDELETE FROM interactions\n"), 5, "a SELECT, and nothing else"),
        (format!("{HEAD}*/\nSELECT 1;\nSELECT 2\n"), 6, "several statements"),
        (
            format!("{HEAD}*/\nSELECT count(*)\nFROM interactions\nWHERE legs > $least\n"),
            7,
            "no parameter 'least'",
        ),
        (format!("{HEAD}{parameter}{body}"), 5, "does not use $limit"),
        (
            format!("{HEAD}[[parameters]]\nname = \"from\"\ntype = \"text\"\n*/\nSELECT $from\n"),
            5,
            "every report has $from",
        ),
        (
            format!("{HEAD}[[parameters]]\nname = \"a\"\ntype = \"choice\"\n*/\nSELECT $a\n"),
            5,
            "nothing to choose",
        ),
        (
            format!("{HEAD}{parameter}default = \"many\"\n*/\nSELECT $limit\n"),
            5,
            "the default of limit is of type string, not integer",
        ),
        (format!("{HEAD}{parameter}{parameter}*/\nSELECT $limit\n"), 8, "two parameters"),
        (format!("{HEAD}*/\nSELECT 'open\n"), 5, "Unterminated"),
    ] {
        let (found, said) = fault(&text);
        assert!(said.contains(reason), "{said:?} of {text}");
        assert_eq!(found, line, "{said:?} of {text}");
    }
}

#[test]
fn a_file_joins_in_and_may_replace_one_that_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{HEAD}*/\nSELECT 1 AS one\n");
    for name in ["own.sql", "overview.sql", "notes.txt"] {
        fs::write(folder.path().join(name), &text).unwrap();
    }
    let catalog = Catalog::built_in().with_folder(folder.path()).unwrap();
    assert_eq!((catalog.iter().count(), catalog.bad.len()), (27, 0));
    let replaces = |name: &str| match &catalog.get(name).unwrap().origin {
        Origin::File { replaces, .. } => *replaces,
        Origin::BuiltIn => panic!("{name} is built in"),
    };
    assert!(replaces("overview") && !replaces("own"));
    assert!(Catalog::built_in().with_folder(&folder.path().join("none")).is_ok());
}

#[test]
fn a_name_that_is_not_there_brings_those_that_look_like_it() {
    let Err(Error::Unknown { near, .. }) = Catalog::built_in().get("answer-rates").map(drop) else {
        panic!("it is there");
    };
    assert_eq!(near, ["answer-rate"]);
}
