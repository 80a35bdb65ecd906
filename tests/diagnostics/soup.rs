//! Whatever is typed: no panic, and every place lies within the text.

use proptest::prelude::*;

use pumphouse::sql::bind::compile;
use pumphouse::sql::diag::Diagnostic;
use pumphouse::sql::parse::parse;

use super::{catalog, workshop};

/// Words and signs of the language, and some that are not.
const WORDS: &[&str] = &[
    "CREATE",
    "OR",
    "REPLACE",
    "STREAM",
    "PUMP",
    "AS",
    "INSERT",
    "INTO",
    "SELECT",
    "DISTINCT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "HAVING",
    "FLOOR",
    "STEP",
    "TO",
    "SECOND",
    "MINUTE",
    "INTERVAL",
    "TIMESTAMP",
    "CAST",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "AND",
    "NOT",
    "IN",
    "BETWEEN",
    "LIKE",
    "IS",
    "NULL",
    "COUNT",
    "AVG",
    "ROWTIME",
    "OVER",
    "UNION",
    "ALL",
    "JOIN",
    "ON",
    "DROP",
    "ALTER",
    "START",
    "TABLE",
    "CURSOR",
    "WINDOWED",
    "STAGGER",
    "PARTITION",
    "EXTRACT",
    "TRIM",
    "SUBSTRING",
    "UESCAPE",
    "PERIOD",
    "EQUALS",
    "S",
    "k",
    "\"k\"",
    "GATE",
    "v",
    "VARCHAR",
    "INTEGER",
    "(",
    ")",
    "(",
    ")",
    ",",
    ";",
    ".",
    "*",
    "+",
    "-",
    "/",
    "||",
    "=",
    "<>",
    "<",
    ">",
    "{",
    "}",
    "'x'",
    "'",
    "\"",
    "1",
    "2.5",
    "1e9",
    "x'0A'",
    "u&'\\0041'",
    "N'x'",
    "_latin1'y'",
    "--",
    "//",
    "/*",
    "*/",
    "\n",
    "“",
    "é",
    "`",
    "$",
    "$$",
    "#",
    "?",
    ":",
    "\\",
    "[",
    "]",
    "!",
    "@",
    "%",
    "\u{a0}",
    "\u{0}",
    "🌡",
];

/// Reads a text and checks every place that comes back.
fn check(text: &str) -> Result<(), TestCaseError> {
    let script = parse(text);
    let mut end = 0;
    for token in &script.tokens {
        let between = text.get(end..token.span.start);
        prop_assert!(
            between.is_some_and(|it| it.chars().all(char::is_whitespace)),
            "{text:?} before {token:?}"
        );
        prop_assert!(
            token.span.start < token.span.end && text.get(token.span.clone()).is_some(),
            "{text:?} {token:?}"
        );
        end = token.span.end;
    }
    prop_assert!(
        text.get(end..).is_some_and(|it| it.chars().all(char::is_whitespace)),
        "{text:?} behind {end}"
    );
    let said: Vec<Diagnostic> = match compile(text, &catalog()) {
        Ok(program) => program.notes,
        Err(said) => said,
    };
    for it in &said {
        let placed = text.get(it.span.clone()).is_some();
        prop_assert!(placed, "{text:?}: {it:?}");
        prop_assert!(!it.span.is_empty() || it.span.end == text.len(), "{text:?}: {it:?}");
        let small = !it.message.ends_with('.');
        prop_assert!(small && !it.message.contains("Line:"), "{text:?}: {it:?}");
    }
    Ok(())
}

/// Where in a text, how many characters, a word, and what to do with them.
fn edit() -> impl Strategy<Value = (prop::sample::Index, usize, &'static str, u8)> {
    (any::<prop::sample::Index>(), 0usize..12, proptest::sample::select(WORDS), 0u8..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Words in any order.
    #[test]
    fn words_in_any_order(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60), glue in " ?") {
        check(&words.join(&glue))?;
    }

    /// A pump around words in any order: the parser gets further in.
    #[test]
    fn queries_in_any_order(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..30)) {
        let words = words.join(" ");
        check(&format!("CREATE STREAM S (a INTEGER);\nCREATE PUMP P AS INSERT INTO S SELECT STREAM k, {words} FROM GATE"))?;
    }

    /// The slides' text with pieces taken out, doubled, swapped or replaced.
    #[test]
    fn the_workshop_mutated(edits in proptest::collection::vec(edit(), 1..4)) {
        let mut text: Vec<char> = workshop().chars().collect();
        for (place, length, word, kind) in edits {
            let start = place.index(text.len());
            let end = (start + length).min(text.len());
            let old: String = text[start..end].iter().collect();
            let new: String = match kind {
                0 => String::new(),
                1 => old.clone() + &old,
                2 => old.chars().rev().collect(),
                _ => word.to_owned(),
            };
            text.splice(start..end, new.chars());
        }
        check(&text.into_iter().collect::<String>())?;
    }

    /// Any characters at all.
    #[test]
    fn any_characters(text in any::<String>()) {
        check(&text)?;
    }
}
