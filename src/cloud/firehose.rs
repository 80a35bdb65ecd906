//! Kinesis Firehose: delivery streams into buckets.
//!
//! Rows wait in a buffer until there are enough of them or until the oldest has waited long enough,
//! whichever comes first; then they leave as one object (firehose.md section 2). Writing the object is
//! not done here: [`Firehose::attempt`] says what must be written where and through which role, and
//! [`Firehose::delivered`] or [`Firehose::failed`] is told what came of it. Nothing moves past a batch
//! that fails; it is tried again for 24 hours and then lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, plain};
use crate::base::seed::{Chance, Seed};
use crate::base::time::{Span, Timestamp};
use crate::cloud::error::CloudError;
use crate::cloud::kinesis::Status;
use crate::cloud::s3::NewObject;
use crate::sql::diag::nearest;

mod buffer;
mod delivery;
mod gzip;
mod put;

pub use buffer::Batch;
pub use delivery::Delivery;
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
