//! Worlds made by hand: what a view holds when everything of the workshop stands, for checks to be tried on.

use pumphouse::base::name::ShardId;
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::lab::view::{
    Answer, AppStatus, AppView, BucketView, BufferView, DeliveryView, Done, FlowView, GraphView,
    InAppStreamView, InputView, KeyView, MetricName, ObjectView, OutputView, PointView, PolicyView,
    ProducerView, Pulse, PumpView, Refusal, RoleView, RowView, SchemaColumnView, SchemaView, ShardView,
    Status, StreamView, UserView, View, WindowView,
};

/// Five minutes after the world opens.
pub const NOW: Timestamp = Timestamp::from_millis(Timestamp::OPENING.as_millis() + 300_000);

/// `secs` seconds before [`NOW`].
pub fn ago(secs: i64) -> Timestamp {
    NOW - Span::from_secs(secs)
}

/// The same count in each of the last five seconds.
pub fn steady(count: u32) -> Pulse {
    Pulse { per_second: vec![count; 5], total: u64::from(count) * 300 }
}

pub fn stream(name: &str, shards: u32) -> StreamView {
    let shard = |id: u32| ShardView {
        id: ShardId(id),
        open: true,
        hash_range: (format!("{id}"), format!("{id}f")),
        accepted: steady(150),
        throttled: Pulse::default(),
        held: 45_000,
        expired: 0,
        newest: Vec::new(),
    };
    StreamView {
        name: name.into(),
        arn: format!("arn:aws:kinesis:us-west-2:123456789012:stream/{name}"),
        status: Status::Active,
        ready_in: None,
        shards: (0..shards).map(shard).collect(),
        shards_wanted: shards,
        retention: Span::DAY,
        shard_metrics: true,
        accepted: steady(300),
        throttled: Pulse::default(),
        last_call: None,
    }
}

/// A stream that is still being made.
pub fn creating(name: &str, shards: u32) -> StreamView {
    StreamView {
        status: Status::Creating,
        ready_in: Some(Span::from_secs(9)),
        shards: Vec::new(),
        accepted: Pulse::default(),
        ..stream(name, shards)
    }
}

pub fn user(name: &str, policy: Option<&str>) -> UserView {
    let policies = policy.map(|it| PolicyView { name: it.into(), managed: true, document: "{}".into() });
    let allowed = policy == Some("AmazonKinesisFullAccess");
    UserView {
        name: name.into(),
        arn: format!("arn:aws:iam::123456789012:user/{name}"),
        created_at: ago(290),
        keys: vec![KeyView {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: None,
            active: true,
            created_at: ago(290),
        }],
        policies: policies.into_iter().collect(),
        may_put_to: if allowed { vec!["iot-sensors".into()] } else { Vec::new() },
    }
}

fn producer() -> ProducerView {
    let sample = r#"{"sensorId": "sensor-7", "eventTimeStamp": "2016-10-26T19:00:00+00:00", "ambientTemp": -3, "measuredTemp": 55}"#;
    ProducerView {
        user: Some("kinesis_producer".into()),
        region: "us-west-2".into(),
        stream: Some("iot-sensors".into()),
        rate: 300,
        key: "random".into(),
        template: pumphouse::guide::texts("workshop").unwrap_or_default(),
        samples: vec![sample.into(); 20],
        running: true,
        started_at: Some(ago(280)),
        sent: steady(300),
        accepted: 84_000,
        ..ProducerView::default()
    }
}

/// The six columns of the slides.
pub fn six() -> Vec<(String, String)> {
    [
        ("INGEST_TIME", "TIMESTAMP"),
        ("SENSOR_ID", "VARCHAR(16)"),
        ("EVENT_TIMESTAMP", "VARCHAR(16)"),
        ("AMBIENT_TEMP", "DECIMAL(16,2)"),
        ("MEASURED_TEMP", "DECIMAL(16,2)"),
        ("DEDUP_WINDOW", "TIMESTAMP"),
    ]
    .map(|(name, ty)| (name.to_owned(), ty.to_owned()))
    .into()
}

/// A row of the six columns with these temperatures.
pub fn row(ambient: &str, measured: &str) -> RowView {
    let cells = ["2016-10-26 19:04:58.120", "sensor-7", "2016-10-26T19:04", ambient, measured, "x"];
    RowView { rowtime: ago(1), cells: cells.iter().map(|it| Some((*it).to_owned())).collect() }
}

fn in_app(name: &str, columns: Vec<(String, String)>, newest: Vec<RowView>) -> InAppStreamView {
    InAppStreamView { name: name.into(), columns, rows: steady(300), newest }
}

/// What a filter keeps on the grid of −40…60 by 0…100 in steps of 5.
pub fn grid(keeps: impl Fn(i32, i32) -> bool) -> Vec<(i32, i32, bool)> {
    let pairs = (-8..=12).flat_map(|ambient| (0..=20).map(move |measured| (ambient * 5, measured * 5)));
    pairs.map(|(ambient, measured)| (ambient, measured, keeps(ambient, measured))).collect()
}

/// The slides' filter.
pub fn over_20(ambient: i32, measured: i32) -> bool {
    20 < (measured - ambient).abs()
}

/// A ten-second window that ended `secs` seconds ago.
pub fn window(secs: i64) -> WindowView {
    WindowView { start: ago(secs + 10), end: ago(secs), rows: 3000, groups: 101 }
}

fn app() -> AppView {
    let column = |name: &str, ty: &str| SchemaColumnView {
        name: name.into(),
        ty: ty.into(),
        mapping: format!("$.{name}"),
    };
    let schema = SchemaView {
        format: "JSON".into(),
        columns: vec![
            column("sensorId", "VARCHAR(16)"),
            column("eventTimeStamp", "VARCHAR(32)"),
            column("ambientTemp", "INTEGER"),
            column("measuredTemp", "INTEGER"),
        ],
        samples: Vec::new(),
    };
    let source_row = RowView {
        rowtime: ago(1),
        cells: ["sensor-7", "2016-10-26T19:04:58+00:00", "-3", "55"].map(|it| Some(it.to_owned())).into(),
    };
    let errors = InAppStreamView { name: "error_stream".into(), ..InAppStreamView::default() };
    let aggregate = vec![("SENSOR_ID".to_owned(), "VARCHAR(16)".to_owned())];
    AppView {
        name: "iot-analytics".into(),
        status: AppStatus::Running,
        running_since: Some(ago(120)),
        has_run: true,
        input: Some(InputView {
            stream: "iot-sensors".into(),
            in_app_name: "SOURCE_SQL_STREAM_001".into(),
            role: "kinesis-analytics-iot-analytics".into(),
            schema: Some(schema),
        }),
        code: pumphouse::guide::texts("activity-2").unwrap_or_default(),
        streams: vec![
            in_app("SOURCE_SQL_STREAM_001", Vec::new(), vec![source_row]),
            in_app("CLEAN_IOT_STREAM", six(), vec![row("-3.00", "55.00")]),
            in_app("FILTERED_STREAM", six(), vec![row("-3.00", "55.00")]),
            in_app("AGGREGATE_STREAM", aggregate, Vec::new()),
            errors,
        ],
        pumps: vec![
            PumpView {
                name: "DEDUP_PUMP".into(),
                reads: vec!["SOURCE_SQL_STREAM_001".into()],
                writes: "CLEAN_IOT_STREAM".into(),
                started: true,
                distinct_window: Some(Span::SECOND),
                ..PumpView::default()
            },
            PumpView {
                name: "FILTER_PUMP".into(),
                reads: vec!["CLEAN_IOT_STREAM".into()],
                writes: "FILTERED_STREAM".into(),
                started: true,
                filters: true,
                grid: grid(over_20),
                flow: FlowView { rows_in: 132, rows_out: 100, filtered: 32, ..FlowView::default() },
                ..PumpView::default()
            },
            PumpView {
                name: "AGGREGATE_PUMP".into(),
                reads: vec!["CLEAN_IOT_STREAM".into()],
                writes: "AGGREGATE_STREAM".into(),
                started: true,
                group_window: Some(Span::from_secs(10)),
                group_keys: 1,
                aggregates: 3,
                closed_windows: vec![window(14), window(4)],
                open_window: Some(WindowView { start: ago(4), end: ago(-6), rows: 1200, groups: 101 }),
                ..PumpView::default()
            },
        ],
        outputs: vec![OutputView {
            in_app_stream: "FILTERED_STREAM".into(),
            exists: true,
            delivery: "iot-filtered".into(),
            format: "CSV".into(),
            rows: steady(226),
            waiting: 0,
        }],
        ..AppView::default()
    }
}

/// The newest object's key.
pub const KEY: &str = "2016/10/26/19/iot-filtered-1-2016-10-26-19-03-20-046b6c7f-0b8a-43b9-b35d-6489e6daee91";

fn delivery() -> DeliveryView {
    DeliveryView {
        name: "iot-filtered".into(),
        status: Status::Active,
        version: 1,
        bucket: "ann-filtered-iot-data".into(),
        role: "firehose_delivery_role".into(),
        role_may_write: true,
        buffer_bytes_max: 5 << 20,
        buffer_wait_max: Span::MINUTE,
        compression: "UNCOMPRESSED".into(),
        logging: true,
        accepted: steady(226),
        last_accepted_at: Some(ago(1)),
        buffer: BufferView { rows: 3630, bytes: 319_488, age: Span::from_secs(41) },
        ..DeliveryView::default()
    }
}

/// The name of a metric of the stream, perhaps of one shard.
pub fn incoming(shard: Option<&str>) -> MetricName {
    let mut dimensions = vec![("StreamName".to_owned(), "iot-sensors".to_owned())];
    dimensions.extend(shard.map(|it| ("ShardId".to_owned(), it.to_owned())));
    let (namespace, name, unit) = ("AWS/Kinesis".into(), "IncomingRecords".into(), "Count".into());
    MetricName { namespace, name, dimensions, unit }
}

/// A full minute of 300 records a second at this moment.
pub fn minute(at: Timestamp, value: f64) -> PointView {
    PointView { at, value, complete: true }
}

/// The world with everything of Activities 1 to 3 standing and flowing.
pub fn whole() -> View {
    let at = |step: &str, text: &str| Answer { step: step.into(), text: text.into(), at: ago(125) };
    let points = vec![minute(ago(120), 18_000.0)];
    View {
        now: NOW,
        opened_at: Timestamp::OPENING,
        commands: 30,
        users: vec![user("kinesis_producer", Some("AmazonKinesisFullAccess"))],
        streams: vec![stream("iot-sensors", 2)],
        producer: producer(),
        apps: vec![app()],
        deliveries: vec![delivery()],
        buckets: vec![BucketView {
            name: "ann-filtered-iot-data".into(),
            created_at: ago(100),
            objects: vec![ObjectView {
                key: KEY.into(),
                bytes: 1_190_000,
                lines: 13_590,
                modified_at: ago(40),
                etag: "0".into(),
            }],
        }],
        roles: vec![RoleView {
            name: "firehose_delivery_role".into(),
            arn: "arn:aws:iam::123456789012:role/firehose_delivery_role".into(),
            trusts: "firehose.amazonaws.com".into(),
            policies: Vec::new(),
        }],
        graph: Some(GraphView {
            statistic: "sum".into(),
            period: Span::MINUTE,
            lines: vec![
                (incoming(None), points.clone()),
                (incoming(Some("shardId-000000000000")), vec![minute(ago(120), 9_030.0)]),
                (incoming(Some("shardId-000000000001")), vec![minute(ago(120), 8_970.0)]),
            ],
        }),
        answers: vec![at("R2", "18,000"), at("R1.1", "1000")],
        opened: vec![format!("ann-filtered-iot-data/{KEY}")],
        traced: vec![format!("ann-filtered-iot-data/{KEY}:1")],
        ..View::default()
    }
}

/// A command that was carried out.
pub fn carried_out(command: &str) -> Done {
    Done { at: NOW, command: command.into(), outcome: Ok("done".into()) }
}

/// A command that was refused.
pub fn refused(command: &str, code: &str) -> Done {
    let refusal = Refusal { code: code.into(), message: "no".into(), hint: None, diagnostics: Vec::new() };
    Done { at: NOW, command: command.into(), outcome: Err(refusal) }
}
