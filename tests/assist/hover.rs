//! What a word means, and where it is made.

use pumphouse::sql::assist::{definition, hover, references};

use super::{WORKSHOP, catalog, marked};

/// Title and body about the place.
fn about(text: &str) -> (String, String) {
    let (text, at) = marked(text);
    hover(&text, at, &catalog()).map(|it| (it.title, it.body)).unwrap_or_default()
}

#[track_caller]
fn says(text: &str, title: &str, body: &str) {
    assert_eq!(about(text), (title.to_owned(), body.to_owned()), "\nabout {text}");
}

#[test]
fn hover_tells_what_a_word_is() {
    says(
        "SELECT STREAM \"sens‸orId\" FROM SOURCE_SQL_STREAM_001",
        "\"sensorId\" VARCHAR(16)",
        "A column of SOURCE_SQL_STREAM_001.",
    );
    says("SELECT STREAM k FROM GA‸TE", "GATE: source stream", "K VARCHAR(4)\nV INTEGER");
    says("SELECT STREAM g.k FROM GATE AS ‸g", "G: stands for GATE", "K VARCHAR(4)\nV INTEGER");
    says(
        "SELECT STREAM g.ROW‸TIME FROM GATE AS g",
        "ROWTIME TIMESTAMP",
        "When the row came into its stream, UTC; it never goes back. Every stream has it.\nA column of GATE.",
    );
    says(
        "SELECT STREAM k FROM GATE WHE‸RE v > 1",
        "WHERE",
        "Keeps the rows for which a condition is true; NULL is not true.\nA word of the language: as a name it is written in double quotes, \"WHERE\".",
    );
    says(
        "SELECT STREAM co‸nnect FROM GATE",
        "CONNECT",
        "A word of the language: as a name it is written in double quotes, \"CONNECT\".",
    );
    says("SELECT STREAM 'it''s‸' FROM GATE", "'it''s': CHAR(4)", "A literal.");
    says("SELECT STREAM 12.50‸ FROM GATE", "12.50: DECIMAL(4,2)", "A literal.");
    says("SELECT STREAM 3000000000‸ FROM GATE", "3000000000: BIGINT", "A literal.");
    says("SELECT STREAM INTERVAL '1‸0' SECOND FROM GATE", "'10': INTERVAL SECOND", "A literal.");
    assert_eq!(about("-- a com‸ment"), Default::default());
}

/// A function tells its signature, what it is for, an example with its value, and since when it is there.
#[test]
fn hover_tells_functions() {
    let (title, body) = about("SELECT STREAM cha‸r_length(k) FROM GATE");
    assert!(title.starts_with("CHAR_LENGTH(") && body.contains("\nExample: CHAR_LENGTH("), "{title}\n{body}");
    let (title, body) = about("SELECT STREAM TSD‸IFF(a, b) FROM GATE");
    assert!(title.starts_with("TSDIFF(") && body.contains("Younger than the workshop"), "{title}\n{body}");
    let text = "CREATE FUNCTION warm (c DOUBLE) RETURNS DOUBLE CONTAINS SQL RETURN c * 2;\nSELECT STREAM wa‸rm(v) FROM GATE";
    assert_eq!(about(text).0, "warm(c DOUBLE) RETURNS DOUBLE");
}

/// The place of a definition, as its line and the word there.
fn made(text: &str) -> Option<(usize, String)> {
    let (text, at) = marked(text);
    let span = definition(&text, at, &catalog())?;
    Some((text[..span.start].matches('\n').count() + 1, text[span].to_owned()))
}

#[test]
fn definitions() {
    let go =
        |text: &str, line: usize, word: &str| assert_eq!(made(text), Some((line, word.to_owned())), "{text}");
    let head = "CREATE STREAM low (id INTEGER, n BIGINT);\n";
    go(&format!("{head}CREATE PUMP p AS INSERT INTO l‸ow SELECT STREAM v FROM GATE;"), 1, "low");
    go(&format!("{head}CREATE PUMP p AS INSERT INTO x SELECT STREAM N‸ FROM low;"), 1, "n");
    go(&format!("{head}CREATE PUMP p AS INSERT INTO low (i‸d) SELECT STREAM v FROM GATE;"), 1, "id");
    go(&format!("{head}CREATE PUMP p AS INSERT INTO x SELECT STREAM a‸.id\nFROM low AS a;"), 3, "a");
    go(&format!("{head}CREATE PUMP p AS INSERT INTO x SELECT STREAM a.i‸d\nFROM low AS a;"), 1, "id");
    go("SELECT STREAM SUM(v) OVER w‸1\nFROM GATE\nWINDOW w1 AS (ROWS 2 PRECEDING)", 3, "w1");
    go("CREATE PUMP p AS INSERT INTO x SELECT STREAM k FROM GATE;\nALTER PUMP p‸ STOP", 1, "p");
    assert_eq!(made("SELECT STREAM k FROM GA‸TE"), None, "the configuration makes it");
}

#[test]
fn references_are_every_use() {
    let at = WORKSHOP.find("CLEAN_IOT_STREAM").expect("it is made");
    let uses = references(WORKSHOP, at, &catalog());
    assert_eq!(uses.len(), 5, "made, written, read twice, and once a qualifier");
    assert!(uses.iter().all(|it| &WORKSHOP[it.clone()] == "CLEAN_IOT_STREAM"));
    let at = WORKSHOP.find("sensor_id").expect("it is made");
    assert_eq!(
        references(WORKSHOP, at, &catalog()).len(),
        5,
        "made, taken, and told, counted and grouped by"
    );
}
