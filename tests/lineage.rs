//! One record's way: a delivered line is traced back to the record it came from.

use pumphouse::lab::ObjectText;
use pumphouse::sim::command::Command;

use crate::support::{ACTIVITY_1, ACTIVITY_2, ACTIVITY_3, act, give, lab};

/// The value of a station of a trace.
fn station<'a>(trace: &'a str, label: &str) -> &'a str {
    let line = trace.lines().find(|it| it.starts_with(label));
    line.unwrap_or_else(|| panic!("{label} in {trace}"))[12..].trim()
}

/// A hundred lines of the newest object each end at a record with the line's own values, in the shard
/// that the MD5 of its key falls into.
#[test]
fn a_hundred_lines_end_at_their_records() {
    let mut lab = lab(7);
    act(&mut lab, ACTIVITY_1);
    act(&mut lab, ACTIVITY_2);
    act(&mut lab, ACTIVITY_3);
    let view = lab.view();
    let bucket = view.buckets[0].name.clone();
    let object = view.buckets[0].objects.last().expect("an object").clone();
    let Some(ObjectText::Here(text)) = lab.object(&bucket, &object.key) else {
        panic!("its text is in memory")
    };
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate().step_by(lines.len() / 100) {
        let number = at as u64 + 1;
        let command = Command::TraceLine { bucket: bucket.clone(), key: object.key.clone(), line: number };
        let trace = lab.apply(command).expect("a trace");
        assert_eq!(station(&trace, "line "), *line);
        let stations = "iot-analytics: FILTERED_STREAM ← FILTER_PUMP ← CLEAN_IOT_STREAM ← DEDUP_PUMP ← SOURCE_SQL_STREAM_001";
        assert_eq!(station(&trace, "application"), stations);
        let fields: Vec<&str> = line.split(',').collect();
        let record: serde_json::Value = serde_json::from_str(station(&trace, "record")).expect("a record");
        assert_eq!(record["sensorId"], fields[1], "{trace}");
        assert_eq!(format!("{}.00", record["ambientTemp"]), fields[3], "{trace}");
        assert_eq!(format!("{}.00", record["measuredTemp"]), fields[4], "{trace}");
        assert_eq!(station(&trace, "arrived"), fields[0]);
        // Two shards: the first hex digit of the digest decides.
        let digest = station(&trace, "MD5 of key");
        let shard = if digest < "8" { "shardId-000000000000" } else { "shardId-000000000001" };
        assert!(station(&trace, "shard").starts_with(shard), "{trace}");
    }
    assert_eq!(lab.view().traced.len(), lines.len().div_ceil(lines.len() / 100).min(200));
}

/// What cannot be traced says why.
#[test]
fn what_cannot_be_traced_says_why() {
    let mut lab = lab(7);
    act(&mut lab, ACTIVITY_1);
    act(&mut lab, ACTIVITY_2);
    act(&mut lab, ACTIVITY_3);
    let view = lab.view();
    let (bucket, key) = (&view.buckets[0].name, &view.buckets[0].objects[0].key);
    let refusal = give(&mut lab, &format!("trace line {bucket} {key} 9999999")).expect_err("no such line");
    assert!(refusal.message.contains("has no line 9999999"), "{}", refusal.message);
    act(&mut lab, "producer stop\ndelete stream iot-sensors\nwait 60s");
    let trace = give(&mut lab, &format!("trace line {bucket} {key} 1")).expect("a trace");
    assert_eq!(station(&trace, "record"), "the stream it was read from is gone");
}
