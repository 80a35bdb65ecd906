//! The calls of the services' APIs, each through IAM: streams, people, buckets and deliveries.

mod people;
mod streams;
