//! Records to rows and rows to text: sql.md 6.3, 6.4, 6.8 and the cases M and O of 8.12.

use proptest::prelude::*;
use pumphouse::base::time::Timestamp;
use pumphouse::cloud::discover::discover;
use pumphouse::cloud::mapping::{Mapper, RecordFormat, RecordMeta, Schema, SchemaColumn};
use pumphouse::cloud::output::{Format, cell};
use pumphouse::sql::plan::{ColumnDef, Program};
use pumphouse::sql::value::{Batch, SqlType};

fn schema(columns: &[(&str, &str)]) -> Schema {
    let column = |(path, ty): &(&str, &str)| SchemaColumn {
        name: path.trim_start_matches("$.").to_owned(),
        ty: SqlType::parse(ty).expect("a type"),
        mapping: (*path).to_owned(),
    };
    Schema::json(columns.iter().map(column).collect())
}

/// The rows of a record, cells as a table shows them.
fn rows(schema: &Schema, record: &str) -> Result<Vec<Vec<Option<String>>>, String> {
    let mut mapper = Mapper::new(schema, &Program::default());
    let mut batch = Batch::default();
    mapper.clear(&mut batch);
    let meta = RecordMeta::at(Timestamp::OPENING);
    let mapped = mapper.map(record.as_bytes(), &meta, Timestamp::OPENING, &mut batch);
    let count = mapped.map_err(|error| error.message)?;
    assert_eq!(count, batch.len());
    for column in &batch.columns {
        assert_eq!(column.len(), batch.len(), "every column has every row");
    }
    let cells = |row| {
        let columns = schema.columns.iter().enumerate();
        columns.map(|(at, it)| cell(&batch.columns[at], row, it.ty)).collect()
    };
    Ok((0..count).map(cells).collect())
}

/// One value into one column.
fn one(json: &str, ty: &str) -> Result<Option<String>, String> {
    let record = format!("{{\"x\":{json}}}");
    rows(&schema(&[("$.x", ty)]), &record).map(|mut it| it.remove(0).remove(0))
}

fn some(text: &str) -> Result<Option<String>, String> {
    Ok(Some(text.to_owned()))
}

/// The conversion table of sql.md 6.4, row by row (M-04 to M-07, M-10).
#[test]
fn values_convert_by_the_table() {
    for ty in ["INTEGER", "BOOLEAN", "VARCHAR(4)", "TIMESTAMP", "VARBINARY(4)", "DOUBLE"] {
        assert_eq!(one("null", ty), Ok(None), "{ty}");
    }
    assert_eq!(one("true", "INTEGER"), some("1"));
    assert_eq!(one("true", "VARCHAR(2)"), some("tr"));
    assert_eq!(one("true", "TIMESTAMP"), Err("Value true is not a value of TIMESTAMP.".into()));
    assert_eq!(one("123.4", "INTEGER"), Err("Value 123.4 does not fit INTEGER.".into()));
    assert_eq!(one("200", "TINYINT"), Err("Value 200 does not fit TINYINT.".into()));
    assert_eq!(one("123", "VARCHAR(2)"), some("12"));
    assert_eq!(one("\"123\"", "INTEGER"), some("123"));
    assert_eq!(one("\"12x\"", "INTEGER"), Err("For input string: \"12x\"".into()));
    assert_eq!(one("\"warm\"", "DECIMAL(16,2)"), Err("For input string: \"warm\"".into()));
    assert_eq!(one("-40", "DECIMAL(16,2)"), some("-40.00"));
    assert_eq!(one("1e2", "INTEGER"), some("100"));
    for (json, expected) in [("\"TRUE\"", "true"), ("\"yes\"", "false"), ("0", "false"), ("7", "true")] {
        assert_eq!(one(json, "BOOLEAN"), some(expected), "{json}");
    }
    assert_eq!(one("{\"a\": [1]}", "VARCHAR(64)"), some("{\"a\": [1]}"));
    assert_eq!(one("{\"a\": [1]}", "INTEGER"), Err("An object or array does not fit INTEGER.".into()));
    assert_eq!(one("\"X'0AFF'\"", "VARBINARY(4)"), some("0AFF"));
    assert!(one("\"0AFF\"", "VARBINARY(4)").is_err());
    assert_eq!(one("\"2016-10-26 17:05:03.25\"", "TIMESTAMP"), some("2016-10-26 17:05:03.250"));
    assert_eq!(one("\"2016-10-26T10:05:07-07:00\"", "TIMESTAMP"), some("2016-10-26 17:05:07.000"));
    assert!(one("\"2016-02-30\"", "DATE").is_err());
}

/// Over-long text is cut by characters, not bytes, and nobody is told.
#[test]
fn text_is_cut() {
    assert_eq!(one("\"2016-10-26T19:00:00+00:00\"", "VARCHAR(16)"), some("2016-10-26T19:00"));
    assert_eq!(one("\"\\u00e9t\\u00e9s\"", "VARCHAR(3)"), some("été"));
}

/// M-08: paths are case-sensitive. Missing keys are NULL; nested paths reach in; the last of two counts.
#[test]
fn paths_find_their_values() {
    assert_eq!(rows(&schema(&[("$.Key", "INTEGER")]), r#"{"key": 1}"#), Ok(vec![vec![None]]));
    let nested = schema(&[("$.a.b", "INTEGER"), ("$.c", "INTEGER")]);
    let row = vec![Some("5".to_owned()), Some("6".to_owned())];
    assert_eq!(rows(&nested, r#"{"z":{"b":1},"c":6,"a":{"x":[1,{}],"b":5}}"#), Ok(vec![row.clone()]));
    assert_eq!(rows(&nested, r#"{"c":1,"a":{"b":5},"c":6}"#), Ok(vec![row]));
}

/// M-09: an array makes a row for each element, the other columns repeated; an empty one a row of NULL.
#[test]
fn arrays_spread() {
    let spread = schema(&[("$.id", "INTEGER"), ("$.xs[0:].n", "INTEGER")]);
    let row = |id: &str, n: Option<&str>| vec![Some(id.to_owned()), n.map(str::to_owned)];
    let both = Ok(vec![row("1", Some("5")), row("1", Some("6"))]);
    assert_eq!(rows(&spread, r#"{"id":1,"xs":[{"n":5},{"n":6}]}"#), both);
    assert_eq!(rows(&spread, r#"{"id":1,"xs":[]}"#), Ok(vec![row("1", None)]));
    let whole = schema(&[("$.xs[0:]", "VARCHAR(16)")]);
    assert_eq!(rows(&whole, r#"{"xs":[1,2]}"#), Ok(vec![vec![Some("[1,2]".to_owned())]]));
}

/// Several documents in one record are several rows.
#[test]
fn documents_follow_each_other() {
    let it = schema(&[("$.n", "INTEGER")]);
    let numbers = |texts: &[&str]| Ok(texts.iter().map(|it| vec![Some((*it).to_owned())]).collect());
    assert_eq!(rows(&it, "{\"n\":1}{\"n\":2}\n"), numbers(&["1", "2"]));
}

/// M-11 and the like: what is not JSON is refused whole, and leaves no half row behind.
#[test]
fn broken_records_leave_nothing() {
    let it = schema(&[("$.a", "INTEGER"), ("$.b", "INTEGER")]);
    for record in [
        "hello",
        "",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":01}",
        "{\"a\":1}}",
        "{\"a\":1,\"b\":\"x\"}",
        "\"a\"",
        "{\"q\":[1,]}",
    ] {
        assert!(rows(&it, record).is_err(), "{record}");
        let mut mapper = Mapper::new(&it, &Program::default());
        let mut batch = Batch::default();
        mapper.clear(&mut batch);
        let meta = RecordMeta::at(Timestamp::OPENING);
        mapper.map(br#"{"a":1,"b":2}"#, &meta, Timestamp::OPENING, &mut batch).expect("a row");
        assert!(mapper.map(record.as_bytes(), &meta, Timestamp::OPENING, &mut batch).is_err());
        mapper.map(br#"{"b":4,"a":3}"#, &meta, Timestamp::OPENING, &mut batch).expect("a row");
        assert_eq!(batch.len(), 2);
        assert!(batch.columns.iter().all(|it| it.len() == 2), "{record}");
        assert_eq!(cell(&batch.columns[0], 1, SqlType::Integer).as_deref(), Some("3"));
    }
}

/// M-12: CSV by position; a heading is data, hence an error where a number belongs.
#[test]
fn csv_goes_by_position() {
    let csv = Schema { format: RecordFormat::Csv, ..schema(&[("a", "VARCHAR(8)"), ("b", "INTEGER")]) };
    let row = |a: &str, b: Option<&str>| vec![Some(a.to_owned()), b.map(str::to_owned)];
    assert_eq!(rows(&csv, "name,count"), Err("For input string: \"count\"".into()));
    assert_eq!(
        rows(&csv, "x,5\r\n\"y,z\",\nw"),
        Ok(vec![row("x", Some("5")), row("y,z", None), row("w", None)])
    );
}

fn discovered(records: &[&str]) -> Vec<(String, String, String)> {
    let samples: Vec<&[u8]> = records.iter().map(|it| it.as_bytes()).collect();
    let schema = discover(&samples).expect("a schema");
    schema.columns.into_iter().map(|it| (it.name, it.ty.to_string(), it.mapping)).collect()
}

/// The workshop's record is discovered as sql.md 6.3 says.
#[test]
fn the_workshop_is_discovered() {
    let record = r#"{  "sensorId": "sensor-17",  "eventTimeStamp": "2016-10-26T19:00:00+00:00",  "ambientTemp": -3,  "measuredTemp": 55}"#;
    let columns = discovered(&[record]);
    let shown: Vec<(&str, &str)> = columns.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let expected = [
        ("sensorId", "VARCHAR(16)"),
        ("eventTimeStamp", "VARCHAR(32)"),
        ("ambientTemp", "INTEGER"),
        ("measuredTemp", "INTEGER"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(columns[0].2, "$.sensorId");
}

/// M-01: names that are no names are mended.
#[test]
fn odd_keys_are_renamed() {
    let record = r#"{"USER":1,"USER@DOMAIN":1,"@@":1,"1st":1,"timestamp":1,"x-id":1}"#;
    let names: Vec<String> = discovered(&[record]).into_iter().map(|it| it.0).collect();
    assert_eq!(names, ["COL_USER", "COL_USERDOMAIN", "COL_2", "COL_1st", "COL_timestamp", "COL_xid"]);
}

/// M-02: VARCHAR lengths are powers of two from 4 up.
#[test]
fn text_lengths_are_powers_of_two() {
    for (length, expected) in [(2, 4), (5, 8), (8, 8), (9, 16), (17, 32), (35, 64)] {
        let record = format!("{{\"x\":\"{}\"}}", "a".repeat(length));
        assert_eq!(discovered(&[&record])[0].1, format!("VARCHAR({expected})"));
    }
}

#[test]
fn types_are_guessed() {
    let guess = |values: &[&str]| {
        let records: Vec<String> = values.iter().map(|it| format!("{{\"x\":{it}}}")).collect();
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        discovered(&records)[0].1.clone()
    };
    assert_eq!(guess(&["1", "-40"]), "INTEGER");
    assert_eq!(guess(&["1", "3000000000"]), "BIGINT");
    assert_eq!(guess(&["1", "250.75"]), "DECIMAL(5,2)");
    assert_eq!(guess(&["true", "null"]), "BOOLEAN");
    assert_eq!(guess(&["\"123\""]), "INTEGER");
    assert_eq!(guess(&["1", "\"warm\""]), "VARCHAR(4)");
    let columns = discovered(&[r#"{"a":{"n":1},"b":2}"#, r#"{"b":2,"c":3}"#]);
    let paths: Vec<&str> = columns.iter().map(|it| it.2.as_str()).collect();
    assert_eq!(paths, ["$.a.n", "$.b", "$.c"]);
}

/// A schema file: a mapping may be left out; a name twice, an unknown type or no column is refused.
#[test]
fn schema_files_are_read() {
    let schema =
        Schema::parse(r#"[{"name":"a","type":"int"},{"name":"b","type":"VARCHAR(4)","mapping":"$.x.b"}]"#);
    let columns = schema.expect("a schema").columns;
    let shown: Vec<String> =
        columns.iter().map(|it| format!("{} {} {}", it.name, it.ty, it.mapping)).collect();
    assert_eq!(shown, ["a INTEGER $.a", "b VARCHAR(4) $.x.b"]);
    let refused = |text: &str| Schema::parse(text).expect_err("it is refused");
    assert_eq!(
        refused(r#"[{"name":"a","type":"INT"},{"name":"a","type":"INT"}]"#),
        "two columns are called a"
    );
    assert_eq!(refused("[]"), "a schema has at least one column");
    assert!(refused(r#"[{"name":"a","type":"STRING"}]"#).contains("'STRING' is no type of a column"));
}

/// M-13 and binary records: there is nothing to discover.
#[test]
fn nothing_is_discovered_in_nothing() {
    assert!(discover(&[]).is_err());
    assert!(discover(&[b"\x1f\x8b\x08"]).is_err());
    assert!(discover(&[b"hello"]).is_err());
}

fn written(format: Format, schema: &Schema, record: &str) -> String {
    let mut mapper = Mapper::new(schema, &Program::default());
    let mut batch = Batch::default();
    mapper.clear(&mut batch);
    let meta = RecordMeta::at(Timestamp::OPENING);
    mapper.map(record.as_bytes(), &meta, Timestamp::OPENING, &mut batch).expect("a row");
    let columns: Vec<ColumnDef> = schema
        .columns
        .iter()
        .map(|it| ColumnDef { name: it.name.clone(), ty: it.ty, not_null: false })
        .collect();
    let mut out = Vec::new();
    for row in 0..batch.len() {
        format.write(&batch, row, &columns, &mut out);
    }
    String::from_utf8(out).expect("UTF-8")
}

/// O-01 to O-03, S-15: the text of rows.
#[test]
fn rows_become_text() {
    let three = schema(&[("$.a", "INTEGER"), ("$.b", "VARCHAR(8)"), ("$.c", "DECIMAL(5,2)")]);
    assert_eq!(written(Format::Csv, &three, r#"{"b":"a","c":1.5}"#), ",a,1.50\n");
    let text = schema(&[("$.x", "VARCHAR(16)")]);
    assert_eq!(written(Format::Csv, &text, r#"{"x":"a,\"b"}"#), "\"a,\"\"b\"\n");
    let mut json = schema(&[("$.K", "VARCHAR(4)"), ("$.n", "INTEGER"), ("$.T", "TIMESTAMP")]);
    json.columns[1].name = "n".into();
    let record = r#"{"K":"a","n":1,"T":"2016-10-26 17:05:08"}"#;
    let one = r#"{"K":"a","n":1,"T":"2016-10-26 17:05:08.000"}"#;
    assert_eq!(written(Format::Json, &json, &format!("{record}{record}")), format!("{one}{one}"));
    let double = schema(&[("$.x", "DOUBLE")]);
    for (value, text) in
        [("0.1", "0.1"), ("1", "1.0"), ("1e10", "1.0E10"), ("0.0005", "5.0E-4"), ("0", "0.0")]
    {
        assert_eq!(written(Format::Csv, &double, &format!("{{\"x\":{value}}}")), format!("{text}\n"));
    }
    assert_eq!(written(Format::Csv, &schema(&[("$.x", "DECIMAL(5,2)")]), r#"{"x":-0.5}"#), "-0.50\n");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The scanner accepts exactly the objects that serde_json accepts, and finds the same text.
    #[test]
    fn the_scanner_agrees_with_serde(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"x\"", "\"\\u00e9\"", "\"\\q\"", "1", "-0", "01", "1.5e3", "1.",
            "true", "null", "nul", " ", "\n", "\"é\"", "\"", "{\"x\":", "{\"x\":1}", "\"x\":\"y\"",
        ]), 0..9)) {
        let record = pieces.concat();
        let ours = rows(&schema(&[("$.x", "VARCHAR(64)")]), &record);
        let theirs: Result<Vec<serde_json::Value>, _> =
            serde_json::Deserializer::from_str(&record).into_iter().collect();
        let objects = theirs.as_ref().is_ok_and(|all| !all.is_empty() && all.iter().all(serde_json::Value::is_object));
        prop_assert_eq!(ours.is_ok(), objects, "{:?} {:?}", record, ours);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            for (row, document) in ours.iter().zip(&theirs) {
                let expected = match document.get("x") {
                    None | Some(serde_json::Value::Null) => None,
                    Some(serde_json::Value::String(text)) => Some(text.clone()),
                    Some(_) => continue,
                };
                prop_assert_eq!(&row[0], &expected);
            }
        }
    }
}
