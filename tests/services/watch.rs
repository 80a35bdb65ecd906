//! CloudWatch: the arithmetic of cloudwatch.md section 3.

use pumphouse::base::time::{Span, Timestamp};
use pumphouse::cloud::Cloud;
use pumphouse::cloud::watch::{Metric, Point, Statistic, Watch};

use super::{ROOT, at, batch, put, with_stream};

fn stream_metric(name: &str) -> Metric {
    Metric::new("AWS/Kinesis", name, &[("StreamName", "iot")], "Count")
}

/// The value of one minute after the opening.
fn minute(cloud: &Cloud, metric: &Metric, statistic: Statistic, minute: i64) -> Option<f64> {
    let start = at(60 * minute);
    let points = cloud.watch.series(metric, statistic, Span::MINUTE, start, at(60 * (minute + 1)));
    points.first().filter(|it| it.at == start).map(|it| it.value)
}

/// 300 records a second in one call: the sum is 18,000, the average 300, the calls 60.
#[test]
fn three_hundred_a_second() {
    let mut cloud = with_stream(2);
    (60..120).for_each(|second| assert_eq!(put(&mut cloud, at(second), &batch(300, "a")).accepted, 300));
    let metric = stream_metric("IncomingRecords");
    for (statistic, value) in [
        (Statistic::Sum, 18_000.0),
        (Statistic::Average, 300.0),
        (Statistic::SampleCount, 60.0),
        (Statistic::Minimum, 300.0),
        (Statistic::Maximum, 300.0),
    ] {
        assert_eq!(minute(&cloud, &metric, statistic, 1), Some(value), "{statistic:?}");
    }
    assert_eq!(minute(&cloud, &metric, Statistic::Sum, 0), None, "silence is a gap, not a zero");
    assert_eq!(
        minute(&cloud, &stream_metric("WriteProvisionedThroughputExceeded"), Statistic::Sum, 1),
        Some(0.0)
    );
}

/// 700 a second in calls of 500 and 200: average 350, least 200, largest 500, 120 calls.
#[test]
fn averages_are_per_call() {
    let mut cloud = with_stream(2);
    for second in 60..120 {
        put(&mut cloud, at(second), &batch(500, "a"));
        put(&mut cloud, at(second), &batch(200, "a"));
    }
    let metric = stream_metric("IncomingRecords");
    let value = |statistic| minute(&cloud, &metric, statistic, 1);
    assert_eq!(value(Statistic::Average), Some(350.0));
    assert_eq!(value(Statistic::Minimum), Some(200.0));
    assert_eq!(value(Statistic::Maximum), Some(500.0));
    assert_eq!(value(Statistic::SampleCount), Some(120.0));
}

/// One hot shard at 1,500 a second: 60,000 accepted and 30,000 refused in a minute.
#[test]
fn throttled_records_are_counted_apart() {
    let mut cloud = with_stream(2);
    for second in 60..120 {
        (0..3).for_each(|_| drop(put(&mut cloud, at(second), &batch(500, "a"))));
    }
    assert_eq!(minute(&cloud, &stream_metric("IncomingRecords"), Statistic::Sum, 1), Some(60_000.0));
    let exceeded = stream_metric("WriteProvisionedThroughputExceeded");
    assert_eq!(minute(&cloud, &exceeded, Statistic::Sum, 1), Some(30_000.0));
}

/// Shard metrics appear when they are asked for, add up to the stream's (X6), and stop again.
#[test]
fn shards_are_counted_when_asked_for() {
    let mut cloud = with_stream(2);
    let shard = |id: &str| {
        Metric::new("AWS/Kinesis", "IncomingRecords", &[("StreamName", "iot"), ("ShardId", id)], "Count")
    };
    let shards = [shard("shardId-000000000000"), shard("shardId-000000000001")];
    let minute_of = |cloud: &mut Cloud, start: i64| {
        for second in start..start + 60 {
            put(cloud, at(second), &batch(30, "a"));
            put(cloud, at(second), &batch(20, "1"));
        }
    };
    minute_of(&mut cloud, 60);
    assert!(!cloud.watch.names().any(|it| it.dimensions.len() == 2));
    cloud.enable_shard_metrics(at(120), &ROOT, "iot").expect("enabled");
    minute_of(&mut cloud, 120);
    let sums: Vec<_> = shards.iter().map(|it| minute(&cloud, it, Statistic::Sum, 2)).collect();
    assert_eq!(sums, [Some(1800.0), Some(1200.0)]);
    assert_eq!(minute(&cloud, &stream_metric("IncomingRecords"), Statistic::Sum, 2), Some(3000.0));
    cloud.disable_shard_metrics(at(180), &ROOT, "iot").expect("disabled");
    minute_of(&mut cloud, 180);
    assert_eq!(minute(&cloud, &shards[0], Statistic::Sum, 3), None);
}

/// Periods are whole minutes on the clock; the one that has not ended is marked.
#[test]
fn periods_follow_the_clock() {
    let mut watch = Watch::default();
    let metric = Metric::new("AWS/Kinesis", "IncomingRecords", &[("StreamName", "iot")], "Count");
    for minute in [0, 1, 4, 5, 6] {
        watch.record(at(60 * minute + 59), &metric, 10);
    }
    let now = at(6 * 60 + 59);
    let series = |period| watch.series(&metric, Statistic::Sum, period, at(90), now);
    let point = |minute: i64, value, complete| Point { at: at(60 * minute), value, complete };
    assert_eq!(
        series(Span::MINUTE),
        [point(1, 10.0, true), point(4, 10.0, true), point(5, 10.0, true), point(6, 10.0, false)]
    );
    assert_eq!(series(Span::from_secs(300)), [point(0, 30.0, true), point(5, 20.0, false)]);
    assert_eq!(watch.names().collect::<Vec<_>>(), [&metric]);
}

/// A metric keeps 15 days.
#[test]
fn old_points_are_forgotten() {
    let mut watch = Watch::default();
    let metric = Metric::new("AWS/Kinesis", "IncomingRecords", &[], "Count");
    let days = |days: i64| at(86_400 * days);
    watch.record(days(0), &metric, 1);
    watch.record(days(15) - Span::MINUTE, &metric, 2);
    let values = |watch: &Watch| {
        let points = watch.series(&metric, Statistic::Sum, Span::MINUTE, Timestamp::EPOCH, days(16));
        points.iter().map(|it| it.value).collect::<Vec<_>>()
    };
    assert_eq!(values(&watch), [1.0, 2.0]);
    watch.record(days(15), &metric, 3);
    assert_eq!(values(&watch), [2.0, 3.0]);
}
