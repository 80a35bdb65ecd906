//! The data producer: the web page of the workshop that makes records and puts them into a stream.
//!
//! It behaves as the page did (generator.md section 7): a tick a second, the first one second after
//! "Send data"; the second's records in calls of at most 500; no second try for refused records; a
//! counter of what was sent, not of what arrived. A call takes a moment on the network, so it reaches
//! the stream a few milliseconds after its tick. When a call times out although the stream stored it
//! (the fault `duplicates`), the SDK sends all of it again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::name::{REGION, REGIONS};
use crate::base::seed::{Chance, Seed};
use crate::base::time::{Span, Timestamp};
use crate::cloud::error::CloudError;
use crate::cloud::kinesis::{PutAnswer, PutBatch};
use crate::cloud::meter::Meter;
use crate::cloud::{Cloud, Principal};
use crate::sim::command::PartitionKey;
use crate::sql::diag::Diagnostic;
use crate::template::{Mode, Template};

/// Records in one PutRecords call, at most.
pub const CALL_MAX: usize = 500;
/// How many records a second the form takes; typing more is refused.
pub const RATE_MAX: u32 = 10_000;
/// How long the SDK waits before it sends a call again whose answer did not come.
pub const RESEND_AFTER: Span = Span::from_millis(40);
/// The rate the form opens with.
const RATE_DEFAULT: u32 = 100;
/// How long a call is on its way, and how far apart the calls of one tick arrive. Always the same, so
/// that what a shard accepts in a second is exact (ours).
const NETWORK: Span = Span::from_millis(40);

/// The producer's form, its clockwork and what came of its calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Producer {
    /// The IAM user whose key the form holds.
    pub user: Option<String>,
    pub region: String,
    pub stream: Option<String>,
    pub rate: u32,
    pub key: PartitionKey,
    template_text: String,
    #[serde(skip)]
    template: Option<Template>,
    pub started_at: Option<Timestamp>,
    pub stopped_at: Option<Timestamp>,
    next_tick: Option<Timestamp>,
    /// Calls on their way to the stream, in order of arrival.
    calls: VecDeque<Call>,
    /// Buffers of calls that have been answered, to be used again.
    #[serde(skip)]
    spare: Vec<PutBatch>,
    /// Records of every thousand calls whose answer is lost after the stream stored them.
    pub timeouts_per_thousand: u32,
    values: Chance,
    keys: Chance,
    timeouts: Chance,
    /// Records handed to the SDK since the start, as the page counts them.
    pub sent: Meter,
    pub accepted: u64,
    pub refused: u64,
    pub resent: u64,
    pub last_error: Option<CloudError>,
}

/// A PutRecords call under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Call {
    arrives_at: Timestamp,
    batch: PutBatch,
    resend: bool,
}

impl Producer {
    pub fn new(seed: Seed) -> Self {
        Self {
            user: None,
            region: REGION.to_owned(),
            stream: None,
            rate: RATE_DEFAULT,
            key: PartitionKey::Random,
            template_text: String::new(),
            template: None,
            started_at: None,
            stopped_at: None,
            next_tick: None,
            calls: VecDeque::new(),
            spare: Vec::new(),
            timeouts_per_thousand: 0,
            values: seed.stream("producer.values"),
            keys: seed.stream("producer.keys"),
            timeouts: seed.stream("fault.timeouts"),
            sent: Meter::default(),
            accepted: 0,
            refused: 0,
            resent: 0,
            last_error: None,
        }
    }

    /// Compiled things are not kept in a checkpoint; this makes them again.
    pub fn rebuild(&mut self) {
        self.template = Template::compile(&self.template_text, Mode::Tolerant).ok();
    }

    pub fn template_text(&self) -> &str {
        &self.template_text
    }

    pub fn template(&self) -> Option<&Template> {
        self.template.as_ref()
    }

    /// Takes over a template.
    ///
    /// # Errors
    /// Everything that is wrong with it; the producer keeps the one it had.
    pub fn set_template(&mut self, text: String) -> Result<(), Vec<Diagnostic>> {
        self.template = Some(Template::compile(&text, Mode::Tolerant)?);
        self.template_text = text;
        Ok(())
    }

    /// Chooses how many records a second are sent; a running producer follows with its next tick.
    pub fn set_rate(&mut self, per_second: u32) -> Result<(), CloudError> {
        if !(1..=RATE_MAX).contains(&per_second) {
            let message = format!("a rate of {per_second} is not possible");
            let error = CloudError::new("ValidationException", message);
            return Err(
                error.hint(format!("The form takes 1 to {RATE_MAX}; the workshop asks for 100 to 500."))
            );
        }
        self.rate = per_second;
        Ok(())
    }

    /// Points the producer at a region of the form's list.
    pub fn set_region(&mut self, region: String) -> Result<(), CloudError> {
        if !REGIONS.contains(&region.as_str()) {
            let known = REGIONS.join(", ");
            let error = CloudError::new("ValidationException", format!("region {region} does not exist"));
            return Err(error.hint(format!("The form knows {known}.")));
        }
        self.region = region;
        Ok(())
    }

    pub fn running(&self) -> bool {
        self.next_tick.is_some()
    }

    /// "Send data". The form must be filled in; whether the calls succeed shows when they are made.
    pub fn start(&mut self, now: Timestamp) -> Result<(), CloudError> {
        let missing = match () {
            () if self.user.is_none() => "credentials are missing",
            () if self.stream.is_none() => "a stream is missing",
            () if self.template_text.trim().is_empty() => "a record template is missing",
            () if self.template.is_none() => "the record template has errors",
            () => {
                if !self.running() {
                    self.next_tick = Some(now + Span::SECOND);
                    self.started_at = Some(now);
                    self.stopped_at = None;
                    self.sent = Meter::default();
                }
                return Ok(());
            }
        };
        Err(CloudError::new("ValidationException", format!("something is wrong with the input: {missing}"))
            .hint("Check credentials, region, stream, rate and template."))
    }

    /// "Stop Sending Data to Kinesis". Calls under way still arrive.
    pub fn stop(&mut self, now: Timestamp) {
        if self.next_tick.take().is_some() {
            self.stopped_at = Some(now);
        }
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        let call = self.calls.front().map(|it| it.arrives_at);
        [self.next_tick, call].into_iter().flatten().min()
    }

    /// Makes the records of a tick, or lets a call arrive.
    pub fn wake(&mut self, now: Timestamp, cloud: &mut Cloud) {
        if self.calls.front().is_some_and(|it| it.arrives_at <= now) {
            if let Some(call) = self.calls.pop_front() {
                self.deliver(now, call, cloud);
            }
        } else if self.next_tick.is_some_and(|it| it <= now) {
            self.next_tick = Some(now + Span::SECOND);
            self.tick(now);
        }
    }

    /// Makes one second's records and sends them on their way.
    fn tick(&mut self, now: Timestamp) {
        let Some(template) = self.template.as_ref() else { return };
        let mut left = self.rate as usize;
        let mut arrives_at = now;
        while left > 0 {
            let count = left.min(CALL_MAX);
            left -= count;
            let mut batch = self.spare.pop().unwrap_or_default();
            batch.clear();
            for _ in 0..count {
                let record = batch.start();
                template.render(&mut self.values, now, record);
                record.push(b'\n');
                match &self.key {
                    PartitionKey::Random => batch.finish_number_key(self.keys.below(10_000_000_000)),
                    PartitionKey::Constant(key) => batch.finish(key.as_bytes()),
                    PartitionKey::Field(name) => {
                        let key = field(batch.current(), name).unwrap_or_default();
                        batch.finish(key.as_bytes());
                    }
                }
            }
            self.sent.add(now, count as u64);
            arrives_at += NETWORK;
            self.calls.push_back(Call { arrives_at, batch, resend: false });
        }
    }

    fn deliver(&mut self, now: Timestamp, call: Call, cloud: &mut Cloud) {
        let Call { batch, resend, .. } = call;
        let answer = self.put(now, &batch, cloud);
        let timed_out = self.timeouts_per_thousand > 0
            && !resend
            && self.timeouts.happens(u64::from(self.timeouts_per_thousand), 1000);
        match answer {
            Ok(answer) => {
                self.accepted += u64::from(answer.accepted);
                self.refused += answer.refused();
                self.last_error = answer.first_error();
                if timed_out {
                    self.resent += batch.len() as u64;
                    self.calls.push_back(Call { arrives_at: now + RESEND_AFTER, batch, resend: true });
                    self.calls.make_contiguous().sort_by_key(|it| it.arrives_at);
                    return;
                }
            }
            Err(error) => {
                self.refused += batch.len() as u64;
                self.last_error = Some(error);
            }
        }
        if self.spare.len() < 8 {
            self.spare.push(batch);
        }
    }

    fn put(&self, now: Timestamp, batch: &PutBatch, cloud: &mut Cloud) -> Result<PutAnswer, CloudError> {
        let (Some(user), Some(stream)) = (&self.user, &self.stream) else {
            return Err(CloudError::new("ValidationException", "the form is not filled in"));
        };
        cloud.put_records(now, &Principal::User(user.clone()), &self.region, stream, batch)
    }

    /// What a call made now would be refused with: a dry check of credentials, region and stream.
    pub fn aim(&self, cloud: &Cloud) -> Option<CloudError> {
        let missing =
            |what: &str| Some(CloudError::new("ValidationException", format!("{what} not chosen yet")));
        let Some(user) = &self.user else { return missing("credentials are") };
        let Some(stream) = &self.stream else { return missing("a stream is") };
        cloud.could_put(&Principal::User(user.clone()), &self.region, stream).err()
    }

    /// `count` records as the template stands, from a stream of chance of their own: looking at a
    /// preview changes nothing.
    pub fn samples(&self, now: Timestamp, seed: Seed, count: usize) -> Vec<String> {
        let Some(template) = &self.template else { return Vec::new() };
        let mut chance = seed.stream("producer.preview");
        let mut record = Vec::new();
        (0..count)
            .map(|_| {
                record.clear();
                template.render(&mut chance, now, &mut record);
                String::from_utf8_lossy(&record).into_owned()
            })
            .collect()
    }
}

/// The value of a top-level field of a JSON record, as the text of a partition key.
fn field(record: &[u8], name: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(record).ok()?;
    match value.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
