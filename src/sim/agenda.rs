//! What is due next.
//!
//! Every actor knows its own next moment; the agenda asks them all. Equal moments are served in the
//! order of a record's way backwards: first the services change state and deliver, then the application
//! reads what was there, then the producer sends more. So a record is never read in the millisecond in
//! which it is put.

use crate::base::time::Timestamp;
use crate::sim::Sim;

/// Who has something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Streams, buckets and delivery streams.
    Services,
    Analytics,
    Producer,
}

impl Sim {
    /// The earliest moment at which anybody has something to do, and who.
    pub fn next_due(&self) -> Option<(Timestamp, Actor)> {
        [
            (self.cloud.next_due(), Actor::Services),
            (self.analytics.next_due(), Actor::Analytics),
            (self.producer.next_due(), Actor::Producer),
        ]
        .into_iter()
        .filter_map(|(at, actor)| Some((at?, actor)))
        .min_by_key(|(at, _)| *at)
    }

    pub(super) fn perform(&mut self, actor: Actor) {
        let now = self.now;
        match actor {
            Actor::Services => self.cloud.wake(now),
            Actor::Analytics => self.analytics.wake(now, &mut self.cloud),
            Actor::Producer => self.producer.wake(now, &mut self.cloud),
        }
    }
}
