//! One shard: a range of hash keys, a budget for each second, and records in order.
//!
//! The MD5 of a record's partition key, read as a 128-bit number, falls into exactly one open shard's
//! range (streams.md section 2). Records lie in chunks: bytes side by side and a compact index. A chunk
//! that is full is never changed again, so that cloning a world and handing records to a reader share
//! it instead of copying.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::name::{SequenceNumber, ShardId};
use crate::base::time::{Span, Timestamp};
use crate::cloud::meter::Meter;

/// Writes a shard takes in a second (streams.md section 1).
pub const WRITE_RECORDS: i64 = 1000;
/// Bytes a shard takes in a second, partition keys included.
pub const WRITE_BYTES: i64 = 1 << 20;
/// GetRecords calls a shard answers in a second.
pub const READ_CALLS: i64 = 5;
/// Bytes a shard hands out in a second.
pub const READ_BYTES: i64 = 2 << 20;

/// A chunk is closed when it holds this many records or this many bytes.
const CHUNK_RECORDS: usize = 2048;
const CHUNK_BYTES: usize = 256 << 10;

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
        self.records.end() - self.records.horizon
    }

    /// Bytes held now, of data and keys.
    pub fn held_bytes(&self) -> u64 {
        self.records.bytes
    }

    /// Records gone: by age, or because the stream was full ([`RECORDS_MAX`](super::kinesis::RECORDS_MAX)).
    pub fn expired(&self) -> u64 {
        self.records.horizon
    }

    /// The place of the oldest record held, counted over the shard's life.
    pub fn horizon(&self) -> u64 {
        self.records.horizon
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
        let fits = self.read_calls.holds(1) && 0 < self.read_bytes.level;
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

/// A token bucket that holds a second's worth and is refilled all the time (streams.md 4.3: the real
/// algorithm is not published; this one matches what users see). Counted in thousandths, so that every
/// millisecond brings a whole number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Budget {
    level: i64,
    per_second: i64,
    filled_at: Timestamp,
}

impl Budget {
    pub fn new(per_second: i64) -> Self {
        Self { level: per_second * 1000, per_second, filled_at: Timestamp::EPOCH }
    }

    /// Adds what has flowed in since the last time.
    pub fn refill(&mut self, now: Timestamp) {
        if now <= self.filled_at {
            return;
        }
        let millis = (now - self.filled_at).as_millis().min(1_000_000);
        self.level = (self.level + millis * self.per_second).min(self.per_second * 1000);
        self.filled_at = now;
    }

    #[inline]
    pub fn holds(&self, count: i64) -> bool {
        count * 1000 <= self.level
    }

    /// Takes tokens, whether they are there or not: a level below nothing is a debt.
    #[inline]
    pub fn take(&mut self, count: i64) {
        self.level -= count * 1000;
    }
}

/// Records in order, oldest first, with the place of each counted from 0 over the shard's life.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct RecordLog {
    chunks: VecDeque<Arc<Chunk>>,
    /// The place of the oldest record that is still held.
    horizon: u64,
    /// Bytes of the chunks held.
    bytes: u64,
}

/// Records side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The place of the first record.
    first: u64,
    /// Arrival of the first record, and its counter: the index counts from them.
    arrived_at: Timestamp,
    counter: u64,
    #[serde(with = "bytes")]
    bytes: Vec<u8>,
    index: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Entry {
    /// Where its key begins; the data follows, up to the next record's key.
    key_at: u32,
    data_at: u32,
    /// Milliseconds after the chunk's first record.
    arrived: u32,
    counter: u32,
}

impl RecordLog {
    /// The place after the newest record.
    fn end(&self) -> u64 {
        self.chunks.back().map_or(self.horizon, |it| it.first + it.index.len() as u64)
    }

    #[inline]
    fn push(&mut self, arrived_at: Timestamp, counter: u64, key: &[u8], data: &[u8]) {
        let full = match self.chunks.back() {
            None => true,
            Some(last) => {
                let age = (arrived_at - last.arrived_at).as_millis();
                last.index.len() >= CHUNK_RECORDS
                    || last.bytes.len() >= CHUNK_BYTES
                    || age > i64::from(u32::MAX)
                    || counter - last.counter > u64::from(u32::MAX)
            }
        };
        if full {
            let first = self.end();
            let chunk = Chunk { first, arrived_at, counter, bytes: Vec::new(), index: Vec::new() };
            self.chunks.push_back(Arc::new(chunk));
        }
        if let Some(last) = self.chunks.back_mut() {
            Arc::make_mut(last).push(arrived_at, counter, key, data);
            self.bytes += (key.len() + data.len()) as u64;
        }
    }

    /// The place of the first record for which `before` no longer holds; `before` must hold for a
    /// beginning of the records and for none after it.
    fn partition(&self, before: impl Fn(&Chunk, &Entry) -> bool) -> u64 {
        let whole = self.chunks.partition_point(|it| it.index.last().is_some_and(|last| before(it, last)));
        let place = self.chunks.get(whole).map_or(self.end(), |chunk| {
            chunk.first + chunk.index.partition_point(|entry| before(chunk, entry)) as u64
        });
        place.max(self.horizon)
    }

    /// The place of the first record that arrived after `moment`.
    fn position_after(&self, moment: Timestamp) -> u64 {
        self.partition(|chunk, entry| chunk.arrival(entry) <= moment)
    }

    fn position_of(&self, counter: u64) -> u64 {
        self.partition(|chunk, entry| chunk.counter + u64::from(entry.counter) < counter)
    }

    /// Pieces of chunks with the records from place `from` to before `end`, at most `limit` of them and
    /// not many more bytes than `bytes_max`.
    fn pieces(&self, from: u64, end: u64, limit: u64, bytes_max: u64) -> Vec<Piece> {
        let mut from = from.max(self.horizon);
        let end = end.min(from.saturating_add(limit));
        let mut pieces = Vec::new();
        let mut bytes = 0;
        let start = self.chunks.partition_point(|it| it.first + it.index.len() as u64 <= from);
        for chunk in self.chunks.range(start..) {
            if end <= from || bytes_max <= bytes {
                break;
            }
            let first = (from - chunk.first) as usize;
            let mut last = ((end - chunk.first) as usize).min(chunk.index.len());
            let bytes_left = (bytes_max - bytes).min(chunk.bytes.len() as u64) as usize;
            let bytes_end = chunk.index[first].key_at as usize + bytes_left;
            last =
                last.min(chunk.index.partition_point(|it| (it.key_at as usize) < bytes_end)).max(first + 1);
            let piece = Piece { chunk: Arc::clone(chunk), range: first..last };
            bytes += piece.bytes();
            from = chunk.first + last as u64;
            pieces.push(piece);
        }
        pieces
    }

    fn oldest(&self) -> Option<Timestamp> {
        let chunk = self.chunks.front()?;
        let entry = chunk.index.get((self.horizon - chunk.first) as usize)?;
        Some(chunk.arrival(entry))
    }

    fn trim(&mut self, moment: Timestamp) {
        if self.oldest().is_none_or(|it| moment <= it) {
            return;
        }
        self.horizon = self.position_after(moment - Span::from_millis(1));
        while self.chunks.front().is_some_and(|it| it.first + it.index.len() as u64 <= self.horizon) {
            self.drop_chunk();
        }
    }

    fn drop_chunk(&mut self) {
        if let Some(chunk) = self.chunks.pop_front() {
            self.bytes -= chunk.bytes.len() as u64;
            self.horizon = self.horizon.max(chunk.first + chunk.index.len() as u64);
        }
    }
}

impl Chunk {
    #[inline]
    fn push(&mut self, arrived_at: Timestamp, counter: u64, key: &[u8], data: &[u8]) {
        if self.index.capacity() == 0 {
            // Most chunks fill up with records like the first one.
            self.bytes.reserve(((key.len() + data.len() + 8) * CHUNK_RECORDS).min(CHUNK_BYTES + (1 << 14)));
            self.index.reserve(CHUNK_RECORDS);
        }
        let key_at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(key);
        let data_at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(data);
        self.index.push(Entry {
            key_at,
            data_at,
            arrived: (arrived_at - self.arrived_at).as_millis() as u32,
            counter: (counter - self.counter) as u32,
        });
    }

    fn arrival(&self, entry: &Entry) -> Timestamp {
        self.arrived_at + Span::from_millis(i64::from(entry.arrived))
    }

    fn end_of(&self, at: usize) -> usize {
        self.index.get(at + 1).map_or(self.bytes.len(), |it| it.key_at as usize)
    }
}

/// Some records of a chunk, shared with the shard.
#[derive(Clone, Debug)]
pub struct Piece {
    chunk: Arc<Chunk>,
    range: Range<usize>,
}

/// A record as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub sequence_number: SequenceNumber,
    /// When the service took it, to the millisecond.
    pub arrived_at: Timestamp,
    pub partition_key: &'a [u8],
    pub data: &'a [u8],
}

impl Piece {
    pub fn len(&self) -> usize {
        self.range.len()
    }

    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// Bytes of data and keys.
    pub fn bytes(&self) -> u64 {
        let Some(first) = self.chunk.index.get(self.range.start) else { return 0 };
        (self.chunk.end_of(self.range.end - 1) - first.key_at as usize) as u64
    }

    /// The place after its last record.
    pub(super) fn end(&self) -> u64 {
        self.chunk.first + self.range.end as u64
    }

    pub(super) fn last_arrival(&self) -> Option<Timestamp> {
        self.chunk.index[self.range.clone()].last().map(|it| self.chunk.arrival(it))
    }

    /// The records, in order.
    pub fn records(&self, shard: ShardId, created_secs: u64) -> impl Iterator<Item = Record<'_>> {
        let chunk = &*self.chunk;
        self.range.clone().map(move |at| {
            let entry = &chunk.index[at];
            let arrived_at = chunk.arrival(entry);
            Record {
                sequence_number: SequenceNumber {
                    created_secs,
                    counter: chunk.counter + u64::from(entry.counter),
                    put_secs: arrived_at.as_secs() as u64,
                    shard,
                },
                arrived_at,
                partition_key: &chunk.bytes[entry.key_at as usize..entry.data_at as usize],
                data: &chunk.bytes[entry.data_at as usize..chunk.end_of(at)],
            }
        })
    }
}

/// Serialises byte buffers in one piece instead of byte by byte.
mod bytes {
    use std::fmt;

    use serde::de::{SeqAccess, Visitor};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }
        from.deserialize_byte_buf(Bytes)
    }
}

/// The hash keys of shard `at` of a new stream with `shards` shards: floor(2^128 / N) wide, the last
/// one up to 2^128 - 1 (streams.md 2.1).
pub fn hash_range(at: u32, shards: u32) -> (u128, u128) {
    if shards <= 1 {
        return (0, u128::MAX);
    }
    let wide = u128::from(shards);
    // 2^128 does not fit; with 2^128 - 1 = q * N + r the quotient is q, or q + 1 when r is N - 1.
    let width = u128::MAX / wide + u128::from(u128::MAX % wide == wide - 1);
    let first = width * u128::from(at);
    let last = if at + 1 == shards { u128::MAX } else { first + (width - 1) };
    (first, last)
}

/// The hash key of a partition key: its MD5 as an unsigned big-endian number.
#[inline]
pub fn hash_key(key: &[u8]) -> u128 {
    // One block holds up to 55 bytes and the padding; going around the buffering of the general
    // interface halves the time of the hottest call of the simulator.
    if key.len() < 56 {
        let mut block = [0u8; 64];
        block[..key.len()].copy_from_slice(key);
        block[key.len()] = 0x80;
        block[56..].copy_from_slice(&(8 * key.len() as u64).to_le_bytes());
        let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
        md5::block_api::compress(&mut state, &[block]);
        return state.iter().fold(0, |hash, word| hash << 32 | u128::from(word.swap_bytes()));
    }
    use md5::Digest;
    u128::from_be_bytes(md5::Md5::digest(key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ranges of streams.md 2.1.
    #[test]
    fn ranges_of_new_streams() {
        assert_eq!(hash_range(0, 1), (0, u128::MAX));
        assert_eq!(hash_range(0, 2), (0, 170_141_183_460_469_231_731_687_303_715_884_105_727));
        assert_eq!(hash_range(1, 2), (170_141_183_460_469_231_731_687_303_715_884_105_728, u128::MAX));
        assert_eq!(hash_range(1, 3).0, 113_427_455_640_312_821_154_458_202_477_256_070_485);
        assert_eq!(hash_range(2, 3).0, 226_854_911_280_625_642_308_916_404_954_512_140_970);
        assert_eq!(hash_range(1, 4).0, 85_070_591_730_234_615_865_843_651_857_942_052_864);
        assert_eq!(hash_range(1, 5).0, 68_056_473_384_187_692_692_674_921_486_353_642_291);
        assert_eq!(hash_range(4, 5).1, u128::MAX);
    }

    /// The short way and the library's way agree on keys of every length around a block.
    #[test]
    fn digests_agree() {
        use md5::Digest;
        for length in 0..130usize {
            let key: Vec<u8> = (0..length).map(|it| it as u8).collect();
            assert_eq!(hash_key(&key), u128::from_be_bytes(md5::Md5::digest(&key).into()), "{length}");
        }
    }

    /// A budget never holds more than a second's worth, and a debt is paid back first.
    #[test]
    fn budgets_refill() {
        let at = |millis: i64| Timestamp::from_millis(1_000_000 + millis);
        let mut budget = Budget::new(5);
        budget.refill(at(0));
        budget.take(5);
        assert!(!budget.holds(1));
        budget.refill(at(200));
        assert!(budget.holds(1) && !budget.holds(2));
        budget.take(6);
        budget.refill(at(1200));
        assert!(!budget.holds(1));
        budget.refill(at(60_000));
        assert!(budget.holds(5) && !budget.holds(6));
    }
}
