//! Each proof says *done* in a world where everything stands, and one sentence where something is missing.

use pumphouse::base::time::Span;
use pumphouse::guide::{Progress, Verdict, Workshop, check};
use pumphouse::lab::view::{AppStatus, Pulse, Status, View};

use super::world::{ago, carried_out, creating, grid, minute, over_20, row, stream, user, whole};

/// A change of the whole world, and what the check then says.
type Case = (&'static str, fn(&mut View), Said);

#[derive(Debug, PartialEq)]
enum Said {
    Done,
    Waiting(&'static str),
    NotYet(&'static str),
}
use Said::{Done, NotYet, Waiting};

fn judge(name: &str, view: &View) -> Verdict {
    (check::find(name).unwrap_or_else(|| panic!("{name} exists")).judge)(view)
}

/// Plays every case; a failure names the check and what it said.
fn told(cases: &[Case]) {
    for (name, change, said) in cases {
        let mut view = whole();
        change(&mut view);
        let verdict = judge(name, &view);
        let agrees = match said {
            Done => verdict.done(),
            Waiting(text) => verdict.waiting() && verdict.text() == *text,
            NotYet(text) => verdict == Verdict::NotYet((*text).into()),
        };
        assert!(agrees, "{name}: expected {said:?}, it says {verdict:?}");
    }
}

/// In a world where everything stands every proof is done, save those of answers and of cleaning up.
#[test]
fn a_whole_world_proves_everything() {
    let view = whole();
    let open = |name: &str| {
        let answers =
            ["R1.2", "R1.3", "2-B.dedup", "W.tumbling", "W.sliding", "W.custom", "R3", "R4.1", "R4.2"];
        answers.contains(&name) || matches!(name, "1-B.least" | "2-E.stopped" | "3-D.clean")
    };
    for check in check::CHECKS.iter().filter(|it| !open(it.name)) {
        assert!((check.judge)(&view).done(), "{}: {:?}", check.name, (check.judge)(&view));
    }
}

#[test]
fn the_stream() {
    told(&[
        ("1-A.created", |it| it.streams.clear(), NotYet("There is no stream yet.")),
        ("1-A.created", |it| it.streams = vec![stream("a", 3)], NotYet("`a` does not have two shards.")),
        ("1-A.created", |it| it.streams = vec![creating("a", 2)], Waiting("`a` is being created, 9 s left.")),
        ("1-A.active", |it| it.streams = vec![creating("a", 2)], Waiting("`a` is being created, 9 s left.")),
        (
            "1-A.active",
            |it| it.streams = vec![stream("a", 1)],
            NotYet("No stream with two shards is ACTIVE."),
        ),
        // A second stream made by mistake is welcome.
        ("1-A.active", |it| it.streams.push(stream("b", 1)), Done),
    ]);
}

#[test]
fn the_user() {
    told(&[
        ("1-B.user", |it| it.users.clear(), NotYet("There is no IAM user yet.")),
        (
            "1-B.user",
            |it| it.users[0].keys.clear(),
            NotYet("`kinesis_producer` has no active access key: `create key kinesis_producer`."),
        ),
        (
            "1-B.allowed",
            |it| it.users = vec![user("ann", None)],
            NotYet("`ann` may not call kinesis:PutRecords on `iot-sensors` yet."),
        ),
        ("1-B.allowed", |it| it.users.push(user("stranger", None)), Done),
        (
            "1-B.least",
            |_| {},
            NotYet("AmazonKinesisFullAccess also allows deleting every stream. Write a narrower policy."),
        ),
        (
            "1-B.least",
            |it| {
                let policy = &mut it.users[0].policies[0];
                policy.managed = false;
                policy.document = r#"{"Statement": {"Effect": "Allow", "Action": ["kinesis:PutRecords"],
                    "Resource": "arn:aws:kinesis:us-west-2:123456789012:stream/iot-sensors"}}"#
                    .into();
            },
            Done,
        ),
        (
            "1-B.least",
            |it| {
                let policy = &mut it.users[0].policies[0];
                policy.managed = false;
                policy.document =
                    r#"{"Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}"#.into();
            },
            NotYet("The policy allows more than PutRecords on `iot-sensors`."),
        ),
    ]);
}

#[test]
fn the_producer() {
    told(&[
        ("1-C.aimed", |it| it.producer.user = None, NotYet("The producer's form has no credentials yet.")),
        ("1-C.aimed", |it| it.producer.stream = None, NotYet("The producer's form names no stream yet.")),
        (
            "1-C.aimed",
            |it| it.streams = vec![creating("iot-sensors", 2)],
            Waiting("`iot-sensors` is being created, 9 s left."),
        ),
        (
            "1-C.rate",
            |it| it.producer.rate = 5000,
            NotYet("The rate is 5,000; the workshop asks for 100 to 500."),
        ),
        ("1-C.rate", |it| it.producer.rate = 100, Done),
        ("1-C.template", |it| it.producer.template.clear(), NotYet("The template is empty.")),
        (
            "1-C.template",
            |it| it.producer.samples[3] = "{".into(),
            NotYet("The template's records are not JSON."),
        ),
        (
            "1-C.template",
            |it| it.producer.samples[19] = it.producer.samples[19].replace("-3", "\"-3\""),
            NotYet("`ambientTemp` should be a number."),
        ),
        (
            "1-C.template",
            |it| it.producer.samples[0] = it.producer.samples[0].replace("sensorId", "id"),
            NotYet("The records have no `sensorId`."),
        ),
        // A field more than the slide has is welcome.
        (
            "1-C.template",
            |it| it.producer.samples[0] = it.producer.samples[0].replace('{', "{\"more\": 1, "),
            Done,
        ),
        (
            "1-C.flowing",
            |it| {
                it.producer.running = false;
                it.streams[0].accepted.per_second = vec![300, 300, 0, 0, 0];
            },
            NotYet("The producer is not running: `producer start`."),
        ),
        (
            "1-C.flowing",
            |it| {
                it.producer.started_at = Some(ago(2));
                it.streams[0].accepted = Pulse { per_second: vec![300, 300], total: 600 };
            },
            Waiting("The producer has just started."),
        ),
        // The newest second may be unfinished and empty.
        ("1-C.flowing", |it| it.streams[0].accepted.per_second = vec![0, 300, 300, 300, 0], Done),
        (
            "1-C.spread",
            |it| it.streams[0].shards[1].accepted = Pulse::default(),
            NotYet("Shard 1 has received nothing yet."),
        ),
    ]);
}

#[test]
fn the_graph() {
    told(&[
        ("R2.graph", |it| it.graph = None, NotYet("No graph is open.")),
        (
            "R2.graph",
            |it| it.graph.iter_mut().for_each(|it| it.statistic = "average".into()),
            NotYet("The graph's statistic is average; you want Sum."),
        ),
        (
            "R2.graph",
            |it| it.graph.iter_mut().for_each(|it| it.lines[0].1[0].complete = false),
            Waiting("A minute appears after it has ended, in 60 s."),
        ),
        (
            "R2.match",
            |it| it.answers.clear(),
            NotYet("Say what the next full minute will show: `answer R2 NUMBER`."),
        ),
        (
            "R2.match",
            |it| it.answers[0].text = "300".into(),
            NotYet("You said 300; the minute after it shows 18,000. Say the next."),
        ),
        // A number said after the newest full minute began waits for the next one.
        (
            "R2.match",
            |it| it.answers[0].at = ago(110),
            Waiting("A minute appears after it has ended, in 60 s."),
        ),
        (
            "R2.shards",
            |it| it.streams[0].shard_metrics = false,
            NotYet("Shard metrics of `iot-sensors` are off: `enable shard metrics iot-sensors`."),
        ),
        (
            "R2.shards",
            |it| it.graph.iter_mut().for_each(|it| it.lines.truncate(2)),
            Waiting("A minute appears after it has ended, in 60 s."),
        ),
    ]);
}

/// A question is open until it is answered, right or wrong.
#[test]
fn the_questions() {
    told(&[
        ("R1.2", |_| {}, NotYet("Say what you expect: `answer R1.2 YOUR WORDS`.")),
        ("R1.1", |it| it.answers[1].text = "no idea".into(), Done),
    ]);
}

#[test]
fn the_application() {
    told(&[
        ("2-A.input", |it| it.apps.clear(), NotYet("There is no analytics application yet.")),
        ("2-A.input", |it| it.apps[0].input = None, NotYet("`iot-analytics` is not connected to a source.")),
        (
            "2-A.input",
            |it| {
                let input = it.apps[0].input.as_mut().expect("it reads");
                it.apps[0].discovered = input.schema.take();
            },
            NotYet("The schema is discovered and not saved: \"Save and Continue\"."),
        ),
        (
            "2-A.input",
            |it| {
                let schema = it.apps[0].input.as_mut().and_then(|it| it.schema.as_mut()).expect("it has one");
                schema.columns[2].ty = "VARCHAR(4)".into();
            },
            NotYet("`ambientTemp` is VARCHAR(4); it should be a number."),
        ),
        (
            "2-A.running",
            |it| {
                it.apps[0].status = AppStatus::Starting;
                it.apps[0].ready_in = Some(Span::from_secs(12));
            },
            Waiting("`iot-analytics` is starting, 12 s left."),
        ),
        (
            "2-A.running",
            |it| it.apps[0].status = AppStatus::Ready,
            NotYet("`iot-analytics` is not running: `run app iot-analytics`."),
        ),
        (
            "2-A.running",
            |it| {
                it.apps[0].streams[0].rows.per_second = vec![300, 300, 0, 0, 0];
                it.producer.running = false;
            },
            NotYet("No row arrives, as the producer is stopped: `producer start`."),
        ),
    ]);
}

#[test]
fn the_clean_stream() {
    told(&[
        (
            "2-B.stream",
            |it| it.apps[0].streams.truncate(1),
            NotYet("The code makes no in-application stream yet."),
        ),
        (
            "2-B.stream",
            |it| {
                it.apps[0].streams.truncate(2);
                it.apps[0].streams[1].columns[3].1 = "INTEGER".into();
            },
            NotYet("AMBIENT_TEMP is INTEGER; DECIMAL(16,2) is wanted there."),
        ),
        // Other names and another word for DECIMAL are welcome.
        ("2-B.stream", |it| it.apps[0].streams[1].columns[3] = ("x".into(), "NUMERIC(16, 2)".into()), Done),
        (
            "2-B.pump",
            |it| it.apps[0].pumps.clear(),
            NotYet("No pump reads SOURCE_SQL_STREAM_001 with SELECT STREAM DISTINCT yet."),
        ),
        (
            "2-B.pump",
            |it| it.apps[0].pumps[0].distinct_window = Some(Span::MINUTE),
            NotYet("The window of DEDUP_PUMP is 1m long; the workshop's is one second."),
        ),
        (
            "2-B.rows",
            |it| it.apps[0].streams[1].rows.per_second = vec![0, 0, 0, 300, 300],
            Waiting("Rows of the first seconds are on their way to CLEAN_IOT_STREAM."),
        ),
        ("2-B.rows", |it| it.apps[0].pumps.clear(), NotYet("No pump fills the stream of part 1 yet.")),
    ]);
}

/// What the filter does decides, on the grid: ten ways to write it pass, ten near misses do not.
#[test]
fn the_filter_is_judged_by_what_it_keeps() {
    let right: [fn(i32, i32) -> bool; 10] = [
        over_20,
        |a, m| 20 < (a - m).abs(),
        |a, m| 20 < m - a || 20 < a - m,
        |a, m| 400 < (m - a) * (m - a),
        |a, m| !(-20..=20).contains(&(m - a)),
        |a, m| 21 <= (m - a).abs(),
        |a, m| m < a - 20 || a + 20 < m,
        |a, m| !matches!(m - a, -20..=20),
        |a, m| (m - a).abs() / 21 > 0,
        |a, m| a.max(m) - a.min(m) > 20,
    ];
    let wrong: [fn(i32, i32) -> bool; 10] = [
        |a, m| 20 < m - a,
        |a, m| 20 < a - m,
        |a, m| 20 <= (m - a).abs(),
        |a, m| 25 < (m - a).abs(),
        |a, m| (m - a).abs() < 20,
        |a, m| 20 < (m + a).abs(),
        |_, m| 20 < m,
        |a, _| 20 < a.abs(),
        |_, _| true,
        |_, _| false,
    ];
    let verdict = |keeps: fn(i32, i32) -> bool| {
        let mut view = whole();
        view.apps[0].pumps[1].grid = grid(keeps);
        judge("2-C.pump", &view)
    };
    assert!(right.iter().all(|it| verdict(*it).done()));
    assert!(wrong.iter().all(|it| matches!(verdict(*it), Verdict::NotYet(_))));
    assert_eq!(
        verdict(|a, m| 20 < m - a).text(),
        "FILTER_PUMP drops ambient 25, measured 0, which is more than 20 apart."
    );
}

#[test]
fn the_filtered_rows() {
    told(&[
        (
            "2-C.pump",
            |it| it.apps[0].pumps[1].reads = vec!["SOURCE_SQL_STREAM_001".into()],
            NotYet("FILTER_PUMP does not read CLEAN_IOT_STREAM."),
        ),
        (
            "2-C.pump",
            |it| it.apps[0].pumps[1].filters = false,
            NotYet("No pump filters CLEAN_IOT_STREAM yet."),
        ),
        ("2-C.rows", |it| it.apps[0].pumps[1].flow.rows_out = 99, Waiting("99 of 100 rows have passed.")),
        (
            "2-C.rows",
            |it| it.apps[0].streams[2].newest.push(row("30.00", "50.00")),
            NotYet("FILTERED_STREAM holds rows within 20 degrees."),
        ),
    ]);
}

#[test]
fn the_aggregate() {
    told(&[
        (
            "2-D.window",
            |it| it.apps[0].pumps[2].aggregates = 0,
            NotYet("No pump groups by a window of time yet."),
        ),
        (
            "2-D.window",
            |it| it.apps[0].pumps[2].group_keys = 0,
            NotYet("AGGREGATE_PUMP groups by time only; group by a key as well."),
        ),
        (
            "2-D.window",
            |it| it.apps[0].pumps[2].group_window = Some(Span::HOUR),
            NotYet("The window of AGGREGATE_PUMP is 1h; 1 s to 300 s are wanted."),
        ),
        ("2-D.window", |it| it.apps[0].pumps[2].group_window = Some(Span::from_secs(7)), Done),
        (
            "2-D.results",
            |it| it.apps[0].pumps[2].closed_windows.truncate(1),
            Waiting(
                "Window 19:04:56–19:05:06 closes at 19:05:06 by the clock or by the first later row, in 6 s.",
            ),
        ),
        (
            "2-D.results",
            |it| {
                // Two windows with a silence between them do not touch.
                it.apps[0].pumps[2].closed_windows[0].end = ago(60);
                it.apps[0].pumps[2].open_window = None;
                it.producer.running = false;
            },
            NotYet("No row arrives, as the producer is stopped: `producer start`."),
        ),
        ("2-E.stopped", |_| {}, NotYet("`iot-analytics` is still running: `stop app iot-analytics`.")),
        (
            "2-E.stopped",
            |it| it.apps[0].status = AppStatus::Stopping,
            Waiting("`iot-analytics` is stopping."),
        ),
        ("2-E.stopped", |it| it.apps[0].status = AppStatus::Ready, Done),
        (
            "2-E.stopped",
            |it| {
                it.apps[0].status = AppStatus::Ready;
                it.apps[0].has_run = false;
            },
            NotYet("`iot-analytics` has not run yet."),
        ),
    ]);
}

#[test]
fn the_delivery() {
    told(&[
        ("3-A.active", |it| it.deliveries.clear(), NotYet("There is no delivery stream yet.")),
        (
            "3-A.active",
            |it| {
                it.deliveries[0].status = Status::Creating;
                it.deliveries[0].ready_in = Some(Span::from_secs(20));
            },
            Waiting("`iot-filtered` is being created, 20 s left."),
        ),
        ("3-A.active", |it| it.buckets.clear(), NotYet("The bucket `ann-filtered-iot-data` does not exist.")),
        (
            "3-A.config",
            |it| it.deliveries[0].buffer_wait_max = Span::from_secs(300),
            NotYet("The buffer is 5 MB and 5m; the slide says 5 MB and 60 seconds."),
        ),
        (
            "3-A.config",
            |it| it.deliveries[0].logging = false,
            NotYet("Error logging is off; the slide turns it on."),
        ),
        (
            "3-A.role",
            |it| it.deliveries[0].role_may_write = false,
            NotYet("Its role may not write to `ann-filtered-iot-data`."),
        ),
        ("3-B.output", |it| it.apps[0].outputs.clear(), NotYet("`iot-analytics` has no destination yet.")),
        (
            "3-B.output",
            |it| {
                it.apps[0].outputs[0].in_app_stream = "DESTINATION_SQL_STREAM".into();
                it.apps[0].outputs[0].exists = false;
            },
            NotYet("No in-application stream is called DESTINATION_SQL_STREAM."),
        ),
        (
            "3-B.output",
            |it| it.apps[0].outputs[0].in_app_stream = "CLEAN_IOT_STREAM".into(),
            NotYet("CLEAN_IOT_STREAM is delivered, not FILTERED_STREAM."),
        ),
        (
            "3-B.arriving",
            |it| {
                it.deliveries[0].last_accepted_at = Some(ago(11));
                it.producer.running = false;
            },
            NotYet("Nothing is being sent, as the producer is stopped: `producer start`."),
        ),
        (
            "3-B.arriving",
            |it| {
                it.deliveries[0].last_accepted_at = None;
                it.apps[0].running_since = Some(ago(3));
            },
            Waiting("The application has just started; its first rows are on the way."),
        ),
    ]);
}

#[test]
fn the_objects() {
    told(&[
        (
            "3-C.object",
            |it| it.buckets[0].objects.clear(),
            Waiting("312 KiB of 5.0 MiB · 41 s of 60 s. Time will win."),
        ),
        (
            "3-C.object",
            |it| {
                it.buckets[0].objects.clear();
                it.deliveries[0].buffer.bytes = 4 << 20;
            },
            Waiting("4.0 MiB of 5.0 MiB · 41 s of 60 s. Size will win."),
        ),
        (
            "3-C.object",
            |it| {
                // Somebody else's object does not count.
                it.buckets[0].objects[0].key = "notes.txt".into();
                it.deliveries[0].buffer.rows = 0;
            },
            NotYet("`ann-filtered-iot-data` is empty, and nothing is on the way."),
        ),
        ("3-C.opened", |it| it.opened.clear(), NotYet("Open an object and read it as text.")),
        (
            "3-C.opened",
            |it| it.opened = vec!["other/key".into()],
            NotYet("Open an object and read it as text."),
        ),
        ("3-C.traced", |it| it.traced.clear(), NotYet("Trace one line back to the record it came from.")),
    ]);
}

#[test]
fn the_cleaning_up() {
    fn nothing(view: &mut View) {
        view.producer.running = false;
        view.apps.clear();
        view.streams.clear();
        view.deliveries.clear();
        view.buckets.clear();
        view.history = vec![carried_out("delete bucket ann-filtered-iot-data")];
    }
    told(&[
        ("3-D.clean", |_| {}, NotYet("The producer is still running: `producer stop`.")),
        ("3-D.clean", nothing, Done),
        (
            "3-D.clean",
            |it| {
                nothing(it);
                it.streams = vec![stream("iot-sensors", 2)];
                it.streams[0].status = Status::Deleting;
            },
            Waiting("The stream `iot-sensors` is being deleted."),
        ),
        (
            "3-D.clean",
            |it| {
                let buckets = it.buckets.clone();
                nothing(it);
                it.buckets = buckets;
            },
            NotYet("The bucket `ann-filtered-iot-data` is still there, with 1 object."),
        ),
        (
            "3-D.clean",
            |it| {
                nothing(it);
                it.history.clear();
            },
            NotYet("Nothing has been built yet."),
        ),
    ]);
}

/// A step once proved stays proved, and shows beside the tick what no longer holds.
#[test]
fn progress_latches_and_conditions_stay_live() {
    let (workshop, mut view) = (Workshop::load(), whole());
    let step = workshop.step("1-C.2").expect("the step exists");
    let mut progress = Progress::default();
    assert_eq!(progress.current(&workshop).id, "1-A");
    assert!(progress.observe(&workshop, &view).contains(&"1-C.2".to_owned()));
    assert!(progress.observe(&workshop, &view).is_empty(), "a step is proved once");
    view.producer.running = false;
    view.streams[0].accepted.per_second = vec![0; 5];
    let standing = step.standing(&view, &progress);
    assert_eq!((standing.verdict, standing.proved_at), (Verdict::Done, Some(view.now)));
    assert_eq!(
        standing.conditions[1].1,
        Verdict::NotYet("The producer is not running: `producer start`.".into())
    );
    assert_eq!(standing.conditions[1].0, "records flow into iot-sensors");
}

/// Progress is kept by names: a file that speaks of steps that no longer exist still loads.
#[test]
fn progress_survives_new_content() {
    let old = r#"{"current": "9-Z", "proved": {"1-A": 1477508400000, "9-Z": 0}, "hints": {"1-A": 3}}"#;
    let mut progress: Progress = serde_json::from_str(old).expect("it loads");
    let workshop = Workshop::load();
    assert_eq!(progress.current(&workshop).id, "1-A");
    assert_eq!(progress.hints_read("1-A"), 3);
    assert_eq!((progress.read_hint("1-A"), progress.read_hint("1-A")), (4, 4));
    progress.next(&workshop);
    assert_eq!(progress.current(&workshop).id, "1-B");
    assert!(progress.jump(&workshop, "3-b") && !progress.jump(&workshop, "9-Z"));
    let again: Progress =
        serde_json::from_str(&serde_json::to_string(&progress).expect("it saves")).expect("it loads");
    assert_eq!(again, progress);
}

/// A number counts for the first full minute after it was said, and later ones get their own chance.
#[test]
fn a_second_prediction_may_come_true() {
    let mut view = whole();
    view.answers[0].text = "17000".into();
    view.answers[0].at = ago(200);
    let mut second = view.answers[0].clone();
    (second.text, second.at) = ("18000".into(), ago(70));
    view.answers.push(second);
    assert!(judge("R2.match", &view).waiting());
    view.graph.iter_mut().for_each(|it| it.lines[0].1.push(minute(ago(60), 18_000.0)));
    assert!(judge("R2.match", &view).done());
}
