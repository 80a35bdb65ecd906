//! Each mistake has its sentence, while it stands and no longer.

use pumphouse::base::time::Span;
use pumphouse::guide::warn;
use pumphouse::lab::view::{AppStatus, Pulse, Refusal, Status, View};
use pumphouse::sql::diag::Diagnostic;

use super::world::{ago, carried_out, creating, grid, minute, refused, row, stream, user, whole, window};

/// A mistake, how it comes about in the whole world, and its sentence.
type Case = (&'static str, fn(&mut View), &'static str);

const CASES: &[Case] = &[
    (
        "wrong_shard_count",
        |it| it.streams = vec![stream("iot-sensors", 1)],
        "`iot-sensors` has 1 shard. The workshop compares two. Delete it and make it again: `delete stream iot-sensors`.",
    ),
    (
        "name_taken",
        |it| it.history = vec![refused("create stream iot-sensors 2", "ResourceInUseException")],
        "A stream with this name exists already. Use it, or choose another name.",
    ),
    (
        "still_creating",
        |it| it.streams = vec![creating("iot-sensors", 2)],
        "The stream takes a few seconds to become ACTIVE. `wait 20s`.",
    ),
    (
        "illegal_name",
        |it| it.history = vec![refused("create stream iot/sensors 2", "ValidationException")],
        "Stream names use letters, digits, `_`, `.` and `-`, up to 128 characters.",
    ),
    (
        "limit_reached",
        |it| it.history = vec![refused("create stream more 500", "LimitExceededException")],
        "Your streams use 2 shards already. Ask for fewer, or delete a stream.",
    ),
    (
        "no_policy",
        |it| it.users = vec![user("kinesis_producer", None)],
        "`kinesis_producer` may do nothing yet. 0 policies attached.",
    ),
    (
        "read_only_policy",
        |it| it.users = vec![user("ann", Some("AmazonKinesisReadOnlyAccess"))],
        "AmazonKinesisReadOnlyAccess allows reading. PutRecords is a write.",
    ),
    (
        "firehose_policy",
        |it| it.users = vec![user("ann", Some("AmazonKinesisFirehoseFullAccess"))],
        "This policy speaks of `firehose:` actions. The stream needs `kinesis:` actions.",
    ),
    (
        "wrong_region",
        |it| it.producer.region = "us-east-1".into(),
        "No stream `iot-sensors` in us-east-1. Streams live in one region; yours is in us-west-2.",
    ),
    (
        "stream_typo",
        |it| it.producer.stream = Some("iot-sensor".into()),
        "No stream `iot-sensor` in us-west-2. Did you mean `iot-sensors`?",
    ),
    (
        "odd_rate",
        |it| it.producer.rate = 5,
        "The workshop asks for 100–500. Above about 2,000 two shards cannot keep up – try it later.",
    ),
    (
        "access_denied",
        |it| {
            let message = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: kinesis:PutRecords on resource: x".into();
            it.producer.user = Some("ann".into());
            it.producer.aim = Some(Refusal {
                code: "AccessDeniedException".into(),
                message,
                hint: None,
                diagnostics: Vec::new(),
            });
        },
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: kinesis:PutRecords on resource: x – `ann` needs a policy that allows PutRecords; see 1-B.",
    ),
    (
        "quoted_number",
        |it| it.producer.samples[0] = r#"{"ambientTemp": "7", "measuredTemp": 8}"#.into(),
        "`ambientTemp` is text in the preview. Numbers have no quotes.",
    ),
    (
        "broken_template",
        |it| {
            let problem = Diagnostic::error(6..20, "no placeholder is called random.numbr");
            it.producer.template = "{\"a\": {{random.numbr}}}".into();
            it.producer.template_problems = vec![problem.hint("Did you mean random.number?")];
        },
        "Line 1, column 7 of the template: no placeholder is called random.numbr. Did you mean random.number?",
    ),
    (
        "curly_quotes",
        |it| it.producer.template = "{ “sensorId”: 1 }".into(),
        "These are typographic quotes (“ ”). Replace them with \".",
    ),
    (
        "long_running",
        |it| it.producer.sent.total = 1_134_000,
        "Your producer has sent 1.1 million records. It may rest while you read: `producer stop`.",
    ),
    (
        "average_statistic",
        |it| it.graph.iter_mut().for_each(|it| it.statistic = "average".into()),
        "Average is records per call, not per minute. You want Sum.",
    ),
    (
        "long_period",
        |it| it.graph.iter_mut().for_each(|it| it.period = Span::from_secs(300)),
        "A 5-minute sum is five times the number you expect.",
    ),
    (
        "first_minute_low",
        |it| it.graph.iter_mut().for_each(|it| it.lines[0].1 = vec![minute(ago(300), 6000.0)]),
        "This minute was already running when you started. Bars count whole clock minutes.",
    ),
    (
        "firehose_namespace",
        |it| {
            let firehose = |it: &mut pumphouse::lab::view::GraphView| {
                it.lines.iter_mut().for_each(|(name, _)| name.namespace = "AWS/Firehose".into());
            };
            it.graph.iter_mut().for_each(firehose);
        },
        "That namespace is Firehose. The stream is under Kinesis, dimension StreamName.",
    ),
    (
        "nothing_to_discover",
        |it| {
            it.producer.running = false;
            it.history = vec![refused("discover schema iot-analytics", "UnableToDetectSchemaException")];
        },
        "Discovery found no records in `iot-sensors`. Start the producer, then discover again.",
    ),
    (
        "temperature_is_text",
        |it| {
            let schema = it.apps[0].input.as_mut().and_then(|it| it.schema.as_mut()).expect("it has one");
            schema.columns[2].ty = "VARCHAR(4)".into();
        },
        "ambientTemp is VARCHAR, and text has no difference and no average. Change the column type here.",
    ),
    (
        "rows_fail_schema",
        |it| {
            let schema = it.apps[0].input.as_mut().and_then(|it| it.schema.as_mut()).expect("it has one");
            schema.columns[0].ty = "INTEGER".into();
            it.apps[0].streams[4].rows.total = 1212;
        },
        "1,212 rows could not be read as INTEGER; they are in error_stream.",
    ),
    (
        "not_run",
        |it| {
            it.apps[0].status = AppStatus::Ready;
            it.apps[0].has_run = false;
        },
        "READY means saved. Nothing runs until `run app`.",
    ),
    (
        "silent_source",
        |it| {
            it.streams.push(stream("test-stream", 1));
            it.streams[1].accepted = Pulse::default();
            it.apps[0].input.as_mut().expect("it reads").stream = "test-stream".into();
        },
        "`test-stream` has received nothing. Your producer writes to `iot-sensors`.",
    ),
    (
        "sql_refused",
        |it| {
            let mut done = refused("save sql app \"SELECT\\nsensorId\"", "CodeValidationException");
            let first = Diagnostic::error(7..15, "column \"SENSORID\" does not exist")
                .detail("You wrote sensorId. Without quotes a name is read in upper case.")
                .hint("Write \"sensorId\" with double quotes.");
            if let Err(refusal) = &mut done.outcome {
                refusal.diagnostics = vec![first, Diagnostic::error(0..1, "more")];
            }
            it.history = vec![done];
        },
        "Line 2, column 1: column \"SENSORID\" does not exist. You wrote sensorId. Without quotes a name is read in upper case. Write \"sensorId\" with double quotes. And 1 error more.",
    ),
    (
        "text_for_name",
        |it| it.apps[0].streams[1].newest[0].cells[1] = Some("sensorId".into()),
        "Every row now says the word sensorId. Single quotes make text, double quotes make a name.",
    ),
    (
        "swapped_columns",
        |it| it.apps[0].streams[1].newest.push(row("61.00", "3.00")),
        "Measured values arrive in AMBIENT_TEMP: they lie outside −40…60. The insert goes by position.",
    ),
    // On the grid in steps of 5 the ambient one is higher by more than 20 when it is 25 to 60 above measured
    // 0, 30 to 60 above 5, … 60 above 35: 8 + 7 + 6 + 5 + 4 + 3 + 2 + 1 = 36 pairs.
    (
        "no_abs",
        |it| it.apps[0].pumps[1].grid = grid(|ambient, measured| 20 < measured - ambient),
        "Rows where ambient is the higher one are lost: 0 kept of 36 such rows.",
    ),
    (
        "twenty_passes",
        |it| it.apps[0].pumps[1].grid = grid(|ambient, measured| 20 <= (measured - ambient).abs()),
        "Rows at exactly 20 pass too. The workshop keeps only more than 20.",
    ),
    (
        "filters_source",
        |it| it.apps[0].pumps[1].reads = vec!["SOURCE_SQL_STREAM_001".into()],
        "This filters the raw rows, duplicates included.",
    ),
    (
        "one_second_window",
        |it| it.apps[0].pumps[2].group_window = Some(Span::SECOND),
        "This window is 1 second long.",
    ),
    (
        "first_window",
        |it| {
            it.apps[0].pumps[2].closed_windows = vec![window(4)];
            it.apps[0].pumps[2].closed_windows[0].rows = 1500;
            it.apps[0].running_since = Some(ago(9));
        },
        "The pump started inside this window and saw only its end.",
    ),
    (
        "silence",
        |it| {
            it.apps[0].streams[0].newest[0].rowtime = ago(7);
            it.apps[0].pumps[2].open_window = None;
        },
        "No row has arrived since 19:04:53. The last window closed at 19:04:56 by the clock; an empty window says nothing.",
    ),
    (
        "app_deleted",
        |it| {
            it.apps.clear();
            it.history = vec![carried_out("delete app iot-analytics")];
        },
        "Deleting `iot-analytics` loses its code. The next activity needs it; undo brings it back.",
    ),
    (
        "producer_stopped_instead",
        |it| {
            it.producer.running = false;
            it.producer.stopped_at = Some(ago(5));
        },
        "The producer feeds the stream, not the application; leave it or stop it, but `iot-analytics` is still running.",
    ),
    (
        "same_name",
        |it| {
            it.apps.clear();
            it.deliveries[0].name = "iot-sensors".into();
        },
        "Two things with one name are hard to talk about. The workshop asks for another.",
    ),
    (
        "bucket_refused",
        |it| it.history = vec![refused("create bucket data", "BucketAlreadyExists")],
        "BucketAlreadyExists: bucket names are shared by everybody. `ann-filtered-iot-data-2` is free.",
    ),
    (
        "long_buffer",
        |it| {
            it.deliveries[0].buffer_wait_max = Span::from_secs(900);
            it.deliveries[0].buffer_bytes_max = 128 << 20;
        },
        "At your rate the first file comes after 15 minutes.",
    ),
    ("logging_off", |it| it.deliveries[0].logging = false, "When something fails you will want this on."),
    (
        "gzip_on",
        |it| it.deliveries[0].compression = "GZIP".into(),
        "The file in 3-C will not open in a text editor.",
    ),
    (
        "no_role",
        |it| it.deliveries[0].role_may_write = false,
        "Without a role that allows it Firehose has no right to write.",
    ),
    (
        "unknown_output",
        |it| {
            it.apps[0].outputs[0].in_app_stream = "DESTINATION_SQL_STREAM".into();
            it.apps[0].outputs[0].exists = false;
        },
        "No in-application stream is called DESTINATION_SQL_STREAM. Yours are CLEAN_IOT_STREAM, FILTERED_STREAM, AGGREGATE_STREAM. Nothing is being delivered.",
    ),
    (
        "output_case",
        |it| {
            it.apps[0].outputs[0].in_app_stream = "filtered_stream".into();
            it.apps[0].outputs[0].exists = false;
        },
        "Names here are compared letter for letter; the code made FILTERED_STREAM.",
    ),
    (
        "delivers_everything",
        |it| it.apps[0].outputs[0].in_app_stream = "CLEAN_IOT_STREAM".into(),
        "You are delivering every row, not the filtered ones.",
    ),
    ("json_output", |it| it.apps[0].outputs[0].format = "JSON".into(), "The workshop opens CSV."),
    (
        "saved_not_run",
        |it| it.apps[0].status = AppStatus::Ready,
        "Saved, and READY. Nothing flows until `run app`.",
    ),
    (
        "producer_rests",
        |it| {
            it.producer.running = false;
            it.producer.stopped_at = Some(ago(250));
        },
        "Everything is connected. Nothing is being sent: the producer has been stopped for 4 min.",
    ),
    (
        "local_hour",
        |it| it.history = vec![refused("open object ann-filtered-iot-data 2016/10/26/12/x", "NoSuchKey")],
        "19 is the hour in UTC. In Oregon it is 12.",
    ),
    (
        "bucket_gone",
        |it| {
            it.buckets.clear();
            it.deliveries[0].retries = 3;
        },
        "NoSuchBucket: 3 deliveries waiting to be tried again.",
    ),
    (
        "bucket_not_empty",
        |it| it.history = vec![refused("delete bucket ann-filtered-iot-data", "BucketNotEmpty")],
        "It holds 1 object. Empty it and delete it: `empty bucket ann-filtered-iot-data`.",
    ),
    (
        "reads_nothing",
        |it| it.streams[0].status = Status::Deleting,
        "`iot-analytics` cannot read `iot-sensors`. Stop the readers before the thing they read.",
    ),
    (
        "left_behind",
        |it| {
            it.producer.running = false;
            it.apps.clear();
            it.streams.clear();
            it.deliveries.clear();
            it.buckets.clear();
            it.history = vec![carried_out("delete stream iot-sensors")];
        },
        "Still there and still yours: user kinesis_producer with one access key, 1 role. The slide forgets them; a real account would not.",
    ),
];

fn said(name: &str, view: &View) -> Option<String> {
    (warn::find(name).unwrap_or_else(|| panic!("{name} exists")).look)(view)
}

/// Every warning is silent in the whole world and says its sentence once its cause is there.
#[test]
fn warnings_come_and_go_with_their_causes() {
    for (name, change, sentence) in CASES {
        let mut view = whole();
        assert_eq!(said(name, &view), None, "{name} in a world without mistakes");
        change(&mut view);
        assert_eq!(said(name, &view).as_deref(), Some(*sentence), "{name}");
    }
}

/// Every warning has its case; the cut-off text, which stands in every world of the slides, has its own.
#[test]
fn every_warning_is_shown() {
    let shown = |name: &str| name == "cut_off" || CASES.iter().any(|it| it.0 == name);
    let silent: Vec<&str> = warn::WARNS.iter().map(|it| it.name).filter(|it| !shown(it)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// The slides' VARCHAR(16) cuts the time; the note comes once the learner has opened an object.
#[test]
fn the_cut_off_time_is_explained() {
    let mut view = whole();
    let sentence = "The column is VARCHAR(16) and the text was longer, so its end is missing.";
    assert_eq!(said("cut_off", &view).as_deref(), Some(sentence));
    view.opened.clear();
    assert_eq!(said("cut_off", &view), None);
}

/// A quoted temperature in the template is named as the cause, where the schema has followed it.
#[test]
fn the_template_is_named_as_the_cause() {
    let mut view = whole();
    view.producer.samples[0] = r#"{"ambientTemp": "7"}"#.into();
    let schema = view.apps[0].input.as_mut().and_then(|it| it.schema.as_mut()).expect("it has one");
    schema.columns[2].ty = "VARCHAR(4)".into();
    let sentence = "ambientTemp is VARCHAR because the template quotes it. Fix the template, or change the column type here.";
    assert_eq!(said("temperature_is_text", &view).as_deref(), Some(sentence));
}

/// A template refused at the door is told with its place, as one that was kept is.
#[test]
fn a_refused_template_is_told() {
    let mut view = whole();
    let mut done = refused("producer template \"{\\n{{x.y}}}\"", "TemplateError");
    if let Err(refusal) = &mut done.outcome {
        refusal.diagnostics = vec![Diagnostic::error(4..7, "placeholder \"x.y\" does not exist")];
    }
    view.history = vec![done];
    let sentence = "Line 2, column 3 of the template: placeholder \"x.y\" does not exist.";
    assert_eq!(said("broken_template", &view).as_deref(), Some(sentence));
}

/// A first window may count too much as well: the backlog of the start is in it.
#[test]
fn a_backlog_is_explained() {
    let mut view = whole();
    view.apps[0].pumps[2].closed_windows = vec![window(4)];
    assert_eq!(said("first_window", &view), None, "3,000 rows are ten seconds at 300");
    view.apps[0].pumps[2].closed_windows[0].rows = 5700;
    let sentence = "The records that waited while the application was starting were read at once, so this window counts more.";
    assert_eq!(said("first_window", &view).as_deref(), Some(sentence));
}
