//! One delivery stream: what it holds, when it wants to write, under which key.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::name::{bucket_arn, delivery_arn};
use crate::base::seed::Chance;
use crate::base::time::{Span, Timestamp};
use crate::cloud::firehose::buffer::Batch;
use crate::cloud::firehose::{
    Attempt, DeliverySettings, Failure, KEPT, MERGED_BYTES_MAX, RETRY_FIRST, RETRY_MAX, WAITING_BYTES_MAX,
    gzip, put,
};
use crate::cloud::kinesis::Status;
use crate::cloud::meter::Meter;
use crate::cloud::s3::{NewObject, Origin};
use crate::cloud::shard::Budget;

/// A delivery stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    pub settings: DeliverySettings,
    pub status: Status,
    /// When CREATING or DELETING ends.
    pub changes_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Starts at 1; part of every key.
    pub version: u32,
    pub accepted: Meter,
    pub throttled: Meter,
    pub last_accepted_at: Option<Timestamp>,
    /// What is being filled now.
    pub buffer: Batch,
    /// Full batches that have not been written, oldest first.
    waiting: VecDeque<Batch>,
    /// Tries that have failed since the last success.
    pub tries: u32,
    /// When the next try is, after a failed one.
    pub retry_at: Option<Timestamp>,
    /// When DataFreshness is told next, while tries fail.
    freshness_at: Option<Timestamp>,
    pub last_failure: Option<Failure>,
    pub delivered_rows: u64,
    pub delivered_objects: u64,
    /// Rows given up after 24 hours, or earlier for lack of room.
    pub lost_rows: u64,
    /// How many of those for lack of room ([`WAITING_BYTES_MAX`]).
    pub lost_early: u64,
    pub(super) calls: Budget,
    pub(super) records: Budget,
    pub(super) bytes: Budget,
    /// Draws the last part of every key.
    keys: Chance,
}

impl Delivery {
    pub(super) fn new(
        now: Timestamp,
        settings: &DeliverySettings,
        changes_at: Timestamp,
        keys: Chance,
    ) -> Self {
        Self {
            settings: settings.clone(),
            status: Status::Creating,
            changes_at: Some(changes_at),
            created_at: now,
            version: 1,
            accepted: Meter::default(),
            throttled: Meter::default(),
            last_accepted_at: None,
            buffer: Batch::default(),
            waiting: VecDeque::new(),
            tries: 0,
            retry_at: None,
            freshness_at: None,
            last_failure: None,
            delivered_rows: 0,
            delivered_objects: 0,
            lost_rows: 0,
            lost_early: 0,
            calls: Budget::new(put::CALLS),
            records: Budget::new(put::RECORDS),
            bytes: Budget::new(put::BYTES),
            keys,
        }
    }

    pub fn arn(&self) -> String {
        delivery_arn(&self.settings.name)
    }

    /// The log group of errors, `/aws/kinesisfirehose/<name>`.
    pub fn log_group(&self) -> String {
        format!("/aws/kinesisfirehose/{}", self.settings.name)
    }

    /// Bytes that fill a buffer.
    pub fn buffer_bytes_max(&self) -> u64 {
        u64::from(self.settings.buffer_mb) << 20
    }

    /// Full batches that have not been written. Accepted rows are those in the buffer, those waiting,
    /// those delivered and those lost.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Batch> {
        self.waiting.iter()
    }

    pub fn waiting_rows(&self) -> u64 {
        self.waiting.iter().map(|it| it.rows).sum()
    }

    pub fn waiting_bytes(&self) -> u64 {
        self.waiting.iter().map(Batch::len).sum()
    }

    /// When the oldest row that has not been delivered came in.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.waiting.front().map_or(self.buffer.opened_at, |it| it.opened_at)
    }

    /// A failed try as the log tells it (firehose.md section 7).
    pub fn log_line(&self, failure: Failure) -> String {
        serde_json::json!({
            "deliveryStreamARN": self.arn(),
            "destination": bucket_arn(&self.settings.bucket),
            "deliveryStreamVersionId": self.version,
            "message": failure.message(),
            "errorCode": failure.code(),
        })
        .to_string()
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let full = self.buffer.opened_at.map(|it| it + self.settings.buffer_wait);
        let oldest = self.waiting.front().and_then(|it| it.opened_at);
        // Without a failed try behind it, a full batch is due at once.
        let attempt = oldest.map(|it| self.retry_at.unwrap_or(it));
        let loss = oldest.map(|it| it + KEPT);
        [self.changes_at, full, attempt, loss, self.freshness_at].into_iter().flatten().min()
    }

    /// Closes the buffer: its rows wait to be written.
    pub(super) fn seal(&mut self) {
        if !self.buffer.is_empty() {
            self.waiting.push_back(std::mem::take(&mut self.buffer));
        }
        while WAITING_BYTES_MAX < self.waiting_bytes() && 1 < self.waiting.len() {
            if let Some(batch) = self.waiting.pop_front() {
                self.lost_rows += batch.rows;
                self.lost_early += batch.rows;
            }
        }
    }

    pub(super) fn attempt(&mut self, now: Timestamp) -> Option<Attempt> {
        if self.buffer.opened_at.is_some_and(|it| it + self.settings.buffer_wait <= now) {
            self.seal();
        }
        let oldest_at = self.waiting.front()?.opened_at?;
        if self.retry_at.is_some_and(|it| now < it) {
            return None;
        }
        Some(Attempt {
            delivery: self.settings.name.clone(),
            role: self.settings.role.clone(),
            bucket: self.settings.bucket.clone(),
            key: self.key(oldest_at),
        })
    }

    /// `<prefix>YYYY/MM/DD/HH/<name>-<version>-YYYY-MM-DD-HH-MM-SS-<uuid>`, UTC, by the arrival of the
    /// oldest row (firehose.md section 3).
    fn key(&mut self, oldest_at: Timestamp) -> String {
        let it = oldest_at.civil();
        let (high, low) = (self.keys.bits(), self.keys.bits());
        // A random UUID: version 4, variant 1.
        let high = high & !0xf000 | 0x4000;
        let low = low & !(0b11 << 62) | 0b10 << 62;
        let folder = format!("{:04}/{:02}/{:02}/{:02}", it.year, it.month, it.day, it.hour);
        let moment = format!(
            "{:04}-{:02}-{:02}-{:02}-{:02}-{:02}",
            it.year, it.month, it.day, it.hour, it.minute, it.second
        );
        let uuid = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        );
        let DeliverySettings { prefix, name, .. } = &self.settings;
        let extension = if self.settings.gzip { ".gz" } else { "" };
        format!("{prefix}{folder}/{name}-{}-{moment}-{uuid}{extension}", self.version)
    }

    pub(super) fn take(&mut self, attempt: &Attempt) -> Option<NewObject> {
        let mut batch = self.waiting.pop_front()?;
        while 0 < self.tries
            && let Some(next) = self.waiting.front()
            && batch.len() + next.len() <= MERGED_BYTES_MAX
        {
            if let Some(next) = self.waiting.pop_front() {
                batch.join(next);
            }
        }
        if self.waiting.is_empty() {
            self.tries = 0;
        }
        self.retry_at = None;
        self.freshness_at = None;
        self.last_failure = None;
        self.delivered_rows += batch.rows;
        self.delivered_objects += 1;
        let (first_row, rows) = (batch.first_row, batch.rows);
        let origin = Origin { delivery: self.settings.name.clone(), first_row, rows };
        let content = batch.into_bytes();
        let lines = content.iter().filter(|it| **it == b'\n').count() as u64;
        let body = if self.settings.gzip { gzip::gzip(&content) } else { content };
        Some(NewObject { key: attempt.key.clone(), body, lines, origin: Some(origin) })
    }

    pub(super) fn failed(&mut self, now: Timestamp, failure: Failure) {
        let doubled = RETRY_FIRST.as_millis() << self.tries.min(10);
        self.retry_at = Some(now + Span::from_millis(doubled.min(RETRY_MAX.as_millis())));
        self.tries += 1;
        self.last_failure = Some(failure);
        self.freshness_at.get_or_insert(next_minute(now));
    }

    /// Loses what has waited for 24 hours.
    pub(super) fn give_up(&mut self, now: Timestamp) {
        while let Some(batch) = self.waiting.front()
            && batch.opened_at.is_some_and(|it| it + KEPT <= now)
        {
            self.lost_rows += batch.rows;
            self.waiting.pop_front();
        }
        if self.waiting.is_empty() {
            self.retry_at = None;
            self.freshness_at = None;
            self.tries = 0;
        }
    }

    /// The age of the oldest row, once a minute while tries fail.
    pub(super) fn freshness(&mut self, now: Timestamp) -> Option<Span> {
        if self.freshness_at.is_none_or(|it| now < it) {
            return None;
        }
        self.freshness_at = Some(next_minute(now));
        Some(now - self.oldest()?)
    }
}

fn next_minute(now: Timestamp) -> Timestamp {
    now.floor(Span::MINUTE) + Span::MINUTE
}
