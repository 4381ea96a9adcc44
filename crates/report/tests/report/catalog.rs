//! Files of reports: what is read, and what is said of those that are none.

use callbook_report::Catalog;

#[test]
fn all_that_are_built_in_can_be_read() {
    let catalog = Catalog::built_in();
    assert!(catalog.bad.is_empty(), "{:?}", catalog.bad);
    assert_eq!(catalog.iter().count(), 25);
}
