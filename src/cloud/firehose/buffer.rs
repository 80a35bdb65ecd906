//! Rows on their way into an object.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;

/// Rows that came in one after the other and will leave in one object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Batch {
    /// When the oldest row came in; `None` while there is none.
    pub opened_at: Option<Timestamp>,
    /// The number of the first row, counted over the delivery stream's life.
    pub first_row: u64,
    pub rows: u64,
    /// Shared, so that a copy of the world does not copy what only waits.
    bytes: Arc<Vec<u8>>,
}

impl Batch {
    /// Adds rows; the first one opens the batch and starts its clock.
    pub(super) fn push(&mut self, now: Timestamp, first_row: u64, rows: u64, bytes: &[u8]) {
        if self.opened_at.is_none() {
            self.opened_at = Some(now);
            self.first_row = first_row;
        }
        self.rows += rows;
        Arc::make_mut(&mut self.bytes).extend_from_slice(bytes);
    }

    /// Adds the rows of the batch that came in next.
    pub(super) fn join(&mut self, next: Batch) {
        self.rows += next.rows;
        Arc::make_mut(&mut self.bytes).extend_from_slice(&next.bytes);
    }

    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The rows' text, without copying it unless a copy of the world holds it too.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        Arc::unwrap_or_clone(self.bytes)
    }
}
