//! S3: bucket rules, listings, bodies and what the shell is told.

use pumphouse::base::time::Timestamp;
use pumphouse::cloud::s3::{BODIES_MAX, Body, NewObject, S3, S3Change};

use super::{ROOT, at, cloud, refusal, refused};

fn object(key: &str, body: &str) -> NewObject {
    NewObject { key: key.to_owned(), body: body.as_bytes().to_vec(), lines: 0, origin: None }
}

/// The experiments of s3.md section 10, and the rules behind them.
#[test]
fn bucket_names_have_rules() {
    let mut cloud = cloud();
    for name in [
        "My_Bucket",
        "ab",
        "a_b_c",
        "-abc",
        "abc.",
        "a..b",
        "192.168.5.4",
        "xn--abc",
        "a b c",
        &"x".repeat(64),
    ] {
        let error = refused(cloud.create_bucket(at(0), &ROOT, name));
        assert_eq!(error.to_string(), "InvalidBucketName: The specified bucket is not valid.", "{name}");
        assert!(error.hint.is_some(), "{name}");
    }
    assert_eq!(
        refusal(cloud.create_bucket(at(0), &ROOT, "test")),
        "BucketAlreadyExists: The requested bucket name is not available. The bucket namespace is shared by all \
         users of the system. Please select a different name and try again."
    );
    cloud.create_bucket(at(0), &ROOT, "ann-filtered-iot-data").expect("a bucket");
    assert_eq!(
        refusal(cloud.create_bucket(at(0), &ROOT, "ann-filtered-iot-data")),
        "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own \
         it."
    );
    for number in 1..100 {
        cloud.create_bucket(at(0), &ROOT, &format!("bucket-{number}")).expect("a bucket");
    }
    assert_eq!(
        refusal(cloud.create_bucket(at(0), &ROOT, "one-more")),
        "TooManyBuckets: You have attempted to create more buckets than allowed"
    );
}

/// A bucket is deleted when it is empty, not before; each change is told to the shell in order.
#[test]
fn buckets_are_emptied_first() {
    let mut cloud = cloud();
    cloud.create_bucket(at(0), &ROOT, "ann-data").expect("a bucket");
    cloud.s3.put_object(at(1), "ann-data", object("a", "x\n")).expect("put");
    let error = refused(cloud.delete_bucket(at(2), &ROOT, "ann-data"));
    assert_eq!(error.to_string(), "BucketNotEmpty: The bucket you tried to delete is not empty");
    assert_eq!(error.hint.as_deref(), Some("It holds 1 object. Empty it first: `empty bucket ann-data`."));
    assert_eq!(cloud.empty_bucket(at(3), &ROOT, "ann-data"), Ok(1));
    cloud.delete_bucket(at(4), &ROOT, "ann-data").expect("deleted");
    assert_eq!(
        refusal(cloud.delete_bucket(at(5), &ROOT, "ann-data")),
        "NoSuchBucket: The specified bucket does not exist"
    );
    let (bucket, key) = ("ann-data".to_owned(), "a".to_owned());
    assert_eq!(
        cloud.s3.take_changes(),
        [
            S3Change::MakeBucket { bucket: bucket.clone() },
            S3Change::Put { bucket: bucket.clone(), key: key.clone(), body: b"x\n".as_slice().into() },
            S3Change::Delete { bucket: bucket.clone(), key },
            S3Change::RemoveBucket { bucket },
        ]
    );
    assert!(cloud.s3.take_changes().is_empty());
}

/// The walk of s3.md section 3: five levels down to the object.
#[test]
fn folders_are_made_by_listing() {
    let mut cloud = cloud();
    cloud.create_bucket(at(0), &ROOT, "ann-data").expect("a bucket");
    for key in ["2016/10/26/19/b", "2016/10/26/19/a", "2016/10/26/20/c", "2016/10/27/00/d", "readme"] {
        cloud.s3.put_object(at(1), "ann-data", object(key, "")).expect("put");
    }
    let list = |prefix: &str, after: Option<&str>| {
        let it = cloud.list_objects(&ROOT, "ann-data", prefix, Some('/'), after).expect("a listing");
        (it.prefixes, it.keys)
    };
    let texts = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(list("", None), (texts(&["2016/"]), texts(&["readme"])));
    assert_eq!(list("2016/", None), (texts(&["2016/10/"]), vec![]));
    assert_eq!(list("2016/10/", None), (texts(&["2016/10/26/", "2016/10/27/"]), vec![]));
    assert_eq!(list("2016/10/26/", None).0, ["2016/10/26/19/", "2016/10/26/20/"]);
    assert_eq!(list("2016/10/26/19/", None), (vec![], texts(&["2016/10/26/19/a", "2016/10/26/19/b"])));
    assert_eq!(list("2016/10/26/19/", Some("2016/10/26/19/a")).1, ["2016/10/26/19/b"]);
    assert_eq!(list("none", None), (vec![], vec![]));

    // Page by page, keys and prefixes counted together.
    let bucket = cloud.s3.bucket("ann-data").expect("a bucket");
    let page = bucket.list("2016/10/", Some('/'), None, 1);
    assert_eq!(
        (page.prefixes.as_slice(), page.next.as_deref()),
        (texts(&["2016/10/26/"]).as_slice(), Some("2016/10/26/"))
    );
    let page = bucket.list("2016/10/", Some('/'), page.next.as_deref(), 1);
    assert_eq!((page.prefixes, page.next), (texts(&["2016/10/27/"]), None));
}

/// An object has its content's MD5 as its tag; a missing one is told only to who may list.
#[test]
fn objects_are_read() {
    let mut cloud = cloud();
    cloud.create_bucket(at(0), &ROOT, "ann-data").expect("a bucket");
    // The test value of RFC 1321.
    cloud.s3.put_object(at(1), "ann-data", object("k", "abc")).expect("put");
    let found = cloud.get_object(&ROOT, "ann-data", "k").expect("an object");
    assert_eq!((found.etag.as_str(), found.bytes), ("900150983cd24fb0d6963f7d28e17f72", 3));
    assert_eq!(found.body, Body::Here(b"abc".as_slice().into()));
    assert_eq!(
        refusal(cloud.get_object(&ROOT, "ann-data", "none")),
        "NoSuchKey: The specified key does not exist."
    );
    assert_eq!(
        refusal(cloud.s3.put_object(at(1), "ann-data", object(&"k".repeat(1025), ""))),
        "KeyTooLongError: Your key is too long"
    );
    cloud.create_user(at(2), &ROOT, "ann").expect("a user");
    let ann = pumphouse::cloud::Principal::User("ann".to_owned());
    let only_objects = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ann-data/*"}}"#;
    cloud.put_policy(at(2), &ROOT, "ann", "read", only_objects).expect("a policy");
    assert!(cloud.get_object(&ann, "ann-data", "k").is_ok());
    assert_eq!(refusal(cloud.get_object(&ann, "ann-data", "none")), "AccessDenied: Access Denied");
    assert_eq!(refusal(cloud.list_objects(&ann, "ann-data", "", None, None)), "AccessDenied: Access Denied");
}

/// Facts of objects stay; of the bodies only the newest 16 MiB do.
#[test]
fn old_bodies_are_elsewhere() {
    let mut s3 = S3::default();
    s3.create_bucket(Timestamp::OPENING, "ann-data").expect("a bucket");
    let body = "x".repeat((BODIES_MAX / 4) as usize);
    for key in ["a", "b", "c", "d", "b", "e"] {
        s3.put_object(Timestamp::OPENING, "ann-data", object(key, &body)).expect("put");
    }
    // Each body is a quarter of the room. Putting "b" again takes none; "e" drives out the oldest, "a".
    let here = |key: &str| matches!(s3.object("ann-data", key).expect("an object").body, Body::Here(_));
    assert_eq!(["a", "b", "c", "d", "e"].map(here), [false, true, true, true, true]);
    assert_eq!(s3.object("ann-data", "a").expect("an object").bytes, BODIES_MAX / 4);
}
