//! Records to rows and rows to text: sql.md 6.3, 6.4, 6.8 and the cases M and O of 8.12.

use proptest::prelude::*;
use pumphouse::base::time::Timestamp;
use pumphouse::cloud::discover::discover;
use pumphouse::cloud::mapping::schema_file::{name_fault, type_of};
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
fn m_04_to_m_07_and_m_10_values_convert_by_the_table() {
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
fn m_08_paths_find_their_values() {
    assert_eq!(rows(&schema(&[("$.Key", "INTEGER")]), r#"{"key": 1}"#), Ok(vec![vec![None]]));
    let nested = schema(&[("$.a.b", "INTEGER"), ("$.c", "INTEGER")]);
    let row = vec![Some("5".to_owned()), Some("6".to_owned())];
    assert_eq!(rows(&nested, r#"{"z":{"b":1},"c":6,"a":{"x":[1,{}],"b":5}}"#), Ok(vec![row.clone()]));
    assert_eq!(rows(&nested, r#"{"c":1,"a":{"b":5},"c":6}"#), Ok(vec![row]));
}

/// M-09: an array makes a row for each element, the other columns repeated; an empty one a row of NULL.
#[test]
fn m_09_arrays_spread() {
    let spread = schema(&[("$.id", "INTEGER"), ("$.xs[0:].n", "INTEGER")]);
    let row = |id: &str, n: Option<&str>| vec![Some(id.to_owned()), n.map(str::to_owned)];
    let both = Ok(vec![row("1", Some("5")), row("1", Some("6"))]);
    assert_eq!(rows(&spread, r#"{"id":1,"xs":[{"n":5},{"n":6}]}"#), both);
    assert_eq!(rows(&spread, r#"{"id":1,"xs":[]}"#), Ok(vec![row("1", None)]));
    let whole = schema(&[("$.xs[0:]", "VARCHAR(16)")]);
    assert_eq!(rows(&whole, r#"{"xs":[1,2]}"#), Ok(vec![vec![Some("[1,2]".to_owned())]]));
}

/// M-09: the array's other ways: an element that is no object, two spellings of one key, an array that
/// is no array, a row path, and a record that is an array of documents.
#[test]
fn m_09_rows_follow_their_paths() {
    let spread = schema(&[("$.id", "INTEGER"), ("$.xs[0:].n", "INTEGER"), ("$.xs[0:].o.p", "VARCHAR(4)")]);
    let row = |cells: [Option<&str>; 3]| cells.iter().map(|it| it.map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(
        rows(&spread, r#"{"xs":[{"n":5,"o":{"p":"a"}},7,{"n":6}],"id":1}"#),
        Ok(vec![
            row([Some("1"), Some("5"), Some("a")]),
            row([Some("1"), None, None]),
            row([Some("1"), Some("6"), None])
        ])
    );
    assert_eq!(rows(&spread, r#"{"xs":[{"n":5}],"xs":[{"n":6}]}"#), Ok(vec![row([None, Some("6"), None])]));
    assert_eq!(rows(&spread, r#"{"id":2,"xs":{"n":5}}"#), Ok(vec![row([Some("2"), None, None])]));

    let ns = |it: &[Option<&str>]| Ok(it.iter().map(|it| vec![it.map(str::to_owned)]).collect());
    let inside = Schema { row_path: "$.a.list[0:]".into(), ..schema(&[("$.n", "INTEGER")]) };
    assert_eq!(rows(&inside, r#"{"a":{"list":[{"n":1},{"n":2}]}}"#), ns(&[Some("1"), Some("2")]));
    let list = Schema { row_path: "$[0:]".into(), ..schema(&[("$.n", "INTEGER")]) };
    assert_eq!(rows(&list, r#"[{"n":1},{"n":2}] [] {"n":3}"#), ns(&[Some("1"), Some("2"), None, Some("3")]));
    assert!(rows(&list, r#"[{"n":1},2]"#).is_err());
    assert!(rows(&list, r#"[{"n":1}"#).is_err());
}

/// Only one array may be spread, and brackets are arrays or keys; said before any record is read.
#[test]
fn paths_that_cannot_be_followed_are_refused() {
    let fault = |columns: &[&str]| {
        let columns: Vec<(&str, &str)> = columns.iter().map(|it| (*it, "INTEGER")).collect();
        schema(&columns).fault()
    };
    assert_eq!(fault(&["$.id", "$.xs[0:].n", "$.xs[0:].m", "$.ys[0:]"]), None);
    assert_eq!(fault(&["$['a.b']['c]d']", "$.e"]), None);
    let two = Some("only one array can be spread over rows, not $.xs[0:] and $.ys[0:] both".to_owned());
    assert_eq!(fault(&["$.xs[0:].n", "$.ys[0:].n"]), two);
    let nested =
        Some("only one array can be spread over rows, not $.xs[0:] and $.xs[0:].ys[0:] both".to_owned());
    assert_eq!(fault(&["$.xs[0:].ys[0:].n"]), nested);
    assert_eq!(
        fault(&["$.xs[3].n"]),
        Some("path $.xs[3].n has [3] where only [0:] or ['key'] can stand".into())
    );
    assert_eq!(fault(&["xs.n"]), Some("path xs.n does not begin with $; write $.xs.n".into()));
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
fn m_11_broken_records_leave_nothing() {
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
fn m_12_csv_goes_by_position() {
    let csv = Schema { format: RecordFormat::Csv, ..schema(&[("a", "VARCHAR(8)"), ("b", "INTEGER")]) };
    let row = |a: &str, b: Option<&str>| vec![Some(a.to_owned()), b.map(str::to_owned)];
    assert_eq!(rows(&csv, "name,count"), Err("For input string: \"count\"".into()));
    assert_eq!(
        rows(&csv, "x,5\r\n\"y,z\",\nw"),
        Ok(vec![row("x", Some("5")), row("y,z", None), row("w", None)])
    );
}

/// CSV: the delimiters are the schema's, a record may hold several rows, blank lines are none, missing
/// fields at the end are NULL and surplus ones are nobody's.
#[test]
fn csv_is_cut_by_its_delimiters() {
    let columns = schema(&[("a", "VARCHAR(8)"), ("b", "INTEGER"), ("c", "BOOLEAN")]).columns;
    let csv = Schema { column_delimiter: '|', row_delimiter: ';', ..Schema::csv(columns) };
    let row = |cells: [Option<&str>; 3]| cells.iter().map(|it| it.map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(
        rows(&csv, "x,y|5|true;;\"a|b;\"|6;z|7|no|more"),
        Ok(vec![
            row([Some("x,y"), Some("5"), Some("true")]),
            row([Some("a|b;"), Some("6"), None]),
            row([Some("z"), Some("7"), Some("false")]),
        ])
    );
    assert!(rows(&csv, "x|five").is_err());
    assert!(rows(&csv, "").is_err());
}

/// A row has at most 512 KB with its metadata; the record behind a larger one goes to error_stream.
#[test]
fn rows_have_a_largest_size() {
    let names: Vec<String> = (0..9).map(|it| format!("$.c{it}")).collect();
    let columns: Vec<(&str, &str)> = names.iter().map(|it| (it.as_str(), "VARCHAR(65534)")).collect();
    let record = |length: usize| {
        let fields: Vec<String> = (0..9).map(|it| format!("\"c{it}\":\"{}\"", "x".repeat(length))).collect();
        format!("{{{}}}", fields.join(","))
    };
    // 9 x 58,000 = 522,000 bytes fit into 511 x 1024 = 523,264; 9 x 59,000 = 531,000 do not.
    assert_eq!(rows(&schema(&columns), &record(58_000)).map(|it| it.len()), Ok(1));
    let error = "A row of 531000 bytes is too large; a row of an in-application stream has at most 523264.";
    assert_eq!(rows(&schema(&columns), &record(59_000)).map(|it| it.len()), Err(error.to_owned()));
    // A long record of short columns is a short row: its text is cut.
    assert_eq!(rows(&schema(&columns[..2]), &record(70_000)).map(|it| it.len()), Ok(1));
}

fn discovered(records: &[&str]) -> Vec<(String, String, String)> {
    let samples: Vec<&[u8]> = records.iter().map(|it| it.as_bytes()).collect();
    let schema = discover(&samples).expect("a schema");
    schema.columns.into_iter().map(|it| (it.name, it.ty.to_string(), it.mapping)).collect()
}

/// The workshop's record is discovered as sql.md 6.3 says.
#[test]
fn m_03_the_workshop_is_discovered() {
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
fn m_01_odd_keys_are_renamed() {
    let record = r#"{"USER":1,"USER@DOMAIN":1,"@@":1,"1st":1,"timestamp":1,"x-id":1}"#;
    let names: Vec<String> = discovered(&[record]).into_iter().map(|it| it.0).collect();
    assert_eq!(names, ["COL_USER", "COL_USERDOMAIN", "COL_2", "COL_1st", "COL_timestamp", "COL_xid"]);
}

/// M-02: VARCHAR lengths are powers of two from 4 up.
#[test]
fn m_02_text_lengths_are_powers_of_two() {
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

/// Numbers that no DECIMAL holds are DOUBLE; an exponent makes no text of a number.
#[test]
fn wide_numbers_are_guessed() {
    let ty = |value: &str| discovered(&[&format!("{{\"x\":{value}}}")])[0].1.clone();
    assert_eq!(ty("1e300"), "DOUBLE");
    assert_eq!(ty("0.12345678901234567"), "DECIMAL(17,17)");
    assert_eq!(ty("\"1.0\""), "DECIMAL(2,1)");
    assert_eq!(ty("\"1234567890123456789012\""), "VARCHAR(32)");
    assert_eq!(ty("[1,{}]"), "VARCHAR(8)");
}

/// Objects inside objects: one level, then a second; deeper ones and arrays stay text. Inner names that
/// meet are numbered.
#[test]
fn nested_records_are_discovered() {
    let record = r#"{"id":1,"a":{"id":2,"b":{"c":3,"d":{"e":4}}},"xs":[{"n":5}],"k.l":6,"m[0]":7}"#;
    let shown: Vec<String> =
        discovered(&[record]).into_iter().map(|(name, ty, path)| format!("{name} {ty} {path}")).collect();
    let expected = [
        "id INTEGER $.id",
        "id_2 INTEGER $.a.id",
        "c INTEGER $.a.b.c",
        "d VARCHAR(8) $.a.b.d",
        "xs VARCHAR(16) $.xs",
        "COL_kl INTEGER $['k.l']",
        "COL_m0 INTEGER $['m[0]']",
    ];
    assert_eq!(shown, expected);
    // What is discovered can be read.
    let found = discover(&[record.as_bytes()]).expect("a schema");
    assert_eq!(found.fault(), None);
    let cells = rows(&found, record).expect("a row").remove(0);
    let cells: Vec<&str> = cells.iter().map(|it| it.as_deref().unwrap_or("NULL")).collect();
    assert_eq!(cells, ["1", "2", "3", "{\"e\":4}", "[{\"n\":5}]", "6", "7"]);
}

/// Keys come in the order of the first record, new ones behind; broken records among whole ones do not
/// count; a record may be an array of documents.
#[test]
fn samples_are_taken_together() {
    let names = |records: &[&str]| discovered(records).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(names(&[r#"{"b":1,"a":2}"#, r#"{"c":1,"a":2}"#]), ["b", "a", "c"]);
    assert_eq!(names(&[r#"{"b":1}"#, "{broken", r#"{"a":1}"#]), ["b", "a"]);
    let list = discover(&[br#"[{"n":1},{"m":"x"}]"#]).expect("a schema");
    assert_eq!((list.row_path.as_str(), list.columns.len()), ("$[0:]", 2));
    assert_eq!(rows(&list, r#"[{"n":1},{"m":"x"}]"#).map(|it| it.len()), Ok(2));
}

/// CSV is discovered with its delimiter; a heading over a column of numbers gives the names.
#[test]
fn csv_is_discovered() {
    let shown = |records: &[&str]| {
        let samples: Vec<&[u8]> = records.iter().map(|it| it.as_bytes()).collect();
        let schema = discover(&samples).expect("a schema");
        assert_eq!(schema.format, RecordFormat::Csv);
        let columns: Vec<String> = schema.columns.iter().map(|it| format!("{} {}", it.name, it.ty)).collect();
        (schema.column_delimiter, columns.join(", "))
    };
    let plain = "COL_00 VARCHAR(8), COL_01 INTEGER, COL_02 DECIMAL(3,1)".to_owned();
    assert_eq!(shown(&["gate,5,20.5\nquay-7,6,", "ferry,,1.25"]).1, plain.replace("(3,1)", "(4,2)"));
    assert_eq!(shown(&["gate|5|20.5", "quay-7|6|1.5"]), ('|', plain));
    let named = "name VARCHAR(4), n INTEGER, COL_time VARCHAR(32), ok BOOLEAN".to_owned();
    let heading = "name,n,time,ok\r\nab,1,2016-10-26T10:05:07-07:00,true\r\n";
    assert_eq!(shown(&[heading]), (',', named));
    assert_eq!(shown(&["name,kind", "ab,cd"]).1, "COL_00 VARCHAR(4), COL_01 VARCHAR(4)");
}

/// M-12: the heading that named the columns is a record like any other: no number, so an error row.
#[test]
fn m_12_a_heading_is_data() {
    let found = discover(&[b"name,n", b"ab,1", b"cd,2"]).expect("a schema");
    assert_eq!(rows(&found, "name,n"), Err("For input string: \"n\"".into()));
    assert_eq!(rows(&found, "ab,1"), Ok(vec![vec![Some("ab".to_owned()), Some("1".to_owned())]]));
}

/// A schema as the service wrote it, and ours with delimiters.
#[test]
fn schemas_come_in_three_forms() {
    let service = r#"{"RecordFormat": {"RecordFormatType": "CSV", "MappingParameters": {"CSVMappingParameters":
        {"RecordRowDelimiter": "\n", "RecordColumnDelimiter": "|"}}}, "RecordEncoding": "UTF-8", "RecordColumns":
        [{"Name": "k", "SqlType": "VARCHAR(4)"}, {"Name": "v", "SqlType": "INTEGER", "Mapping": "$1"}]}"#;
    let read = Schema::parse(service).expect("a schema");
    assert_eq!((read.format, read.column_delimiter, read.row_delimiter), (RecordFormat::Csv, '|', '\n'));
    assert_eq!(rows(&read, "a|1"), Ok(vec![vec![Some("a".to_owned()), Some("1".to_owned())]]));
    let json = r#"{"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters":
        {"RecordRowPath": "$.xs[0:]"}}}, "RecordColumns": [{"Name": "n", "SqlType": "INT", "Mapping": "$.n"}]}"#;
    let read = Schema::parse(json).expect("a schema");
    assert_eq!(rows(&read, r#"{"xs":[{"n":1},{"n":2}]}"#).map(|it| it.len()), Ok(2));
    let ours = r#"{"columnDelimiter": "\t", "columns": [{"name": "a", "type": "INT"}, {"name": "b", "type": "INT"}]}"#;
    assert_eq!(rows(&Schema::parse(ours).expect("a schema"), "1\t2").map(|it| it.len()), Ok(1));
    let positions = r#"[{"name": "a", "type": "INT", "mapping": "$0"}]"#;
    assert_eq!(Schema::parse(positions).map(|it| it.format), Ok(RecordFormat::Csv));
    let list = r#"[{"name": "a", "type": "INT"}, {"name": "b.c", "type": "INT"}]"#;
    assert_eq!(Schema::parse_for(list, true).map(|it| it.format), Ok(RecordFormat::Csv));
    let json = Schema::parse_for(list, false).expect("a schema");
    assert_eq!(rows(&json, r#"{"a":1,"b.c":2}"#).expect("a row")[0][1].as_deref(), Some("2"));

    let refused = |text: &str| Schema::parse(text).expect_err("it is refused");
    let ours = |field: &str| format!("{{{field}, \"columns\": [{{\"name\": \"a\", \"type\": \"INT\"}}]}}");
    assert_eq!(refused(&ours(r#""columnDelimiter": "||""#)), "a delimiter is one character, not \"||\"");
    assert_eq!(refused(&ours(r#""columnDelimiter": "\"""#)), "a delimiter cannot be the quote");
    assert_eq!(refused(r#"[{"name": " ", "type": "INT"}]"#), "a column's name is blank");
    let many: Vec<String> = (0..1001).map(|it| format!(r#"{{"name":"c{it}","type":"INT"}}"#)).collect();
    assert_eq!(refused(&format!("[{}]", many.join(","))), "a schema has at most 1000 columns, not 1001");
    assert_eq!(Schema::parse(&format!("[{}]", many[1..].join(","))).map(|it| it.columns.len()), Ok(1000));
}

/// The rules of the schema editor, each with what to write instead (sql.md 6.3).
#[test]
fn the_schema_editor_teaches_its_rules() {
    let name = |it: &str| name_fault(it).map(|(message, hint)| format!("{message}. {hint}"));
    assert_eq!(name("sensorId"), None);
    let told = [
        ("", "a column's name is blank. Give it a name of letters and digits."),
        ("x", "column name x is only one character long. The schema editor wants two characters at least."),
        (
            "1st",
            "column name 1st does not begin with a letter. Write COL_1st, as discovery does, and keep the path.",
        ),
        (
            "x-id",
            "column name x-id holds something else than letters, digits and underscores. Write COL_xid, as discovery does, and keep the path.",
        ),
        (
            "Timestamp",
            "column name Timestamp is a reserved word. Write COL_Timestamp, as discovery does, and keep the path.",
        ),
    ];
    for (given, expected) in told {
        assert_eq!(name(given).as_deref(), Some(expected));
    }
    assert_eq!(
        name(&"x".repeat(101)).as_deref(),
        Some("a column's name has at most 100 characters. Shorten it.")
    );
    let ty = |it: &str| type_of(it).map(|it| it.to_string());
    assert_eq!(ty("varchar(16)"), Ok("VARCHAR(16)".to_owned()));
    let needs = ("VARCHAR needs a length".to_owned(), "Write VARCHAR(16), for instance.".to_owned());
    assert_eq!(ty("VARCHAR"), Err(needs));
    let (message, hint) = ty("INTEGER NOT NULL").expect_err("it is refused");
    assert_eq!(message, "NOT NULL cannot be set on a column of the input");
    assert_eq!(
        hint,
        "Write INTEGER alone; a missing value becomes NULL, which WHERE … IS NOT NULL keeps out."
    );
    assert_eq!(ty("STRING").expect_err("it is refused").0, "STRING is no type of a column");
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
fn m_13_nothing_is_discovered_in_nothing() {
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
fn o_01_to_o_03_rows_become_text() {
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

    /// Whatever the paths, the delimiters and the bytes: rows or an error, and columns of equal length.
    #[test]
    fn any_record_meets_any_schema(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"xs\"", "\"xs\":[", "{\"a\":", "1", "null", "{\"xs\":[{\"a\":1}]}",
            "{\"xs\":[{\"xs\":[{\"a\":2}]}]}", "\"", "|", ";", "\r\n", " ", "true", "\u{feff}",
        ]), 0..12),
        paths in prop::collection::vec(prop::sample::select(vec![
            "$.a", "$.xs[0:].a", "$.xs[0:].xs[0:].a", "$.xs[0:]", "$", "$.xs.a", "$[0:].a", "$['a", "[", "",
        ]), 1..5),
        row_path in prop::sample::select(vec!["$", "$[0:]", "$.xs[0:]", "$.xs"]),
        csv: bool,
    ) {
        let columns: Vec<(&str, &str)> = paths.iter().map(|it| (*it, "VARCHAR(8)")).collect();
        let format = if csv { RecordFormat::Csv } else { RecordFormat::Json };
        let schema = Schema {
            format, row_path: row_path.to_owned(), column_delimiter: '|', row_delimiter: ';', ..schema(&columns)
        };
        // `rows` asserts that every column has every row.
        let record = pieces.concat();
        let mapped = rows(&schema, &record);
        prop_assert!(mapped.is_err() || !record.is_empty());
        // Discovery looks at the same texts, and what it finds can be followed.
        if let Ok(found) = discover(&[record.as_bytes()]) {
            prop_assert_eq!(found.fault(), None, "{}", record);
        }
        schema.fault();
    }
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
