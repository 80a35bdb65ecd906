//! S3: buckets and objects.
//!
//! Keys are flat; folders are what a listing with a delimiter makes of common beginnings. The world
//! keeps every object's facts and the newest bodies; each change is also queued as an [`S3Change`] for
//! the shell, which mirrors it as a real file. Not here: versions, bucket policies, multipart uploads
//! (COMPAT.md).

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::name::bucket_arn;
use crate::base::time::Timestamp;
use crate::cloud::error::CloudError;
use crate::sql::diag::nearest;

/// Buckets an account may have (s3.md section 1).
pub const BUCKETS_MAX: usize = 100;
/// Bytes of a key.
pub const KEY_MAX: usize = 1024;
/// Entries of one listing.
pub const LISTING_MAX: usize = 1000;
/// Bytes of bodies kept in memory: the newest ones. Older bodies are [`Body::Elsewhere`]: in the file
/// that the shell wrote.
pub const BODIES_MAX: u64 = 16 << 20;

/// Bytes of an uploaded text that stay with the world for good.
pub const HELD_MAX: usize = 1 << 20;

/// Bucket names that somebody else has: the namespace is shared by everybody. What a learner in a hurry
/// types first.
const TAKEN: [&str; 12] = [
    "bucket",
    "data",
    "filtered-iot-data",
    "iot",
    "iot-data",
    "kinesis",
    "my-bucket",
    "mybucket",
    "sensors",
    "test",
    "workshop",
    "yourname-filtered-iot-data",
];

/// Every bucket of the account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct S3 {
    buckets: BTreeMap<String, Bucket>,
    /// Bodies in memory, oldest first: the object's number, its bucket and its key.
    #[serde(skip)]
    bodies: VecDeque<(u64, String, String)>,
    #[serde(skip)]
    bodies_bytes: u64,
    /// Numbers objects in the order of their making.
    next_number: u64,
    #[serde(skip)]
    changes: Vec<S3Change>,
}

/// A bucket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bucket {
    pub name: String,
    pub created_at: Timestamp,
    objects: BTreeMap<String, Object>,
}

/// An object: its facts, and its body while that is in memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Object {
    pub bytes: u64,
    /// Line ends in what was put (before compression).
    pub lines: u64,
    pub modified_at: Timestamp,
    /// Hex MD5 of the body, without the quotes of the header.
    pub etag: String,
    /// What delivered it, if a delivery stream did.
    pub origin: Option<Origin>,
    /// Never part of a checkpoint: the file has it.
    #[serde(skip)]
    pub body: Body,
    number: u64,
    /// The body of what a person put: no program makes it again, so it stays with the world.
    held: Option<Vec<u8>>,
}

/// Where an object's lines come from: line *n* (from 0) is row `first_row + n` that the delivery stream
/// accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub delivery: String,
    pub first_row: u64,
    pub rows: u64,
}

/// An object's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    Here(Arc<[u8]>),
    /// In the file that the shell wrote.
    #[default]
    Elsewhere,
}

/// What the shell must do on disk, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum S3Change {
    MakeBucket { bucket: String },
    RemoveBucket { bucket: String },
    Put { bucket: String, key: String, body: Arc<[u8]> },
    Delete { bucket: String, key: String },
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Keys that hold no delimiter after the prefix, in order of their bytes.
    pub keys: Vec<String>,
    /// The others, cut after that delimiter.
    pub prefixes: Vec<String>,
    /// Where the next page begins, if there is more.
    pub next: Option<String>,
}

/// An object to be put.
#[derive(Clone, Debug)]
pub struct NewObject {
    pub key: String,
    pub body: Vec<u8>,
    pub lines: u64,
    pub origin: Option<Origin>,
}

impl Object {
    /// The body, where the world still has it.
    pub fn content(&self) -> Option<&[u8]> {
        match (&self.body, &self.held) {
            (Body::Here(body), _) => Some(body),
            (Body::Elsewhere, held) => held.as_deref(),
        }
    }
}

impl Bucket {
    pub fn arn(&self) -> String {
        bucket_arn(&self.name)
    }

    /// Keys and objects in order of the keys' bytes.
    pub fn objects(&self) -> impl DoubleEndedIterator<Item = (&str, &Object)> + ExactSizeIterator {
        self.objects.iter().map(|(key, object)| (key.as_str(), object))
    }

    pub fn object(&self, key: &str) -> Option<&Object> {
        self.objects.get(key)
    }

    /// ListObjectsV2: keys that begin with `prefix` and come after `after`, rolled up at `delimiter`.
    pub fn list(&self, prefix: &str, delimiter: Option<char>, after: Option<&str>, max: usize) -> Listing {
        let max = max.clamp(1, LISTING_MAX);
        let mut listing = Listing::default();
        let mut last = after.unwrap_or_default().to_owned();
        let start = match after {
            Some(after) if prefix <= after => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let from = self.objects.range::<str, _>((start, Bound::Unbounded));
        for key in from.map(|(key, _)| key).take_while(|it| it.starts_with(prefix)) {
            let rest = &key[prefix.len()..];
            let cut = delimiter.and_then(|it| rest.find(it).map(|at| at + it.len_utf8()));
            let folder = cut.map(|end| &key[..prefix.len() + end]);
            if let Some(folder) = folder
                && (listing.prefixes.last().is_some_and(|it| it == folder)
                    || after.is_some_and(|it| it.starts_with(folder)))
            {
                continue;
            }
            if listing.keys.len() + listing.prefixes.len() == max {
                listing.next = Some(last);
                return listing;
            }
            match folder {
                Some(folder) => {
                    listing.prefixes.push(folder.to_owned());
                    last = folder.to_owned();
                }
                None => {
                    listing.keys.push(key.clone());
                    last = key.clone();
                }
            }
        }
        listing
    }
}

impl S3 {
    /// The buckets by name.
    pub fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        self.buckets.values()
    }

    pub fn bucket(&self, name: &str) -> Result<&Bucket, CloudError> {
        self.buckets.get(name).ok_or_else(|| {
            let near = nearest(name, self.buckets.keys().map(String::as_str));
            no_bucket().hint_maybe(near.map(|it| format!("Did you mean `{it}`?")))
        })
    }

    /// PUT bucket.
    pub fn create_bucket(&mut self, now: Timestamp, name: &str) -> Result<(), CloudError> {
        check_bucket_name(name)?;
        if self.buckets.contains_key(name) {
            return Err(CloudError::new(
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
            ));
        }
        if TAKEN.contains(&name) {
            return Err(CloudError::new(
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of \
                 the system. Please select a different name and try again.",
            )
            .hint("Put your own name in front, such as `ann-filtered-iot-data`."));
        }
        if BUCKETS_MAX <= self.buckets.len() {
            let message = "You have attempted to create more buckets than allowed";
            return Err(CloudError::new("TooManyBuckets", message));
        }
        let bucket = Bucket { name: name.to_owned(), created_at: now, objects: BTreeMap::new() };
        self.buckets.insert(name.to_owned(), bucket);
        self.changes.push(S3Change::MakeBucket { bucket: name.to_owned() });
        Ok(())
    }

    /// DELETE bucket; it must be empty.
    pub fn delete_bucket(&mut self, name: &str) -> Result<(), CloudError> {
        let held = self.bucket(name)?.objects.len();
        if 0 < held {
            let objects = if held == 1 { "object" } else { "objects" };
            return Err(CloudError::new("BucketNotEmpty", "The bucket you tried to delete is not empty")
                .hint(format!("It holds {held} {objects}. Empty it first: `empty bucket {name}`.")));
        }
        self.buckets.remove(name);
        self.changes.push(S3Change::RemoveBucket { bucket: name.to_owned() });
        Ok(())
    }

    /// Deletes every object of a bucket; says how many there were.
    pub fn empty_bucket(&mut self, name: &str) -> Result<usize, CloudError> {
        let bucket = self.buckets.get_mut(name).ok_or_else(no_bucket)?;
        let objects = std::mem::take(&mut bucket.objects);
        let count = objects.len();
        for (key, object) in objects {
            self.forget(&object);
            self.changes.push(S3Change::Delete { bucket: name.to_owned(), key });
        }
        Ok(count)
    }

    /// PUT object; takes the place of one with the same key.
    pub fn put_object(&mut self, now: Timestamp, bucket: &str, new: NewObject) -> Result<(), CloudError> {
        let NewObject { key, body, lines, origin } = new;
        if KEY_MAX < key.len() {
            return Err(CloudError::new("KeyTooLongError", "Your key is too long"));
        }
        let Some(place) = self.buckets.get_mut(bucket) else { return Err(no_bucket()) };
        let number = self.next_number;
        self.next_number += 1;
        let etag = digest(&body);
        let uploaded = origin.is_none() && body.len() <= HELD_MAX;
        let body: Arc<[u8]> = body.into();
        let object = Object {
            bytes: body.len() as u64,
            lines,
            modified_at: now,
            etag,
            origin,
            held: uploaded.then(|| body.to_vec()),
            body: Body::Here(Arc::clone(&body)),
            number,
        };
        let replaced = place.objects.insert(key.clone(), object);
        if let Some(replaced) = replaced {
            self.forget(&replaced);
        }
        self.bodies_bytes += body.len() as u64;
        self.bodies.push_back((number, bucket.to_owned(), key.clone()));
        self.changes.push(S3Change::Put { bucket: bucket.to_owned(), key, body });
        self.make_room();
        Ok(())
    }

    /// DELETE object; deleting what does not exist succeeds.
    pub fn delete_object(&mut self, bucket: &str, key: &str) -> Result<(), CloudError> {
        let place = self.buckets.get_mut(bucket).ok_or_else(no_bucket)?;
        if let Some(object) = place.objects.remove(key) {
            self.forget(&object);
            self.changes.push(S3Change::Delete { bucket: bucket.to_owned(), key: key.to_owned() });
        }
        Ok(())
    }

    /// GET or HEAD object.
    pub fn object(&self, bucket: &str, key: &str) -> Result<&Object, CloudError> {
        let missing = || CloudError::new("NoSuchKey", "The specified key does not exist.");
        self.bucket(bucket)?.objects.get(key).ok_or_else(missing)
    }

    /// What has changed since the last time, in order, for the shell to do on disk. Whoever keeps a
    /// world must take these now and then, or drop them: nothing else empties the queue.
    pub fn take_changes(&mut self) -> Vec<S3Change> {
        std::mem::take(&mut self.changes)
    }

    /// An object's body is no longer in memory.
    fn forget(&mut self, object: &Object) {
        if let Body::Here(body) = &object.body {
            self.bodies_bytes -= body.len() as u64;
        }
    }

    /// Lets go of the oldest bodies while there are more than [`BODIES_MAX`] bytes.
    fn make_room(&mut self) {
        while BODIES_MAX < self.bodies_bytes {
            let Some((number, bucket, key)) = self.bodies.pop_front() else { return };
            let place = self.buckets.get_mut(&bucket).and_then(|it| it.objects.get_mut(&key));
            if let Some(object) = place
                && object.number == number
            {
                self.bodies_bytes -= object.bytes;
                object.body = Body::Elsewhere;
            }
        }
    }
}

fn no_bucket() -> CloudError {
    CloudError::new("NoSuchBucket", "The specified bucket does not exist")
}

fn digest(body: &[u8]) -> String {
    use md5::Digest;
    format!("{:032x}", u128::from_be_bytes(md5::Md5::digest(body).into()))
}

/// The rules of s3.md section 1 as they are in Oregon.
fn check_bucket_name(name: &str) -> Result<(), CloudError> {
    let ends = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let known = |it: u8| ends(it) || it == b'.' || it == b'-';
    let bytes = name.as_bytes();
    let rule = match () {
        () if !(3..=63).contains(&bytes.len()) => "A bucket name has 3 to 63 characters.",
        () if bytes.iter().any(u8::is_ascii_uppercase) => "A bucket name has no capital letters.",
        () if name.contains('_') => "A bucket name has no underscores; write a hyphen instead.",
        () if !bytes.iter().all(|it| known(*it)) => {
            "A bucket name has small letters, digits, dots and hyphens only."
        }
        () if !(ends(bytes[0]) && ends(bytes[bytes.len() - 1])) => {
            "A bucket name begins and ends with a letter or a digit."
        }
        () if name.contains("..") => "A bucket name has no two dots side by side.",
        () if name.parse::<std::net::Ipv4Addr>().is_ok() => "A bucket name does not look like an IP address.",
        () if name.starts_with("xn--") => "A bucket name does not begin with `xn--`.",
        () => return Ok(()),
    };
    Err(CloudError::new("InvalidBucketName", "The specified bucket is not valid.").hint(rule))
}
