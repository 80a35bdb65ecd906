//! What each in-application stream has passed on: a count, a pulse and its newest rows.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;
use crate::cloud::meter::Meter;
use crate::sql::plan::StreamId;
use crate::sql::value::Batch;

/// Rows kept of each stream for people to look at.
pub const NEWEST_MAX: usize = 50;

/// The counts of every stream of a program, by [`StreamId`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    streams: Vec<StreamTally>,
}

/// One stream's count and newest rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StreamTally {
    pub rows: Meter,
    /// Pieces of the newest batches, oldest first; together at least [`NEWEST_MAX`] rows if there were
    /// that many.
    newest: VecDeque<Batch>,
}

impl Tally {
    pub fn new(streams: usize) -> Self {
        Self { streams: vec![StreamTally::default(); streams] }
    }

    pub fn stream(&self, id: StreamId) -> Option<&StreamTally> {
        self.streams.get(id.0)
    }

    /// Counts rows that passed through a stream.
    pub fn rows(&mut self, now: Timestamp, stream: StreamId, batch: &Batch) {
        let Some(tally) = self.streams.get_mut(stream.0) else { return };
        tally.rows.add(now, batch.len() as u64);
        tally.newest.push_back(batch.slice(batch.len().saturating_sub(NEWEST_MAX)..batch.len()));
        let mut held: usize = tally.newest.iter().map(Batch::len).sum();
        while let Some(oldest) = tally.newest.front().map(Batch::len)
            && held - oldest >= NEWEST_MAX
        {
            tally.newest.pop_front();
            held -= oldest;
        }
    }
}

impl StreamTally {
    /// The newest rows, oldest first, as a batch and a row in it.
    pub fn newest(&self) -> impl Iterator<Item = (&Batch, usize)> {
        let held: usize = self.newest.iter().map(Batch::len).sum();
        let rows = self.newest.iter().flat_map(|batch| (0..batch.len()).map(move |row| (batch, row)));
        rows.skip(held.saturating_sub(NEWEST_MAX))
    }
}
