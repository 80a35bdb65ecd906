//! Nothing is lost unseen: the sums of streams and delivery streams balance whatever happens.

use proptest::prelude::*;

use pumphouse::base::name::ShardId;
use pumphouse::base::time::Span;
use pumphouse::cloud::firehose::DeliverySettings;
use pumphouse::cloud::kinesis::{IteratorType, ShardIterator};
use pumphouse::cloud::{Cloud, DELIVERY_ROLE};

use super::{ROOT, at, batch, cloud, pass, put, through_checkpoint, with_stream};

/// Reads a shard from an iterator to its tip; the counters of the records, and the next iterator.
fn drain(cloud: &mut Cloud, secs: i64, mut from: ShardIterator) -> (Vec<u64>, ShardIterator) {
    let mut read = Vec::new();
    let mut now = at(secs);
    loop {
        let answer = cloud.get_records(now, &ROOT, &from, 700).expect("within the limits");
        read.extend(answer.records().map(|it| it.sequence_number.counter));
        from = answer.next.clone().expect("the shard is open");
        if answer.millis_behind_latest == 0 {
            return (read, from);
        }
        now += Span::from_millis(200);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What is accepted is held or expired, and a reader sees each record once, in order.
    #[test]
    fn streams_balance(calls in prop::collection::vec((1i64..40, 1usize..500, 0u8..4), 1..25)) {
        let mut cloud = with_stream(2);
        let start = |cloud: &mut Cloud, shard| {
            cloud.shard_iterator(at(30), &ROOT, "iot", ShardId(shard), IteratorType::TrimHorizon).expect("an iterator")
        };
        let mut readers = [0, 1].map(|shard| (Vec::new(), start(&mut cloud, shard)));
        let mut accepted = [0, 0];
        let mut second = 40;
        for (wait, count, key) in calls {
            second += wait;
            pass(&mut cloud, at(second));
            let answer = put(&mut cloud, at(second), &batch(count, &key.to_string()));
            for (sum, tally) in accepted.iter_mut().zip(&answer.shards) {
                *sum += u64::from(tally.accepted);
            }
            second += 2;
            for (read, from) in &mut readers {
                let (more, next) = drain(&mut cloud, second, from.clone());
                read.extend(more);
                *from = next;
            }
            cloud = through_checkpoint(&cloud);
            let stream = cloud.kinesis.stream("iot").expect("a stream");
            prop_assert_eq!(stream.accepted.total, stream.held() + stream.expired());
        }
        for ((read, _), accepted) in readers.iter().zip(accepted) {
            prop_assert_eq!(read.len() as u64, accepted);
            prop_assert!(read.is_sorted() && read.windows(2).all(|it| it[0] != it[1]));
        }
    }

    /// Rows accepted are buffered, waiting, delivered or lost, whatever breaks; the objects together hold
    /// exactly the delivered rows, without a gap.
    #[test]
    fn deliveries_balance(steps in prop::collection::vec((1i64..400, 1usize..300, 0u8..6), 1..40)) {
        let mut cloud = cloud();
        let settings = DeliverySettings {
            name: "filtered".to_owned(),
            bucket: "ann-data".to_owned(),
            prefix: String::new(),
            buffer_mb: 1,
            buffer_wait: Span::from_secs(60),
            gzip: false,
            logging: true,
            role: DELIVERY_ROLE.to_owned(),
        };
        cloud.create_bucket(at(0), &ROOT, "ann-data").expect("a bucket");
        cloud.allow_delivery(at(0), &ROOT, "ann-data", "filtered").expect("a role");
        cloud.create_delivery(at(0), &ROOT, &settings).expect("a delivery stream");
        let mut second = 30;
        for (wait, rows, fault) in steps {
            second += wait;
            pass(&mut cloud, at(second));
            let ends: Vec<u32> = (1..=rows as u32).map(|it| it * 1000).collect();
            let lines = format!("{}\n", "x".repeat(999)).repeat(rows);
            let answer = cloud.put_record_batch(at(second), &ROOT, "filtered", lines.as_bytes(), &ends);
            prop_assert_eq!(answer.map(|it| it.accepted), Ok(rows));
            match fault {
                0 => drop(cloud.detach_role_policy(at(second), &ROOT, DELIVERY_ROLE, "oneClick_firehose_delivery_role")),
                1 | 2 => cloud.restore_role(at(second), &ROOT, DELIVERY_ROLE).expect("restored"),
                _ => {}
            }
            let it = cloud.firehose.delivery("filtered").expect("a delivery stream");
            let places = it.buffer.rows + it.waiting_rows() + it.delivered_rows + it.lost_rows;
            prop_assert_eq!(it.accepted.total, places);
        }
        let it = cloud.firehose.delivery("filtered").expect("a delivery stream");
        let bucket = cloud.s3.bucket("ann-data").expect("a bucket");
        let mut pieces: Vec<_> = bucket
            .objects()
            .filter_map(|(_, object)| object.origin.as_ref().map(|it| (it.first_row, it.rows, object.lines)))
            .collect();
        pieces.sort_unstable();
        let mut next = 0;
        for (first, rows, lines) in pieces {
            prop_assert_eq!((first, lines), (next, rows));
            next += rows;
        }
        prop_assert_eq!(next, it.delivered_rows);
    }
}
