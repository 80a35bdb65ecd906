//! Iterators, GetRecords, retention and the memory a stream may take.

use pumphouse::base::name::ShardId;
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::cloud::kinesis::{IteratorType, PutBatch, RECORDS_MAX, ShardIterator};
use pumphouse::cloud::{Cloud, CloudError};

use super::{ROOT, at, batch, pass, put, refusal, refused, through_checkpoint, with_stream};

const FIRST: ShardId = ShardId(0);

fn iterator(cloud: &mut Cloud, now: Timestamp, kind: IteratorType) -> Result<ShardIterator, CloudError> {
    cloud.shard_iterator(now, &ROOT, "iot", FIRST, kind)
}

/// The texts of the records that an iterator yields in one call.
fn read(cloud: &mut Cloud, now: Timestamp, kind: IteratorType) -> Vec<String> {
    let iterator = iterator(cloud, now, kind).expect("an iterator");
    let answer = cloud.get_records(now, &ROOT, &iterator, 10_000).expect("records");
    answer.records().map(|it| String::from_utf8_lossy(it.data).into_owned()).collect()
}

/// Three records a second apart, from second 40 on.
fn three(cloud: &mut Cloud) -> Vec<pumphouse::base::name::SequenceNumber> {
    let mut numbers = Vec::new();
    for (second, text) in [(40, "one"), (41, "two"), (42, "three")] {
        let mut batch = PutBatch::default();
        batch.push("key", text.as_bytes());
        numbers.extend(put(cloud, at(second), &batch).sequence_number(0));
    }
    numbers
}

/// Where each kind of iterator begins (streams.md 5.1).
#[test]
fn iterators_begin_where_they_say() {
    let mut cloud = with_stream(1);
    let numbers = three(&mut cloud);
    let mut from = |second, kind| read(&mut cloud, at(second), kind).join(" ");
    assert_eq!(from(50, IteratorType::TrimHorizon), "one two three");
    assert_eq!(from(51, IteratorType::Latest), "");
    assert_eq!(from(52, IteratorType::AtSequenceNumber(numbers[1])), "two three");
    assert_eq!(from(53, IteratorType::AfterSequenceNumber(numbers[1])), "three");
    assert_eq!(from(54, IteratorType::AtTimestamp(at(41))), "two three");
    assert_eq!(from(55, IteratorType::AtTimestamp(at(41) + Span::from_millis(1))), "three");
    assert_eq!(from(56, IteratorType::AtTimestamp(Timestamp::EPOCH)), "one two three");
}

/// An answer says what each record is, how far behind it is, and where to go on.
#[test]
fn answers_go_on_where_they_ended() {
    let mut cloud = with_stream(1);
    let numbers = three(&mut cloud);
    let start = iterator(&mut cloud, at(50), IteratorType::TrimHorizon).expect("an iterator");
    let answer = cloud.get_records(at(50), &ROOT, &start, 2).expect("records");
    let records: Vec<_> = answer.records().collect();
    assert_eq!(records.iter().map(|it| it.sequence_number).collect::<Vec<_>>(), numbers[..2]);
    assert_eq!((records[1].partition_key, records[1].arrived_at), (b"key".as_slice(), at(41)));
    // The last one handed out arrived nine seconds ago, and there is a newer one.
    assert_eq!(answer.millis_behind_latest, 9000);
    let next = answer.next.expect("the shard is open");
    let answer = cloud.get_records(at(51), &ROOT, &next, 2).expect("records");
    assert_eq!((answer.len(), answer.millis_behind_latest), (1, 0));
    let next = answer.next.expect("the shard is open");
    assert!(cloud.get_records(at(52), &ROOT, &next, 2).expect("an empty answer").is_empty());
}

/// The records of one call arrive one after the other, and can be read from their arrival on.
#[test]
fn records_arrive_within_the_call() {
    let mut cloud = with_stream(1);
    put(&mut cloud, at(40), &batch(25, "key"));
    assert_eq!(read(&mut cloud, at(40), IteratorType::TrimHorizon).len(), 10);
    let start = iterator(&mut cloud, at(41), IteratorType::TrimHorizon).expect("an iterator");
    let answer = cloud.get_records(at(41), &ROOT, &start, 100).expect("records");
    let millis: Vec<i64> = answer.records().map(|it| (it.arrived_at - at(40)).as_millis()).collect();
    assert_eq!(millis, [[0; 10].as_slice(), &[1; 10], &[2; 5]].concat());
}

/// Every refusal of reading, in the service's words.
#[test]
fn refusals_of_reading() {
    let mut cloud = with_stream(2);
    put(&mut cloud, at(40), &batch(1, "a"));
    let other = put(&mut cloud, at(40), &batch(1, "1")).sequence_number(0).expect("accepted");
    assert_eq!(
        refusal(cloud.shard_iterator(at(41), &ROOT, "iot", ShardId(5), IteratorType::Latest)),
        "ResourceNotFoundException: Shard shardId-000000000005 in stream iot under account 123456789012 does not \
         exist"
    );
    assert_eq!(
        refusal(iterator(&mut cloud, at(41), IteratorType::AtSequenceNumber(other))),
        "InvalidArgumentException: Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was \
         used in a call to a shard with shardId-000000000000"
    );
    assert_eq!(
        refusal(iterator(&mut cloud, at(41), IteratorType::AtTimestamp(at(42)))),
        "InvalidArgumentException: The timestampInMillis parameter cannot be greater than the \
         currentTimestampInMillis. timestampInMillis: 1477508442000, currentTimestampInMillis: 1477508441000"
    );
    let start = iterator(&mut cloud, at(41), IteratorType::TrimHorizon).expect("an iterator");
    for (limit, rule) in [(0, "greater than or equal to 1"), (10_001, "less than or equal to 10000")] {
        assert_eq!(
            refusal(cloud.get_records(at(41), &ROOT, &start, limit)),
            format!(
                "ValidationException: 1 validation error detected: Value '{limit}' at 'limit' failed to satisfy \
                 constraint: Member must have value {rule}"
            )
        );
    }
    // Five minutes are all right, a millisecond more is not.
    assert!(cloud.get_records(at(341), &ROOT, &start, 1).is_ok());
    let late = at(341) + Span::from_millis(1);
    assert_eq!(
        refusal(cloud.get_records(late, &ROOT, &start, 1)),
        "ExpiredIteratorException: Iterator expired. The iterator was created at time Wed Oct 26 19:00:41 UTC \
         2016 while right now it is Wed Oct 26 19:05:41 UTC 2016 which is further in the future than the \
         tolerated delay of 300000 milliseconds."
    );
    // A stream that was made again under the same name has nothing to do with the old one.
    let old = iterator(&mut cloud, at(342), IteratorType::TrimHorizon).expect("an iterator");
    cloud.delete_stream(at(342), &ROOT, "iot").expect("deleted");
    pass(&mut cloud, at(380));
    assert_eq!(
        refusal(cloud.get_records(at(380), &ROOT, &old, 1)),
        "ResourceNotFoundException: Stream iot under account 123456789012 not found."
    );
    cloud.create_stream(at(380), &ROOT, "iot", 2).expect("a stream");
    pass(&mut cloud, at(400));
    assert_eq!(
        refusal(cloud.get_records(at(400), &ROOT, &old, 1)),
        "InvalidArgumentException: Invalid ShardIterator."
    );
}

/// Five calls a second and 2 MiB a second; what was handed out beyond that is waited for.
#[test]
fn reading_is_limited() {
    let mut cloud = with_stream(1);
    let start = iterator(&mut cloud, at(40), IteratorType::TrimHorizon).expect("an iterator");
    for _ in 0..5 {
        cloud.get_records(at(40), &ROOT, &start, 1).expect("within the limit");
    }
    let error = refused(cloud.get_records(at(40), &ROOT, &start, 1));
    assert_eq!(
        error.to_string(),
        "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in stream iot under \
         account 123456789012."
    );
    assert!(cloud.get_records(at(40) + Span::from_millis(200), &ROOT, &start, 1).is_ok());

    // Six seconds of 1 MiB each, read in one answer: 4 MiB too much, which takes two seconds.
    let mut megabyte = PutBatch::default();
    megabyte.push("key", &vec![b'x'; (1 << 20) - 3]);
    (50..56).for_each(|second| assert_eq!(put(&mut cloud, at(second), &megabyte).accepted, 1));
    let answer = cloud.get_records(at(60), &ROOT, &start, 10_000).expect("records");
    assert_eq!((answer.len(), answer.bytes()), (6, 6 << 20));
    assert!(cloud.get_records(at(62), &ROOT, &start, 1).is_err());
    assert!(cloud.get_records(at(62) + Span::from_millis(1), &ROOT, &start, 1).is_ok());
}

/// After 24 hours records are gone, read or not; the sums balance all the time.
#[test]
fn records_expire_after_a_day() {
    let mut cloud = with_stream(1);
    three(&mut cloud);
    let day = 86_400;
    pass(&mut cloud, at(day + 40));
    assert_eq!(cloud.kinesis.stream("iot").map(|it| (it.held(), it.expired())), Ok((3, 0)));
    pass(&mut cloud, at(day + 41));
    assert_eq!(cloud.kinesis.stream("iot").map(|it| (it.held(), it.expired())), Ok((2, 1)));
    assert_eq!(read(&mut cloud, at(day + 41), IteratorType::TrimHorizon), ["two", "three"]);
    pass(&mut cloud, at(day + 50));
    let stream = cloud.kinesis.stream("iot").expect("a stream");
    assert_eq!((stream.held(), stream.expired(), stream.accepted.total), (0, 3, 3));
}

/// A stream that nobody reads does not fill the memory: the oldest records go, and are counted.
#[test]
fn a_full_stream_forgets_its_oldest_records() {
    let mut cloud = with_stream(2);
    let mut batch = PutBatch::default();
    (0..500).for_each(|number| batch.push(&number.to_string(), b"{}"));
    let mut second = 40;
    while cloud.kinesis.stream("iot").expect("a stream").expired() == 0 {
        put(&mut cloud, at(second), &batch);
        put(&mut cloud, at(second) + Span::from_millis(500), &batch);
        second += 1;
        assert!(second < 1000, "the limit is never reached");
    }
    let stream = cloud.kinesis.stream("iot").expect("a stream");
    assert!(stream.held() <= RECORDS_MAX && RECORDS_MAX - 4096 < stream.held(), "{}", stream.held());
    assert_eq!(stream.accepted.total, stream.held() + stream.expired());
    // A reader goes on with what is left.
    assert!(!read(&mut cloud, at(second), IteratorType::TrimHorizon).is_empty());
}

/// A checkpoint keeps every record that has not been read.
#[test]
fn records_survive_a_checkpoint() {
    let mut cloud = with_stream(1);
    three(&mut cloud);
    let mut restored = through_checkpoint(&cloud);
    let before = read(&mut cloud, at(50), IteratorType::TrimHorizon);
    assert_eq!(read(&mut restored, at(50), IteratorType::TrimHorizon), before);
    assert_eq!(restored.kinesis.stream("iot").map(|it| it.held()), Ok(3));
}

/// Schema discovery looks at the newest records, whatever their shard.
#[test]
fn samples_are_the_newest_records() {
    let mut cloud = with_stream(2);
    for (second, key) in [(40, "a"), (41, "1"), (42, "a")] {
        let mut batch = PutBatch::default();
        batch.push(key, second.to_string().as_bytes());
        put(&mut cloud, at(second), &batch);
    }
    let sample = cloud.sample_records(&ROOT, "iot", 2).expect("records");
    assert_eq!(sample, [b"41".to_vec(), b"42".to_vec()]);
}
