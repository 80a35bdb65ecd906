//! The one table of typed forms.

use std::ops::Range;

use crate::sim::command::{Args, Command, NewReference, PartitionKey, RowFormat, StartFrom};

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
    pub(super) build: fn(&mut Args) -> Result<Command, FormError>,
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
        usage: "write schema APP SCHEMA",
        about: "Write the whole schema: columns, row path and delimiters as JSON; `save schema` keeps it.",
        example: r#"write schema iot-analytics "[{\"name\": \"sensorId\", \"type\": \"VARCHAR(16)\", \"mapping\": \"$.sensorId\"}]""#,
        service: Service::Analytics,
        build: |it| Ok(Command::WriteSchema { app: it.word("APP")?, schema: it.text("SCHEMA")? }),
    },
    Form {
        usage: "set parallelism APP STREAMS",
        about: "Deal the source's shards over 1 to 64 in-application streams, _001, _002 …",
        example: "set parallelism iot-analytics 2",
        service: Service::Analytics,
        build: |it| Ok(Command::SetParallelism { app: it.word("APP")?, streams: it.number("STREAMS")? }),
    },
    Form {
        usage: "set prefix APP PREFIX",
        about: "Choose the name in front of _001 of the in-application source stream.",
        example: "set prefix iot-analytics SOURCE_SQL_STREAM",
        service: Service::Analytics,
        build: |it| Ok(Command::SetPrefix { app: it.word("APP")?, prefix: it.word("PREFIX")? }),
    },
    Form {
        usage: "add reference APP TABLE BUCKET KEY [schema SCHEMA]",
        about: "Let code join an S3 object as a table; its columns are discovered if no schema is given.",
        example: "add reference iot-analytics SENSORS ann-filtered-iot-data sensors.csv",
        service: Service::Analytics,
        build: |it| {
            Ok(Command::AddReference(NewReference {
                app: it.word("APP")?,
                table: it.word("TABLE")?,
                bucket: it.word("BUCKET")?,
                key: it.word("KEY")?,
                schema: if it.option("schema") { Some(it.text("SCHEMA")?) } else { None },
            }))
        },
    },
    Form {
        usage: "delete reference APP",
        about: "Take the reference table away.",
        example: "delete reference iot-analytics",
        service: Service::Analytics,
        build: |it| Ok(Command::DeleteReference { app: it.word("APP")? }),
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
        usage: "put object BUCKET KEY TEXT",
        about: "Upload a text as an object, such as a reference table.",
        example: r#"put object ann-filtered-iot-data sensors.csv "sensor-1,north\nsensor-2,south\n""#,
        service: Service::S3,
        build: |it| {
            Ok(Command::PutObject {
                bucket: it.word("BUCKET")?,
                key: it.word("KEY")?,
                text: super::text_of_lines(it.text("TEXT")?),
            })
        },
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
        build: |it| Ok(Command::Answer { step: it.word("STEP")?, text: it.rest("TEXT")? }),
    },
];
