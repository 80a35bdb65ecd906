//! What each call adds to CloudWatch (cloudwatch.md sections 2 and 4).
//!
//! Metrics of a stream or delivery stream are looked up once and then recorded by handle. Counts are
//! samples per call: the average of IncomingRecords is records per call, not per second. Latencies are
//! not recorded: nothing here takes real time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::ShardId;
use crate::base::time::Timestamp;
use crate::cloud::firehose::BatchAnswer;
use crate::cloud::kinesis::{GetAnswer, PutAnswer, Stream};
use crate::cloud::watch::{Handle, Metric, Watch};

const KINESIS: &str = "AWS/Kinesis";
const FIREHOSE: &str = "AWS/Firehose";

/// Handles by stream and delivery stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    streams: BTreeMap<String, StreamCounts>,
    deliveries: BTreeMap<String, DeliveryCounts>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct DeliveryCounts {
    incoming_bytes: Handle,
    incoming_records: Handle,
    put_bytes: Handle,
    put_records: Handle,
    put_requests: Handle,
    delivered_bytes: Handle,
    delivered_records: Handle,
    success: Handle,
    freshness: Handle,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StreamCounts {
    incoming_bytes: Handle,
    incoming_records: Handle,
    put_bytes: Handle,
    put_success: Handle,
    put_records: Handle,
    write_exceeded: Handle,
    get_bytes: Handle,
    get_records: Handle,
    get_success: Handle,
    iterator_age: Handle,
    read_exceeded: Handle,
    /// By shard number; made when shard metrics are on.
    shards: BTreeMap<ShardId, ShardCounts>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct ShardCounts {
    incoming_bytes: Handle,
    incoming_records: Handle,
    write_exceeded: Handle,
    outgoing_bytes: Handle,
    outgoing_records: Handle,
    iterator_age: Handle,
    read_exceeded: Handle,
}

impl Counts {
    /// Counts a PutRecords call. A call of which every record was refused has no IncomingRecords
    /// sample: the metric speaks of successful puts.
    pub fn put(&mut self, now: Timestamp, stream: &Stream, answer: &PutAnswer, watch: &mut Watch) {
        let handles = self.stream(&stream.name, watch);
        let (accepted, bytes) = (i64::from(answer.accepted), answer.bytes as i64);
        if 0 < accepted {
            watch.add(now, handles.incoming_records, accepted);
            watch.add(now, handles.incoming_bytes, bytes);
        }
        watch.add(now, handles.put_records, accepted);
        watch.add(now, handles.put_bytes, bytes);
        watch.add(now, handles.put_success, i64::from(0 < accepted));
        watch.add(now, handles.write_exceeded, answer.refused() as i64);
        if !stream.shard_metrics {
            return;
        }
        for (shard, tally) in stream.shards().iter().zip(&answer.shards) {
            if tally.accepted == 0 && tally.refused == 0 {
                continue;
            }
            let handles = handles.shard(&stream.name, shard.id, watch);
            if 0 < tally.accepted {
                watch.add(now, handles.incoming_records, i64::from(tally.accepted));
                watch.add(now, handles.incoming_bytes, tally.bytes as i64);
            }
            watch.add(now, handles.write_exceeded, i64::from(tally.refused));
        }
    }

    /// Counts a GetRecords call that was answered.
    pub fn get(
        &mut self,
        now: Timestamp,
        stream: &Stream,
        shard: ShardId,
        answer: &GetAnswer,
        watch: &mut Watch,
    ) {
        let handles = self.stream(&stream.name, watch);
        let (records, bytes) = (answer.len() as i64, answer.bytes() as i64);
        watch.add(now, handles.get_records, records);
        watch.add(now, handles.get_bytes, bytes);
        watch.add(now, handles.get_success, 1);
        watch.add(now, handles.iterator_age, answer.millis_behind_latest);
        if stream.shard_metrics {
            let handles = handles.shard(&stream.name, shard, watch);
            watch.add(now, handles.outgoing_records, records);
            watch.add(now, handles.outgoing_bytes, bytes);
            watch.add(now, handles.iterator_age, answer.millis_behind_latest);
        }
    }

    /// Counts a GetRecords call that was refused for lack of throughput.
    pub fn get_exceeded(&mut self, now: Timestamp, stream: &Stream, shard: ShardId, watch: &mut Watch) {
        let handles = self.stream(&stream.name, watch);
        watch.add(now, handles.read_exceeded, 1);
        watch.add(now, handles.get_success, 0);
        if stream.shard_metrics {
            let handles = handles.shard(&stream.name, shard, watch);
            watch.add(now, handles.read_exceeded, 1);
        }
    }

    /// Counts a PutRecordBatch call.
    pub fn put_batch(&mut self, now: Timestamp, delivery: &str, answer: &BatchAnswer, watch: &mut Watch) {
        let handles = self.delivery(delivery, watch);
        let (accepted, bytes) = (answer.accepted as i64, answer.bytes as i64);
        if 0 < accepted {
            watch.add(now, handles.incoming_records, accepted);
            watch.add(now, handles.incoming_bytes, bytes);
        }
        watch.add(now, handles.put_records, accepted);
        watch.add(now, handles.put_bytes, bytes);
        watch.add(now, handles.put_requests, 1);
    }

    /// Counts an object that was written; `age` is that of its oldest row, in seconds.
    pub fn delivered(
        &mut self,
        now: Timestamp,
        delivery: &str,
        rows: u64,
        bytes: usize,
        age: i64,
        watch: &mut Watch,
    ) {
        let handles = self.delivery(delivery, watch);
        watch.add(now, handles.delivered_records, rows as i64);
        watch.add(now, handles.delivered_bytes, bytes as i64);
        watch.add(now, handles.success, 1);
        watch.add(now, handles.freshness, age);
    }

    /// Counts a try that failed.
    pub fn not_delivered(&mut self, now: Timestamp, delivery: &str, age: i64, watch: &mut Watch) {
        let handles = self.delivery(delivery, watch);
        watch.add(now, handles.success, 0);
        watch.add(now, handles.freshness, age);
    }

    /// Tells how old the oldest row is that a delivery stream could not deliver, in seconds.
    pub fn fresh(&mut self, now: Timestamp, delivery: &str, age: i64, watch: &mut Watch) {
        let handles = self.delivery(delivery, watch);
        watch.add(now, handles.freshness, age);
    }

    fn delivery(&mut self, name: &str, watch: &mut Watch) -> DeliveryCounts {
        if let Some(handles) = self.deliveries.get(name) {
            return *handles;
        }
        let mut handle = |metric: &str, unit: &str| {
            watch.handle(&Metric::new(FIREHOSE, metric, &[("DeliveryStreamName", name)], unit))
        };
        let made = DeliveryCounts {
            incoming_bytes: handle("IncomingBytes", "Bytes"),
            incoming_records: handle("IncomingRecords", "Count"),
            put_bytes: handle("PutRecordBatch.Bytes", "Bytes"),
            put_records: handle("PutRecordBatch.Records", "Count"),
            put_requests: handle("PutRecordBatch.Requests", "Count"),
            delivered_bytes: handle("DeliveryToS3.Bytes", "Bytes"),
            delivered_records: handle("DeliveryToS3.Records", "Count"),
            success: handle("DeliveryToS3.Success", "None"),
            freshness: handle("DeliveryToS3.DataFreshness", "Seconds"),
        };
        self.deliveries.insert(name.to_owned(), made);
        made
    }

    fn stream(&mut self, name: &str, watch: &mut Watch) -> &mut StreamCounts {
        if !self.streams.contains_key(name) {
            let mut handle = |metric: &str, unit: &str| {
                watch.handle(&Metric::new(KINESIS, metric, &[("StreamName", name)], unit))
            };
            let made = StreamCounts {
                incoming_bytes: handle("IncomingBytes", "Bytes"),
                incoming_records: handle("IncomingRecords", "Count"),
                put_bytes: handle("PutRecords.Bytes", "Bytes"),
                put_success: handle("PutRecords.Success", "Count"),
                put_records: handle("PutRecords.Records", "Count"),
                write_exceeded: handle("WriteProvisionedThroughputExceeded", "Count"),
                get_bytes: handle("GetRecords.Bytes", "Bytes"),
                get_records: handle("GetRecords.Records", "Count"),
                get_success: handle("GetRecords.Success", "Count"),
                iterator_age: handle("GetRecords.IteratorAgeMilliseconds", "Milliseconds"),
                read_exceeded: handle("ReadProvisionedThroughputExceeded", "Count"),
                shards: BTreeMap::new(),
            };
            self.streams.insert(name.to_owned(), made);
        }
        self.streams.get_mut(name).expect("the handles were made above")
    }
}

impl StreamCounts {
    fn shard(&mut self, stream: &str, shard: ShardId, watch: &mut Watch) -> ShardCounts {
        *self.shards.entry(shard).or_insert_with(|| {
            let id = shard.to_string();
            let dimensions = [("StreamName", stream), ("ShardId", &*id)];
            let mut handle =
                |metric: &str, unit: &str| watch.handle(&Metric::new(KINESIS, metric, &dimensions, unit));
            ShardCounts {
                incoming_bytes: handle("IncomingBytes", "Bytes"),
                incoming_records: handle("IncomingRecords", "Count"),
                write_exceeded: handle("WriteProvisionedThroughputExceeded", "Count"),
                outgoing_bytes: handle("OutgoingBytes", "Bytes"),
                outgoing_records: handle("OutgoingRecords", "Count"),
                iterator_age: handle("IteratorAgeMilliseconds", "Milliseconds"),
                read_exceeded: handle("ReadProvisionedThroughputExceeded", "Count"),
            }
        })
    }
}
