//! One learner's world, and the only door to it.

pub mod view;
