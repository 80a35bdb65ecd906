//! Kinesis Firehose: delivery streams into buckets.
//!
//! Rows wait in a buffer until there are enough of them or until the oldest has waited long enough,
//! whichever comes first; then they leave as one object (firehose.md section 2). Writing the object is
//! not done here: [`Firehose::attempt`] says what must be written where and through which role, and
//! [`Firehose::delivered`] or [`Firehose::failed`] is told what came of it. Nothing moves past a batch
//! that fails; it is tried again for 24 hours and then lost.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, bucket_arn, delivery_arn, plain};
use crate::base::seed::{Chance, Seed};
use crate::base::time::{Span, Timestamp};
use crate::cloud::error::CloudError;
use crate::cloud::kinesis::Status;
use crate::cloud::meter::Meter;
use crate::cloud::s3::{NewObject, Origin};
use crate::cloud::shard::Budget;
use crate::sql::diag::nearest;

mod buffer;
mod gzip;
mod put;

pub use buffer::Batch;
pub use put::BatchAnswer;

/// Delivery streams an account may have in a region in 2016.
pub const DELIVERIES_MAX: usize = 20;
/// How long rows are kept while the bucket cannot be written.
pub const KEPT: Span = Span::DAY;
/// The first wait after a failed try; each further one is twice as long. Ours: the real spacing is not
/// published.
pub const RETRY_FIRST: Span = Span::from_secs(10);
/// The longest wait between two tries.
pub const RETRY_MAX: Span = Span::from_secs(300);
/// Bytes that may wait for another try. When there are more, the oldest are lost before their 24 hours
/// are over, and counted ([`Delivery::lost_early`]). Ours: a simulator that runs overnight with a broken
/// bucket must not fill the memory. At 200 rows a second this is about an hour.
pub const WAITING_BYTES_MAX: u64 = 64 << 20;
/// Bytes of an object that catches up after trouble: several buffers go into one, up to this.
pub const MERGED_BYTES_MAX: u64 = 32 << 20;
/// Bytes of a prefix: with the rest of a key it stays within what S3 takes.
pub const PREFIX_MAX: usize = 512;
/// The log stream of errors.
pub const LOG_STREAM: &str = "S3Delivery";

/// Every delivery stream of the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Firehose {
    deliveries: BTreeMap<String, Delivery>,
    /// Rows that went with a deleted delivery stream before they were delivered.
    pub deleted_rows: u64,
    seed: Seed,
    states: Chance,
}

/// The answers of the pages that make a delivery stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverySettings {
    pub name: String,
    pub bucket: String,
    /// Put in front of every key as it is.
    pub prefix: String,
    /// 1 to 128.
    pub buffer_mb: u32,
    /// 60 to 900 s.
    pub buffer_wait: Span,
    pub gzip: bool,
    pub logging: bool,
    /// The name of the role that writes to the bucket.
    pub role: String,
}

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
    calls: Budget,
    records: Budget,
    bytes: Budget,
    /// Draws the last part of every key.
    keys: Chance,
}

/// An object that must be written now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub delivery: String,
    pub role: String,
    pub bucket: String,
    pub key: String,
}

/// Why an object could not be written (firehose.md 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    AccessDenied,
    NoSuchBucket,
}

impl Failure {
    /// `errorCode` of the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "S3.AccessDenied",
            Self::NoSuchBucket => "S3.NoSuchBucket",
        }
    }

    /// `message` of the log, in the words of 2016.
    pub fn message(self) -> &'static str {
        match self {
            Self::AccessDenied => {
                "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose \
                 to assume the role, and the access policy allows access to the S3 bucket."
            }
            Self::NoSuchBucket => {
                "The specified bucket does not exist. Create the bucket or use a different bucket that does \
                 exist."
            }
        }
    }
}

impl Firehose {
    pub fn new(seed: Seed) -> Self {
        Self { deliveries: BTreeMap::new(), deleted_rows: 0, seed, states: seed.stream("firehose.create") }
    }

    /// The delivery streams by name.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values()
    }

    pub fn delivery(&self, name: &str) -> Result<&Delivery, CloudError> {
        self.deliveries.get(name).ok_or_else(|| self.not_found(name))
    }

    /// Whether settings can be taken: CreateDeliveryStream's own checks, without the role's.
    pub fn check(&self, settings: &DeliverySettings) -> Result<(), CloudError> {
        settings.check()?;
        let name = &settings.name;
        if self.deliveries.contains_key(name) {
            let message = format!("Firehose {name} under account {ACCOUNT} already exists.");
            return Err(CloudError::new("ResourceInUseException", message));
        }
        if DELIVERIES_MAX <= self.deliveries.len() {
            let names: Vec<&str> = self.deliveries.keys().map(String::as_str).collect();
            let message = format!(
                "You have already consumed your firehose quota of {DELIVERIES_MAX} hoses. Firehose names: {names:?}"
            );
            return Err(CloudError::new("LimitExceededException", message));
        }
        Ok(())
    }

    /// CreateDeliveryStream. CREATING takes 10 to 20 seconds.
    pub fn create(&mut self, now: Timestamp, settings: &DeliverySettings) -> Result<(), CloudError> {
        self.check(settings)?;
        let takes = self.takes();
        let keys = self.seed.stream(&format!("firehose.{}", settings.name));
        let delivery = Delivery::new(now, settings, now + takes, keys);
        self.deliveries.insert(settings.name.clone(), delivery);
        Ok(())
    }

    /// DeleteDeliveryStream. DELETING takes 10 to 20 seconds; what has not been delivered by then is
    /// gone.
    pub fn delete(&mut self, now: Timestamp, name: &str) -> Result<(), CloudError> {
        let status = self.delivery(name)?.status;
        if status == Status::Creating {
            let message =
                format!("Firehose {name} under account {ACCOUNT} not ACTIVE, instead in state CREATING");
            return Err(CloudError::new("ResourceInUseException", message)
                .hint("It takes a few seconds to become ACTIVE. `wait 20s`."));
        }
        let takes = self.takes();
        if let Some(delivery) = self.deliveries.get_mut(name)
            && status != Status::Deleting
        {
            delivery.status = Status::Deleting;
            delivery.changes_at = Some(now + takes);
        }
        Ok(())
    }

    /// PutRecordBatch: `lines` holds the records side by side, `ends` where each one ends.
    pub fn put(
        &mut self,
        now: Timestamp,
        name: &str,
        lines: &[u8],
        ends: &[u32],
    ) -> Result<BatchAnswer, CloudError> {
        put::check(lines, ends)?;
        match self.deliveries.get_mut(name) {
            Some(delivery) if delivery.status != Status::Creating => delivery.put(now, lines, ends),
            Some(_) => Err(self.not_found(name).hint(format!(
                "`{name}` is still CREATING and takes no records yet. It takes a few seconds: `wait 20s`."
            ))),
            None => Err(self.not_found(name)),
        }
    }

    /// When something is due: a state, a full buffer, another try, a loss.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.deliveries.values().filter_map(Delivery::next_due).min()
    }

    /// Changes states and gives up what is too old. Returns the names of delivery streams that still
    /// hold rows they cannot deliver, with the age of their oldest row, once a minute for each.
    pub fn wake(&mut self, now: Timestamp) -> Vec<(String, Span)> {
        let mut gone = Vec::new();
        let mut stale = Vec::new();
        for (name, delivery) in &mut self.deliveries {
            if delivery.changes_at.is_some_and(|it| it <= now) {
                delivery.changes_at = None;
                match delivery.status {
                    Status::Deleting => gone.push(name.clone()),
                    _ => delivery.status = Status::Active,
                }
            }
            delivery.give_up(now);
            stale.extend(delivery.freshness(now).map(|age| (name.clone(), age)));
        }
        for name in gone {
            if let Some(delivery) = self.deliveries.remove(&name) {
                self.deleted_rows += delivery.buffer.rows + delivery.waiting_rows();
            }
        }
        stale
    }

    /// The next object to write, if one is due. The caller tries, then calls
    /// [`delivered`](Self::delivered) or [`failed`](Self::failed), then asks again.
    pub fn attempt(&mut self, now: Timestamp) -> Option<Attempt> {
        self.deliveries.values_mut().find_map(|it| it.attempt(now))
    }

    /// Hands over the content of an attempt that will succeed. After trouble, what waits goes into
    /// bigger objects.
    pub fn delivered(&mut self, attempt: &Attempt) -> Option<NewObject> {
        self.deliveries.get_mut(&attempt.delivery)?.take(attempt)
    }

    /// An attempt failed: it will be made again later.
    pub fn failed(&mut self, now: Timestamp, attempt: &Attempt, failure: Failure) {
        if let Some(delivery) = self.deliveries.get_mut(&attempt.delivery) {
            delivery.failed(now, failure);
        }
    }

    fn takes(&mut self) -> Span {
        Span::from_millis(10_000 + self.states.below(10_000) as i64)
    }

    fn not_found(&self, name: &str) -> CloudError {
        let near = nearest(name, self.deliveries.keys().map(String::as_str));
        CloudError::delivery_not_found(name).hint_maybe(near.map(|it| format!("Did you mean `{it}`?")))
    }
}

impl DeliverySettings {
    fn check(&self) -> Result<(), CloudError> {
        let name = &self.name;
        let rule = match () {
            () if name.is_empty() => "Member must have length greater than or equal to 1",
            () if 64 < name.len() => "Member must have length less than or equal to 64",
            () if !plain(name, 64) => "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            () => return self.check_buffer(),
        };
        Err(CloudError::constraint(name, "deliveryStreamName", rule)
            .hint("Names of delivery streams use letters, digits, `_`, `.` and `-`, up to 64 characters."))
    }

    fn check_buffer(&self) -> Result<(), CloudError> {
        if PREFIX_MAX < self.prefix.len() {
            let rule = format!("Member must have length less than or equal to {PREFIX_MAX}");
            return Err(CloudError::constraint("…", "s3DestinationConfiguration.prefix", &rule));
        }
        let wait = self.buffer_wait.as_millis() / 1000;
        for (field, value, least, most) in
            [("sizeInMBs", i64::from(self.buffer_mb), 1, 128), ("intervalInSeconds", wait, 60, 900)]
        {
            let field = format!("s3DestinationConfiguration.bufferingHints.{field}");
            let rule = match () {
                () if value < least => format!("Member must have value greater than or equal to {least}"),
                () if most < value => format!("Member must have value less than or equal to {most}"),
                () => continue,
            };
            return Err(CloudError::constraint(value, &field, &rule));
        }
        Ok(())
    }
}

impl Delivery {
    fn new(now: Timestamp, settings: &DeliverySettings, changes_at: Timestamp, keys: Chance) -> Self {
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

    fn next_due(&self) -> Option<Timestamp> {
        let full = self.buffer.opened_at.map(|it| it + self.settings.buffer_wait);
        let oldest = self.waiting.front().and_then(|it| it.opened_at);
        // Without a failed try behind it, a full batch is due at once.
        let attempt = oldest.map(|it| self.retry_at.unwrap_or(it));
        let loss = oldest.map(|it| it + KEPT);
        [self.changes_at, full, attempt, loss, self.freshness_at].into_iter().flatten().min()
    }

    /// Closes the buffer: its rows wait to be written.
    fn seal(&mut self) {
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

    fn attempt(&mut self, now: Timestamp) -> Option<Attempt> {
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

    fn take(&mut self, attempt: &Attempt) -> Option<NewObject> {
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

    fn failed(&mut self, now: Timestamp, failure: Failure) {
        let doubled = RETRY_FIRST.as_millis() << self.tries.min(10);
        self.retry_at = Some(now + Span::from_millis(doubled.min(RETRY_MAX.as_millis())));
        self.tries += 1;
        self.last_failure = Some(failure);
        self.freshness_at.get_or_insert(next_minute(now));
    }

    /// Loses what has waited for 24 hours.
    fn give_up(&mut self, now: Timestamp) {
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
    fn freshness(&mut self, now: Timestamp) -> Option<Span> {
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
