//! Applications: what they read, what they refuse, where their rows go, and what a stop or a start keeps.

use pumphouse::base::seed::Seed;
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::cloud::analytics::{Analytics, Application, Output, Refused, StartAt, State};
use pumphouse::cloud::firehose::DeliverySettings;
use pumphouse::cloud::kinesis::PutBatch;
use pumphouse::cloud::output::{Format, cell};
use pumphouse::cloud::{Cloud, CloudError, DELIVERY_ROLE};

use super::{ROOT, at, cloud, pass, put, through_checkpoint};

const BUCKET: &str = "ann-filtered-iot-data";
const ROLE: &str = "kinesis-analytics-gates";

/// Gates and what they measure.
const SCHEMA: &str = r#"[{"name": "gate", "type": "VARCHAR(8)"}, {"name": "level", "type": "INTEGER"}]"#;
/// Every row goes on.
const COPY: &str = r#"
CREATE OR REPLACE STREAM LEVELS (gate VARCHAR(8), level INTEGER);
CREATE OR REPLACE PUMP COPY_PUMP AS INSERT INTO LEVELS SELECT STREAM "gate", "level" FROM SOURCE_SQL_STREAM_001;
"#;

/// An account with the stream `iot` and the application `gates`, which has a schema and code.
struct World {
    cloud: Cloud,
    analytics: Analytics,
    now: Timestamp,
}

impl World {
    fn new(shards: u32) -> Self {
        let mut cloud = cloud();
        cloud.create_stream(at(0), &ROOT, "iot", shards).expect("a stream");
        cloud.create_bucket(at(0), &ROOT, BUCKET).expect("a bucket");
        pass(&mut cloud, at(30));
        let mut it = World { cloud, analytics: Analytics::new(Seed(7)), now: at(30) };
        it.analytics.create(it.now, &ROOT, "gates", &it.cloud).expect("an application");
        it.analytics.connect_source(it.now, &ROOT, "gates", "iot", &mut it.cloud).expect("a source");
        it.analytics.write_schema(&ROOT, "gates", SCHEMA, &it.cloud).expect("a schema");
        it.analytics.save_schema(it.now, &ROOT, "gates", &mut it.cloud).expect("a schema");
        it
    }

    fn app(&self) -> &Application {
        self.analytics.app("gates").expect("the application")
    }

    fn save(&mut self, code: &str) -> Result<(), Refused> {
        self.analytics.save_code(self.now, &ROOT, "gates", code, &mut self.cloud)
    }

    fn start(&mut self, from: Option<StartAt>) {
        self.analytics.start(self.now, &ROOT, "gates", from, &self.cloud).expect("it starts");
        while self.app().state() != State::Running {
            self.pass(1);
        }
    }

    /// Lets seconds pass, doing everything due on the way.
    fn pass(&mut self, secs: i64) {
        let end = self.now + Span::from_secs(secs);
        while let Some(due) = [self.cloud.next_due(), self.analytics.next_due()]
            .into_iter()
            .flatten()
            .min()
            .filter(|it| *it <= end)
        {
            self.cloud.wake(due);
            self.analytics.wake(due, &mut self.cloud);
        }
        self.now = end;
    }

    fn put(&mut self, key: &str, record: &str) {
        let mut batch = PutBatch::default();
        batch.push(key, record.as_bytes());
        assert_eq!(put(&mut self.cloud, self.now, &batch).accepted, 1);
    }

    fn reading(&mut self, key: &str, gate: &str, level: i32) {
        self.put(key, &format!(r#"{{"gate":"{gate}","level":{level}}}"#));
    }

    fn upload(&mut self, key: &str, text: &str) {
        let body = text.as_bytes().to_vec();
        self.cloud.put_object(self.now, &ROOT, BUCKET, key, body).expect("an object");
    }

    /// A delivery stream into a folder of the bucket of its own.
    fn delivery(&mut self, name: &str) {
        self.cloud.allow_delivery(self.now, &ROOT, BUCKET, name).expect("a role");
        let settings = DeliverySettings {
            name: name.to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: format!("{name}/"),
            buffer_mb: 5,
            buffer_wait: Span::from_secs(60),
            gzip: false,
            logging: true,
            role: DELIVERY_ROLE.to_owned(),
        };
        self.cloud.create_delivery(self.now, &ROOT, &settings).expect("a delivery stream");
        self.pass(30);
    }

    fn output(&mut self, stream: &str, delivery: &str, format: Format) -> Result<(), CloudError> {
        let output = Output::new(stream, delivery, format);
        self.analytics.connect_destination(self.now, &ROOT, "gates", output, &mut self.cloud)
    }

    /// The rows a stream passed in this run, cells with blanks between.
    fn rows(&self, stream: &str) -> Vec<String> {
        let program = self.app().program().expect("a program");
        let (at, def) =
            program.streams.iter().enumerate().find(|(_, it)| it.name == stream).expect("a stream");
        let Some(tally) = self.app().run().and_then(|it| it.tally.stream(pumphouse::sql::plan::StreamId(at)))
        else {
            return Vec::new();
        };
        let text = |(batch, row): (&pumphouse::sql::value::Batch, usize)| {
            let cells = def.columns[..def.visible].iter().enumerate();
            let cells =
                cells.map(|(at, it)| cell(&batch.columns[at], row, it.ty).unwrap_or_else(|| "-".to_owned()));
            cells.collect::<Vec<_>>().join(" ")
        };
        tally.newest().map(text).collect()
    }

    /// What a delivery stream has written, end to end.
    fn delivered(&self, name: &str) -> String {
        let bucket = self.cloud.s3.bucket(BUCKET).expect("a bucket");
        let folder = format!("{name}/");
        let objects = bucket.objects().filter(|(key, _)| key.starts_with(&folder));
        objects.map(|(_, it)| String::from_utf8_lossy(it.content().expect("a body")).into_owned()).collect()
    }
}

fn error(refused: Result<(), Refused>) -> String {
    refused.expect_err("it is refused").error.to_string()
}

/// S-16: an output compares names letter for letter; the wrong case delivers nothing and says nothing.
#[test]
fn s_16_outputs_compare_names_letter_for_letter() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    it.delivery("right");
    it.delivery("wrong");
    it.output("LEVELS", "right", Format::Csv).expect("an output");
    it.output("levels", "wrong", Format::Csv).expect("an output");
    it.start(None);
    it.reading("k", "north", 5);
    it.pass(120);
    assert_eq!((it.delivered("right").as_str(), it.delivered("wrong").as_str()), ("north,5\n", ""));
    assert_eq!((it.app().trouble.as_ref(), it.rows("error_stream").len()), (None, 0));
}

/// O-04: one stream to two outputs, each row once in each; O-03: JSON objects with nothing between.
#[test]
fn o_04_one_stream_feeds_two_outputs() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    it.delivery("csv");
    it.delivery("json");
    it.output("LEVELS", "csv", Format::Csv).expect("an output");
    it.output("LEVELS", "json", Format::Json).expect("an output");
    it.start(None);
    it.reading("k", "north", 5);
    it.reading("k", "south", -1);
    it.pass(120);
    assert_eq!(it.delivered("csv"), "north,5\nsouth,-1\n");
    assert_eq!(it.delivered("json"), r#"{"GATE":"north","LEVEL":5}{"GATE":"south","LEVEL":-1}"#);
}

/// O-05: a destination that fails for a minute: nothing more is read, and then no row is lost.
#[test]
fn o_05_a_broken_destination_loses_nothing() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    it.delivery("csv");
    it.output("LEVELS", "csv", Format::Csv).expect("an output");
    it.start(None);
    for second in 0..180 {
        if second == 30 {
            it.cloud.detach_role_policy(it.now, &ROOT, ROLE, "WriteOutputFirehose").expect("detached");
        }
        if second == 60 {
            let trouble = it.app().trouble.as_ref().expect("it cannot go on");
            assert_eq!(trouble.code, "AccessDeniedException");
        }
        if second == 90 {
            it.cloud.restore_role(it.now, &ROOT, ROLE).expect("restored");
        }
        it.reading("k", "north", second);
        it.pass(1);
    }
    it.pass(120);
    let expected: String = (0..180).map(|level| format!("north,{level}\n")).collect();
    assert_eq!(it.delivered("csv"), expected);
    assert_eq!(it.app().trouble, None);
}

/// O-06: error_stream as an output brings its seven columns; S-08 and S-09 are such rows.
#[test]
fn o_06_error_rows_can_be_delivered() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    it.delivery("errors");
    it.output("error_stream", "errors", Format::Json).expect("an output");
    it.start(None);
    let started = it.now;
    it.put("k", r#"{"gate":"a","level":"warm"}"#);
    it.pass(120);
    assert_eq!(it.rows("LEVELS"), Vec::<String>::new());
    let row: serde_json::Value = serde_json::from_str(&it.delivered("errors")).expect("one row");
    let names: Vec<&str> = row.as_object().expect("an object").keys().map(String::as_str).collect();
    let columns =
        ["ERROR_TIME", "ERROR_LEVEL", "ERROR_NAME", "MESSAGE", "DATA_ROWTIME", "DATA_ROW", "PUMP_NAME"];
    assert_eq!(names, columns);
    assert_eq!((&row["ERROR_LEVEL"], &row["ERROR_NAME"]), (&"WARNING".into(), &"Coercion error".into()));
    assert_eq!(row["MESSAGE"], r#"For input string: "warm""#);
    assert_eq!(row["PUMP_NAME"], "null");
    // {"gate":"a","level":"warm"} in upper-case hexadecimal digits.
    assert_eq!(row["DATA_ROW"], "7B2267617465223A2261222C226C6576656C223A227761726D227D");
    let moment = Timestamp::parse(row["DATA_ROWTIME"].as_str().expect("a text")).expect("a moment");
    assert!(started <= moment && moment <= started + Span::from_secs(2), "{row}");
}

/// An application has three outputs at most; the same stream to the same place is a change of one.
#[test]
fn a_fourth_output_is_refused() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    it.delivery("one");
    for stream in ["LEVELS", "SOURCE_SQL_STREAM_001", "error_stream", "LEVELS"] {
        it.output(stream, "one", Format::Csv).expect("an output");
    }
    let refused = it.output("OTHER", "one", Format::Csv).expect_err("it is refused");
    assert_eq!(refused.to_string(), "LimitExceededException: An application has at most 3 outputs.");
    assert_eq!(refused.hint.as_deref(), Some("`disconnect destination gates STREAM` first."));
    let name = "x".repeat(33);
    let refused = it.output(&name, "one", Format::Csv).expect_err("it is refused");
    let message = "an in-application stream name of an output has 1 to 32 characters";
    assert_eq!(refused.to_string(), format!("InvalidArgumentException: {message}"));
}

/// R-07: a resume after a stop of 30 s at 300 records a second: about 9,000 rows come within the first
/// seconds, the first ten-second window is that much fuller, and none is lost.
#[test]
fn r_07_a_resumed_application_catches_up() {
    let mut it = World::new(2);
    it.save(
        "CREATE STREAM COUNTS (n BIGINT);
         CREATE PUMP P AS INSERT INTO COUNTS SELECT STREAM COUNT(*) FROM SOURCE_SQL_STREAM_001
         GROUP BY STEP(SOURCE_SQL_STREAM_001.ROWTIME BY INTERVAL '10' SECOND);",
    )
    .expect("code");
    it.start(None);
    let second = |it: &mut World| {
        let mut batch = PutBatch::default();
        (0..300).for_each(|at| batch.push(&at.to_string(), br#"{"gate":"a","level":1}"#));
        assert_eq!(put(&mut it.cloud, it.now, &batch).accepted, 300);
        it.pass(1);
    };
    (0..30).for_each(|_| second(&mut it));
    let before = it.app().run().expect("it runs").rows_mapped;
    assert_eq!(before, 9_000);
    it.analytics.stop(it.now, &ROOT, "gates", &it.cloud).expect("it stops");
    (0..30).for_each(|_| second(&mut it));
    it.analytics.start(it.now, &ROOT, "gates", None, &it.cloud).expect("it starts");
    while it.app().state() != State::Running {
        it.pass(1);
    }
    it.pass(12);
    let run = it.app().run().expect("it runs");
    // Nothing of the 30 seconds is lost; what was in the open window is read once more.
    assert!((9_000..9_000 + 3_000).contains(&run.rows_mapped), "{}", run.rows_mapped);
    assert_eq!(run.millis_behind, 0);
    let counts: Vec<u64> = it.rows("COUNTS").iter().map(|it| it.parse().expect("a count")).collect();
    assert_eq!(counts.first(), Some(&run.rows_mapped), "all came into the first window");
}

/// R-08: a start with NOW never shows what was put before; TRIM_HORIZON shows all of it.
#[test]
fn r_08_now_is_the_moment_of_the_start() {
    for (from, expected) in
        [(StartAt::Now, vec!["late 2"]), (StartAt::TrimHorizon, vec!["early 1", "late 2"])]
    {
        let mut it = World::new(1);
        it.save(COPY).expect("code");
        it.reading("k", "early", 1);
        it.pass(5);
        it.start(Some(from));
        it.pass(2);
        it.reading("k", "late", 2);
        it.pass(3);
        assert_eq!(it.rows("LEVELS"), expected, "{from:?}");
    }
}

/// Input parallelism: the shards are dealt over _001 and _002, and each must be queried by name.
#[test]
fn parallel_inputs_are_queried_by_name() {
    let mut it = World::new(2);
    it.analytics.set_parallelism(it.now, &ROOT, "gates", 2, &it.cloud).expect("two streams");
    assert_eq!(it.app().source_names(), ["SOURCE_SQL_STREAM_001", "SOURCE_SQL_STREAM_002"]);
    let pump = |number: u32| {
        format!(
            r#"CREATE PUMP P{number} AS INSERT INTO LEVELS SELECT STREAM "gate", "level" FROM SOURCE_SQL_STREAM_00{number};"#
        )
    };
    let stream = "CREATE STREAM LEVELS (gate VARCHAR(8), level INTEGER);";
    // MD5 of "a" begins with 0 and of "1" with c: shards 0 and 1.
    let both = |it: &mut World| {
        it.reading("a", "zero", 0);
        it.reading("1", "one", 1);
        it.pass(2);
    };
    it.save(&format!("{stream}{}", pump(1))).expect("code");
    it.start(None);
    both(&mut it);
    assert_eq!(it.rows("LEVELS"), ["zero 0"]);
    it.save(&format!("{stream}{}{}", pump(1), pump(2))).expect("code");
    while it.app().state() != State::Running {
        it.pass(1);
    }
    both(&mut it);
    assert_eq!(it.rows("LEVELS"), ["zero 0", "one 1"]);
    assert_eq!((it.rows("SOURCE_SQL_STREAM_001").len(), it.rows("SOURCE_SQL_STREAM_002").len()), (1, 1));

    // Code that reads _002 keeps the application from losing it.
    let refused = it.analytics.set_parallelism(it.now, &ROOT, "gates", 1, &it.cloud);
    assert!(error(refused).starts_with("CodeValidationException: line 1"));
    assert_eq!(it.app().source_names().len(), 2);
    let refused = it.analytics.set_parallelism(it.now, &ROOT, "gates", 65, &it.cloud);
    assert_eq!(
        error(refused),
        "InvalidArgumentException: 1 validation error detected: Value '65' at 'inputParallelismUpdate.countUpdate' \
         failed to satisfy constraint: Member must have value between 1 and 64"
    );
}

/// The name prefix is part of what code says.
#[test]
fn the_prefix_names_the_source() {
    let mut it = World::new(1);
    it.analytics.set_prefix(it.now, &ROOT, "gates", "GATES", &it.cloud).expect("a prefix");
    let code = COPY.replace("SOURCE_SQL_STREAM", "gates");
    it.save(&code).expect("names are folded");
    assert!(error(it.save(COPY)).starts_with("CodeValidationException: line 3"));
    for prefix in ["", "1st", "a b", &"x".repeat(33)] {
        let refused = error(it.analytics.set_prefix(it.now, &ROOT, "gates", prefix, &it.cloud));
        assert_eq!(refused, format!("InvalidArgumentException: name prefix {prefix} is not valid"));
    }
}

/// A reference table is loaded at the start, kept whatever becomes of its object, and loaded again by an
/// update. Rows that do not fit are in error_stream.
#[test]
fn reference_tables_are_loaded_at_start_and_update() {
    let mut it = World::new(1);
    it.upload("names.csv", "id,label\n1,North\n2,South\n");
    let place = ("Names", BUCKET, "names.csv");
    let columns = it.analytics.add_reference(it.now, &ROOT, "gates", place, None, &mut it.cloud);
    assert_eq!(columns.expect("a reference"), 2);
    let columns: Vec<String> = it
        .app()
        .reference
        .as_ref()
        .expect("a reference")
        .columns()
        .iter()
        .map(|it| format!("{} {}", it.name, it.ty))
        .collect();
    assert_eq!(columns, ["id INTEGER", "label VARCHAR(8)"]);
    it.save(COPY).expect("code");
    let loaded = |it: &World| {
        let loaded = it.app().reference.as_ref().and_then(|it| it.loaded.as_ref()).expect("it is loaded");
        (loaded.rows, loaded.refused)
    };
    it.start(None);
    assert_eq!(loaded(&it), (2, 1));
    assert_eq!(it.rows("error_stream").len(), 1, "the heading is a row like any other");
    it.upload("names.csv", "1,North\n");
    it.pass(60);
    // A checkpoint keeps the table, and what was uploaded.
    it.analytics.prepare_checkpoint();
    let bytes = postcard::to_stdvec(&it.analytics).expect("applications can be written");
    it.analytics = postcard::from_bytes(&bytes).expect("applications can be read");
    it.analytics.rebuild();
    it.cloud = through_checkpoint(&it.cloud);
    it.pass(1);
    assert_eq!(loaded(&it), (2, 1));
    it.save(COPY).expect("code");
    while it.app().state() != State::Running {
        it.pass(1);
    }
    assert_eq!(loaded(&it), (1, 0));

    let second = it.analytics.add_reference(it.now, &ROOT, "gates", place, None, &mut it.cloud);
    let second = second.expect_err("it is refused").error;
    assert_eq!(
        second.to_string(),
        "LimitExceededException: An application has at most 1 reference data source."
    );
    assert_eq!(second.hint.as_deref(), Some("`delete reference gates` takes Names away first."));
    assert_eq!(it.analytics.delete_reference(it.now, &ROOT, "gates", &it.cloud).expect("deleted"), "Names");
    while it.app().state() != State::Running {
        it.pass(1);
    }
    let none = it.analytics.delete_reference(it.now, &ROOT, "gates", &it.cloud).map(|_| ());
    assert_eq!(error(none), "ResourceNotFoundException: Application gates has no reference data source.");
}

/// While its reference object cannot be loaded an application is RUNNING and reads nothing; the trouble
/// says why. Nothing is lost: it goes on when the object is there.
#[test]
fn without_its_reference_an_application_reads_nothing() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    it.upload("names.csv", "1,North\n");
    let schema = r#"[{"name": "id", "type": "INTEGER", "mapping": "$0"}, {"name": "label", "type": "VARCHAR(8)", "mapping": "$1"}]"#;
    let place = ("Names", BUCKET, "names.csv");
    it.analytics
        .add_reference(it.now, &ROOT, "gates", place, Some(schema), &mut it.cloud)
        .expect("a reference");
    it.cloud.empty_bucket(it.now, &ROOT, BUCKET).expect("empty");
    it.start(None);
    it.reading("k", "north", 1);
    let stuck = |it: &World, code: &str| {
        assert_eq!(it.app().state(), State::Running);
        assert_eq!(it.app().trouble.as_ref().map(|it| it.code.clone()), Some(code.into()));
        assert_eq!(it.app().run().expect("it runs").records_read, 0);
    };
    it.pass(5);
    // The role may not list the bucket, so it does not learn that the object is missing.
    stuck(&it, "AccessDenied");
    it.upload("names.csv", &"x".repeat(17 << 20));
    it.pass(5);
    stuck(&it, "InvalidApplicationConfigurationException");
    it.upload("names.csv", "1,North\n");
    it.cloud.detach_role_policy(it.now, &ROOT, ROLE, "ReadS3ReferenceData").expect("detached");
    it.pass(5);
    stuck(&it, "AccessDenied");
    it.cloud.restore_role(it.now, &ROOT, ROLE).expect("restored");
    it.pass(5);
    assert_eq!((it.app().trouble.as_ref(), it.rows("LEVELS")), (None, vec!["north 1".to_owned()]));
}

/// Names that a reference table cannot have, and schemas the editor refuses.
#[test]
fn references_and_schemas_have_rules() {
    let mut it = World::new(1);
    it.upload("names.csv", "1,North\n");
    let mut add = |table: &str, key: &str, schema: Option<&str>| {
        let place = (table, BUCKET, key);
        error(it.analytics.add_reference(it.now, &ROOT, "gates", place, schema, &mut it.cloud).map(|_| ()))
    };
    assert_eq!(
        add("SOURCE_SQL_STREAM_001", "names.csv", None),
        "InvalidArgumentException: SOURCE_SQL_STREAM_001 is the name of a stream of the application"
    );
    assert_eq!(
        add("", "names.csv", None),
        "InvalidArgumentException: the name of a reference table has 1 to 32 characters"
    );
    assert!(add("Names", "none.csv", None).starts_with("NoSuchKey: "));
    assert_eq!(
        add("Names", "names.csv", Some(r#"[{"name": "x", "type": "INTEGER"}]"#)),
        "InvalidArgumentException: column name x is only one character long"
    );
    let schema = r#"[{"name": "USER", "type": "VARCHAR(8)"}]"#;
    let refused = it.analytics.write_schema(&ROOT, "gates", schema, &it.cloud).expect_err("it is refused");
    assert_eq!(refused.to_string(), "InvalidArgumentException: column name USER is a reserved word");
    assert_eq!(refused.hint.as_deref(), Some("Write COL_USER, as discovery does, and keep the path."));
}

/// The codes of the API where a call can hit them (sql.md 6.10).
#[test]
fn calls_are_refused_with_the_services_codes() {
    let mut it = World::new(1);
    it.save(COPY).expect("code");
    let now = it.now;
    let mut create =
        |name: &str| it.analytics.create(now, &ROOT, name, &it.cloud).map_err(|it| it.to_string());
    assert_eq!(create("gates"), Err("ResourceInUseException: Application gates already exists.".to_owned()));
    assert_eq!(create("a b"), Err("InvalidArgumentException: application name a b is not valid".to_owned()));
    for number in 1..50 {
        create(&format!("a{number}")).expect("an application");
    }
    assert_eq!(create("a50"), Err("LimitExceededException: Cannot exceed 50 applications.".to_owned()));
    let start = |it: &mut World, name: &str| {
        it.analytics.start(now, &ROOT, name, None, &it.cloud).map_err(|it| it.to_string())
    };
    let none = "InvalidApplicationConfigurationException: Application a1 has no input with a saved schema.";
    assert_eq!(start(&mut it, "a1"), Err(none.to_owned()));
    assert_eq!(
        start(&mut it, "none"),
        Err("ResourceNotFoundException: Application none not found.".to_owned())
    );
    assert_eq!(start(&mut it, "gates"), Ok(()));
    let busy = "ResourceInUseException: Application gates is in state STARTING.";
    assert_eq!(start(&mut it, "gates"), Err(busy.to_owned()));
    assert_eq!(error(it.save(COPY)), busy);
    it.pass(30);
    let long = format!("{COPY}--{}", "x".repeat(102_400));
    assert_eq!(error(it.save(&long)), "InvalidArgumentException: The code is longer than 102400 characters.");
    assert!(error(it.save("CREATE PUMP")).starts_with("CodeValidationException: line 1"));
    let nothing = it.analytics.discover(it.now, &ROOT, "gates", &mut it.cloud).expect_err("it is refused");
    assert_eq!(nothing.to_string(), "UnableToDetectSchemaException: Discovery found no records in iot.");
    assert_eq!(nothing.hint.as_deref(), Some("Start the producer, then discover again."));
}
