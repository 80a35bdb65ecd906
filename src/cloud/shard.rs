//! One shard: a range of hash keys, a budget for each second, and records in order.
//!
//! The MD5 of a record's partition key, read as a 128-bit number, falls into exactly one open shard's
//! range (streams.md section 2). Records lie in chunks: bytes side by side and a compact index. A chunk
//! that is full is never changed again, so that cloning a world and handing records to a reader share
//! it instead of copying.

use serde::{Deserialize, Serialize};

use crate::base::name::ShardId;
use crate::base::time::{Span, Timestamp};
use crate::cloud::meter::Meter;

mod budget;
mod records;
mod route;

pub use budget::Budget;
pub use records::{Piece, Record};
pub use route::{hash_key, hash_range};

use records::RecordLog;

/// Writes a shard takes in a second (streams.md section 1).
pub const WRITE_RECORDS: i64 = 1000;
/// Bytes a shard takes in a second, partition keys included.
pub const WRITE_BYTES: i64 = 1 << 20;
/// GetRecords calls a shard answers in a second.
pub const READ_CALLS: i64 = 5;
/// Bytes a shard hands out in a second.
pub const READ_BYTES: i64 = 2 << 20;

/// A shard of a stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shard {
    pub id: ShardId,
    /// `false` once it has been split or merged: it can still be read.
    pub open: bool,
    /// The hash keys it takes, both ends included.
    pub hash_first: u128,
    pub hash_last: u128,
    /// When it was made, epoch seconds: part of every sequence number.
    pub created_secs: u64,
    pub accepted: Meter,
    pub throttled: Meter,
    write_records: Budget,
    write_bytes: Budget,
    read_calls: Budget,
    read_bytes: Budget,
    /// When the newest record arrived, in microseconds: the next one arrives later.
    last_arrival_us: i64,
    records: RecordLog,
}

impl Shard {
    pub fn new(id: ShardId, hash_first: u128, hash_last: u128, created_secs: u64) -> Self {
        Self {
            id,
            open: true,
            hash_first,
            hash_last,
            created_secs,
            accepted: Meter::default(),
            throttled: Meter::default(),
            write_records: Budget::new(WRITE_RECORDS),
            write_bytes: Budget::new(WRITE_BYTES),
            read_calls: Budget::new(READ_CALLS),
            read_bytes: Budget::new(READ_BYTES),
            last_arrival_us: i64::MIN,
            records: RecordLog::default(),
        }
    }

    /// First and last hash key as 32 hexadecimal digits.
    pub fn hash_range_hex(&self) -> (String, String) {
        (format!("{:032x}", self.hash_first), format!("{:032x}", self.hash_last))
    }

    /// Records held now.
    pub fn held(&self) -> u64 {
        self.records.end() - self.records.horizon()
    }

    /// Bytes held now, of data and keys.
    pub fn held_bytes(&self) -> u64 {
        self.records.bytes()
    }

    /// Records gone: by age, or because the stream was full ([`RECORDS_MAX`](super::kinesis::RECORDS_MAX)).
    pub fn expired(&self) -> u64 {
        self.records.horizon()
    }

    /// The place of the oldest record held, counted over the shard's life.
    pub fn horizon(&self) -> u64 {
        self.records.horizon()
    }

    /// The place after the newest record that has arrived by `now`.
    pub fn tip(&self, now: Timestamp) -> u64 {
        self.records.position_after(now)
    }

    /// The place of the first record that arrived at `moment` or later.
    pub fn position_at(&self, moment: Timestamp) -> u64 {
        self.records.position_after(moment - Span::from_millis(1))
    }

    /// The place of the first record whose counter is at least `counter`.
    pub fn position_of(&self, counter: u64) -> u64 {
        self.records.position_of(counter)
    }

    /// The record with this counter, if it is still held.
    pub fn record(&self, counter: u64) -> Option<Piece> {
        let at = self.position_of(counter);
        let piece = self.records.pieces(at, at + 1, 1, u64::MAX).pop()?;
        let found = piece.records(self.id, self.created_secs).next()?.sequence_number.counter == counter;
        found.then_some(piece)
    }

    /// The records that arrived in one millisecond, in order.
    pub fn arrived_at(&self, moment: Timestamp) -> Vec<Piece> {
        let (first, end) = (self.position_at(moment), self.records.position_after(moment));
        self.records.pieces(first, end, end - first, u64::MAX)
    }

    /// Pieces with the newest `count` records that have arrived, oldest first.
    pub fn newest(&self, count: u64) -> Vec<Piece> {
        let end = self.records.end();
        self.records.pieces(end.saturating_sub(count), end, count, u64::MAX)
    }

    pub(super) fn refill(&mut self, now: Timestamp) {
        self.write_records.refill(now);
        self.write_bytes.refill(now);
    }

    /// Whether the budgets of this second allow one more record of `bytes`; takes them if so.
    #[inline]
    pub(super) fn admit(&mut self, bytes: i64) -> bool {
        let fits = self.write_records.holds(1) && self.write_bytes.holds(bytes);
        if fits {
            self.write_records.take(1);
            self.write_bytes.take(bytes);
        }
        fits
    }

    /// Stores a record that reached the service at `reached_us`; it arrives then, or 100 microseconds
    /// after the record before it. Returns the moment it arrived, in microseconds.
    #[inline]
    pub(super) fn push(&mut self, reached_us: i64, counter: u64, key: &[u8], data: &[u8]) -> i64 {
        let arrived_us = reached_us.max(self.last_arrival_us.saturating_add(ARRIVAL_STEP_US));
        self.last_arrival_us = arrived_us;
        self.records.push(Timestamp::from_millis(arrived_us.div_euclid(1000)), counter, key, data);
        arrived_us
    }

    /// Whether a read is within the limits; counts it if so.
    pub(super) fn admit_read(&mut self, now: Timestamp) -> bool {
        self.read_calls.refill(now);
        self.read_bytes.refill(now);
        let fits = self.read_calls.holds(1) && self.read_bytes.positive();
        if fits {
            self.read_calls.take(1);
        }
        fits
    }

    /// Hands out records from `position` to the tip.
    pub(super) fn read(&mut self, now: Timestamp, position: u64, limit: u64, bytes_max: u64) -> Vec<Piece> {
        let pieces = self.records.pieces(position, self.tip(now), limit, bytes_max);
        self.read_bytes.take(pieces.iter().map(|it| it.bytes() as i64).sum());
        pieces
    }

    /// Forgets records that arrived before `moment`.
    pub(super) fn trim(&mut self, moment: Timestamp) {
        self.records.trim(moment);
    }

    /// When the oldest record arrived.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.records.oldest()
    }

    /// Forgets the oldest chunk.
    pub(super) fn drop_chunk(&mut self) {
        self.records.drop_chunk();
    }
}

/// The records of one call reach the service this far apart, in microseconds, and a shard takes one
/// record each step. Ours: the real spacing is not published, but a call does not arrive in one instant.
pub const ARRIVAL_STEP_US: i64 = 100;
