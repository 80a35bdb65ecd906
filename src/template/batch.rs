//! Records in bulk, for `pumphouse generate` and for recordings: one per line, a chunk at a time.

use crate::base::seed::{Chance, Seed};
use crate::base::time::{Span, Timestamp};
use crate::template::Template;

/// The name of the stream of chance that values are drawn from, here and in the simulated producer.
pub const OWNER: &str = "producer.values";
/// How many records a second of virtual time holds unless told.
pub const RATE: u64 = 100;

/// Makes record after record; the moment of record `i` is `start + i / rate` seconds.
#[derive(Clone, Debug)]
pub struct Batch {
    template: Template,
    chance: Chance,
    start: Timestamp,
    /// Records per second of virtual time, at least 1.
    rate: u64,
    made: u64,
    count: u64,
}

impl Batch {
    /// `count` records of a template (`u64::MAX` for no end); a rate of 0 is taken for 1.
    pub fn new(template: Template, seed: Seed, start: Timestamp, rate: u64, count: u64) -> Self {
        Self { template, chance: seed.stream(OWNER), start, rate: rate.max(1), made: 0, count }
    }

    /// Appends whole records, each with a line feed, until `out` holds at least `bytes` or all are made.
    /// Returns how many were appended; 0 means that all are made.
    pub fn fill(&mut self, out: &mut Vec<u8>, bytes: usize) -> u64 {
        let before = self.made;
        while self.made < self.count && (out.len() < bytes || self.made == before) {
            let millis = u128::from(self.made) * 1000 / u128::from(self.rate);
            let now = self.start + Span::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
            self.template.render(&mut self.chance, now, out);
            out.push(b'\n');
            self.made += 1;
        }
        self.made - before
    }

    /// How many records were made so far.
    pub fn made(&self) -> u64 {
        self.made
    }
}
