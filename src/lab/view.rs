//! The window: everything a front end or the guide may see of a world, as plain owned values.
//!
//! A [`View`] borrows nothing, so that it can be compared, kept, drawn later or sent elsewhere. It holds
//! what fits a screen: totals, the last minute second by second, the newest rows. What is larger is asked
//! for by name: [`Lab::object`](crate::lab::Lab::object) for the text of an object.

use serde::Serialize;

use crate::base::name::ShardId;
use crate::base::time::{Span, Timestamp};
use crate::sql::diag::Diagnostic;

/// How many seconds a [`Pulse`] remembers.
pub const PULSE_SECONDS: usize = 60;
/// How many of the newest records, rows and log lines a view carries of each stream.
pub const NEWEST: usize = 50;

/// A world at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct View {
    pub now: Timestamp,
    pub opened_at: Timestamp,
    /// How many commands the journal holds.
    pub commands: usize,
    /// The typed form of the newest commands with their outcome, oldest first.
    pub history: Vec<Done>,
    pub users: Vec<UserView>,
    pub roles: Vec<RoleView>,
    pub streams: Vec<StreamView>,
    pub producer: ProducerView,
    pub apps: Vec<AppView>,
    pub deliveries: Vec<DeliveryView>,
    pub buckets: Vec<BucketView>,
    /// The graph that is open, with its points.
    pub graph: Option<GraphView>,
    /// Every metric that has at least one point: what a search looks through.
    pub metrics: Vec<MetricName>,
    pub log_groups: Vec<LogGroupView>,
    /// Faults switched on.
    pub faults: Vec<FaultView>,
    /// Answers given to the guide's questions, `(step, text, at)`.
    pub answers: Vec<Answer>,
    /// Objects the learner has opened, `bucket/key`.
    pub opened: Vec<String>,
    /// Delivered lines the learner has traced, `bucket/key:line`.
    pub traced: Vec<String>,
    /// The sums that must balance, and whether they do.
    pub laws: Vec<LawView>,
}

/// A command that was carried out or refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Done {
    pub at: Timestamp,
    pub command: String,
    /// What came of it, in one line.
    pub outcome: Result<String, Refusal>,
}

/// A service's error, as the service words it, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// `ResourceNotFoundException`, `AccessDeniedException`, `InvalidBucketName` …
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
    /// For refused SQL or templates: every error with its place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Counts per second over the last minute; the newest second, which may be unfinished, comes last.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pulse {
    /// At most [`PULSE_SECONDS`] values.
    pub per_second: Vec<u32>,
    pub total: u64,
}

impl Pulse {
    /// The newest finished second's count.
    pub fn rate(&self) -> u32 {
        self.per_second.iter().rev().nth(1).copied().unwrap_or(0)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UserView {
    pub name: String,
    pub arn: String,
    pub created_at: Timestamp,
    pub keys: Vec<KeyView>,
    pub policies: Vec<PolicyView>,
    /// Names of the streams on which this user may call `kinesis:PutRecords` (a dry check).
    pub may_put_to: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyView {
    /// Always ends in `EXAMPLE`.
    pub id: String,
    /// Shown until the next command, as the console shows it once.
    pub secret: Option<String>,
    pub active: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleView {
    pub name: String,
    pub arn: String,
    /// The service that may assume it, such as `firehose.amazonaws.com`.
    pub trusts: String,
    pub policies: Vec<PolicyView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyView {
    pub name: String,
    /// Managed by AWS, or written inline.
    pub managed: bool,
    /// The document, pretty-printed JSON.
    pub document: String,
}

/// The state of a thing that takes time to make and unmake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    #[default]
    Creating,
    Active,
    Updating,
    Deleting,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamView {
    pub name: String,
    pub arn: String,
    pub status: Status,
    /// While it changes state: how long that still takes.
    pub ready_in: Option<Span>,
    /// Open shards first, in order of their hash ranges. Empty while CREATING.
    pub shards: Vec<ShardView>,
    /// While CREATING: how many were asked for.
    pub shards_wanted: u32,
    pub retention: Span,
    pub shard_metrics: bool,
    pub accepted: Pulse,
    pub throttled: Pulse,
    /// The newest PutRecords call: entries, accepted entries.
    pub last_call: Option<CallView>,
}

impl StreamView {
    pub fn open_shards(&self) -> usize {
        self.shards.iter().filter(|it| it.open).count()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallView {
    pub at: Timestamp,
    pub entries: u32,
    pub accepted: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShardView {
    pub id: ShardId,
    pub open: bool,
    /// First and last hash key, 32 hexadecimal digits each.
    pub hash_range: (String, String),
    pub accepted: Pulse,
    pub throttled: Pulse,
    /// Records held now, and records already gone by retention.
    pub held: u64,
    pub expired: u64,
    /// The newest records, oldest first, at most [`NEWEST`].
    pub newest: Vec<RecordView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordView {
    pub sequence_number: String,
    pub partition_key: String,
    pub arrived_at: Timestamp,
    /// The record's text (lossy where it is not UTF-8).
    pub data: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProducerView {
    /// The IAM user whose key the form holds.
    pub user: Option<String>,
    pub region: String,
    pub stream: Option<String>,
    /// Records a second.
    pub rate: u32,
    /// How partition keys are chosen: `random`, `field sensorId` or `constant x`.
    pub key: String,
    pub template: String,
    /// What is wrong with the template, if anything.
    pub template_problems: Vec<Diagnostic>,
    /// Twenty records made from the template as it stands; empty while it has problems.
    pub samples: Vec<String>,
    pub running: bool,
    pub started_at: Option<Timestamp>,
    pub stopped_at: Option<Timestamp>,
    /// Records handed to the SDK since the start, as the page counts them.
    pub sent: Pulse,
    pub accepted: u64,
    pub refused: u64,
    /// Records sent again after a time-out.
    pub resent: u64,
    /// What a call made now would be answered with: nothing, or the refusal.
    pub aim: Option<Refusal>,
    pub last_error: Option<Refusal>,
}

/// The states of an analytics application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AppStatus {
    #[default]
    Ready,
    Starting,
    Running,
    Updating,
    Stopping,
    Deleting,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AppView {
    pub name: String,
    pub arn: String,
    pub status: AppStatus,
    pub ready_in: Option<Span>,
    pub version: u32,
    /// The moment it last began to run.
    pub running_since: Option<Timestamp>,
    /// Whether it has ever been RUNNING.
    pub has_run: bool,
    pub input: Option<InputView>,
    /// What discovery found and nobody has saved yet.
    pub discovered: Option<SchemaView>,
    /// The saved code.
    pub code: String,
    /// Warnings and notes about the saved code.
    pub notes: Vec<Diagnostic>,
    /// In-application streams of the saved code: the source, those of the code, then `error_stream`.
    pub streams: Vec<InAppStreamView>,
    pub pumps: Vec<PumpView>,
    pub outputs: Vec<OutputView>,
    /// How far behind the tip of the stream it reads, in milliseconds.
    pub millis_behind: i64,
    /// Why it cannot read or write, if it cannot.
    pub trouble: Option<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputView {
    pub stream: String,
    /// The name of the first in-application stream, `SOURCE_SQL_STREAM_001`.
    pub in_app_name: String,
    pub role: String,
    pub schema: Option<SchemaView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SchemaView {
    /// `JSON` or `CSV`.
    pub format: String,
    pub columns: Vec<SchemaColumnView>,
    /// A few raw records that discovery looked at.
    pub samples: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchemaColumnView {
    pub name: String,
    /// As written in SQL: `VARCHAR(16)`.
    pub ty: String,
    /// `$.sensorId`.
    pub mapping: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct InAppStreamView {
    pub name: String,
    /// Column names and types, hidden ones left out.
    pub columns: Vec<(String, String)>,
    pub rows: Pulse,
    /// The newest rows, oldest first: ROWTIME, then a cell per column, as CSV would print it.
    pub newest: Vec<RowView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowView {
    pub rowtime: Timestamp,
    /// `None` is NULL.
    pub cells: Vec<Option<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PumpView {
    pub name: String,
    pub reads: Vec<String>,
    pub writes: String,
    pub started: bool,
    /// The length of the window of its SELECT DISTINCT, if it has one.
    pub distinct_window: Option<Span>,
    /// The length of the window of its tumbling GROUP BY, if it has one.
    pub group_window: Option<Span>,
    /// Keys it groups by besides the time.
    pub group_keys: usize,
    /// Aggregates it computes.
    pub aggregates: usize,
    pub filters: bool,
    /// What its filter keeps, tried on a fixed grid: `(ambientTemp, measuredTemp, kept)`. Empty for a
    /// pump that does not filter or cannot be reached from the source.
    pub grid: Vec<(i32, i32, bool)>,
    /// Where each row that came in has gone.
    pub flow: FlowView,
    /// The window that is open now.
    pub open_window: Option<WindowView>,
    /// Windows that have closed since the application started, newest last, at most 20.
    pub closed_windows: Vec<WindowView>,
}

/// Rows in = passed + filtered + duplicates + waiting + grouped + errors; rows out are those that passed and
/// the results of windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FlowView {
    pub rows_in: u64,
    pub rows_out: u64,
    pub filtered: u64,
    pub duplicates: u64,
    /// Rows counted in windows still open.
    pub waiting: u64,
    /// Rows that went into results of closed windows.
    pub grouped: u64,
    pub errors: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WindowView {
    pub start: Timestamp,
    /// The exclusive end, which is the ROWTIME of its results.
    pub end: Timestamp,
    /// Rows counted in it.
    pub rows: u64,
    /// Result rows: one per key.
    pub groups: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutputView {
    /// The in-application stream it names, existing or not.
    pub in_app_stream: String,
    /// Whether the saved code makes a stream of exactly that name.
    pub exists: bool,
    pub delivery: String,
    /// `CSV` or `JSON`.
    pub format: String,
    pub rows: Pulse,
    /// Rows waiting because the destination cannot be written.
    pub waiting: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DeliveryView {
    pub name: String,
    pub arn: String,
    pub status: Status,
    pub ready_in: Option<Span>,
    pub version: u32,
    pub bucket: String,
    pub prefix: String,
    pub role: String,
    /// Whether the role may put objects into the bucket (a dry check).
    pub role_may_write: bool,
    pub buffer_bytes_max: u64,
    pub buffer_wait_max: Span,
    /// `UNCOMPRESSED` or `GZIP`.
    pub compression: String,
    pub logging: bool,
    pub accepted: Pulse,
    pub last_accepted_at: Option<Timestamp>,
    pub buffer: BufferView,
    /// Batches that failed and wait to be tried again, and when the next try is.
    pub retries: u32,
    pub retry_at: Option<Timestamp>,
    pub delivered_rows: u64,
    pub delivered_objects: u64,
    pub lost_rows: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BufferView {
    pub rows: u64,
    pub bytes: u64,
    /// How long the oldest row has waited.
    pub age: Span,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BucketView {
    pub name: String,
    pub created_at: Timestamp,
    /// In key order.
    pub objects: Vec<ObjectView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectView {
    pub key: String,
    pub bytes: u64,
    pub lines: u64,
    pub modified_at: Timestamp,
    /// Hex MD5 without its quotes.
    pub etag: String,
}

/// A metric's full name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MetricName {
    /// `AWS/Kinesis`, `AWS/Firehose`, `AWS/KinesisAnalytics`.
    pub namespace: String,
    pub name: String,
    /// `(StreamName, iot-sensors)`, perhaps `(ShardId, …)`.
    pub dimensions: Vec<(String, String)>,
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GraphView {
    pub statistic: String,
    pub period: Span,
    pub lines: Vec<(MetricName, Vec<PointView>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PointView {
    /// The start of the period.
    pub at: Timestamp,
    pub value: f64,
    /// The period has ended.
    pub complete: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogGroupView {
    pub name: String,
    /// Newest last, at most [`NEWEST`].
    pub events: Vec<LogEventView>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogEventView {
    pub at: Timestamp,
    pub stream: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaultView {
    /// The typed form that switches it on, `fault duplicates 5%`.
    pub command: String,
    pub since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    pub step: String,
    pub text: String,
    pub at: Timestamp,
}

/// One sum that must balance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LawView {
    pub law: String,
    pub left: u64,
    pub right: u64,
}

impl LawView {
    pub fn holds(&self) -> bool {
        self.left == self.right
    }
}
