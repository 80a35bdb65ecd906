//! Kinesis Streams: create, put, get, retain.
//!
//! A stream is a set of shards ([`Shard`]). A call of PutRecords carries up to 500 records; each is
//! accepted or refused alone, and the answer names shard and sequence number (streams.md section 4).
//! Readers hold iterators, which know a shard, a place in it and when they were made. Not here:
//! splitting and merging, enhanced fan-out, encryption (COMPAT.md).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, REGION, ShardId, plain, stream_arn};
use crate::base::seed::{Chance, Seed};
use crate::base::time::{Span, Timestamp};
use crate::cloud::error::CloudError;
use crate::cloud::shard::{Shard, hash_key, hash_range};
use crate::sql::diag::nearest;

mod batch;
mod read;

pub use crate::cloud::shard::Record;
pub use batch::{Entry, PutAnswer, PutBatch, PutResult};
pub use read::{GetAnswer, IteratorType, ShardIterator};

/// Shards an account may have in Oregon in 2016 (streams.md section 1, not confirmed).
pub const SHARDS_MAX: u32 = 50;
/// How long records are kept: 24 hours.
pub const RETENTION: Span = Span::DAY;
/// Records a stream holds here; older ones are forgotten as if they had expired, and counted so. The
/// real service has no such limit; a simulator that runs overnight needs one. At 500 records a second
/// this is about 13 minutes.
pub const RECORDS_MAX: u64 = 384 << 10;
/// Bytes a stream holds here, of data and keys; the same holds for them.
pub const BYTES_MAX: u64 = 48 << 20;

/// Every stream of the account in the workshop's region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kinesis {
    streams: BTreeMap<String, Stream>,
    /// Records that went with a deleted stream.
    pub deleted_records: u64,
    /// Draws how long creating takes.
    create: Chance,
    /// Draws how long deleting takes.
    delete: Chance,
}

/// The state of a stream or a delivery stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Creating,
    Active,
    Updating,
    Deleting,
}

impl Status {
    /// `CREATING` …, as the services write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
        }
    }
}

/// A stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    pub name: String,
    pub status: Status,
    /// When CREATING or DELETING ends.
    pub changes_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub shards_wanted: u32,
    /// Whether each shard has metrics of its own (EnableEnhancedMonitoring ALL).
    pub shard_metrics: bool,
    pub retention: Span,
    /// Records accepted and refused for lack of throughput, over the stream's life.
    pub accepted: crate::cloud::meter::Meter,
    pub throttled: crate::cloud::meter::Meter,
    pub last_call: Option<LastCall>,
    /// In order of their ids; none while CREATING.
    shards: Vec<Shard>,
    /// The counter of sequence numbers, one for each five shards (streams.md section 3, seen).
    counters: Vec<u64>,
    /// When records were last looked through for age.
    trimmed_at: Timestamp,
}

/// The newest PutRecords call of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCall {
    pub at: Timestamp,
    pub entries: u32,
    pub accepted: u32,
}

impl Kinesis {
    pub fn new(seed: Seed) -> Self {
        Self {
            streams: BTreeMap::new(),
            deleted_records: 0,
            create: seed.stream("kinesis.create"),
            delete: seed.stream("kinesis.delete"),
        }
    }

    /// CreateStream. CREATING takes 12 to 20 seconds; the shards are there when it ends.
    pub fn create(&mut self, now: Timestamp, name: &str, shards: u32) -> Result<(), CloudError> {
        check_name(name)?;
        if shards < 1 {
            let rule = "Member must have value greater than or equal to 1";
            return Err(CloudError::constraint(shards, "shardCount", rule));
        }
        if 100_000 < shards {
            let rule = "Member must have value less than or equal to 100000";
            return Err(CloudError::constraint(shards, "shardCount", rule));
        }
        if self.streams.contains_key(name) {
            let message = format!("Stream {name} under account {ACCOUNT} already exists.");
            return Err(CloudError::new("ResourceInUseException", message)
                .hint("A stream with this name exists already. Use it, or choose another name."));
        }
        let used: u32 = self.streams.values().map(|it| it.shards_wanted).sum();
        if SHARDS_MAX < used.saturating_add(shards) {
            return Err(shard_limit(used, shards));
        }
        let takes = Span::from_millis(12_000 + self.create.below(8_000) as i64);
        self.streams.insert(
            name.to_owned(),
            Stream {
                name: name.to_owned(),
                status: Status::Creating,
                changes_at: Some(now + takes),
                created_at: now,
                shards_wanted: shards,
                shard_metrics: false,
                retention: RETENTION,
                accepted: Default::default(),
                throttled: Default::default(),
                last_call: None,
                shards: Vec::new(),
                counters: vec![1; shards.div_ceil(5) as usize],
                trimmed_at: now,
            },
        );
        Ok(())
    }

    /// DeleteStream. DELETING takes 25 to 35 seconds, in which puts and reads may still succeed.
    pub fn delete(&mut self, now: Timestamp, name: &str) -> Result<(), CloudError> {
        let takes = Span::from_millis(25_000 + self.delete.below(10_000) as i64);
        let stream = self.active(name)?;
        stream.status = Status::Deleting;
        stream.changes_at = Some(now + takes);
        Ok(())
    }

    /// EnableEnhancedMonitoring or DisableEnhancedMonitoring for all metrics. Takes effect at once; the
    /// real service needs a minute or two.
    pub fn set_shard_metrics(&mut self, name: &str, on: bool) -> Result<(), CloudError> {
        self.active(name)?.shard_metrics = on;
        Ok(())
    }

    /// The streams by name.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.streams.values()
    }

    pub fn stream(&self, name: &str) -> Result<&Stream, CloudError> {
        self.streams.get(name).ok_or_else(|| self.not_found(name))
    }

    /// PutRecords, or PutRecord with one entry.
    pub fn put(&mut self, now: Timestamp, name: &str, batch: &PutBatch) -> Result<PutAnswer, CloudError> {
        batch.check()?;
        let Some(stream) = self.streams.get_mut(name).filter(|it| it.status != Status::Creating) else {
            return Err(self.not_put(name));
        };
        stream.put(now, batch)
    }

    /// Whether a put made now would find its stream.
    pub fn could_put(&self, name: &str) -> Result<(), CloudError> {
        match self.streams.get(name) {
            Some(stream) if stream.status != Status::Creating => Ok(()),
            _ => Err(self.not_put(name)),
        }
    }

    /// GetShardIterator.
    pub fn iterator(
        &self,
        now: Timestamp,
        name: &str,
        shard: ShardId,
        kind: IteratorType,
    ) -> Result<ShardIterator, CloudError> {
        self.stream(name)?.iterator(now, shard, kind)
    }

    /// GetRecords.
    pub fn get(
        &mut self,
        now: Timestamp,
        iterator: &ShardIterator,
        limit: u32,
    ) -> Result<GetAnswer, CloudError> {
        match self.streams.get_mut(&*iterator.stream) {
            Some(stream) => stream.get(now, iterator, limit),
            None => Err(self.not_found(&iterator.stream)),
        }
    }

    /// When a stream changes its state, or its oldest record becomes too old.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.streams.values().filter_map(Stream::next_due).min()
    }

    /// Does what is due.
    pub fn wake(&mut self, now: Timestamp) {
        let mut gone = Vec::new();
        for stream in self.streams.values_mut() {
            if stream.changes_at.is_some_and(|it| it <= now) {
                match stream.status {
                    Status::Deleting => gone.push(stream.name.clone()),
                    _ => stream.open(now),
                }
            }
            stream.trim(now);
        }
        for name in gone {
            if let Some(stream) = self.streams.remove(&name) {
                self.deleted_records += stream.held();
            }
        }
    }

    fn active(&mut self, name: &str) -> Result<&mut Stream, CloudError> {
        if !self.streams.contains_key(name) {
            return Err(self.not_found(name));
        }
        let stream = self.streams.get_mut(name).expect("the stream was found a line above");
        if stream.status == Status::Active {
            return Ok(stream);
        }
        let state = stream.status.name();
        let message = format!("Stream {name} under account {ACCOUNT} not ACTIVE, instead in state {state}");
        Err(CloudError::new("ResourceInUseException", message)
            .hint("The stream takes a few seconds to change its state. `wait 20s`."))
    }

    fn not_found(&self, name: &str) -> CloudError {
        let near = nearest(name, self.streams.keys().map(String::as_str));
        CloudError::stream_not_found(name).hint_maybe(near.map(|it| format!("Did you mean `{it}`?")))
    }

    fn not_put(&self, name: &str) -> CloudError {
        let error = self.not_found(name);
        match self.streams.get(name) {
            Some(_) => error.hint(format!(
                "`{name}` is still CREATING and cannot be written yet. It takes a few seconds: `wait 20s`."
            )),
            None => error,
        }
    }
}

/// The limit of names (streams.md 7.1) in the words of streams.md section 8.
fn check_name(name: &str) -> Result<(), CloudError> {
    let hint = "Stream names use letters, digits, `_`, `.` and `-`, up to 128 characters.";
    let rule = match () {
        () if name.is_empty() => "Member must have length greater than or equal to 1",
        () if 128 < name.len() => "Member must have length less than or equal to 128",
        () if plain(name, 128) => return Ok(()),
        () => "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    };
    Err(CloudError::constraint(name, "streamName", rule).hint(hint))
}

fn shard_limit(used: u32, more: u32) -> CloudError {
    let message = format!(
        "This request would exceed the shard limit for the account {ACCOUNT} in {REGION}. Current shard count \
         for the account: {used}. Limit: {SHARDS_MAX}. Number of additional shards that would have resulted \
         from this request: {more}. Refer to the AWS Service Limits page \
         (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to \
         request higher limits."
    );
    CloudError::new("LimitExceededException", message)
        .hint(format!("{used} of {SHARDS_MAX} shards are in use. Two are enough for the workshop."))
}

impl Stream {
    pub fn arn(&self) -> String {
        stream_arn(&self.name)
    }

    /// The shards in order of their ids, closed ones included; none while CREATING.
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    pub fn shard_ids(&self) -> Vec<ShardId> {
        self.shards.iter().map(|it| it.id).collect()
    }

    pub fn shard(&self, id: ShardId) -> Option<&Shard> {
        self.shards.get(id.0 as usize)
    }

    /// Records held now. Accepted records are those held and those expired: nothing else happens to them.
    pub fn held(&self) -> u64 {
        self.shards.iter().map(Shard::held).sum()
    }

    /// Records gone by age, or to make room ([`RECORDS_MAX`]).
    pub fn expired(&self) -> u64 {
        self.shards.iter().map(Shard::expired).sum()
    }

    /// The open shard that takes a hash key.
    pub fn shard_of(&self, hash: u128) -> Option<&Shard> {
        self.shards.iter().find(|it| it.open && it.hash_first <= hash && hash <= it.hash_last)
    }

    /// The stream becomes ACTIVE. Its shards were made about 2 s before the call (streams.md section 3).
    fn open(&mut self, _now: Timestamp) {
        self.status = Status::Active;
        self.changes_at = None;
        let created_secs = (self.created_at.as_secs() - 2).max(0) as u64;
        self.shards = (0..self.shards_wanted)
            .map(|at| {
                let (first, last) = hash_range(at, self.shards_wanted);
                Shard::new(ShardId(at), first, last, created_secs)
            })
            .collect();
    }

    fn put(&mut self, now: Timestamp, batch: &PutBatch) -> Result<PutAnswer, CloudError> {
        batch.check_hashes()?;
        self.trim(now);
        self.shards.iter_mut().for_each(|it| it.refill(now));
        let mut answer = PutAnswer::new(now, &self.name, batch.len(), &self.shards);
        let now_us = now.as_millis() * 1000;
        let mut last_us = now_us;
        for (at, entry) in batch.entries().enumerate() {
            let hash = entry.explicit_hash.unwrap_or_else(|| hash_key(entry.key));
            let takes = |it: &Shard| it.open && it.hash_first <= hash && hash <= it.hash_last;
            let Some(found) = self.shards.iter().position(takes) else { continue };
            let shard = &mut self.shards[found];
            let bytes = (entry.key.len() + entry.data.len()) as i64;
            if !shard.admit(bytes) {
                answer.refuse(shard.id);
                continue;
            }
            let counter = &mut self.counters[found / 5];
            let reached_us = now_us + at as i64 * crate::cloud::shard::ARRIVAL_STEP_US;
            let arrived_us = shard.push(reached_us, *counter, entry.key, entry.data);
            last_us = last_us.max(arrived_us);
            answer.accept(shard.id, *counter, arrived_us, bytes as u64);
            *counter += 1;
        }
        answer.took = Span::from_millis((last_us - now_us) / 1000);
        self.count(now, &answer);
        self.make_room();
        Ok(answer)
    }

    fn count(&mut self, now: Timestamp, answer: &PutAnswer) {
        self.accepted.add(now, u64::from(answer.accepted));
        self.throttled.add(now, answer.refused());
        for (shard, tally) in self.shards.iter_mut().zip(&answer.shards) {
            if tally.accepted > 0 {
                shard.accepted.add(now, u64::from(tally.accepted));
            }
            if tally.refused > 0 {
                shard.throttled.add(now, u64::from(tally.refused));
            }
        }
        let entries = answer.results.len() as u32;
        self.last_call = Some(LastCall { at: now, entries, accepted: answer.accepted });
    }

    /// Forgets the oldest chunks while the stream holds more than [`RECORDS_MAX`] or [`BYTES_MAX`].
    fn make_room(&mut self) {
        let bytes = |shards: &[Shard]| shards.iter().map(Shard::held_bytes).sum::<u64>();
        while RECORDS_MAX < self.held() || BYTES_MAX < bytes(&self.shards) {
            let oldest =
                self.shards.iter_mut().filter(|it| it.oldest().is_some()).min_by_key(|it| it.oldest());
            let Some(shard) = oldest else { return };
            shard.drop_chunk();
        }
    }

    /// Forgets records older than the retention period; looks at most once a second.
    fn trim(&mut self, now: Timestamp) {
        if now < self.trimmed_at + Span::SECOND {
            return;
        }
        self.trimmed_at = now;
        let moment = now - self.retention;
        self.shards.iter_mut().for_each(|it| it.trim(moment));
    }

    fn next_due(&self) -> Option<Timestamp> {
        let oldest = self.shards.iter().filter_map(Shard::oldest).min();
        // A record is too old a millisecond after the retention period has passed.
        let expiry = oldest.map(|it| it + self.retention + Span::from_millis(1));
        let trim = expiry.map(|it| it.max(self.trimmed_at + Span::SECOND));
        [self.changes_at, trim].into_iter().flatten().min()
    }
}
