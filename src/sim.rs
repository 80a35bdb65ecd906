//! The machine: commands and the passing of virtual time go in, a changed world comes out.
//!
//! [`Sim`] owns no clock and no file. It takes a [`Command`](command::Command) at its present moment, or
//! moves its moment forward and does everything that is due on the way, in order. The same seed and the
//! same commands at the same moments give the same bytes, however the time between is cut into slices:
//! nothing happens at the end of a slice that would not happen anyway.

use serde::{Deserialize, Serialize};

use crate::base::seed::Seed;
use crate::base::time::{Span, Timestamp};
use crate::cloud::Cloud;
use crate::cloud::analytics::Analytics;
use crate::sim::producer::Producer;
use crate::sim::watching::Watching;

pub mod agenda;
mod apply;
pub mod command;
pub mod fault;
pub mod law;
pub mod lineage;
pub mod producer;
pub mod watching;

pub use apply::Refused;

/// A whole simulated world at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sim {
    pub seed: Seed,
    pub opened_at: Timestamp,
    now: Timestamp,
    pub cloud: Cloud,
    pub analytics: Analytics,
    pub producer: Producer,
    /// What the learner has looked at: graphs, objects, answers.
    pub watching: Watching,
    pub faults: fault::Faults,
}

impl Sim {
    pub fn open(seed: Seed, opened_at: Timestamp) -> Self {
        Self {
            seed,
            opened_at,
            now: opened_at,
            cloud: Cloud::new(seed, opened_at),
            analytics: Analytics::new(seed),
            producer: Producer::new(seed),
            watching: Watching::default(),
            faults: fault::Faults::default(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves virtual time to `end`, doing everything due on the way, in order.
    pub fn advance(&mut self, end: Timestamp) {
        self.advance_while(end, |_| true);
    }

    /// As [`Sim::advance`], and stops early, between two things that are due, when `go_on` says so.
    /// Answers whether `end` was reached.
    pub fn advance_while(&mut self, end: Timestamp, mut go_on: impl FnMut(&Sim) -> bool) -> bool {
        assert!(self.now <= end, "time only moves forward");
        while let Some((at, actor)) = self.next_due().filter(|(at, _)| *at <= end) {
            // A thing found overdue is done now: the past does not change.
            self.now = self.now.max(at);
            self.perform(actor);
            if !go_on(self) {
                return false;
            }
        }
        self.now = end;
        true
    }

    /// Brings the compiled parts into a form a checkpoint can hold.
    pub fn prepare_checkpoint(&mut self) {
        self.analytics.prepare_checkpoint();
    }

    /// Makes the compiled parts again after a checkpoint was read.
    pub fn rebuild(&mut self) {
        self.producer.rebuild();
        self.analytics.rebuild();
    }

    /// The next moment of a service or the producer, and how long that is from now.
    pub fn idle_for(&self) -> Option<Span> {
        self.next_due().map(|(at, _)| at - self.now)
    }
}
