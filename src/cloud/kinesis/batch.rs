//! What PutRecords carries and answers, without a text per record.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, SequenceNumber, ShardId};
use crate::base::time::{Span, Timestamp};
use crate::cloud::error::CloudError;
use crate::cloud::shard::Shard;

/// Entries of a call, at most (streams.md section 1).
pub const ENTRIES_MAX: usize = 500;
/// Bytes of a call in 2016, partition keys included.
pub const CALL_BYTES_MAX: usize = 5 << 20;
/// Bytes of a record's data.
pub const DATA_MAX: usize = 1 << 20;
/// Characters of a partition key.
pub const KEY_MAX: usize = 256;

/// The entries of a PutRecords call: one buffer of bytes, to be used again for the next call.
///
/// An entry is made in two steps: its data is written to the buffer that [`start`](Self::start) hands
/// out, then [`finish`](Self::finish) adds its partition key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PutBatch {
    bytes: Vec<u8>,
    entries: Vec<Ends>,
    /// Explicit hash keys as they were given, by entry; few calls have any.
    hashes: Vec<(u32, String)>,
}

/// Where an entry ends: data first, then key; it begins where the one before ends.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Ends {
    data: u32,
    key: u32,
}

/// One entry of a call.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub key: &'a [u8],
    pub data: &'a [u8],
    pub explicit_hash: Option<u128>,
}

impl PutBatch {
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.hashes.clear();
    }

    /// Begins an entry: its data is appended to the buffer.
    pub fn start(&mut self) -> &mut Vec<u8> {
        self.bytes.truncate(self.begun());
        &mut self.bytes
    }

    /// The data of the entry that has been begun.
    pub fn current(&self) -> &[u8] {
        self.bytes.get(self.begun()..).unwrap_or_default()
    }

    /// Ends the entry that has been begun.
    pub fn finish(&mut self, key: &[u8]) {
        let data = self.bytes.len() as u32;
        self.bytes.extend_from_slice(key);
        self.entries.push(Ends { data, key: self.bytes.len() as u32 });
    }

    /// Ends the entry that has been begun with a number as its key.
    pub fn finish_number_key(&mut self, key: u64) {
        let mut digits = itoa::Buffer::new();
        self.finish(digits.format(key).as_bytes());
    }

    /// Adds a whole entry.
    pub fn push(&mut self, key: &str, data: &[u8]) {
        self.start().extend_from_slice(data);
        self.finish(key.as_bytes());
    }

    /// Adds a whole entry whose hash key is given instead of computed: decimal, 0 to 2^128 - 1.
    pub fn push_with_hash(&mut self, key: &str, explicit_hash: &str, data: &[u8]) {
        self.hashes.push((self.entries.len() as u32, explicit_hash.to_owned()));
        self.push(key, data);
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut begin = 0;
        let mut hashes = self.hashes.iter().peekable();
        self.entries.iter().enumerate().map(move |(at, ends)| {
            let data = &self.bytes[begin..ends.data as usize];
            let key = &self.bytes[ends.data as usize..ends.key as usize];
            begin = ends.key as usize;
            let explicit_hash =
                hashes.next_if(|(entry, _)| *entry as usize == at).and_then(|(_, text)| text.parse().ok());
            Entry { key, data, explicit_hash }
        })
    }

    fn begun(&self) -> usize {
        self.entries.last().map_or(0, |it| it.key as usize)
    }

    /// What makes the whole call invalid (streams.md section 8), in the order of the real checks:
    /// constraints of fields, then the action's own.
    pub(super) fn check(&self) -> Result<(), CloudError> {
        let records = |rule: &str| Err(CloudError::constraint("[…]", "records", rule));
        if self.entries.is_empty() {
            let rule = "Member must have length greater than or equal to 1";
            return Err(CloudError::constraint("[]", "records", rule));
        }
        if ENTRIES_MAX < self.entries.len() {
            return records("Member must have length less than or equal to 500");
        }
        let mut begin = 0;
        for (at, ends) in self.entries.iter().enumerate() {
            let (data, key) = (ends.data - begin, ends.key - ends.data);
            begin = ends.key;
            if 1 <= key && key as usize <= KEY_MAX && data as usize <= DATA_MAX {
                continue;
            }
            self.check_entry(at, data as usize, &self.bytes[ends.data as usize..ends.key as usize])?;
        }
        if CALL_BYTES_MAX < self.begun() {
            return Err(CloudError::new("InvalidArgumentException", "Records size exceeds 5 MB limit"));
        }
        Ok(())
    }

    /// One entry that looks too long or too short; positions are counted from 1.
    fn check_entry(&self, at: usize, data: usize, key: &[u8]) -> Result<(), CloudError> {
        let field = |name: &str| format!("records.{}.member.{name}", at + 1);
        if DATA_MAX < data {
            let rule = "Member must have length less than or equal to 1048576";
            return Err(CloudError::constraint("…", &field("data"), rule));
        }
        let key = String::from_utf8_lossy(key);
        let rule = match key.chars().count() {
            0 => "Member must have length greater than or equal to 1",
            length if KEY_MAX < length => "Member must have length less than or equal to 256",
            _ => return Ok(()),
        };
        Err(CloudError::constraint(key, &field("partitionKey"), rule))
    }

    /// Explicit hash keys must be numbers from 0 to 2^128 - 1.
    pub(super) fn check_hashes(&self) -> Result<(), CloudError> {
        for (at, text) in &self.hashes {
            let digits = text.bytes().all(|it| it.is_ascii_digit());
            if !digits || text.is_empty() || (1 < text.len() && text.starts_with('0')) {
                let field = format!("records.{}.member.explicitHashKey", at + 1);
                let rule = "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})";
                return Err(CloudError::constraint(text, &field, rule));
            }
            if text.parse::<u128>().is_err() {
                let message = format!(
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified \
                     value was {text}"
                );
                return Err(CloudError::new("InvalidArgumentException", message));
            }
        }
        Ok(())
    }
}

/// The answer to a PutRecords call: one result for each entry, in order.
#[derive(Clone, Debug)]
pub struct PutAnswer {
    /// When the call was made.
    pub at: Timestamp,
    pub accepted: u32,
    pub results: Vec<PutResult>,
    /// Bytes of the accepted records, keys included.
    pub bytes: u64,
    /// How long the call lasted: until its last record had arrived.
    pub took: Span,
    /// What fell to each shard, by the shard's number.
    pub shards: Vec<ShardTally>,
    stream: String,
}

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutResult {
    Accepted {
        shard: ShardId,
        counter: u64,
        /// When it was put, epoch seconds: part of its sequence number.
        put_secs: u32,
    },
    /// `ProvisionedThroughputExceededException`: the shard's limit of this second.
    Throttled { shard: ShardId },
}

/// One shard's part of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShardTally {
    pub accepted: u32,
    pub refused: u32,
    pub bytes: u64,
    created_secs: u64,
}

impl PutAnswer {
    pub(super) fn new(at: Timestamp, stream: &str, entries: usize, shards: &[Shard]) -> Self {
        let tally = |it: &Shard| ShardTally { created_secs: it.created_secs, ..Default::default() };
        Self {
            at,
            accepted: 0,
            results: Vec::with_capacity(entries),
            bytes: 0,
            took: Span::ZERO,
            shards: shards.iter().map(tally).collect(),
            stream: stream.to_owned(),
        }
    }

    #[inline]
    pub(super) fn accept(&mut self, shard: ShardId, counter: u64, arrived_us: i64, bytes: u64) {
        let put_secs = arrived_us.div_euclid(1_000_000) as u32;
        self.results.push(PutResult::Accepted { shard, counter, put_secs });
        self.accepted += 1;
        self.bytes += bytes;
        let tally = &mut self.shards[shard.0 as usize];
        tally.accepted += 1;
        tally.bytes += bytes;
    }

    pub(super) fn refuse(&mut self, shard: ShardId) {
        self.results.push(PutResult::Throttled { shard });
        self.shards[shard.0 as usize].refused += 1;
    }

    /// `FailedRecordCount`.
    pub fn refused(&self) -> u64 {
        self.results.len() as u64 - u64::from(self.accepted)
    }

    /// The sequence number an entry was given; `None` if it was refused.
    pub fn sequence_number(&self, entry: usize) -> Option<SequenceNumber> {
        match *self.results.get(entry)? {
            PutResult::Accepted { shard, counter, put_secs } => Some(SequenceNumber {
                created_secs: self.shards[shard.0 as usize].created_secs,
                counter,
                put_secs: u64::from(put_secs),
                shard,
            }),
            PutResult::Throttled { .. } => None,
        }
    }

    /// ErrorCode and ErrorMessage of an entry; `None` if it was accepted.
    pub fn error(&self, entry: usize) -> Option<CloudError> {
        match *self.results.get(entry)? {
            PutResult::Accepted { .. } => None,
            PutResult::Throttled { shard } => Some(rate_exceeded(shard, &self.stream)),
        }
    }

    /// The first entry's error, if any was refused.
    pub fn first_error(&self) -> Option<CloudError> {
        if self.refused() == 0 {
            return None;
        }
        (0..self.results.len()).find_map(|entry| self.error(entry))
    }
}

/// `Rate exceeded for shard <id> in stream <name> under account <acct>.`, of puts and gets.
pub(super) fn rate_exceeded(shard: ShardId, stream: impl fmt::Display) -> CloudError {
    let message = format!("Rate exceeded for shard {shard} in stream {stream} under account {ACCOUNT}.");
    CloudError::new("ProvisionedThroughputExceededException", message)
}
