//! The calls of the services' APIs, each through IAM: streams, people, buckets and deliveries.

mod people;
mod storage;
mod streams;

pub use storage::DELIVERY_ROLE;
