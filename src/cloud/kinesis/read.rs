//! Iterators and GetRecords.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, SequenceNumber, ShardId};
use crate::base::time::{Span, Timestamp, days_from_civil};
use crate::cloud::error::CloudError;
use crate::cloud::kinesis::Stream;
use crate::cloud::kinesis::batch::rate_exceeded;
use crate::cloud::shard::{Piece, Record};

/// How long an iterator may be used (streams.md 5.1).
pub const ITERATOR_LIFE: Span = Span::from_secs(300);
/// Records of one answer, at most.
pub const ANSWER_RECORDS_MAX: u32 = 10_000;
/// Bytes of one answer, at most.
pub const ANSWER_BYTES_MAX: u64 = 10 << 20;

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IteratorType {
    /// The oldest record still held.
    TrimHorizon,
    /// Just after the newest record.
    Latest,
    AtSequenceNumber(SequenceNumber),
    AfterSequenceNumber(SequenceNumber),
    /// The first record that arrived then or later.
    AtTimestamp(Timestamp),
}

/// A place in a shard, good for five minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardIterator {
    pub stream: Arc<str>,
    /// Tells a stream from one of the same name that was there before.
    stream_created_at: Timestamp,
    pub shard: ShardId,
    /// Counted over the shard's life.
    position: u64,
    pub issued_at: Timestamp,
}

impl ShardIterator {
    pub fn expired(&self, now: Timestamp) -> bool {
        self.issued_at + ITERATOR_LIFE < now
    }
}

/// Records handed out. They stay shared with the shard; nothing is copied.
#[derive(Clone, Debug)]
pub struct GetAnswer {
    pieces: Vec<Piece>,
    shard: ShardId,
    created_secs: u64,
    /// The next iterator; `None` once a closed shard is read to its end.
    pub next: Option<ShardIterator>,
    /// How far the answer is behind the newest record: 0 when caught up.
    pub millis_behind_latest: i64,
}

impl GetAnswer {
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.pieces.iter().flat_map(|it| it.records(self.shard, self.created_secs))
    }

    pub fn len(&self) -> usize {
        self.pieces.iter().map(Piece::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Bytes of data and keys.
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(Piece::bytes).sum()
    }
}

impl Stream {
    pub(super) fn iterator(
        &self,
        now: Timestamp,
        id: ShardId,
        kind: IteratorType,
    ) -> Result<ShardIterator, CloudError> {
        let Some(shard) = self.shard(id) else {
            let name = &self.name;
            let message = format!("Shard {id} in stream {name} under account {ACCOUNT} does not exist");
            return Err(CloudError::new("ResourceNotFoundException", message));
        };
        let position = match kind {
            IteratorType::TrimHorizon => shard.horizon(),
            IteratorType::Latest => shard.tip(now),
            IteratorType::AtSequenceNumber(it) => shard.position_of(self.counter_of(id, it)?),
            IteratorType::AfterSequenceNumber(it) => shard.position_of(self.counter_of(id, it)? + 1),
            IteratorType::AtTimestamp(moment) if now < moment => return Err(future(moment, now)),
            IteratorType::AtTimestamp(moment) => shard.position_at(moment),
        };
        Ok(ShardIterator {
            stream: Arc::from(&*self.name),
            stream_created_at: self.created_at,
            shard: id,
            position,
            issued_at: now,
        })
    }

    fn counter_of(&self, shard: ShardId, number: SequenceNumber) -> Result<u64, CloudError> {
        if number.shard == shard {
            return Ok(number.counter);
        }
        let message = format!(
            "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call to a shard with {shard}",
            number.shard
        );
        Err(CloudError::new("InvalidArgumentException", message))
    }

    pub(super) fn get(
        &mut self,
        now: Timestamp,
        iterator: &ShardIterator,
        limit: u32,
    ) -> Result<GetAnswer, CloudError> {
        check_limit(limit)?;
        if iterator.stream_created_at != self.created_at {
            return Err(CloudError::new("InvalidArgumentException", "Invalid ShardIterator.")
                .hint("The iterator belongs to an earlier stream of this name. Get a new one."));
        }
        if iterator.expired(now) {
            return Err(expired(iterator.issued_at, now));
        }
        self.trim(now);
        let Some(shard) = self.shards.get_mut(iterator.shard.0 as usize) else {
            return Err(CloudError::new("InvalidArgumentException", "Invalid ShardIterator."));
        };
        if !shard.admit_read(now) {
            return Err(rate_exceeded(iterator.shard, &self.name)
                .hint("A shard answers five GetRecords calls and hands out 2 MB a second. Pause a second."));
        }
        let tip = shard.tip(now);
        let pieces = shard.read(now, iterator.position, u64::from(limit), ANSWER_BYTES_MAX);
        let position = pieces.last().map_or(iterator.position.max(shard.horizon()), Piece::end);
        let last = pieces.last().and_then(Piece::last_arrival).filter(|_| position < tip);
        let millis_behind_latest = last.map_or(0, |it| (now - it).as_millis());
        let next = ShardIterator { position, issued_at: now, ..iterator.clone() };
        Ok(GetAnswer {
            pieces,
            shard: iterator.shard,
            created_secs: shard.created_secs,
            next: (shard.open || position < tip).then_some(next),
            millis_behind_latest,
        })
    }
}

fn check_limit(limit: u32) -> Result<(), CloudError> {
    let rule = match limit {
        0 => "Member must have value greater than or equal to 1",
        1..=ANSWER_RECORDS_MAX => return Ok(()),
        _ => "Member must have value less than or equal to 10000",
    };
    Err(CloudError::constraint(limit, "limit", rule))
}

fn future(moment: Timestamp, now: Timestamp) -> CloudError {
    let (moment, now) = (moment.as_millis(), now.as_millis());
    let message = format!(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. \
         timestampInMillis: {moment}, currentTimestampInMillis: {now}"
    );
    CloudError::new("InvalidArgumentException", message)
}

fn expired(issued_at: Timestamp, now: Timestamp) -> CloudError {
    let (issued, now) = (long_date(issued_at), long_date(now));
    let message = format!(
        "Iterator expired. The iterator was created at time {issued} while right now it is {now} which is \
         further in the future than the tolerated delay of 300000 milliseconds."
    );
    CloudError::new("ExpiredIteratorException", message)
        .hint("An iterator lives five minutes. Get a new one after the last sequence number you read.")
}

/// `Thu Jan 22 01:22:02 UTC 2015`.
fn long_date(moment: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let it = moment.civil();
    let day = DAYS[days_from_civil(it.year, it.month, it.day).rem_euclid(7) as usize];
    let month = MONTHS[it.month as usize - 1];
    format!("{day} {month} {:02} {:02}:{:02}:{:02} UTC {}", it.day, it.hour, it.minute, it.second, it.year)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The date of the reference's own example.
    #[test]
    fn long_dates() {
        let moment = Timestamp::parse("2015-01-22T01:22:02Z").expect("a date");
        assert_eq!(long_date(moment), "Thu Jan 22 01:22:02 UTC 2015");
        assert_eq!(long_date(Timestamp::OPENING), "Wed Oct 26 19:00:00 UTC 2016");
    }
}
