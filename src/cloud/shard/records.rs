//! Records in chunks: bytes side by side and a compact index.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::name::{SequenceNumber, ShardId};
use crate::base::time::{Span, Timestamp};

/// A chunk is closed when it holds this many records or this many bytes.
const CHUNK_RECORDS: usize = 2048;
const CHUNK_BYTES: usize = 256 << 10;

/// Records in order, oldest first, with the place of each counted from 0 over the shard's life.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct RecordLog {
    chunks: VecDeque<Arc<Chunk>>,
    /// The place of the oldest record that is still held.
    horizon: u64,
    /// Bytes of the chunks held.
    bytes: u64,
}

/// Records side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Chunk {
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
    /// The place of the oldest record that is still held.
    pub(super) fn horizon(&self) -> u64 {
        self.horizon
    }

    /// Bytes of the chunks held.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The place after the newest record.
    pub(super) fn end(&self) -> u64 {
        self.chunks.back().map_or(self.horizon, |it| it.first + it.index.len() as u64)
    }

    #[inline]
    pub(super) fn push(&mut self, arrived_at: Timestamp, counter: u64, key: &[u8], data: &[u8]) {
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
    pub(super) fn position_after(&self, moment: Timestamp) -> u64 {
        self.partition(|chunk, entry| chunk.arrival(entry) <= moment)
    }

    pub(super) fn position_of(&self, counter: u64) -> u64 {
        self.partition(|chunk, entry| chunk.counter + u64::from(entry.counter) < counter)
    }

    /// Pieces of chunks with the records from place `from` to before `end`, at most `limit` of them and
    /// not many more bytes than `bytes_max`.
    pub(super) fn pieces(&self, from: u64, end: u64, limit: u64, bytes_max: u64) -> Vec<Piece> {
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

    pub(super) fn oldest(&self) -> Option<Timestamp> {
        let chunk = self.chunks.front()?;
        let entry = chunk.index.get((self.horizon - chunk.first) as usize)?;
        Some(chunk.arrival(entry))
    }

    pub(super) fn trim(&mut self, moment: Timestamp) {
        if self.oldest().is_none_or(|it| moment <= it) {
            return;
        }
        self.horizon = self.position_after(moment - Span::from_millis(1));
        while self.chunks.front().is_some_and(|it| it.first + it.index.len() as u64 <= self.horizon) {
            self.drop_chunk();
        }
    }

    pub(super) fn drop_chunk(&mut self) {
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
    pub(in crate::cloud) fn end(&self) -> u64 {
        self.chunk.first + self.range.end as u64
    }

    pub(in crate::cloud) fn last_arrival(&self) -> Option<Timestamp> {
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
