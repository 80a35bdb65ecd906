//! Worlds to draw: views written by hand, from the first moment to the middle of Activity 3.

use pumphouse::base::name::{self, ShardId};
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::lab::view::*;

/// The workshop's template and code.
pub fn text(name: &str) -> String {
    pumphouse::guide::texts(name).unwrap_or_else(|| panic!("the workshop has a text called {name}"))
}

/// Noon in Oregon, and nothing has been done.
pub fn opening() -> View {
    View {
        now: Timestamp::OPENING,
        opened_at: Timestamp::OPENING,
        producer: ProducerView { region: name::REGION.into(), ..ProducerView::default() },
        ..View::default()
    }
}

/// The stream of 1-A, some seconds before it is ready.
pub fn creating() -> View {
    let mut view = opening();
    view.now = Timestamp::OPENING + Span::from_secs(3);
    view.commands = 1;
    view.history = vec![done(0, "create stream iot-sensors 2", Ok("iot-sensors is CREATING"))];
    view.streams = vec![StreamView {
        status: Status::Creating,
        ready_in: Some(Span::from_secs(6)),
        shards: Vec::new(),
        shard_metrics: false,
        accepted: Pulse::default(),
        last_call: None,
        ..stream()
    }];
    view
}

/// Everything runs: 19:04:12, 300 records a second, the filtered rows on their way to S3.
pub fn running() -> View {
    let mut view = opening();
    view.now = Timestamp::OPENING + Span::from_secs(252);
    view.commands = 17;
    view.history = vec![
        done(2, "create stream iot-sensors 2", Ok("iot-sensors is CREATING")),
        done(14, "create user kinesis_producer", Ok("access key AKIAIOSFODNN7EXAMPLE")),
        done(20, "attach policy kinesis_producer AmazonKinesisFullAccess", Ok("attached")),
        done(31, "producer stream iot-sensorz", Err("ResourceNotFoundException")),
        done(35, "producer stream iot-sensors", Ok("iot-sensors")),
        done(60, "save sql iot-analytics @activity-2", Ok("saved, 3 pumps")),
        done(
            190,
            "open object ann-filtered-iot-data 2016/10/26/19/iot-filtered-1-2016-10-26-19-03-00-0c3a5f8e",
            Ok("13,610 lines"),
        ),
    ];
    view.users = vec![user()];
    view.roles = vec![
        role("kinesis-analytics-iot-analytics", "kinesisanalytics.amazonaws.com"),
        role("firehose_delivery_role", "firehose.amazonaws.com"),
    ];
    view.streams = vec![stream()];
    view.producer = producer();
    view.apps = vec![app()];
    view.deliveries = vec![delivery()];
    view.buckets = vec![bucket()];
    view.metrics = metrics();
    view.log_groups =
        vec![LogGroupView { name: "/aws/kinesisfirehose/iot-filtered".into(), events: Vec::new() }];
    view.laws = ["accepted", "rows", "delivered"]
        .map(|law| LawView { law: law.into(), left: 61_200, right: 61_200 })
        .to_vec();
    view
}

/// The same, with what breaks in R4: the role lost its policy, a shard is hot, rows fail.
pub fn troubled() -> View {
    let mut view = running();
    let refused = "Access Denied";
    let delivery = &mut view.deliveries[0];
    delivery.role_may_write = false;
    delivery.retries = 2;
    delivery.retry_at = Some(view.now + Span::from_secs(18));
    view.roles[1].policies.clear();
    view.log_groups[0].events = vec![LogEventView {
        at: view.now - Span::from_secs(7),
        stream: "S3Delivery".into(),
        message: format!(
            "{{\"errorCode\": \"S3.AccessDenied\", \"errorMessage\": \"{refused}: the role may not s3:PutObject\"}}"
        ),
    }];
    let stream = &mut view.streams[0];
    stream.throttled = pulse(120, 900);
    stream.shards[1].accepted = pulse(1000, 60_000);
    stream.shards[1].throttled = pulse(120, 900);
    stream.last_call = Some(CallView { at: view.now, entries: 500, accepted: 380 });
    let app = &mut view.apps[0];
    app.streams.push(InAppStreamView {
        name: "error_stream".into(),
        columns: vec![
            ("ERROR_TIME".into(), "TIMESTAMP".into()),
            ("ERROR_MESSAGE".into(), "VARCHAR(1024)".into()),
        ],
        rows: pulse(3, 212),
        newest: Vec::new(),
    });
    view.faults = vec![FaultView { command: "fault duplicates 5%".into(), since: view.now - Span::MINUTE }];
    view
}

/// A graph of both shards with three full minutes and the one that runs.
pub fn graphed() -> View {
    let mut view = running();
    let line = |at: u32| {
        let points = (0..4).map(|minute| PointView {
            at: Timestamp::OPENING + Span::from_secs(60 * minute),
            value: if minute == 3 { 2100.0 } else { 9000.0 + f64::from(at) * 120.0 - minute as f64 * 40.0 },
            complete: minute < 3,
        });
        let dimensions =
            vec![("StreamName".into(), "iot-sensors".into()), ("ShardId".into(), ShardId(at).to_string())];
        let metric = MetricName {
            namespace: "AWS/Kinesis".into(),
            name: "IncomingRecords".into(),
            dimensions,
            unit: "Count".into(),
        };
        (metric, points.collect())
    };
    view.graph =
        Some(GraphView { statistic: "sum".into(), period: Span::MINUTE, lines: vec![line(0), line(1)] });
    view
}

fn done(after: i64, command: &str, outcome: Result<&str, &str>) -> Done {
    Done {
        at: Timestamp::OPENING + Span::from_secs(after),
        command: command.into(),
        outcome: outcome.map(String::from).map_err(|code| Refusal {
            code: code.into(),
            message: "Stream iot-sensorz under account 123456789012 not found.".into(),
            hint: Some("Did you mean `iot-sensors`?".into()),
            diagnostics: Vec::new(),
        }),
    }
}

/// A minute at about this rate, a little uneven, as many in all.
pub fn pulse(rate: u32, total: u64) -> Pulse {
    let wave = [0, 2, 5, 3, 1, 4, 6, 2];
    let per_second =
        (0..PULSE_SECONDS).map(|at| (rate + rate * wave[at % 8] / 100).saturating_sub(rate * 3 / 100));
    let mut per_second: Vec<u32> = per_second.collect();
    if let Some(last) = per_second.iter_mut().rev().nth(1) {
        *last = rate;
    }
    Pulse { per_second, total }
}

fn user() -> UserView {
    UserView {
        name: "kinesis_producer".into(),
        arn: name::user_arn("kinesis_producer"),
        created_at: Timestamp::OPENING + Span::from_secs(14),
        keys: vec![KeyView {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: None,
            active: true,
            created_at: Timestamp::OPENING + Span::from_secs(14),
        }],
        policies: vec![policy("AmazonKinesisFullAccess", true, "kinesis:*")],
        may_put_to: vec!["iot-sensors".into()],
    }
}

fn policy(name: &str, managed: bool, action: &str) -> PolicyView {
    let document = format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Effect\": \"Allow\",\n      \"Action\": \"{action}\",\n      \"Resource\": \"*\"\n    }}\n  ]\n}}"
    );
    PolicyView { name: name.into(), managed, document }
}

fn role(name: &str, trusts: &str) -> RoleView {
    RoleView {
        name: name.into(),
        arn: name::role_arn("/service-role/", name),
        trusts: trusts.into(),
        policies: vec![policy(&format!("oneClick_{name}"), false, "s3:PutObject")],
    }
}

fn stream() -> StreamView {
    let half = "80000000000000000000000000000000";
    let shard = |at: u32, range: (&str, &str), rate: u32, total: u64| ShardView {
        id: ShardId(at),
        open: true,
        hash_range: (range.0.into(), range.1.into()),
        accepted: pulse(rate, total),
        throttled: Pulse::default(),
        held: total,
        expired: 0,
        newest: (0..20).map(|it| record(at, it)).collect(),
    };
    StreamView {
        name: "iot-sensors".into(),
        arn: name::stream_arn("iot-sensors"),
        status: Status::Active,
        ready_in: None,
        shards: vec![
            shard(0, ("00000000000000000000000000000000", "7fffffffffffffffffffffffffffffff"), 148, 30_480),
            shard(1, (half, "ffffffffffffffffffffffffffffffff"), 152, 30_720),
        ],
        shards_wanted: 2,
        retention: Span::DAY,
        shard_metrics: true,
        accepted: pulse(300, 61_200),
        throttled: Pulse::default(),
        last_call: Some(CallView {
            at: Timestamp::OPENING + Span::from_secs(252),
            entries: 300,
            accepted: 300,
        }),
    }
}

fn sample(number: u32) -> String {
    format!(
        "{{\n  \"sensorId\": \"sensor-{}\",\n  \"eventTimeStamp\": \"2016-10-26T19:04:{:02}+00:00\",\n  \"ambientTemp\": {},\n  \"measuredTemp\": {}\n}}",
        number * 17 % 101,
        number % 60,
        number as i32 * 7 % 101 - 40,
        number * 31 % 101
    )
}

fn record(shard: u32, number: u32) -> RecordView {
    RecordView {
        sequence_number: format!("4956705256183009358707453942900488056884093030113686{shard}{number:02}"),
        partition_key: format!("{}", 1_000_000 + number * 48_611 + shard),
        arrived_at: Timestamp::OPENING + Span::from_millis(251_900 + i64::from(number) * 3),
        data: sample(number * 2 + shard),
    }
}

fn producer() -> ProducerView {
    ProducerView {
        user: Some("kinesis_producer".into()),
        region: name::REGION.into(),
        stream: Some("iot-sensors".into()),
        rate: 300,
        key: "random".into(),
        template: text("workshop"),
        template_problems: Vec::new(),
        samples: (0..20).map(sample).collect(),
        running: true,
        started_at: Some(Timestamp::OPENING + Span::from_secs(48)),
        stopped_at: None,
        sent: pulse(300, 61_200),
        accepted: 61_200,
        refused: 0,
        resent: 0,
        aim: None,
        last_error: None,
    }
}

fn columns(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, ty)| ((*name).into(), (*ty).into())).collect()
}

fn rows(cells: impl Fn(i64) -> Vec<Option<String>>) -> Vec<RowView> {
    let row = |it: i64| RowView {
        rowtime: Timestamp::OPENING + Span::from_millis(251_000 + it * 40),
        cells: cells(it),
    };
    (0..20).map(row).collect()
}

fn app() -> AppView {
    let clean = [
        ("INGEST_TIME", "TIMESTAMP"),
        ("SENSOR_ID", "VARCHAR(16)"),
        ("EVENT_TIMESTAMP", "VARCHAR(16)"),
        ("AMBIENT_TEMP", "DECIMAL(16,2)"),
        ("MEASURED_TEMP", "DECIMAL(16,2)"),
        ("DEDUP_WINDOW", "TIMESTAMP"),
    ];
    let source = [
        ("sensorId", "VARCHAR(16)"),
        ("eventTimeStamp", "VARCHAR(32)"),
        ("ambientTemp", "INTEGER"),
        ("measuredTemp", "INTEGER"),
    ];
    let clean_row = |it: i64| {
        vec![
            Some(format!("2016-10-26 19:04:11.{:03}", it * 40)),
            Some(format!("sensor-{}", it * 17 % 101)),
            Some("2016-10-26T19:04".into()),
            Some(format!("{}.00", it * 7 % 101 - 40)),
            if it == 19 { None } else { Some(format!("{}.00", it * 31 % 101)) },
            Some("2016-10-26 19:04:11.000".into()),
        ]
    };
    let source_row = |it: i64| {
        vec![
            Some(format!("sensor-{}", it * 17 % 101)),
            Some("2016-10-26T19:04:11+00:00".into()),
            Some((it * 7 % 101 - 40).to_string()),
            Some((it * 31 % 101).to_string()),
        ]
    };
    let passing = |name: &str, of: &[(&str, &str)], rate, total, newest| InAppStreamView {
        name: name.into(),
        columns: columns(of),
        rows: pulse(rate, total),
        newest,
    };
    let pump = |name: &str, reads: &str, writes: &str, flow| PumpView {
        name: name.into(),
        reads: vec![reads.into()],
        writes: writes.into(),
        started: true,
        flow,
        ..PumpView::default()
    };
    let flow = |rows_in, rows_out, filtered, waiting, grouped| FlowView {
        rows_in,
        rows_out,
        filtered,
        duplicates: 0,
        waiting,
        grouped,
        errors: 0,
    };
    let window = WindowView {
        start: Timestamp::OPENING + Span::from_secs(250),
        end: Timestamp::OPENING + Span::from_secs(260),
        rows: 604,
        groups: 98,
    };
    AppView {
        name: "iot-analytics".into(),
        arn: name::application_arn("iot-analytics"),
        status: AppStatus::Running,
        ready_in: None,
        version: 4,
        running_since: Some(Timestamp::OPENING + Span::from_secs(90)),
        has_run: true,
        input: Some(InputView {
            stream: "iot-sensors".into(),
            in_app_name: "SOURCE_SQL_STREAM_001".into(),
            role: "kinesis-analytics-iot-analytics".into(),
            schema: Some(SchemaView {
                format: "JSON".into(),
                columns: source
                    .map(|(name, ty)| SchemaColumnView {
                        name: name.into(),
                        ty: ty.into(),
                        mapping: format!("$.{name}"),
                    })
                    .to_vec(),
                samples: vec![sample(1), sample(2)],
            }),
        }),
        discovered: None,
        code: text("activity-2"),
        notes: Vec::new(),
        streams: vec![
            passing("SOURCE_SQL_STREAM_001", &source, 300, 48_600, rows(source_row)),
            passing("CLEAN_IOT_STREAM", &clean, 300, 48_300, rows(clean_row)),
            passing("FILTERED_STREAM", &clean, 226, 36_466, rows(clean_row)),
            passing(
                "AGGREGATE_STREAM",
                &[("SENSOR_ID", "VARCHAR(16)"), ("MEASUREMENTS", "INTEGER")],
                0,
                1_616,
                Vec::new(),
            ),
            passing("error_stream", &[("ERROR_MESSAGE", "VARCHAR(1024)")], 0, 0, Vec::new()),
        ],
        pumps: vec![
            pump("DEDUP_PUMP", "SOURCE_SQL_STREAM_001", "CLEAN_IOT_STREAM", flow(48_600, 48_300, 0, 300, 0)),
            pump("FILTER_PUMP", "CLEAN_IOT_STREAM", "FILTERED_STREAM", flow(48_300, 36_466, 11_834, 0, 0)),
            PumpView {
                open_window: Some(window),
                group_window: Some(Span::from_secs(10)),
                ..pump(
                    "AGGREGATE_PUMP",
                    "CLEAN_IOT_STREAM",
                    "AGGREGATE_STREAM",
                    flow(48_300, 1_616, 0, 604, 47_696),
                )
            },
        ],
        outputs: vec![OutputView {
            in_app_stream: "FILTERED_STREAM".into(),
            exists: true,
            delivery: "iot-filtered".into(),
            format: "CSV".into(),
            rows: pulse(226, 31_000),
            waiting: 0,
        }],
        millis_behind: 0,
        trouble: None,
    }
}

fn delivery() -> DeliveryView {
    DeliveryView {
        name: "iot-filtered".into(),
        arn: name::delivery_arn("iot-filtered"),
        status: Status::Active,
        ready_in: None,
        version: 1,
        bucket: "ann-filtered-iot-data".into(),
        prefix: String::new(),
        role: "firehose_delivery_role".into(),
        role_may_write: true,
        buffer_bytes_max: 5 << 20,
        buffer_wait_max: Span::from_secs(60),
        compression: "UNCOMPRESSED".into(),
        logging: true,
        accepted: pulse(226, 31_000),
        last_accepted_at: Some(Timestamp::OPENING + Span::from_secs(252)),
        buffer: BufferView { rows: 3_616, bytes: 319_488, age: Span::from_secs(41) },
        retries: 0,
        retry_at: None,
        delivered_rows: 27_384,
        delivered_objects: 2,
        lost_rows: 0,
    }
}

fn bucket() -> BucketView {
    let object = |clock: &str, lines: u64, at: i64| ObjectView {
        key: format!("2016/10/26/19/iot-filtered-1-2016-10-26-{clock}-0c3a5f8e-11aa-42d5-9f7e-6f0b1c2d3e4f"),
        bytes: lines * 88,
        lines,
        modified_at: Timestamp::OPENING + Span::from_secs(at),
        etag: "9e107d9d372bb6826bd81d3542a419d6".into(),
    };
    BucketView {
        name: "ann-filtered-iot-data".into(),
        created_at: Timestamp::OPENING + Span::from_secs(80),
        objects: vec![object("19-02-00", 13_774, 180), object("19-03-00", 13_610, 240)],
    }
}

fn metrics() -> Vec<MetricName> {
    let metric = |namespace: &str, name: &str, key: &str, value: &str, unit: &str| MetricName {
        namespace: namespace.into(),
        name: name.into(),
        dimensions: vec![(key.into(), value.into())],
        unit: unit.into(),
    };
    vec![
        metric("AWS/Firehose", "DeliveryToS3.Records", "DeliveryStreamName", "iot-filtered", "Count"),
        metric("AWS/Firehose", "IncomingRecords", "DeliveryStreamName", "iot-filtered", "Count"),
        metric("AWS/Kinesis", "IncomingBytes", "StreamName", "iot-sensors", "Bytes"),
        metric("AWS/Kinesis", "IncomingRecords", "StreamName", "iot-sensors", "Count"),
        metric("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "iot-sensors", "Count"),
    ]
}

/// What an object of the bucket holds.
pub fn csv() -> String {
    let line = |it: u32| {
        let clock = format!("2016-10-26 19:02:{:02}.{:03}", it / 40 % 60, it * 25 % 1000);
        format!(
            "{clock},sensor-{},2016-10-26T19:02,{}.00,{}.00,2016-10-26 19:02:{:02}.000",
            it * 17 % 101,
            it as i32 % 60 - 40,
            it * 31 % 101,
            it / 40 % 60
        )
    };
    (0..200).map(line).collect::<Vec<_>>().join("\n")
}
