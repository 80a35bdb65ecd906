//! The command line as a contract: what goes in, what comes out, and the exit code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Runs the program in a folder of its own; nothing of the machine's home is touched.
fn pumphouse(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pumphouse"))
        .args(args)
        .current_dir(home)
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .output()
        .expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Every file below a folder with its bytes.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(dir).expect("below the folder").to_owned();
                    found.insert(name, fs::read(&path).expect("a file"));
                }
            }
        }
    }
    found
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is a count"))
}

/// Rows of an in-application stream in the report of a run.
fn rows(report: &Value, stream: &str) -> u64 {
    let all = report["streams"].as_array().expect("streams");
    number(&all.iter().find(|it| it["name"] == stream).expect("the stream")["rows"])
}

/// The main job: 90,000 records through two shards, six statements and one delivery stream.
#[test]
fn the_whole_workshop_runs_without_a_screen() {
    let home = scratch();
    let args =
        ["run", "--activity", "3", "--for", "5m", "--rate", "300", "--seed", "7", "--json", "--workspace"];
    let run = |dir: &str| {
        let output = pumphouse(home.path(), &[&args[..], &[dir]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        serde_json::from_slice::<Value>(&output.stdout).expect("one JSON object")
    };
    let report = run("one");
    let records = &report["records"];
    assert_eq!((number(&records["made"]), number(&records["accepted"])), (90_000, 90_000));
    // Random keys: 45,000 for each shard, three standard deviations of 150 around it.
    for shard in report["shards"].as_array().expect("shards") {
        assert!((44_550..=45_450).contains(&number(&shard["records"])), "{shard}");
    }
    for law in report["laws"].as_array().expect("laws") {
        assert_eq!(law["holds"], true, "{law}");
    }
    let (clean, filtered) = (rows(&report, "CLEAN_IOT_STREAM"), rows(&report, "FILTERED_STREAM"));
    let share = filtered as f64 / clean as f64;
    assert!((0.745..=0.765).contains(&share), "7,700 of 10,201 pairs pass; here {share}");
    let objects = report["objects"].as_array().expect("objects");
    assert!((4..=5).contains(&objects.len()), "{objects:?}");
    let lines: u64 = objects.iter().map(|it| number(&it["lines"])).sum();
    assert_eq!(lines, filtered, "every filtered row is delivered once");
    for object in objects {
        read_object(&home.path().join("one"), object);
    }
    // Twice is the same, to the last byte of the workspace.
    run("two");
    assert_eq!(files(&home.path().join("one")), files(&home.path().join("two")));
}

/// An object's key follows firehose.md section 3, and its file is CSV that an independent reader reads.
fn read_object(workspace: &Path, object: &Value) {
    let (bucket, key) =
        (object["bucket"].as_str().expect("a bucket"), object["key"].as_str().expect("a key"));
    let parts: Vec<&str> = key.split('/').collect();
    let [year, month, day, hour, name] = parts[..] else { panic!("{key} has four folders") };
    let rest = name.strip_prefix("iot-filtered-1-").expect("name and version");
    assert!(rest.starts_with(&format!("{year}-{month}-{day}-{hour}-")), "{key}");
    // YYYY-MM-DD-HH-MM-SS, a hyphen, and a UUID of 36 characters.
    assert_eq!(rest.len(), 19 + 1 + 36, "{key}");
    let path = workspace.join("s3").join(bucket).join(key);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).expect("a CSV file");
    let mut lines = 0;
    for record in reader.records() {
        let record = record.expect("a CSV record");
        assert_eq!(record.len(), 6, "{record:?}");
        assert!(record[1].starts_with("sensor-"));
        assert_eq!(record[2].len(), 16, "the ISO time is cut to VARCHAR(16)");
        let (ambient, measured): (f64, f64) =
            (record[3].parse().expect("a number"), record[4].parse().expect("a number"));
        assert!((measured - ambient).abs() > 20.0, "{record:?}");
        lines += 1;
    }
    assert_eq!(lines, number(&object["lines"]));
    assert_eq!(fs::metadata(&path).expect("a file").len(), number(&object["bytes"]));
}

/// A workspace that holds something is not overwritten.
#[test]
fn a_run_overwrites_nothing() {
    let home = scratch();
    let args = ["run", "--activity", "1", "--for", "2s", "--workspace", "w"];
    assert_eq!(pumphouse(home.path(), &args).status.code(), Some(0));
    let again = pumphouse(home.path(), &args);
    assert_eq!(again.status.code(), Some(2));
    assert!(err(&again).contains("w holds a workspace already"), "{}", err(&again));
}

const WORKSHOP_SQL: &str = concat!(
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

/// The rows a to g of sql.md 8.1.
const ROWS_8_1: &str = r#"{"at":"2016-10-26T17:05:08.120Z","arrival":"2016-10-26T17:05:07.310Z","data":{"sensorId":"sensor-7","eventTimeStamp":"2016-10-26T10:05:07-07:00","ambientTemp":21,"measuredTemp":55}}
{"at":"2016-10-26T17:05:08.120Z","arrival":"2016-10-26T17:05:07.310Z","data":{"sensorId":"sensor-7","eventTimeStamp":"2016-10-26T10:05:07-07:00","ambientTemp":21,"measuredTemp":55}}
{"at":"2016-10-26T17:05:08.120Z","arrival":"2016-10-26T17:05:07.352Z","data":{"sensorId":"sensor-7","eventTimeStamp":"2016-10-26T10:05:07-07:00","ambientTemp":21,"measuredTemp":55}}
{"at":"2016-10-26T17:05:08.640Z","arrival":"2016-10-26T17:05:08.101Z","data":{"sensorId":"sensor-42","eventTimeStamp":"2016-10-26T10:05:08-07:00","ambientTemp":30,"measuredTemp":50}}
{"at":"2016-10-26T17:05:09.700Z","arrival":"2016-10-26T17:05:09.020Z","data":{"sensorId":"sensor-42","eventTimeStamp":"2016-10-26T10:05:09-07:00","ambientTemp":30,"measuredTemp":51}}
{"at":"2016-10-26T17:05:11.010Z","arrival":"2016-10-26T17:05:10.500Z","data":{"sensorId":"sensor-7","eventTimeStamp":"2016-10-26T10:05:10-07:00","ambientTemp":-5,"measuredTemp":16}}
{"at":"2016-10-26T17:05:11.010Z","arrival":"2016-10-26T17:05:10.512Z","data":{"sensorId":"sensor-7","eventTimeStamp":"2016-10-26T10:05:10-07:00","ambientTemp":0,"measuredTemp":0}}
"#;

/// The rows of a stream as `pumphouse sql --format csv` prints them: ROWTIME and cells.
fn printed(output: &Output, stream: &str) -> Vec<String> {
    let lines = out(output);
    let of_stream = lines.lines().filter_map(|it| it.strip_prefix(&format!("{stream},")));
    of_stream
        .map(|line| {
            let (rowtime, cells) = line.split_once(',').expect("a ROWTIME");
            let rowtime = rowtime.trim_start_matches("2016-10-26 ").trim_end_matches(".000");
            format!("{rowtime} | {}", cells.replace("2016-10-26 ", "").replace(',', " "))
        })
        .collect()
}

/// S-01, S-03, S-04: the deck's SQL over the hand-made input, with the ROWTIMEs stated there.
#[test]
fn the_slides_sql_gives_the_stated_rows() {
    let home = scratch();
    fs::write(home.path().join("app.sql"), WORKSHOP_SQL).expect("a file");
    fs::write(home.path().join("rows.jsonl"), ROWS_8_1).expect("a file");
    let args = ["sql", "app.sql", "--input", "rows.jsonl", "--timed", "--until", "2016-10-26T17:05:25Z"];
    let output = pumphouse(home.path(), &[&args[..], &["--format", "csv"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let clean = [
        "17:05:09 | 17:05:07.310 sensor-7 2016-10-26T10:05 21.00 55.00 17:05:08.000",
        "17:05:09 | 17:05:07.352 sensor-7 2016-10-26T10:05 21.00 55.00 17:05:08.000",
        "17:05:09 | 17:05:08.101 sensor-42 2016-10-26T10:05 30.00 50.00 17:05:08.000",
        "17:05:10 | 17:05:09.020 sensor-42 2016-10-26T10:05 30.00 51.00 17:05:09.000",
        "17:05:12 | 17:05:10.500 sensor-7 2016-10-26T10:05 -5.00 16.00 17:05:11.000",
        "17:05:12 | 17:05:10.512 sensor-7 2016-10-26T10:05 0.00 0.00 17:05:11.000",
    ];
    assert_eq!(printed(&output, "CLEAN_IOT_STREAM"), clean);
    let filtered: Vec<&str> = [0, 1, 3, 4].iter().map(|&at| clean[at]).collect();
    assert_eq!(printed(&output, "FILTERED_STREAM"), filtered);
    let aggregate = [
        "17:05:10 | sensor-7 21.00 55.00 2",
        "17:05:10 | sensor-42 30.00 50.00 1",
        "17:05:20 | sensor-42 30.00 51.00 1",
        "17:05:20 | sensor-7 -2.50 8.00 2",
    ];
    assert_eq!(printed(&output, "AGGREGATE_STREAM"), aggregate);
    // One JSON object per row is the default; numbers keep the digits of their type.
    let objects = out(&pumphouse(home.path(), &args));
    let first = r#"{"stream":"CLEAN_IOT_STREAM","rowtime":"2016-10-26T17:05:09.000Z","row":{"INGEST_TIME":"2016-10-26 17:05:07.310","SENSOR_ID":"sensor-7","EVENT_TIMESTAMP":"2016-10-26T10:05","AMBIENT_TEMP":21.00,"MEASURED_TEMP":55.00,"DEDUP_WINDOW":"2016-10-26 17:05:08.000"}}"#;
    assert_eq!(objects.lines().next(), Some(first));
    assert_eq!(objects.lines().count(), 6 + 4 + 4, "the source's own rows are not among them");
}

/// S-06: without a clock only later rows close windows; S-02: the other reading of DISTINCT.
#[test]
fn the_clock_and_distinct_have_switches() {
    let home = scratch();
    fs::write(home.path().join("app.sql"), WORKSHOP_SQL).expect("a file");
    fs::write(home.path().join("rows.jsonl"), ROWS_8_1).expect("a file");
    let base = ["sql", "app.sql", "--input", "rows.jsonl", "--timed", "--format", "csv"];
    let rows_only = pumphouse(home.path(), &[&base[..], &["--rows-only"]].concat());
    assert_eq!(printed(&rows_only, "CLEAN_IOT_STREAM").len(), 4);
    let aggregate = ["17:05:10 | sensor-7 21.00 55.00 2", "17:05:10 | sensor-42 30.00 50.00 1"];
    assert_eq!(printed(&rows_only, "AGGREGATE_STREAM"), aggregate);
    let immediate = pumphouse(home.path(), &[&base[..], &["--distinct-immediate"]].concat());
    let moments: Vec<String> = printed(&immediate, "CLEAN_IOT_STREAM")
        .iter()
        .map(|it| it[..12].trim_end_matches(" |").to_owned())
        .collect();
    let expected = [
        "17:05:08.120Z",
        "17:05:08.120Z",
        "17:05:08.640Z",
        "17:05:09.700Z",
        "17:05:11.010Z",
        "17:05:11.010Z",
    ];
    let expected: Vec<String> = expected.iter().map(|it| it[..12].to_owned()).collect();
    assert_eq!(moments, expected);
}

/// Three errors are told at once, each with line, column, message, detail and hint; no row is read.
/// A row on the end of a window that contains its end (CEIL) is counted in it; a line that is not UTF-8
/// becomes a row of error_stream; marks of editors in front of a file are no part of it.
#[test]
fn recorded_lines_are_taken_as_they_are() {
    let home = scratch();
    let home = home.path();
    let code = "\u{feff}CREATE STREAM S (t TIMESTAMP, n INTEGER);\r\nCREATE PUMP p AS INSERT INTO S \
                SELECT STREAM CURRENT_ROW_TIMESTAMP, COUNT(*) FROM SOURCE_SQL_STREAM_001 \
                GROUP BY CEIL(ROWTIME TO SECOND)";
    fs::write(home.join("app.sql"), code).unwrap();
    let line = |at: &str| format!("{{\"at\":\"2016-10-26T19:00:{at}Z\",\"data\":{{\"n\":1}}}}\n");
    fs::write(home.join("in"), ["00.500", "01.000", "09.000"].map(line).concat()).unwrap();
    let output = pumphouse(home, &["sql", "app.sql", "--input", "in", "--timed"]);
    assert!(output.status.success(), "{}", err(&output));
    let row = "{\"stream\":\"S\",\"rowtime\":\"2016-10-26T19:00:01.000Z\",\"row\":{\"T\":\"2016-10-26 19:00:01.000\",\"N\":2}}\n";
    assert_eq!(out(&output), row);

    let code = "CREATE STREAM S (n INTEGER); CREATE PUMP p AS INSERT INTO S \
                SELECT STREAM \"n\" FROM SOURCE_SQL_STREAM_001";
    fs::write(home.join("app.sql"), code).unwrap();
    fs::write(home.join("in"), b"\xef\xbb\xbf{\"n\":1}\r\n\xff\n\n{\"n\":2}").unwrap();
    let output = pumphouse(home, &["sql", "app.sql", "--input", "in", "--format", "csv"]);
    assert!(output.status.success(), "{}", err(&output));
    let lines: Vec<String> = out(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[..2], ["S,2016-10-26 19:00:00.000,1", "S,2016-10-26 19:00:00.002,2"]);
    assert!(lines[2].contains("The record is not UTF-8.,2016-10-26 19:00:00.001,FF,null"), "{}", lines[2]);
}

#[test]
fn every_error_is_told_at_once() {
    let home = scratch();
    let sql = "CREATE OR REPLACE STREAM A (x TIMESTAMP, y VARCHAR(16));\n\
               CREATE OR REPLACE PUMP P AS INSERT INTO A\n\
               SELECT STREAM DISTINCT APPROXIMATE_ARRIVAL_TIME, sensorId FROM SOURCE_SQL_STREAM_001;\n\
               CREATE OR REPLACE PUMP Q AS INSERT INTO NOWHERE SELECT STREAM y FROM A;\n\
               CREATE OR REPLACE PUMP R AS INSERT INTO A SELECT STREAM x FROM A;\n";
    fs::write(home.path().join("app.sql"), sql).expect("a file");
    let output = pumphouse(home.path(), &["sql", "app.sql", "--check"]);
    assert_eq!(output.status.code(), Some(2));
    let told = err(&output);
    let expected = "app.sql:3:50: error: column \"SENSORID\" does not exist\n    \
                    You wrote sensorId. Without quotes a name is read in upper case.\n    \
                    hint: Write \"sensorId\" with double quotes.\n";
    assert!(told.contains(expected), "{told}");
    for place in ["app.sql:4:", "app.sql:5:"] {
        assert!(told.contains(place), "{told}");
    }
    let json = pumphouse(home.path(), &["sql", "app.sql", "--check", "--json"]);
    let first: Value =
        err(&json).lines().next().map(|it| serde_json::from_str(it).expect("JSON")).expect("a line");
    assert_eq!(
        (&first["line"], &first["column"], &first["severity"]),
        (&3.into(), &50.into(), &"error".into())
    );
}

/// Templates: records one per line, the same for one seed; a broken one is refused with its place.
#[test]
fn generate_makes_records() {
    let home = scratch();
    fs::write(home.path().join("t.txt"), pumphouse::template::WORKSHOP).expect("a file");
    let args = ["generate", "--template", "t.txt", "--count", "500", "--seed", "7"];
    let output = pumphouse(home.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert_eq!(text.lines().count(), 500);
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).expect("JSON");
        assert!((-40..=60).contains(&record["ambientTemp"].as_i64().expect("a number")));
        assert!((0..=100).contains(&record["measuredTemp"].as_i64().expect("a number")));
    }
    assert_eq!(out(&pumphouse(home.path(), &args)), text);
    fs::write(home.path().join("bad.txt"), "{\n  \"x\": {{random.numbr(5)}}\n}").expect("a file");
    let refused = pumphouse(home.path(), &["generate", "--template", "bad.txt"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).starts_with("bad.txt:2:"), "{}", err(&refused));
    assert!(err(&refused).contains("random.number"), "{}", err(&refused));
}

/// What was done in a workspace can be taken out of it again.
#[test]
fn a_workspace_is_exported() {
    let home = scratch();
    let run = pumphouse(home.path(), &["run", "--activity", "2", "--for", "20s", "--workspace", "w"]);
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    let export = |what: &str| {
        let output = pumphouse(home.path(), &["export", what, "--workspace", "w"]);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        out(&output)
    };
    assert!(export("cli").contains("aws kinesis create-stream --stream-name iot-sensors --shard-count 2"));
    assert!(export("sql").contains("CREATE OR REPLACE PUMP DEDUP_PUMP"));
    assert!(export("journal").contains(" root create stream iot-sensors 2\n"));
    assert!(export("report").contains("stream iot-sensors: 4,000 records accepted, 0 throttled"));
}

/// Wrong usage and missing files exit with 2 and a sentence; help and lists exit with 0.
#[test]
fn exit_codes_mean_something() {
    let home = scratch();
    for args in [
        &["run", "--activity", "9"][..],
        &["run", "--for", "soon"],
        &["sql", "missing.sql", "--check"],
        &["generate", "--template", "missing.txt"],
        &["play", "missing.walk"],
        &["export", "journal", "--workspace", "nothing"],
        &["frobnicate"],
        // The workshop needs a terminal, and here is none.
        &[],
    ] {
        let output = pumphouse(home.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", err(&output));
        assert!(!err(&output).is_empty(), "{args:?}");
    }
    for args in [
        &["--help"][..],
        &["--version"],
        &["steps"],
        &["steps", "--json"],
        &["doctor", "--json"],
        &["completions", "bash"],
        &["man"],
    ] {
        let output = pumphouse(home.path(), args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", err(&output));
        assert!(!output.stdout.is_empty(), "{args:?}");
    }
    for task in [
        "run",
        "sql",
        "generate",
        "play",
        "export",
        "explain",
        "fmt",
        "steps",
        "doctor",
        "completions",
        "man",
    ] {
        let help = out(&pumphouse(home.path(), &[task, "--help"]));
        assert!(task == "man" || help.contains("Example:"), "{task} --help shows an example");
    }
}

/// `fmt` writes a file in place, says with --check what it would write, and leaves alone what it cannot read.
#[test]
fn code_is_laid_out() {
    let home = scratch();
    let file = home.path().join("app.sql");
    fs::write(&file, "create stream s (k varchar(4),\r\n n integer) -- two\r\n")
        .expect("the file is written");
    let laid_out = "CREATE STREAM s (\n    k VARCHAR(4),\n    n INTEGER\n); -- two\n";
    let check = pumphouse(home.path(), &["fmt", "--check", "app.sql"]);
    assert_eq!((check.status.code(), out(&check)), (Some(1), "app.sql\n".to_owned()));
    let printed = pumphouse(home.path(), &["fmt", "--stdout", "app.sql"]);
    assert_eq!((printed.status.code(), out(&printed)), (Some(0), laid_out.to_owned()));
    let written = pumphouse(home.path(), &["fmt", "app.sql"]);
    assert_eq!((written.status.code(), out(&written)), (Some(0), String::new()), "{}", err(&written));
    assert_eq!(fs::read_to_string(&file).expect("the file is there"), laid_out);
    assert_eq!(pumphouse(home.path(), &["fmt", "--check", "app.sql"]).status.code(), Some(0));
    assert_eq!(files(home.path()).len(), 1, "nothing else is left beside it");
    fs::write(&file, "selekt\n").expect("the file is written");
    let refused = pumphouse(home.path(), &["fmt", "app.sql"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).starts_with("app.sql:1:1: error: selekt begins no statement"), "{}", err(&refused));
    assert_eq!(fs::read_to_string(&file).expect("the file is there"), "selekt\n");
}
