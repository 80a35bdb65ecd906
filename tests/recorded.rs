//! `pumphouse sql` with what people bring: CSV, odd files, tables, and readers that go away.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn sql(home: &Path, args: &[&str]) -> Output {
    command(home, args).output().expect("the program starts")
}

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pumphouse"));
    command.arg("sql").args(args).current_dir(home).env("HOME", home).env("XDG_DATA_HOME", home.join("data"));
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(home.path().join(name), text).expect("a file");
    }
    home
}

const COPY: &str = "CREATE STREAM S (k VARCHAR(8), v INTEGER);
CREATE PUMP P AS INSERT INTO S SELECT STREAM \"k\", \"v\" FROM SOURCE_SQL_STREAM_001;";

/// The values of a stream's rows, without their ROWTIME.
fn values(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    lines.lines().map(|it| it.splitn(3, ',').nth(2).unwrap_or_default().to_owned()).collect()
}

/// What is refused: exit 2, nothing printed, and these words.
fn refused(output: &Output) -> String {
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{}", text(&output.stderr));
    text(&output.stderr)
}

/// CSV by a schema without mappings, by the file's name or the look of its lines; with delimiters of its
/// own; and discovered, where the heading is a row that does not fit.
#[test]
fn csv_is_read() {
    let list = r#"[{"name": "k", "type": "VARCHAR(8)"}, {"name": "v", "type": "INTEGER"}]"#;
    let ours = format!(r#"{{"format": "CSV", "columnDelimiter": "|", "columns": {list}}}"#);
    let home = folder(&[
        ("app.sql", COPY),
        ("list.json", list),
        ("ours.json", &ours),
        ("rows.csv", "a,1\r\nb,\r\n"),
        ("rows.txt", "a,1\nb,\n"),
        ("rows.psv", "a|1\nb|\n"),
        ("heading.csv", "k,v\na,1\nb,2\n"),
    ]);
    let run = |input: &str, schema: &[&str]| {
        let args = ["app.sql", "--format", "csv", "--stream", "S", "--input", input];
        values(&sql(home.path(), &[&args[..], schema].concat()))
    };
    for (input, schema) in [("rows.csv", "list.json"), ("rows.txt", "list.json"), ("rows.psv", "ours.json")] {
        assert_eq!(run(input, &["--schema", schema]), ["a,1", "b,"], "{input}");
    }
    assert_eq!(run("heading.csv", &[]), ["a,1", "b,2"]);
    let args = ["app.sql", "--format", "csv", "--stream", "error_stream", "--input", "heading.csv"];
    assert!(values(&sql(home.path(), &args))[0].contains("For input string: \"\"v\"\""));
}

/// CRLF, a byte order mark, no last semicolon, an empty input: all as well as can be.
#[test]
fn files_of_other_editors_are_read() {
    let code = format!("\u{feff}{}", COPY.trim_end_matches(';').replace('\n', "\r\n"));
    let schema = r#"[{"name": "k", "type": "VARCHAR(8)"}, {"name": "v", "type": "INTEGER"}]"#;
    let home = folder(&[
        ("app.sql", &code),
        ("schema.json", &format!("\u{feff}{schema}")),
        ("in.jsonl", "\u{feff}{\"k\":\"a\",\"v\":1}\r\n"),
        ("empty.jsonl", "\n\r\n"),
    ]);
    let args = ["app.sql", "--schema", "schema.json", "--format", "csv", "--input"];
    assert_eq!(values(&sql(home.path(), &[&args[..], &["in.jsonl"]].concat())), ["a,1"]);
    let empty = sql(home.path(), &[&args[..], &["empty.jsonl"]].concat());
    assert_eq!((empty.status.code(), empty.stdout.len()), (Some(0), 0));
    assert_eq!(text(&empty.stderr), "pumphouse: note: empty.jsonl holds no records\n");
    // A very long line is a record as any other: its text is cut.
    let long = format!("{{\"k\":\"{}\",\"v\":2}}\n", "x".repeat(5 << 20));
    fs::write(home.path().join("long.jsonl"), long).expect("a file");
    assert_eq!(values(&sql(home.path(), &[&args[..], &["long.jsonl"]].concat())), ["xxxxxxxx,2"]);
}

/// Numbers have the digits of their type, in JSON and in CSV.
#[test]
fn numbers_keep_the_digits_of_their_type() {
    let code = r#"CREATE STREAM S (d DECIMAL(16,2), n DECIMAL(5,2), r REAL, x DOUBLE, y DOUBLE, b BIGINT, t BOOLEAN);
        CREATE PUMP P AS INSERT INTO S SELECT STREAM "d", "d" / -42, "r", "x", "x" * 1e12, "b", "t" FROM SOURCE_SQL_STREAM_001"#;
    let schema = r#"[{"name": "d", "type": "INTEGER"}, {"name": "r", "type": "REAL"}, {"name": "x", "type": "DOUBLE"},
        {"name": "b", "type": "BIGINT"}, {"name": "t", "type": "BOOLEAN"}]"#;
    let record = r#"{"d": 21, "r": 0.1, "x": 0.25, "b": 9007199254740993, "t": true}"#;
    let home = folder(&[("app.sql", code), ("schema.json", schema), ("in", record)]);
    let run = |format: &str| {
        let args = ["app.sql", "--schema", "schema.json", "--input", "in", "--format", format];
        let output = sql(home.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    // 21 / -42 is cut to 0 between integers.
    assert_eq!(run("csv"), "S,2016-10-26 19:00:00.000,21.00,0.00,0.1,0.25,2.5E11,9007199254740993,true\n");
    let row = r#"{"D":21.00,"N":0.00,"R":0.1,"X":0.25,"Y":2.5E11,"B":9007199254740993,"T":true}"#;
    let line = format!("{{\"stream\":\"S\",\"rowtime\":\"2016-10-26T19:00:00.000Z\",\"row\":{row}}}\n");
    assert_eq!(run("jsonl"), line);
}

/// What cannot be used is refused with its place, before a row is printed.
#[test]
fn bad_input_is_refused_with_its_place() {
    let home = folder(&[
        ("app.sql", COPY),
        ("in.jsonl", "{\"k\":\"a\",\"v\":1}\n{\"k\":\"b\",\"v\":2}\n"),
        ("bad.json", r#"[{"name": "k", "type": "TEXT"}]"#),
        (
            "two.json",
            r#"[{"name": "a", "type": "INTEGER", "mapping": "$.xs[0:].n"}, {"name": "b", "type": "INTEGER", "mapping": "$.ys[0:].n"}]"#,
        ),
    ]);
    fs::write(home.path().join("latin.sql"), b"-- fine\n-- caf\xe9\n").expect("a file");
    let run = |args: &[&str]| refused(&sql(home.path(), args));
    let until = run(&["app.sql", "--input", "in.jsonl", "--until", "2016-10-26T19:00:00.000Z"]);
    assert_eq!(
        until,
        "pumphouse: --until 2016-10-26T19:00:00.000Z is before the last record, which comes at \
         2016-10-26T19:00:00.001Z\n  hint: Time only moves forward: give 2016-10-26T19:00:00.001Z or later, or leave \
         --until out.\n"
    );
    assert_eq!(
        run(&["latin.sql", "--input", "in.jsonl"]),
        "pumphouse: could not read latin.sql: it is not UTF-8 text (line 2)\n"
    );
    assert!(
        run(&["app.sql", "--input", "in.jsonl", "--timed"])
            .starts_with("pumphouse: in.jsonl:1: missing field `at`")
    );
    let bad = run(&["app.sql", "--input", "in.jsonl", "--schema", "bad.json"]);
    assert!(bad.starts_with("pumphouse: bad.json: 'TEXT' is no type of a column"), "{bad}");
    assert_eq!(
        run(&["app.sql", "--input", "in.jsonl", "--schema", "two.json"]),
        "pumphouse: two.json: only one array can be spread over rows, not $.xs[0:] and $.ys[0:] both\n"
    );
    assert!(run(&["app.sql", "--input", "."]).starts_with("pumphouse: could not read .:"));
}

/// Who reads the rows may go away: no complaint.
#[test]
fn a_closed_pipe_is_no_failure() {
    let home = folder(&[("app.sql", COPY), ("in.jsonl", &"{\"k\":\"a\",\"v\":1}\n".repeat(20_000))]);
    let mut child = command(home.path(), &["app.sql", "--input", "in.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

/// J-08, J-09: a row looks its label up; LEFT keeps what has none, an inner join drops it.
#[test]
fn rows_are_joined_with_tables() {
    let join = |kind: &str| {
        format!(
            "CREATE STREAM S (k VARCHAR(8), label VARCHAR(16));
             CREATE PUMP P AS INSERT INTO S SELECT STREAM s.\"k\", n.\"label\" \
             FROM SOURCE_SQL_STREAM_001 AS s {kind} JOIN \"Names\" AS n ON n.\"id\" = s.\"k\""
        )
    };
    let home = folder(&[
        ("left.sql", &join("LEFT")),
        ("inner.sql", &join("")),
        ("in.jsonl", "{\"k\":\"a\"}\n{\"k\":\"z\"}\n{\"k\":\"b\"}\n"),
        ("names.json", r#"[{"name": "id", "type": "VARCHAR(8)"}, {"name": "label", "type": "VARCHAR(16)"}]"#),
        ("names.csv", "a,North\nb,\"South, far\"\nb,Delta\n"),
    ]);
    let run = |code: &str| {
        let reference = "Names=names.json:names.csv";
        values(&sql(home.path(), &[code, "--input", "in.jsonl", "--format", "csv", "--reference", reference]))
    };
    assert_eq!(run("left.sql"), ["a,North", "z,", "b,\"South, far\"", "b,Delta"]);
    assert_eq!(run("inner.sql"), ["a,North", "b,\"South, far\"", "b,Delta"]);
    // The table's name is exact: in capital letters there is none.
    let code = join("").replace("\"Names\"", "NAMES");
    fs::write(home.path().join("folded.sql"), code).expect("a file");
    let output = sql(home.path(), &["folded.sql", "--check", "--reference", "Names=names.json:names.csv"]);
    let told = refused(&output);
    assert!(told.contains("NAMES") && told.contains("\"Names\""), "{told}");
}

/// Reference tables: rows that do not fit are told with line and column, and are in error_stream.
#[test]
fn tables_tell_what_does_not_fit() {
    let schema = r#"[{"name": "id", "type": "VARCHAR(4)"}, {"name": "floor", "type": "INTEGER"}]"#;
    let home = folder(&[
        ("app.sql", COPY),
        ("in.jsonl", "{\"k\":\"a\",\"v\":1}\n"),
        ("names.json", schema),
        ("names.csv", "id,floor\na,1\nb,two\n\"c,\nd\",3\ne,4\n"),
        ("none.csv", "id,floor\n"),
        ("names.jsonl", "{\"id\":\"a\",\"floor\":1}\n{\"id\":\"b\"\n"),
    ]);
    let run = |references: &[&str]| {
        let mut args = vec!["app.sql", "--input", "in.jsonl", "--format", "csv"];
        references.iter().for_each(|it| args.extend(["--reference", it]));
        sql(home.path(), &args)
    };
    let output = run(&["Names=names.json:names.csv"]);
    assert_eq!(
        text(&output.stderr),
        "names.csv:1: warning: column floor: For input string: \"floor\"\n\
         names.csv:3: warning: column floor: For input string: \"two\"\n"
    );
    let errors = values(&output);
    assert_eq!(errors.len(), 3, "two errors and the row");
    let output = run(&["A=names.json:names.jsonl", "B=names.json:names.csv"]);
    let told = text(&output.stderr);
    assert!(told.contains("names.jsonl:2: warning: The record is not JSON: it ends too early."), "{told}");
    assert!(
        told.starts_with(
            "pumphouse: note: 2 reference tables; an application of the service has at most one\n"
        ),
        "{told}"
    );
    for (reference, message) in [
        ("Names", "--reference Names: not NAME=SCHEMA.json:FILE"),
        ("Names=names.json", "--reference Names=names.json: not NAME=SCHEMA.json:FILE"),
        ("Names=names.json:missing.csv", "could not read missing.csv"),
        ("Names=names.json:none.csv", "none.csv: no row fits the columns of Names"),
        (
            "SOURCE_SQL_STREAM_001=names.json:names.csv",
            "--reference SOURCE_SQL_STREAM_001=names.json:names.csv: SOURCE_SQL_STREAM_001 is the name of a stream",
        ),
    ] {
        let output = run(&[reference]);
        assert_eq!(output.status.code(), Some(2), "{reference}");
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
    let twice = run(&["Names=names.json:names.csv", "Names=names.json:names.csv"]);
    assert!(text(&twice.stderr).contains("table Names is there already"));
}
