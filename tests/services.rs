//! The services: what they answer, what they refuse and in which words, and what they count.

mod iam;
mod streams;

use pumphouse::base::seed::Seed;
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::cloud::{Cloud, Principal};

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
    }
    cloud.wake(until);
}

const ROOT: Principal = Principal::Root;

/// An account with the ACTIVE stream `iot` at second 30.
fn with_stream(shards: u32) -> Cloud {
    let mut cloud = cloud();
    cloud.create_stream(at(0), &ROOT, "iot", shards).expect("a stream");
    pass(&mut cloud, at(30));
    cloud
}
