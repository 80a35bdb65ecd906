//! Kinesis Streams: life, routing, limits, partial failures and the words of refusals.

use pumphouse::base::name::ShardId;
use pumphouse::base::time::Span;
use pumphouse::cloud::kinesis::{PutBatch, PutResult};
use pumphouse::cloud::shard::hash_key;
use pumphouse::cloud::{Cloud, Principal, Status};

use super::{REGION, ROOT, at, batch, cloud, pass, put, refusal, refused, through_checkpoint, with_stream};

fn shards_of(cloud: &mut Cloud, secs: i64, keys: impl IntoIterator<Item = String>) -> Vec<u32> {
    let mut batch = PutBatch::default();
    keys.into_iter().for_each(|key| batch.push(&key, b"x"));
    let shard = |it: &PutResult| match it {
        PutResult::Accepted { shard, .. } | PutResult::Throttled { shard } => shard.0,
    };
    put(cloud, at(secs), &batch).results.iter().map(shard).collect()
}

/// The table of streams.md 2.2: key, MD5, shard of two, three, four and five.
#[test]
fn keys_go_where_their_digest_says() {
    let table = [
        ("a", 0x0cc1_75b9_c0f1_b6a8_31c3_99e2_6977_2661_u128, [0, 0, 0, 0]),
        ("1", 0xc4ca_4238_a0b9_2382_0dcc_509a_6f75_849b, [1, 2, 3, 3]),
        ("42", 0xa1d0_c6e8_3f02_7327_d846_1063_f4ac_58a6, [1, 1, 2, 3]),
        ("partitionKey", 0x916f_b460_7e90_99fa_1922_5279_d711_a12e, [1, 1, 2, 2]),
        ("sensor-0", 0x3156_4b25_2046_722e_a9af_7a04_86f6_3116, [0, 0, 0, 0]),
        ("sensor-1", 0xebf1_3c77_2710_e5bc_59e6_f266_2717_99d6, [1, 2, 3, 4]),
        ("sensor-42", 0x60f5_2c37_4ae4_8a2f_4b57_906c_53b0_a844, [0, 1, 1, 1]),
        ("sensor-100", 0x163e_3a0b_3f02_9248_14f4_7000_a124_4d5b, [0, 0, 0, 0]),
        ("é", 0x66dd_cd97_cfde_abb2_f6fb_8a99_9b4b_c76f, [0, 1, 1, 2]),
    ];
    for (key, digest, _) in table {
        assert_eq!(hash_key(key.as_bytes()), digest, "{key}");
    }
    for (place, shards) in [2, 3, 4, 5].into_iter().enumerate() {
        let mut cloud = with_stream(shards);
        let found = shards_of(&mut cloud, 30, table.map(|it| it.0.to_owned()));
        assert_eq!(found, table.map(|it| it.2[place]), "{shards} shards");
    }
}

/// The sensors' names split 46 to 55 (streams.md 2.2).
#[test]
fn sensors_split_nearly_evenly() {
    let mut cloud = with_stream(2);
    let found = shards_of(&mut cloud, 30, (0..=100).map(|it| format!("sensor-{it}")));
    let first = found.iter().filter(|it| **it == 0).count();
    assert_eq!((first, found.len() - first), (46, 55));
}

/// An explicit hash key goes before the digest; the ends of the ranges belong to their shards.
#[test]
fn explicit_hash_keys_choose_the_shard() {
    let mut cloud = with_stream(2);
    let mut batch = PutBatch::default();
    for hash in [
        "0",
        "170141183460469231731687303715884105727",
        "170141183460469231731687303715884105728",
        "340282366920938463463374607431768211455",
    ] {
        batch.push_with_hash("a", hash, b"x");
    }
    let answer = put(&mut cloud, at(30), &batch);
    let shards: Vec<_> = (0..4).filter_map(|it| Some(answer.sequence_number(it)?.shard.0)).collect();
    assert_eq!(shards, [0, 0, 1, 1]);

    let mut batch = PutBatch::default();
    batch.push_with_hash("a", "340282366920938463463374607431768211456", b"x");
    assert_eq!(
        refusal(cloud.put_records(at(31), &ROOT, REGION, "iot", &batch)),
        "InvalidArgumentException: Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. \
         Specified value was 340282366920938463463374607431768211456"
    );
}

/// CREATING for 12 to 20 seconds without shards; DELETING for 25 to 35, then gone.
#[test]
fn a_stream_takes_time_to_come_and_go() {
    let mut cloud = cloud();
    cloud.create_stream(at(0), &ROOT, "iot", 2).expect("a stream");
    let stream = cloud.describe_stream(&ROOT, "iot").expect("a stream");
    let takes = stream.changes_at.expect("it is CREATING") - at(0);
    assert!((12_000..20_000).contains(&takes.as_millis()), "{takes}");
    assert_eq!((stream.status, stream.shards().len()), (Status::Creating, 0));
    pass(&mut cloud, at(20));
    let stream = cloud.describe_stream(&ROOT, "iot").expect("a stream");
    assert_eq!((stream.status, stream.shards().len()), (Status::Active, 2));
    assert_eq!(stream.shards()[1].hash_range_hex().0, "80000000000000000000000000000000");

    put(&mut cloud, at(21), &batch(3, "a"));
    cloud.delete_stream(at(22), &ROOT, "iot").expect("deleted");
    assert_eq!(put(&mut cloud, at(23), &batch(2, "a")).accepted, 2, "a stream that is DELETING takes puts");
    pass(&mut cloud, at(60));
    assert_eq!(
        refusal(cloud.put_records(at(60), &ROOT, REGION, "iot", &batch(1, "a"))),
        "ResourceNotFoundException: Stream iot under account 123456789012 not found."
    );
    assert_eq!(cloud.kinesis.deleted_records, 5);
}

/// Every refusal of the calls that make, change and delete streams, in the service's words.
#[test]
fn refusals_of_making_and_deleting() {
    let mut cloud = with_stream(2);
    let long = "x".repeat(129);
    let mut create = |name: &str, shards| refusal(cloud.create_stream(at(40), &ROOT, name, shards));
    assert_eq!(
        create("iot", 2),
        "ResourceInUseException: Stream iot under account 123456789012 already exists."
    );
    assert_eq!(
        create("my stream", 2),
        "ValidationException: 1 validation error detected: Value 'my stream' at 'streamName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    );
    assert_eq!(
        create(&long, 2),
        format!(
            "ValidationException: 1 validation error detected: Value '{long}' at 'streamName' failed to satisfy \
             constraint: Member must have length less than or equal to 128"
        )
    );
    assert_eq!(
        create("", 2),
        "ValidationException: 1 validation error detected: Value '' at 'streamName' failed to satisfy \
         constraint: Member must have length greater than or equal to 1"
    );
    assert_eq!(
        create("other", 0),
        "ValidationException: 1 validation error detected: Value '0' at 'shardCount' failed to satisfy \
         constraint: Member must have value greater than or equal to 1"
    );
    assert_eq!(
        create("other", 100_001),
        "ValidationException: 1 validation error detected: Value '100001' at 'shardCount' failed to satisfy \
         constraint: Member must have value less than or equal to 100000"
    );
    assert_eq!(
        create("other", 49),
        "LimitExceededException: This request would exceed the shard limit for the account 123456789012 in \
         us-west-2. Current shard count for the account: 2. Limit: 50. Number of additional shards that \
         would have resulted from this request: 49. Refer to the AWS Service Limits page \
         (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to \
         request higher limits."
    );
    cloud.create_stream(at(40), &ROOT, "other", 1).expect("a stream");
    let error = refused(cloud.enable_shard_metrics(at(41), &ROOT, "other"));
    assert_eq!(
        error.to_string(),
        "ResourceInUseException: Stream other under account 123456789012 not ACTIVE, instead in state CREATING"
    );
    assert!(error.hint.is_some());
    let error = refused(cloud.delete_stream(at(41), &ROOT, "iott"));
    assert_eq!(
        error.to_string(),
        "ResourceNotFoundException: Stream iott under account 123456789012 not found."
    );
    assert_eq!(error.hint.as_deref(), Some("Did you mean `iot`?"));
}

/// What makes a call of PutRecords invalid as a whole.
#[test]
fn refusals_of_whole_calls() {
    let mut cloud = with_stream(2);
    let mut call = |batch: &PutBatch| refusal(cloud.put_records(at(40), &ROOT, REGION, "iot", batch));
    let rule = |value: &str, field: &str, rule: &str| {
        format!(
            "ValidationException: 1 validation error detected: Value '{value}' at '{field}' failed to satisfy \
             constraint: Member must have length {rule}"
        )
    };
    assert_eq!(call(&PutBatch::default()), rule("[]", "records", "greater than or equal to 1"));
    assert_eq!(call(&batch(501, "a")), rule("[…]", "records", "less than or equal to 500"));
    assert_eq!(call(&batch(1, "")), rule("", "records.1.member.partitionKey", "greater than or equal to 1"));
    let long = "é".repeat(257);
    assert_eq!(
        call(&batch(1, &long)),
        rule(&long, "records.1.member.partitionKey", "less than or equal to 256")
    );
    let mut big = batch(1, "a");
    big.push("a", &vec![b'x'; (1 << 20) + 1]);
    assert_eq!(call(&big), rule("…", "records.2.member.data", "less than or equal to 1048576"));
    let mut six = PutBatch::default();
    (0..6).for_each(|_| six.push("a", &vec![b'x'; 1 << 20]));
    assert_eq!(call(&six), "InvalidArgumentException: Records size exceeds 5 MB limit");
    // 256 characters may be more than 256 bytes.
    assert_eq!(put(&mut cloud, at(40), &batch(1, &"é".repeat(256))).accepted, 1);
}

/// Experiment X2: one key at 1,500 records a second. Exactly 1,000 are accepted in each second.
#[test]
fn a_hot_shard_takes_a_thousand_a_second() {
    let mut cloud = with_stream(2);
    for second in 40..100 {
        let accepted: u32 = (0..3).map(|_| put(&mut cloud, at(second), &batch(500, "hot")).accepted).sum();
        assert_eq!(accepted, 1000, "second {second}");
    }
    let stream = cloud.describe_stream(&ROOT, "iot").expect("a stream");
    assert_eq!((stream.accepted.total, stream.throttled.total), (60_000, 30_000));
    let idle = stream.shards().iter().filter(|it| it.accepted.total == 0).count();
    assert_eq!(idle, 1);
}

/// Some entries fail, the others are stored; the answer says which, in the order of the call.
#[test]
fn entries_fail_alone() {
    let mut cloud = with_stream(2);
    // "a" falls on the first shard, "1" on the second.
    for _ in 0..2 {
        put(&mut cloud, at(40), &batch(500, "1"));
    }
    let mut mixed = PutBatch::default();
    ["a", "1", "a"].into_iter().for_each(|key| mixed.push(key, b"x"));
    let answer = put(&mut cloud, at(40), &mixed);
    assert_eq!((answer.accepted, answer.refused()), (2, 1));
    assert_eq!(answer.error(0), None);
    assert_eq!(answer.sequence_number(1), None);
    assert_eq!(
        answer.first_error().map(|it| it.to_string()).as_deref(),
        Some(
            "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000001 in stream iot \
             under account 123456789012."
        )
    );
    // A call of which everything is refused is still answered.
    assert_eq!(put(&mut cloud, at(40), &batch(3, "1")).accepted, 0);
    // A tenth of a second brings a tenth of the budget.
    let later = at(40) + Span::from_millis(100);
    assert_eq!(put(&mut cloud, later, &batch(500, "1")).accepted, 100);
}

/// 1 MiB a second, keys included: records of 256 KiB less their key fit four times.
#[test]
fn bytes_are_limited_too() {
    let mut cloud = with_stream(1);
    let mut batch = PutBatch::default();
    (0..5).for_each(|_| batch.push("key", &vec![b'x'; (256 << 10) - 3]));
    assert_eq!(put(&mut cloud, at(40), &batch).accepted, 4);
    // What is small still does not fit until some budget has flowed in.
    assert_eq!(put(&mut cloud, at(40), &super::batch(1, "key")).accepted, 0);
}

/// Sequence numbers grow within a shard, name the shard, and are the same after a checkpoint.
#[test]
fn sequence_numbers_grow() {
    let mut cloud = with_stream(2);
    let first = put(&mut cloud, at(40), &batch(2, "a"));
    let mut restored = through_checkpoint(&cloud);
    let second = put(&mut cloud, at(41), &batch(1, "a"));
    assert_eq!(put(&mut restored, at(41), &batch(1, "a")).sequence_number(0), second.sequence_number(0));
    let numbers: Vec<String> =
        [first.sequence_number(0), first.sequence_number(1), second.sequence_number(0)]
            .into_iter()
            .filter_map(|it| Some(it?.to_string()))
            .collect();
    assert!(numbers.is_sorted() && numbers[0] < numbers[1] && numbers[1] < numbers[2], "{numbers:?}");
    assert!(numbers.iter().all(|it| it.len() == 56 && it.starts_with("4956")), "{numbers:?}");
    assert_eq!(first.sequence_number(0).map(|it| it.shard), Some(ShardId(0)));
}

/// A stream lives in one region, and a caller without rights does not learn whether it exists.
#[test]
fn elsewhere_there_is_nothing() {
    let mut cloud = with_stream(2);
    let error = refused(cloud.put_records(at(40), &ROOT, "us-east-1", "iot", &batch(1, "a")));
    assert_eq!(
        error.to_string(),
        "ResourceNotFoundException: Stream iot under account 123456789012 not found."
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("No stream `iot` in us-east-1. Streams live in one region; yours is in us-west-2.")
    );
    cloud.create_user(at(40), &ROOT, "ann").expect("a user");
    let ann = Principal::User("ann".to_owned());
    for stream in ["iot", "none"] {
        let error = refused(cloud.put_records(at(40), &ann, REGION, stream, &batch(1, "a")));
        assert_eq!(
            error.to_string(),
            format!(
                "AccessDeniedException: User: arn:aws:iam::123456789012:user/ann is not authorized to perform: \
                 kinesis:PutRecords on resource: arn:aws:kinesis:us-west-2:123456789012:stream/{stream}"
            )
        );
        assert_eq!(error.hint.as_deref(), Some("`ann` has no policy attached and may do nothing yet."));
    }
}

/// A put to a stream that is CREATING finds no stream.
#[test]
fn a_stream_that_is_creating_takes_nothing() {
    let mut cloud = cloud();
    cloud.create_stream(at(0), &ROOT, "iot", 2).expect("a stream");
    let error = refused(cloud.put_records(at(1), &ROOT, REGION, "iot", &batch(1, "a")));
    assert_eq!(
        error.to_string(),
        "ResourceNotFoundException: Stream iot under account 123456789012 not found."
    );
    assert!(error.hint.is_some_and(|it| it.contains("CREATING")));
    assert!(cloud.could_put(&ROOT, REGION, "iot").is_err());
}
