//! Everything a person can do, each with its one typed form.
//!
//! A [`Command`] is what a palette, a key, a walk, a demo, the guide's "fill it in for me" and the
//! journal all write. [`FORMS`] is the one table of typed forms: parsing, help, completion and the
//! palette follow from it; printing a command gives the form that parses back to it. A command also
//! knows the AWS CLI line that does the same on AWS, where there is one ([`Command::cli`]).

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::base::time::Span;
use crate::sql::diag::nearest;

mod cli;
mod words;

pub use words::Args;

/// Something a person does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    CreateStream {
        name: String,
        shards: u32,
    },
    DeleteStream {
        name: String,
    },
    EnableShardMetrics {
        stream: String,
    },
    DisableShardMetrics {
        stream: String,
    },
    CreateUser {
        name: String,
    },
    DeleteUser {
        name: String,
    },
    CreateKey {
        user: String,
    },
    DeleteKey {
        user: String,
        key: String,
    },
    AttachPolicy {
        user: String,
        policy: String,
    },
    DetachPolicy {
        user: String,
        policy: String,
    },
    PutPolicy {
        user: String,
        name: String,
        document: String,
    },
    DetachRolePolicy {
        role: String,
        policy: String,
    },
    /// Gives a role back the policy its console page made.
    RestoreRole {
        role: String,
    },
    ProducerCredentials {
        user: String,
    },
    ProducerRegion {
        region: String,
    },
    ProducerStream {
        name: String,
    },
    ProducerRate {
        per_second: u32,
    },
    ProducerKey(PartitionKey),
    ProducerTemplate {
        text: String,
    },
    ProducerStart,
    ProducerStop,
    CreateApp {
        name: String,
    },
    DeleteApp {
        name: String,
    },
    ConnectSource {
        app: String,
        stream: String,
    },
    DiscoverSchema {
        app: String,
    },
    EditSchema {
        app: String,
        column: String,
        ty: String,
    },
    SaveSchema {
        app: String,
    },
    SaveSql {
        app: String,
        code: String,
    },
    RunApp {
        app: String,
        from: StartFrom,
    },
    StopApp {
        app: String,
    },
    ConnectDestination {
        app: String,
        delivery: String,
        stream: String,
        format: RowFormat,
    },
    DisconnectDestination {
        app: String,
        stream: String,
    },
    CreateBucket {
        name: String,
    },
    EmptyBucket {
        name: String,
    },
    DeleteBucket {
        name: String,
    },
    CreateDelivery(NewDelivery),
    DeleteDelivery {
        name: String,
    },
    Graph {
        metric: String,
        name: String,
        statistic: String,
        period: Span,
    },
    CloseGraph,
    FaultDuplicates {
        per_thousand: u32,
    },
    Repair {
        fault: String,
    },
    Answer {
        step: String,
        text: String,
    },
    OpenObject {
        bucket: String,
        key: String,
    },
    TraceLine {
        bucket: String,
        key: String,
        line: u64,
    },
}

/// How the producer chooses a record's partition key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartitionKey {
    /// A fresh random number for every record, as the page of the workshop does.
    #[default]
    Random,
    /// The value of a field of the JSON record.
    Field(String),
    /// The same text for every record.
    Constant(String),
}

/// Where an application starts to read its stream (sql.md 6.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartFrom {
    /// NOW at the first start, LAST_STOPPED_POINT later.
    #[default]
    Usual,
    Now,
    TrimHorizon,
    LastStoppedPoint,
}

/// The text of delivered rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowFormat {
    Csv,
    Json,
}

/// The answers of the "create delivery stream" pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDelivery {
    pub name: String,
    /// Made if it does not exist, as the page offers.
    pub bucket: String,
    pub prefix: String,
    pub buffer_mb: u32,
    pub buffer_wait: Span,
    pub gzip: bool,
    pub logging: bool,
    /// `None` makes `firehose_delivery_role` with a policy for this bucket.
    pub role: Option<String>,
}

impl NewDelivery {
    /// The values the pages open with: 5 MB, 300 s, no compression, logging on, a new role.
    pub fn named(name: impl Into<String>, bucket: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bucket: bucket.into(),
            prefix: String::new(),
            buffer_mb: 5,
            buffer_wait: Span::from_secs(300),
            gzip: false,
            logging: true,
            role: None,
        }
    }
}

/// The panel of the screen a form belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    Streams,
    Iam,
    Producer,
    Analytics,
    Firehose,
    S3,
    CloudWatch,
    Faults,
    Guide,
}

/// One typed form.
pub struct Form {
    /// `create stream NAME SHARDS`: small words are typed as they stand, capital words are arguments,
    /// `[…]` may be left out.
    pub usage: &'static str,
    pub about: &'static str,
    pub example: &'static str,
    pub service: Service,
    build: fn(&mut Args) -> Result<Command, FormError>,
}

impl Form {
    /// The words every use of this form starts with.
    pub fn verb(&self) -> &'static str {
        let end =
            self.usage.find(|it: char| it.is_ascii_uppercase() || it == '[').unwrap_or(self.usage.len());
        self.usage[..end].trim_end()
    }
}

/// Why a typed line is not a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// The bytes of the line it is about.
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// Every typed form, in the order of the workshop.
pub static FORMS: &[Form] = &[
    Form {
        usage: "create stream NAME SHARDS",
        about: "Make a Kinesis stream.",
        example: "create stream iot-sensors 2",
        service: Service::Streams,
        build: |it| Ok(Command::CreateStream { name: it.word("NAME")?, shards: it.number("SHARDS")? }),
    },
    Form {
        usage: "delete stream NAME",
        about: "Delete a Kinesis stream and every record in it.",
        example: "delete stream iot-sensors",
        service: Service::Streams,
        build: |it| Ok(Command::DeleteStream { name: it.word("NAME")? }),
    },
    Form {
        usage: "enable shard metrics STREAM",
        about: "Count IncomingRecords and the other metrics for each shard.",
        example: "enable shard metrics iot-sensors",
        service: Service::CloudWatch,
        build: |it| Ok(Command::EnableShardMetrics { stream: it.word("STREAM")? }),
    },
    Form {
        usage: "disable shard metrics STREAM",
        about: "Stop counting for each shard.",
        example: "disable shard metrics iot-sensors",
        service: Service::CloudWatch,
        build: |it| Ok(Command::DisableShardMetrics { stream: it.word("STREAM")? }),
    },
    Form {
        usage: "create user NAME",
        about: "Make an IAM user with an access key.",
        example: "create user kinesis_producer",
        service: Service::Iam,
        build: |it| Ok(Command::CreateUser { name: it.word("NAME")? }),
    },
    Form {
        usage: "delete user NAME",
        about: "Delete an IAM user with its keys and policies.",
        example: "delete user kinesis_producer",
        service: Service::Iam,
        build: |it| Ok(Command::DeleteUser { name: it.word("NAME")? }),
    },
    Form {
        usage: "create key USER",
        about: "Make another access key; at most two.",
        example: "create key kinesis_producer",
        service: Service::Iam,
        build: |it| Ok(Command::CreateKey { user: it.word("USER")? }),
    },
    Form {
        usage: "delete key USER KEY",
        about: "Delete an access key.",
        example: "delete key kinesis_producer AKIAIOSFODNN7EXAMPLE",
        service: Service::Iam,
        build: |it| Ok(Command::DeleteKey { user: it.word("USER")?, key: it.word("KEY")? }),
    },
    Form {
        usage: "attach policy USER POLICY",
        about: "Attach a policy managed by AWS to a user.",
        example: "attach policy kinesis_producer AmazonKinesisFullAccess",
        service: Service::Iam,
        build: |it| Ok(Command::AttachPolicy { user: it.word("USER")?, policy: it.word("POLICY")? }),
    },
    Form {
        usage: "detach policy USER POLICY",
        about: "Take a policy away from a user.",
        example: "detach policy kinesis_producer AmazonKinesisFullAccess",
        service: Service::Iam,
        build: |it| Ok(Command::DetachPolicy { user: it.word("USER")?, policy: it.word("POLICY")? }),
    },
    Form {
        usage: "put policy USER NAME DOCUMENT",
        about: "Write a policy of one's own into a user.",
        example: r#"put policy kinesis_producer only-put "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"kinesis:PutRecords\", \"Resource\": \"*\"}}""#,
        service: Service::Iam,
        build: |it| {
            Ok(Command::PutPolicy {
                user: it.word("USER")?,
                name: it.word("NAME")?,
                document: it.text("DOCUMENT")?,
            })
        },
    },
    Form {
        usage: "detach role policy ROLE POLICY",
        about: "Take a policy away from a role that a service uses.",
        example: "detach role policy firehose_delivery_role oneClick_firehose_delivery_role",
        service: Service::Iam,
        build: |it| Ok(Command::DetachRolePolicy { role: it.word("ROLE")?, policy: it.word("POLICY")? }),
    },
    Form {
        usage: "restore role ROLE",
        about: "Give a role back the policy that was made with it.",
        example: "restore role firehose_delivery_role",
        service: Service::Iam,
        build: |it| Ok(Command::RestoreRole { role: it.word("ROLE")? }),
    },
    Form {
        usage: "producer credentials USER",
        about: "Paste a user's access key into the producer's form.",
        example: "producer credentials kinesis_producer",
        service: Service::Producer,
        build: |it| Ok(Command::ProducerCredentials { user: it.word("USER")? }),
    },
    Form {
        usage: "producer region REGION",
        about: "Choose the producer's region.",
        example: "producer region us-west-2",
        service: Service::Producer,
        build: |it| Ok(Command::ProducerRegion { region: it.word("REGION")? }),
    },
    Form {
        usage: "producer stream NAME",
        about: "Choose the stream the producer writes to.",
        example: "producer stream iot-sensors",
        service: Service::Producer,
        build: |it| Ok(Command::ProducerStream { name: it.word("NAME")? }),
    },
    Form {
        usage: "producer rate RECORDS",
        about: "Choose how many records are sent each second.",
        example: "producer rate 300",
        service: Service::Producer,
        build: |it| Ok(Command::ProducerRate { per_second: it.number("RECORDS")? }),
    },
    Form {
        usage: "producer key KIND [VALUE]",
        about: "Choose partition keys: random, field NAME, or constant TEXT.",
        example: "producer key field sensorId",
        service: Service::Producer,
        build: |it| {
            let kind = it.one_of("KIND", &["random", "field", "constant"])?;
            Ok(Command::ProducerKey(match kind.as_str() {
                "field" => PartitionKey::Field(it.word("VALUE")?),
                "constant" => PartitionKey::Constant(it.text("VALUE")?),
                _ => PartitionKey::Random,
            }))
        },
    },
    Form {
        usage: "producer template TEXT",
        about: "Write the record template; @workshop stands for the workshop's own.",
        example: "producer template @workshop",
        service: Service::Producer,
        build: |it| Ok(Command::ProducerTemplate { text: it.text("TEXT")? }),
    },
    Form {
        usage: "producer start",
        about: "Send data.",
        example: "producer start",
        service: Service::Producer,
        build: |_| Ok(Command::ProducerStart),
    },
    Form {
        usage: "producer stop",
        about: "Stop sending data.",
        example: "producer stop",
        service: Service::Producer,
        build: |_| Ok(Command::ProducerStop),
    },
    Form {
        usage: "create app NAME",
        about: "Make an analytics application.",
        example: "create app iot-analytics",
        service: Service::Analytics,
        build: |it| Ok(Command::CreateApp { name: it.word("NAME")? }),
    },
    Form {
        usage: "delete app NAME",
        about: "Delete an analytics application with its code.",
        example: "delete app iot-analytics",
        service: Service::Analytics,
        build: |it| Ok(Command::DeleteApp { name: it.word("NAME")? }),
    },
    Form {
        usage: "connect source APP STREAM",
        about: "Read a stream into an application, through a role made for it; discovers the schema.",
        example: "connect source iot-analytics iot-sensors",
        service: Service::Analytics,
        build: |it| Ok(Command::ConnectSource { app: it.word("APP")?, stream: it.word("STREAM")? }),
    },
    Form {
        usage: "discover schema APP",
        about: "Look at the newest records again and guess their columns.",
        example: "discover schema iot-analytics",
        service: Service::Analytics,
        build: |it| Ok(Command::DiscoverSchema { app: it.word("APP")? }),
    },
    Form {
        usage: "edit schema APP COLUMN TYPE",
        about: "Change the type of a discovered column.",
        example: "edit schema iot-analytics ambientTemp INTEGER",
        service: Service::Analytics,
        build: |it| {
            Ok(Command::EditSchema { app: it.word("APP")?, column: it.word("COLUMN")?, ty: it.text("TYPE")? })
        },
    },
    Form {
        usage: "save schema APP",
        about: "Save the schema and continue.",
        example: "save schema iot-analytics",
        service: Service::Analytics,
        build: |it| Ok(Command::SaveSchema { app: it.word("APP")? }),
    },
    Form {
        usage: "save sql APP CODE",
        about: "Save and run SQL; @2-B, @2-C, @2-D or @activity-2 stand for the slides' statements.",
        example: "save sql iot-analytics @activity-2",
        service: Service::Analytics,
        build: |it| Ok(Command::SaveSql { app: it.word("APP")?, code: it.text("CODE")? }),
    },
    Form {
        usage: "run app APP [from PLACE]",
        about: "Run an application; PLACE is now, trim_horizon or last_stopped_point.",
        example: "run app iot-analytics",
        service: Service::Analytics,
        build: |it| {
            let app = it.word("APP")?;
            let from = match it.option("from") {
                false => StartFrom::Usual,
                true => match it.one_of("PLACE", &["now", "trim_horizon", "last_stopped_point"])?.as_str() {
                    "now" => StartFrom::Now,
                    "trim_horizon" => StartFrom::TrimHorizon,
                    _ => StartFrom::LastStoppedPoint,
                },
            };
            Ok(Command::RunApp { app, from })
        },
    },
    Form {
        usage: "stop app APP",
        about: "Stop an application; its definition stays.",
        example: "stop app iot-analytics",
        service: Service::Analytics,
        build: |it| Ok(Command::StopApp { app: it.word("APP")? }),
    },
    Form {
        usage: "connect destination APP DELIVERY STREAM FORMAT",
        about: "Deliver the rows of an in-application stream, as csv or json.",
        example: "connect destination iot-analytics iot-filtered FILTERED_STREAM csv",
        service: Service::Analytics,
        build: |it| {
            Ok(Command::ConnectDestination {
                app: it.word("APP")?,
                delivery: it.word("DELIVERY")?,
                stream: it.word("STREAM")?,
                format: match it.one_of("FORMAT", &["csv", "json"])?.as_str() {
                    "csv" => RowFormat::Csv,
                    _ => RowFormat::Json,
                },
            })
        },
    },
    Form {
        usage: "disconnect destination APP STREAM",
        about: "Stop delivering an in-application stream.",
        example: "disconnect destination iot-analytics FILTERED_STREAM",
        service: Service::Analytics,
        build: |it| Ok(Command::DisconnectDestination { app: it.word("APP")?, stream: it.word("STREAM")? }),
    },
    Form {
        usage: "create bucket NAME",
        about: "Make an S3 bucket in Oregon.",
        example: "create bucket ann-filtered-iot-data",
        service: Service::S3,
        build: |it| Ok(Command::CreateBucket { name: it.word("NAME")? }),
    },
    Form {
        usage: "empty bucket NAME",
        about: "Delete every object of a bucket.",
        example: "empty bucket ann-filtered-iot-data",
        service: Service::S3,
        build: |it| Ok(Command::EmptyBucket { name: it.word("NAME")? }),
    },
    Form {
        usage: "delete bucket NAME",
        about: "Delete an empty bucket.",
        example: "delete bucket ann-filtered-iot-data",
        service: Service::S3,
        build: |it| Ok(Command::DeleteBucket { name: it.word("NAME")? }),
    },
    Form {
        usage: "open object BUCKET KEY",
        about: "Read an object as text.",
        example: "open object ann-filtered-iot-data 2016/10/26/19/iot-filtered-1-2016-10-26-19-03-20-0c3a",
        service: Service::S3,
        build: |it| Ok(Command::OpenObject { bucket: it.word("BUCKET")?, key: it.word("KEY")? }),
    },
    Form {
        usage: "trace line BUCKET KEY LINE",
        about: "Follow one delivered line back to the record it came from.",
        example: "trace line ann-filtered-iot-data 2016/10/26/19/iot-filtered-1-2016-10-26-19-03-20-0c3a 1",
        service: Service::S3,
        build: |it| {
            Ok(Command::TraceLine {
                bucket: it.word("BUCKET")?,
                key: it.word("KEY")?,
                line: it.number("LINE")?,
            })
        },
    },
    Form {
        usage: "create delivery NAME bucket BUCKET [prefix PREFIX] [buffer SIZE WAIT] [compression KIND] [encryption none] [log on|off] [role new|ROLE]",
        about: "Make a Firehose delivery stream into a bucket, making bucket and role if need be.",
        example: "create delivery iot-filtered bucket ann-filtered-iot-data buffer 5MB 60s compression none encryption none log on role new",
        service: Service::Firehose,
        build: |it| it.new_delivery(),
    },
    Form {
        usage: "delete delivery NAME",
        about: "Delete a delivery stream; rows still in its buffer are not promised.",
        example: "delete delivery iot-filtered",
        service: Service::Firehose,
        build: |it| Ok(Command::DeleteDelivery { name: it.word("NAME")? }),
    },
    Form {
        usage: "graph METRIC NAME STATISTIC PERIOD",
        about: "Open a CloudWatch graph; one line per shard where shard metrics are on.",
        example: "graph IncomingRecords iot-sensors sum 1m",
        service: Service::CloudWatch,
        build: |it| {
            Ok(Command::Graph {
                metric: it.word("METRIC")?,
                name: it.word("NAME")?,
                statistic: it
                    .one_of("STATISTIC", &["sum", "average", "minimum", "maximum", "samplecount"])?,
                period: it.span("PERIOD")?,
            })
        },
    },
    Form {
        usage: "close graph",
        about: "Close the graph.",
        example: "close graph",
        service: Service::CloudWatch,
        build: |_| Ok(Command::CloseGraph),
    },
    Form {
        usage: "fault duplicates SHARE",
        about: "Let the producer time out after some calls and send their records again.",
        example: "fault duplicates 5%",
        service: Service::Faults,
        build: |it| Ok(Command::FaultDuplicates { per_thousand: it.per_thousand("SHARE")? }),
    },
    Form {
        usage: "repair FAULT",
        about: "Switch a fault off.",
        example: "repair duplicates",
        service: Service::Faults,
        build: |it| Ok(Command::Repair { fault: it.one_of("FAULT", &["duplicates"])? }),
    },
    Form {
        usage: "answer STEP TEXT",
        about: "Answer a question of the guide, or record a prediction.",
        example: "answer R2 18000",
        service: Service::Guide,
        build: |it| Ok(Command::Answer { step: it.word("STEP")?, text: it.text("TEXT")? }),
    },
];

impl Command {
    /// Reads a typed line. `texts` turns `@name` into the text of that name (the workshop's template and
    /// statements); names it does not know are an error.
    pub fn parse(line: &str, texts: &dyn Fn(&str) -> Option<String>) -> Result<Command, FormError> {
        let words = words::split(line)?;
        let Some(form) = words::matching_form(&words) else {
            let verbs: Vec<&str> = FORMS.iter().map(Form::verb).collect();
            let typed = line.trim();
            let hint = nearest(typed, verbs.iter().copied())
                .or_else(|| {
                    verbs
                        .iter()
                        .copied()
                        .find(|it| typed.split(' ').next().is_some_and(|first| it.starts_with(first)))
                })
                .map(|verb| format!("Did you mean `{verb} …`?"));
            return Err(FormError {
                span: 0..line.len(),
                message: format!("no command reads \"{typed}\""),
                hint,
            });
        };
        let mut args = Args::new(line, words, form, texts);
        let command = (form.build)(&mut args)?;
        args.finish()?;
        Ok(command)
    }
}

/// The typed form; [`Command::parse`] reads it back.
impl fmt::Display for Command {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use words::quoted as q;
        match self {
            Command::CreateStream { name, shards } => write!(out, "create stream {} {shards}", q(name)),
            Command::DeleteStream { name } => write!(out, "delete stream {}", q(name)),
            Command::EnableShardMetrics { stream } => write!(out, "enable shard metrics {}", q(stream)),
            Command::DisableShardMetrics { stream } => write!(out, "disable shard metrics {}", q(stream)),
            Command::CreateUser { name } => write!(out, "create user {}", q(name)),
            Command::DeleteUser { name } => write!(out, "delete user {}", q(name)),
            Command::CreateKey { user } => write!(out, "create key {}", q(user)),
            Command::DeleteKey { user, key } => write!(out, "delete key {} {}", q(user), q(key)),
            Command::AttachPolicy { user, policy } => write!(out, "attach policy {} {}", q(user), q(policy)),
            Command::DetachPolicy { user, policy } => write!(out, "detach policy {} {}", q(user), q(policy)),
            Command::PutPolicy { user, name, document } => {
                write!(out, "put policy {} {} {}", q(user), q(name), q(document))
            }
            Command::DetachRolePolicy { role, policy } => {
                write!(out, "detach role policy {} {}", q(role), q(policy))
            }
            Command::RestoreRole { role } => write!(out, "restore role {}", q(role)),
            Command::ProducerCredentials { user } => write!(out, "producer credentials {}", q(user)),
            Command::ProducerRegion { region } => write!(out, "producer region {}", q(region)),
            Command::ProducerStream { name } => write!(out, "producer stream {}", q(name)),
            Command::ProducerRate { per_second } => write!(out, "producer rate {per_second}"),
            Command::ProducerKey(key) => write!(out, "producer key {key}"),
            Command::ProducerTemplate { text } => write!(out, "producer template {}", q(text)),
            Command::ProducerStart => out.write_str("producer start"),
            Command::ProducerStop => out.write_str("producer stop"),
            Command::CreateApp { name } => write!(out, "create app {}", q(name)),
            Command::DeleteApp { name } => write!(out, "delete app {}", q(name)),
            Command::ConnectSource { app, stream } => write!(out, "connect source {} {}", q(app), q(stream)),
            Command::DiscoverSchema { app } => write!(out, "discover schema {}", q(app)),
            Command::EditSchema { app, column, ty } => {
                write!(out, "edit schema {} {} {}", q(app), q(column), q(ty))
            }
            Command::SaveSchema { app } => write!(out, "save schema {}", q(app)),
            Command::SaveSql { app, code } => write!(out, "save sql {} {}", q(app), q(code)),
            Command::RunApp { app, from } => match from {
                StartFrom::Usual => write!(out, "run app {}", q(app)),
                StartFrom::Now => write!(out, "run app {} from now", q(app)),
                StartFrom::TrimHorizon => write!(out, "run app {} from trim_horizon", q(app)),
                StartFrom::LastStoppedPoint => write!(out, "run app {} from last_stopped_point", q(app)),
            },
            Command::StopApp { app } => write!(out, "stop app {}", q(app)),
            Command::ConnectDestination { app, delivery, stream, format } => {
                write!(out, "connect destination {} {} {} {format}", q(app), q(delivery), q(stream))
            }
            Command::DisconnectDestination { app, stream } => {
                write!(out, "disconnect destination {} {}", q(app), q(stream))
            }
            Command::CreateBucket { name } => write!(out, "create bucket {}", q(name)),
            Command::EmptyBucket { name } => write!(out, "empty bucket {}", q(name)),
            Command::DeleteBucket { name } => write!(out, "delete bucket {}", q(name)),
            Command::OpenObject { bucket, key } => write!(out, "open object {} {}", q(bucket), q(key)),
            Command::TraceLine { bucket, key, line } => {
                write!(out, "trace line {} {} {line}", q(bucket), q(key))
            }
            Command::CreateDelivery(it) => write!(out, "create delivery {it}"),
            Command::DeleteDelivery { name } => write!(out, "delete delivery {}", q(name)),
            Command::Graph { metric, name, statistic, period } => {
                write!(out, "graph {} {} {statistic} {period}", q(metric), q(name))
            }
            Command::CloseGraph => out.write_str("close graph"),
            Command::FaultDuplicates { per_thousand } => {
                write!(out, "fault duplicates {}", words::percent(*per_thousand))
            }
            Command::Repair { fault } => write!(out, "repair {fault}"),
            Command::Answer { step, text } => write!(out, "answer {} {}", q(step), q(text)),
        }
    }
}

impl fmt::Display for PartitionKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartitionKey::Random => out.write_str("random"),
            PartitionKey::Field(name) => write!(out, "field {}", words::quoted(name)),
            PartitionKey::Constant(text) => write!(out, "constant {}", words::quoted(text)),
        }
    }
}

impl fmt::Display for RowFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            RowFormat::Csv => "csv",
            RowFormat::Json => "json",
        })
    }
}

impl fmt::Display for NewDelivery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bucket {}", words::quoted(&self.name), words::quoted(&self.bucket))?;
        if !self.prefix.is_empty() {
            write!(out, " prefix {}", words::quoted(&self.prefix))?;
        }
        let compression = if self.gzip { "gzip" } else { "none" };
        let logging = if self.logging { "on" } else { "off" };
        let wait = self.buffer_wait.as_millis() / 1000;
        write!(
            out,
            " buffer {}MB {wait}s compression {compression} encryption none log {logging}",
            self.buffer_mb
        )?;
        match &self.role {
            None => out.write_str(" role new"),
            Some(role) => write!(out, " role {}", words::quoted(role)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, FormError> {
        Command::parse(line, &|name| (name == "workshop").then(|| "{}".to_owned()))
    }

    /// Every example of the table parses, prints, and parses to the same command again.
    #[test]
    fn every_form_reads_back() {
        for form in FORMS {
            let line = form.example.replace("@activity-2", "@workshop");
            let command = parse(&line).unwrap_or_else(|error| panic!("{line}: {}", error.message));
            assert_eq!(parse(&command.to_string()).as_ref(), Ok(&command), "{line}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        let error = parse("create strem iot 2").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("Did you mean `create stream …`?"));
        let error = parse("create stream iot two").unwrap_err();
        assert_eq!((error.span, error.message.as_str()), (18..21, "SHARDS is a whole number, not \"two\""));
        let error = parse("create stream iot").unwrap_err();
        assert_eq!(error.message, "SHARDS is missing");
        let error = parse("producer start now").unwrap_err();
        assert_eq!(error.message, "\"now\" is one word too many");
    }

    /// Texts with line ends and quotes survive the journal.
    #[test]
    fn texts_are_quoted() {
        let command = Command::SaveSql { app: "a".into(), code: "SELECT \"x\"\nFROM y; -- é".into() };
        assert_eq!(parse(&command.to_string()), Ok(command));
    }
}
