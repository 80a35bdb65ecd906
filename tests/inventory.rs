//! COMPAT.md says of each statement, clause and routine what the code says.

use std::path::Path;

use pumphouse::sql::inventory::{MARKS, page};

/// The command renews the page: it writes the file instead of comparing it.
const COMMAND: &str = "RENEW_COMPAT=1 cargo test --test tests inventory::";

#[test]
fn the_page_says_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("COMPAT.md");
    let text = std::fs::read_to_string(&file).expect("the page of differences can be read");
    let start = text.find(MARKS[0]).expect("the page has a mark before the dialect") + MARKS[0].len() + 1;
    let end = text.find(MARKS[1]).expect("the page has a mark behind the dialect");
    if std::env::var_os("RENEW_COMPAT").is_some() {
        let renewed = format!("{}{}{}", &text[..start], page(), &text[end..]);
        std::fs::write(&file, renewed).expect("the page of differences can be written");
        return;
    }
    assert!(text[start..end] == page(), "COMPAT.md differs from the code; renew it with\n{COMMAND}");
}
