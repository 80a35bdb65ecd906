//! The services: what they answer, what they refuse and in which words, and what they count.

mod application;
mod delivery;
mod iam;
mod laws;
mod reading;
mod storage;
mod streams;
mod typed;
mod watch;

use pumphouse::base::seed::Seed;
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::cloud::kinesis::{PutAnswer, PutBatch};
use pumphouse::cloud::{Cloud, CloudError, Principal};

const ROOT: Principal = Principal::Root;
const REGION: &str = "us-west-2";

/// An account on the day of the workshop.
fn cloud() -> Cloud {
    Cloud::new(Seed(7), Timestamp::OPENING)
}

/// Seconds after the opening.
fn at(secs: i64) -> Timestamp {
    Timestamp::OPENING + Span::from_secs(secs)
}

/// Lets time pass, doing everything due on the way.
fn pass(cloud: &mut Cloud, until: Timestamp) {
    while let Some(due) = cloud.next_due().filter(|it| *it <= until) {
        cloud.wake(due);
        assert!(cloud.next_due().is_none_or(|next| due < next), "what was due at {due} was not done");
    }
    cloud.wake(until);
}

/// An account with the ACTIVE stream `iot` at second 30.
fn with_stream(shards: u32) -> Cloud {
    let mut cloud = cloud();
    cloud.create_stream(at(0), &ROOT, "iot", shards).expect("a stream");
    pass(&mut cloud, at(30));
    cloud
}

/// A call of `count` records with one key.
fn batch(count: usize, key: &str) -> PutBatch {
    let mut batch = PutBatch::default();
    for number in 0..count {
        batch.push(key, format!("{{\"n\":{number}}}").as_bytes());
    }
    batch
}

fn put(cloud: &mut Cloud, now: Timestamp, batch: &PutBatch) -> PutAnswer {
    cloud.put_records(now, &ROOT, REGION, "iot", batch).expect("a call that is valid as a whole")
}

/// The error of a call that must be refused.
fn refused<T>(answer: Result<T, CloudError>) -> CloudError {
    match answer {
        Ok(_) => panic!("the call was expected to be refused"),
        Err(error) => error,
    }
}

/// `Code: message` of a refusal.
fn refusal<T>(answer: Result<T, CloudError>) -> String {
    refused(answer).to_string()
}

/// A world is the same after a checkpoint: written to bytes and read back.
fn through_checkpoint(cloud: &Cloud) -> Cloud {
    let bytes = postcard::to_stdvec(cloud).expect("a world can be written");
    postcard::from_bytes(&bytes).expect("a world can be read")
}
