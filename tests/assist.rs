//! What an editor asks about a program: its layout, what may come next, what a word means, where it is
//! made, and what a pump does in plain words.

use std::path::Path;

use pumphouse::sql::bind::{Catalog, SourceDef};
use pumphouse::sql::plan::ColumnDef;
use pumphouse::sql::value::SqlType;

mod complete;
mod explain;
mod format;
mod hover;

/// The workshop's source, and a second one with plain names.
fn catalog() -> Catalog {
    let source = |name: &str, columns: &[(&str, SqlType)]| SourceDef {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|&(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false })
            .collect(),
    };
    let workshop: &[(&str, SqlType)] = &[
        ("sensorId", SqlType::Varchar(16)),
        ("eventTimeStamp", SqlType::Varchar(32)),
        ("ambientTemp", SqlType::Integer),
        ("measuredTemp", SqlType::Integer),
    ];
    let gate: &[(&str, SqlType)] = &[("K", SqlType::Varchar(4)), ("V", SqlType::Integer)];
    Catalog {
        sources: vec![source("SOURCE_SQL_STREAM_001", workshop), source("GATE", gate)],
        ..Catalog::default()
    }
}

/// The slides' six statements, in their order.
const WORKSHOP: &str = concat!(
    include_str!("../assets/sql/clean_stream.sql"),
    "\n",
    include_str!("../assets/sql/dedup_pump.sql"),
    "\n",
    include_str!("../assets/sql/filtered_stream.sql"),
    "\n",
    include_str!("../assets/sql/filter_pump.sql"),
    "\n",
    include_str!("../assets/sql/aggregate_stream.sql"),
    "\n",
    include_str!("../assets/sql/aggregate_pump.sql"),
);

/// Every program of the project: the cases of `tests/pumps`, the slides, the guide's blocks.
fn programs() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["tests/pumps", "assets/sql", "assets/workshop"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder can be read");
        let mut files: Vec<_> = entries.map(|it| it.expect("an entry can be read").path()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).expect("the file can be read");
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            match file.extension().and_then(|it| it.to_str()) {
                Some("sql") => found.push((name, text)),
                Some("slt") => found.extend(
                    blocks(&text, |it| it == "sql" || it.starts_with("sql for "), |it| it.is_empty())
                        .map(|it| (name.clone(), it)),
                ),
                _ => found.extend(
                    blocks(&text, |it| it == "```sql", |it| it == "```").map(|it| (name.clone(), it)),
                ),
            }
        }
    }
    found
}

/// The lines between a line that begins a block and one that ends it.
fn blocks(text: &str, begins: fn(&str) -> bool, ends: fn(&str) -> bool) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            Some(_) if ends(line.trim_end()) => found.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None if begins(line.trim_end()) => open = Some(String::new()),
            None => {}
        }
    }
    found.extend(open);
    found.into_iter()
}

/// A text with the place marked by `‸`, and the place.
fn marked(text: &str) -> (String, usize) {
    let at = text.find('‸').expect("the place is marked");
    (text.replacen('‸', "", 1), at)
}
