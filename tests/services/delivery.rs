//! Firehose: buffers, keys, roles, retries, loss, and the words of refusals.

use pumphouse::base::time::{Span, Timestamp};
use pumphouse::cloud::firehose::{Delivery, DeliverySettings};
use pumphouse::cloud::s3::Body;
use pumphouse::cloud::watch::{Metric, Statistic};
use pumphouse::cloud::{Cloud, DELIVERY_ROLE, Principal, Status};

use super::{ROOT, at, cloud, pass, refusal, refused, through_checkpoint};

const BUCKET: &str = "ann-filtered-iot-data";

/// The settings of the workshop: 5 MB or 60 s, no compression, logging on.
fn settings() -> DeliverySettings {
    DeliverySettings {
        name: "filtered".to_owned(),
        bucket: BUCKET.to_owned(),
        prefix: String::new(),
        buffer_mb: 5,
        buffer_wait: Span::from_secs(60),
        gzip: false,
        logging: true,
        role: DELIVERY_ROLE.to_owned(),
    }
}

/// An account with a bucket, the role that "Allow" makes, and an ACTIVE delivery stream at second 30.
fn with_delivery(settings: &DeliverySettings) -> Cloud {
    let mut cloud = cloud();
    cloud.create_bucket(at(0), &ROOT, BUCKET).expect("a bucket");
    cloud.allow_delivery(at(0), &ROOT, BUCKET, "filtered").expect("a role");
    cloud.create_delivery(at(0), &ROOT, settings).expect("a delivery stream");
    pass(&mut cloud, at(30));
    cloud
}

/// Puts `rows` rows of `bytes` bytes, line end included.
fn put(cloud: &mut Cloud, now: Timestamp, rows: usize, bytes: usize) -> usize {
    let line = format!("{}\n", "x".repeat(bytes - 1));
    let ends: Vec<u32> = (1..=rows).map(|row| (row * bytes) as u32).collect();
    let answer = cloud.put_record_batch(now, &ROOT, "filtered", line.repeat(rows).as_bytes(), &ends);
    answer.expect("a call that is valid as a whole").accepted
}

fn delivery(cloud: &Cloud) -> &Delivery {
    cloud.firehose.delivery("filtered").expect("a delivery stream")
}

/// Keys and lines of the objects.
fn objects(cloud: &Cloud) -> Vec<(String, u64)> {
    let bucket = cloud.s3.bucket(BUCKET).expect("a bucket");
    bucket.objects().map(|(key, object)| (key.to_owned(), object.lines)).collect()
}

/// Accepted rows are buffered, waiting, delivered or lost.
fn check_sums(cloud: &Cloud) {
    let it = delivery(cloud);
    let places = it.buffer.rows + it.waiting_rows() + it.delivered_rows + it.lost_rows;
    assert_eq!(it.accepted.total, places);
}

/// The messages in the delivery stream's log.
fn log(cloud: &Cloud) -> Vec<String> {
    let group = cloud.logs.group("/aws/kinesisfirehose/filtered").expect("a log group");
    group.events().map(|it| it.message.clone()).collect()
}

fn sum(cloud: &Cloud, name: &str, statistic: Statistic, minute: i64) -> Option<f64> {
    let unit = match name {
        "DeliveryToS3.Success" => "None",
        "DeliveryToS3.DataFreshness" => "Seconds",
        "DeliveryToS3.Bytes" | "IncomingBytes" => "Bytes",
        _ => "Count",
    };
    let metric = Metric::new("AWS/Firehose", name, &[("DeliveryStreamName", "filtered")], unit);
    let from = at(60 * minute);
    let series = cloud.watch.series(&metric, statistic, Span::MINUTE, from, from + Span::MINUTE);
    series.first().filter(|it| it.at == from).map(|it| it.value)
}

/// Sixty seconds after the first row of an empty buffer the rows leave as one object, under a key with
/// the time of that row (firehose.md section 3).
#[test]
fn the_interval_runs_from_the_first_row() {
    let mut cloud = with_delivery(&settings());
    (100..150).for_each(|second| assert_eq!(put(&mut cloud, at(second), 3, 88), 3));
    pass(&mut cloud, at(160) - Span::from_millis(1));
    assert!(objects(&cloud).is_empty());
    pass(&mut cloud, at(160));
    let [(key, lines)] = &objects(&cloud)[..] else { panic!("one object, not {:?}", objects(&cloud)) };
    assert_eq!(*lines, 150);
    let (before, uuid) = key.split_at("2016/10/26/19/filtered-1-2016-10-26-19-01-40-".len());
    assert_eq!(before, "2016/10/26/19/filtered-1-2016-10-26-19-01-40-");
    let parts: Vec<&str> = uuid.split('-').collect();
    assert_eq!(parts.iter().map(|it| it.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
    assert!(uuid.chars().all(|it| it == '-' || it.is_ascii_digit() || ('a'..='f').contains(&it)));
    assert!(parts[2].starts_with('4') && "89ab".contains(&parts[3][..1]), "{uuid}");
    // Nothing comes in, nothing goes out.
    pass(&mut cloud, at(1000));
    assert_eq!(objects(&cloud).len(), 1);
    check_sums(&cloud);
    assert_eq!(delivery(&cloud).delivered_objects, 1);
    let origin = cloud.s3.object(BUCKET, key).expect("an object").origin.clone().expect("delivered");
    assert_eq!((origin.delivery.as_str(), origin.first_row, origin.rows), ("filtered", 0, 150));
}

/// At a high rate the size is reached first; records are not split, so objects are a little over.
#[test]
fn the_size_may_come_first() {
    let mut cloud = with_delivery(&DeliverySettings { buffer_mb: 1, ..settings() });
    for second in 100..110 {
        assert_eq!(put(&mut cloud, at(second), 400, 1000), 400);
    }
    // 1 MiB is reached by row 1049, and again by row 2098 and 3147.
    assert_eq!(objects(&cloud).iter().map(|it| it.1).collect::<Vec<_>>(), [1049, 1049, 1049]);
    assert_eq!(delivery(&cloud).buffer.rows, 4000 - 3147);
    check_sums(&cloud);
}

/// A prefix is put in front as it is; GZIP frames the content and adds `.gz`.
#[test]
fn prefix_and_compression() {
    let mut cloud = with_delivery(&DeliverySettings { prefix: "raw-".to_owned(), gzip: true, ..settings() });
    put(&mut cloud, at(100), 2, 10);
    pass(&mut cloud, at(200));
    let (key, lines) = objects(&cloud).pop().expect("an object");
    assert!(key.starts_with("raw-2016/10/26/19/filtered-1-") && key.ends_with(".gz"), "{key}");
    let object = cloud.s3.object(BUCKET, &key).expect("an object");
    let Body::Here(body) = &object.body else { panic!("the body is new") };
    assert_eq!((lines, &body[..3], &body[15..24]), (2, [0x1f, 0x8b, 8].as_slice(), b"xxxxxxxxx".as_slice()));
}

/// The role loses its right for three minutes: the log fills, rows wait, and then arrive in one larger
/// object under the time of the oldest (firehose.md section 13). Nothing is lost.
#[test]
fn a_role_without_rights_delays_but_loses_nothing() {
    let mut cloud = with_delivery(&settings());
    (60..300).for_each(|second| {
        pass(&mut cloud, at(second));
        if second == 130 {
            let policy = "oneClick_firehose_delivery_role";
            cloud.detach_role_policy(at(second), &ROOT, DELIVERY_ROLE, policy).expect("detached");
            assert!(!cloud.may_deliver(delivery(&cloud)));
        }
        if second == 290 {
            cloud.restore_role(at(second), &ROOT, DELIVERY_ROLE).expect("restored");
            assert!(cloud.may_deliver(delivery(&cloud)));
        }
        put(&mut cloud, at(second), 10, 88);
        check_sums(&cloud);
    });
    // Delivered at 120 s; then the buffers opened at 120 s, 180 s and 240 s wait. Tries at 180, 190, 210,
    // 250 and 330 s: the waits double from 10 s.
    assert_eq!(objects(&cloud).len(), 1);
    assert_eq!((delivery(&cloud).tries, delivery(&cloud).retry_at), (4, Some(at(330))));
    assert_eq!(
        log(&cloud),
        vec![
            "{\"deliveryStreamARN\":\"arn:aws:firehose:us-west-2:123456789012:deliverystream/filtered\",\
             \"destination\":\"arn:aws:s3:::ann-filtered-iot-data\",\"deliveryStreamVersionId\":1,\
             \"message\":\"Access was denied. Ensure that the trust policy for the provided IAM role allows \
             Firehose to assume the role, and the access policy allows access to the S3 bucket.\",\
             \"errorCode\":\"S3.AccessDenied\"}"
                .to_owned();
            4
        ]
    );
    assert_eq!(sum(&cloud, "DeliveryToS3.Success", Statistic::Average, 3), Some(0.0));
    // The oldest row came in at 120 s: at 240 s it is 120 s old, at 250 s 130 s.
    assert_eq!(sum(&cloud, "DeliveryToS3.DataFreshness", Statistic::Maximum, 4), Some(130.0));

    pass(&mut cloud, at(330));
    let found = objects(&cloud);
    // 60 s to 120 s, and what came in from 120 s to 300 s and was full by then.
    assert_eq!(found.iter().map(|it| it.1).collect::<Vec<_>>(), [600, 1800]);
    assert!(found[1].0.contains("-2016-10-26-19-02-00-"), "{found:?}");
    check_sums(&cloud);
    assert_eq!((delivery(&cloud).lost_rows, delivery(&cloud).tries), (0, 0));
    assert_eq!(sum(&cloud, "DeliveryToS3.Records", Statistic::Sum, 5), Some(1800.0));
}

/// A bucket that is gone says so; made again under its name, it receives what waited.
#[test]
fn a_bucket_may_come_back() {
    let mut cloud = with_delivery(&settings());
    cloud.delete_bucket(at(90), &ROOT, BUCKET).expect("deleted");
    put(&mut cloud, at(100), 5, 88);
    pass(&mut cloud, at(170));
    let line = log(&cloud).pop().expect("a line");
    assert!(
        line.contains("\"errorCode\":\"S3.NoSuchBucket\"")
            && line.contains(
                "\"message\":\"The specified bucket does not exist. Create the bucket or use a different bucket \
                 that does exist.\""
            ),
        "{line}"
    );
    let mut cloud = through_checkpoint(&cloud);
    cloud.create_bucket(at(171), &ROOT, BUCKET).expect("a bucket");
    pass(&mut cloud, at(200));
    assert_eq!(objects(&cloud).len(), 1);
}

/// With logging off the symptoms are the same and there is no log.
#[test]
fn without_logging_nothing_is_logged() {
    let mut cloud = with_delivery(&DeliverySettings { logging: false, ..settings() });
    cloud.delete_bucket(at(90), &ROOT, BUCKET).expect("deleted");
    put(&mut cloud, at(100), 5, 88);
    pass(&mut cloud, at(170));
    assert_eq!(delivery(&cloud).tries, 2);
    assert!(cloud.logs.groups().next().is_none());
}

/// What cannot be delivered for 24 hours is lost, batch by batch, and counted.
#[test]
fn after_a_day_rows_are_lost() {
    let mut cloud = with_delivery(&settings());
    cloud.delete_bucket(at(90), &ROOT, BUCKET).expect("deleted");
    let day = 86_400;
    put(&mut cloud, at(100), 5, 88);
    pass(&mut cloud, at(200));
    put(&mut cloud, at(200), 7, 88);
    pass(&mut cloud, at(day + 99));
    assert_eq!((delivery(&cloud).lost_rows, delivery(&cloud).waiting_rows()), (0, 12));
    // The waits between tries never exceed five minutes: about 290 lines a day.
    assert!((280..300).contains(&log(&cloud).len()), "{}", log(&cloud).len());
    pass(&mut cloud, at(day + 100));
    assert_eq!((delivery(&cloud).lost_rows, delivery(&cloud).waiting_rows()), (5, 7));
    pass(&mut cloud, at(day + 300));
    assert_eq!((delivery(&cloud).lost_rows, delivery(&cloud).waiting_rows()), (12, 0));
    check_sums(&cloud);
}

/// What waits is bounded: the oldest rows are lost early rather than filling the memory.
#[test]
fn what_waits_is_bounded() {
    let mut cloud = with_delivery(&settings());
    cloud.delete_bucket(at(90), &ROOT, BUCKET).expect("deleted");
    for second in 100..130 {
        (0..10).for_each(|_| assert_eq!(put(&mut cloud, at(second), 4, 100 << 10), 4));
    }
    let it = delivery(&cloud);
    assert!(it.waiting_bytes() <= 64 << 20, "{}", it.waiting_bytes());
    assert!(0 < it.lost_early && it.lost_early == it.lost_rows);
    check_sums(&cloud);
}

/// 5,000 records, 2,000 calls and 5 MiB a second; what is refused is the end of a call.
#[test]
fn puts_are_throttled() {
    let mut cloud = with_delivery(&settings());
    let accepted: usize = (0..11).map(|_| put(&mut cloud, at(100), 500, 10)).sum();
    assert_eq!(accepted, 5000);
    let ends = [1];
    let answer = cloud.put_record_batch(at(100), &ROOT, "filtered", b"x", &ends).expect("an answer");
    assert_eq!((answer.accepted, answer.refused), (0, 1));
    assert_eq!(
        answer.error(0).map(|it| it.to_string()).as_deref(),
        Some("ServiceUnavailableException: Slow down.")
    );
    // Bytes: 5 MiB in a second.
    let accepted: usize = (0..2).map(|_| put(&mut cloud, at(101), 4, 1 << 20 >> 1)).sum();
    assert_eq!(accepted, 8);
    assert_eq!(put(&mut cloud, at(101), 4, 1 << 20 >> 1), 2);
    // Calls: 12 in second 100 are nothing; 2,000 in one second use the budget up.
    (0..2000).for_each(|_| {
        cloud.put_record_batch(at(110), &ROOT, "filtered", b"x", &ends).expect("an answer");
    });
    let call = cloud.put_record_batch(at(110), &ROOT, "filtered", b"x", &ends);
    assert_eq!(refusal(call), "ServiceUnavailableException: Slow down.");
    check_sums(&cloud);
}

/// A constraint that a field does not satisfy.
fn rule(value: &str, field: &str, rule: &str) -> String {
    format!(
        "ValidationException: 1 validation error detected: Value '{value}' at '{field}' failed to satisfy \
         constraint: Member must {rule}"
    )
}

/// Every refusal of making, finding and deleting a delivery stream.
#[test]
fn refusals() {
    let mut cloud = with_delivery(&settings());
    let mut create = |settings: &DeliverySettings| refusal(cloud.create_delivery(at(40), &ROOT, settings));
    assert_eq!(
        create(&settings()),
        "ResourceInUseException: Firehose filtered under account 123456789012 already exists."
    );
    let other = DeliverySettings { name: "other".to_owned(), ..settings() };
    let named = |name: &str| DeliverySettings { name: name.to_owned(), ..settings() };
    let long = "x".repeat(65);
    assert_eq!(
        create(&named("a b")),
        rule("a b", "deliveryStreamName", "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
    );
    assert_eq!(
        create(&named(&long)),
        rule(&long, "deliveryStreamName", "have length less than or equal to 64")
    );
    assert_eq!(create(&named("")), rule("", "deliveryStreamName", "have length greater than or equal to 1"));
    let hints = "s3DestinationConfiguration.bufferingHints";
    for (buffer_mb, secs, value, field, end) in [
        (0, 60, "0", "sizeInMBs", "greater than or equal to 1"),
        (129, 60, "129", "sizeInMBs", "less than or equal to 128"),
        (5, 59, "59", "intervalInSeconds", "greater than or equal to 60"),
        (5, 901, "901", "intervalInSeconds", "less than or equal to 900"),
    ] {
        let settings = DeliverySettings { buffer_mb, buffer_wait: Span::from_secs(secs), ..other.clone() };
        assert_eq!(create(&settings), rule(value, &format!("{hints}.{field}"), &format!("have value {end}")));
    }
    let prefixed = DeliverySettings { prefix: "x".repeat(513), ..other.clone() };
    assert_eq!(
        create(&prefixed),
        rule("…", "s3DestinationConfiguration.prefix", "have length less than or equal to 512")
    );
    let stranger = DeliverySettings { role: "nobody".to_owned(), ..other.clone() };
    assert_eq!(
        create(&stranger),
        "InvalidArgumentException: Firehose is unable to assume role arn:aws:iam::123456789012:role/nobody. Please \
         check the role provided."
    );
    assert_eq!(
        refusal(cloud.describe_delivery(&ROOT, "none")),
        "ResourceNotFoundException: Firehose none not found under account 123456789012."
    );
    for number in 1..20 {
        let settings = DeliverySettings { name: format!("d{number}"), ..other.clone() };
        cloud.create_delivery(at(40), &ROOT, &settings).expect("a delivery stream");
    }
    let error = refused(cloud.create_delivery(at(40), &ROOT, &other));
    assert!(
        error
            .message
            .starts_with("You have already consumed your firehose quota of 20 hoses. Firehose names: ["),
        "{error}"
    );
    assert_eq!(error.code, "LimitExceededException");
}

/// What makes a call of PutRecordBatch invalid as a whole.
#[test]
fn refusals_of_whole_calls() {
    let mut cloud = with_delivery(&settings());
    let rows = |rows: usize| (1..=rows as u32).collect::<Vec<_>>();
    let mut put =
        |lines: &[u8], ends: &[u32]| refusal(cloud.put_record_batch(at(40), &ROOT, "filtered", lines, ends));
    assert_eq!(put(b"", &[]), rule("[]", "records", "have length greater than or equal to 1"));
    assert_eq!(
        put(&[b'x'; 501], &rows(501)),
        rule("[…]", "records", "have length less than or equal to 500")
    );
    let big = vec![b'x'; 5 << 20];
    assert_eq!(
        put(&big, &[1_024_001]),
        rule("…", "records.1.member.data", "have length less than or equal to 1024000")
    );
    let ends: Vec<u32> = (1..=5).map(|it| it * 1_000_000).collect();
    assert_eq!(put(&big, &ends), "InvalidArgumentException: Records size exceeds 4 MB limit");
}

/// CREATING takes no records; DELETING still does, and then everything is gone.
#[test]
fn a_delivery_stream_takes_time_to_come_and_go() {
    let mut cloud = cloud();
    cloud.create_bucket(at(0), &ROOT, BUCKET).expect("a bucket");
    cloud.allow_delivery(at(0), &ROOT, BUCKET, "filtered").expect("a role");
    cloud.create_delivery(at(0), &ROOT, &settings()).expect("a delivery stream");
    assert_eq!(delivery(&cloud).status, Status::Creating);
    let early = refused(cloud.put_record_batch(at(1), &ROOT, "filtered", b"x", &[1]));
    assert_eq!(
        early.to_string(),
        "ResourceNotFoundException: Firehose filtered not found under account 123456789012."
    );
    assert_eq!(
        refusal(cloud.delete_delivery(at(1), &ROOT, "filtered")),
        "ResourceInUseException: Firehose filtered under account 123456789012 not ACTIVE, instead in state CREATING"
    );
    pass(&mut cloud, at(20));
    assert_eq!(delivery(&cloud).status, Status::Active);
    cloud.delete_delivery(at(30), &ROOT, "filtered").expect("deleted");
    put(&mut cloud, at(31), 4, 88);
    pass(&mut cloud, at(60));
    assert!(cloud.firehose.delivery("filtered").is_err());
    assert_eq!(cloud.firehose.deleted_rows, 4);
    // The clean-up list of the slides forgets the log group and the role.
    let group = "/aws/kinesisfirehose/filtered";
    cloud.delete_log_group(at(61), &ROOT, group).expect("it stays until it is deleted");
    assert_eq!(
        refusal(cloud.delete_log_group(at(61), &ROOT, group)),
        "ResourceNotFoundException: The specified log group does not exist."
    );
    cloud.delete_role(at(61), &ROOT, DELIVERY_ROLE).expect("so does the role");
    assert_eq!(cloud.iam.roles().count(), 0);
}

/// A user needs PassRole to hand a role over, and the sentence names the role.
#[test]
fn handing_over_a_role_is_a_right() {
    let mut cloud = with_delivery(&settings());
    cloud.create_user(at(40), &ROOT, "ann").expect("a user");
    cloud.attach_policy(at(40), &ROOT, "ann", "AmazonKinesisFirehoseFullAccess").expect("attached");
    let other = DeliverySettings { name: "other".to_owned(), ..settings() };
    assert_eq!(
        refusal(cloud.create_delivery(at(40), &Principal::User("ann".to_owned()), &other)),
        "AccessDenied: User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:PassRole on \
         resource: arn:aws:iam::123456789012:role/firehose_delivery_role"
    );
}

/// A role whose trust is taken away cannot be used, though its rights are there.
#[test]
fn trust_is_needed_too() {
    let mut cloud = with_delivery(&settings());
    let elsewhere = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"},
        "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "999999999999"}}}}"#;
    cloud.iam.set_trust(DELIVERY_ROLE, elsewhere).expect("a trust policy");
    put(&mut cloud, at(100), 1, 88);
    pass(&mut cloud, at(160));
    assert!(log(&cloud)[0].contains("S3.AccessDenied"));
    cloud.restore_role(at(161), &ROOT, DELIVERY_ROLE).expect("restored");
    pass(&mut cloud, at(180));
    assert_eq!(objects(&cloud).len(), 1);
}

/// The saw-tooth of a healthy delivery stream: what is delivered is as old as the interval.
#[test]
fn metrics_of_a_healthy_delivery() {
    let mut cloud = with_delivery(&settings());
    for second in 60..240 {
        pass(&mut cloud, at(second));
        put(&mut cloud, at(second), 10, 88);
    }
    assert_eq!(sum(&cloud, "IncomingRecords", Statistic::Sum, 2), Some(600.0));
    assert_eq!(sum(&cloud, "IncomingBytes", Statistic::Sum, 2), Some(52_800.0));
    assert_eq!(sum(&cloud, "DeliveryToS3.Records", Statistic::Sum, 2), Some(600.0));
    assert_eq!(sum(&cloud, "DeliveryToS3.Success", Statistic::Average, 2), Some(1.0));
    assert_eq!(sum(&cloud, "DeliveryToS3.DataFreshness", Statistic::Maximum, 2), Some(60.0));
    assert_eq!(sum(&cloud, "DeliveryToS3.Records", Statistic::Sum, 1), None);
}
