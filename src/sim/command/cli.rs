//! The AWS CLI line that does the same on AWS.

use crate::base::name::{
    ACCOUNT, REGION, bucket_arn, delivery_arn, managed_policy_arn, role_arn, stream_arn,
};
use crate::cloud::mapping::Schema;
use crate::sim::command::{Command, NewDelivery, NewReference, PartitionKey, RowFormat};

impl Command {
    /// The `aws …` line of this command, as the CLI of 2016 to 2025 takes it; `None` for what has no
    /// counterpart there: the producer page, faults, answers, looking at things.
    pub fn cli(&self) -> Option<String> {
        let line = match self {
            Command::CreateStream { name, shards } => {
                format!("kinesis create-stream --stream-name {name} --shard-count {shards}")
            }
            Command::DeleteStream { name } => format!("kinesis delete-stream --stream-name {name}"),
            Command::EnableShardMetrics { stream } => {
                format!("kinesis enable-enhanced-monitoring --stream-name {stream} --shard-level-metrics ALL")
            }
            Command::DisableShardMetrics { stream } => {
                format!(
                    "kinesis disable-enhanced-monitoring --stream-name {stream} --shard-level-metrics ALL"
                )
            }
            Command::CreateUser { name } => {
                format!("iam create-user --user-name {name} && aws iam create-access-key --user-name {name}")
            }
            Command::DeleteUser { name } => format!("iam delete-user --user-name {name}"),
            Command::CreateKey { user } => format!("iam create-access-key --user-name {user}"),
            Command::DeleteKey { user, key } => {
                format!("iam delete-access-key --user-name {user} --access-key-id {key}")
            }
            Command::AttachPolicy { user, policy } => {
                let arn = managed_policy_arn(policy);
                format!("iam attach-user-policy --user-name {user} --policy-arn {arn}")
            }
            Command::DetachPolicy { user, policy } => {
                let arn = managed_policy_arn(policy);
                format!("iam detach-user-policy --user-name {user} --policy-arn {arn}")
            }
            Command::PutPolicy { user, name, document } => {
                let document = shell(document);
                format!(
                    "iam put-user-policy --user-name {user} --policy-name {name} --policy-document {document}"
                )
            }
            Command::DetachRolePolicy { role, policy } => {
                format!("iam delete-role-policy --role-name {role} --policy-name {policy}")
            }
            Command::CreateApp { name } => {
                format!("kinesisanalytics create-application --application-name {name}")
            }
            Command::DeleteApp { name } => format!(
                "kinesisanalytics delete-application --application-name {name} --create-timestamp \
                 \"$(aws kinesisanalytics describe-application --application-name {name} \
                 --query ApplicationDetail.CreateTimestamp)\""
            ),
            Command::ConnectSource { app, stream } => format!(
                "kinesisanalytics add-application-input --application-name {app} \
                 --current-application-version-id 1 --input \
                 NamePrefix=SOURCE_SQL_STREAM,KinesisStreamsInput={{ResourceARN={},RoleARN={}}}",
                stream_arn(stream),
                role_arn("/service-role/", &format!("kinesis-analytics-{app}")),
            ),
            Command::SaveSql { app, code } => format!(
                "kinesisanalytics update-application --application-name {app} \
                 --current-application-version-id 2 --application-update ApplicationCodeUpdate={}",
                shell(code)
            ),
            Command::SetParallelism { app, streams } => format!(
                "kinesisanalytics update-application --application-name {app} \
                 --current-application-version-id 2 --application-update \
                 'InputUpdates=[{{InputId=1.1,InputParallelismUpdate={{CountUpdate={streams}}}}}]'"
            ),
            Command::SetPrefix { app, prefix } => format!(
                "kinesisanalytics update-application --application-name {app} \
                 --current-application-version-id 2 --application-update \
                 'InputUpdates=[{{InputId=1.1,NamePrefixUpdate={prefix}}}]'"
            ),
            Command::AddReference(it) => return Some(add_reference(it)),
            Command::DeleteReference { app } => format!(
                "kinesisanalytics delete-application-reference-data-source --application-name {app} \
                 --current-application-version-id 3 --reference-id \
                 \"$(aws kinesisanalytics describe-application --application-name {app} --output text \
                 --query ApplicationDetail.ReferenceDataSourceDescriptions[0].ReferenceId)\""
            ),
            Command::RunApp { app, .. } => format!(
                "kinesisanalytics start-application --application-name {app} \
                 --input-configurations Id=1.1,InputStartingPositionConfiguration={{InputStartingPosition=NOW}}"
            ),
            Command::StopApp { app } => format!("kinesisanalytics stop-application --application-name {app}"),
            Command::ConnectDestination { app, delivery, stream, format } => format!(
                "kinesisanalytics add-application-output --application-name {app} \
                 --current-application-version-id 3 --application-output \
                 Name={stream},KinesisFirehoseOutput={{ResourceARN={},RoleARN={}}},\
                 DestinationSchema={{RecordFormatType={}}}",
                delivery_arn(delivery),
                role_arn("/service-role/", &format!("kinesis-analytics-{app}")),
                match format {
                    RowFormat::Csv => "CSV",
                    RowFormat::Json => "JSON",
                },
            ),
            Command::CreateBucket { name } => format!(
                "s3api create-bucket --bucket {name} --create-bucket-configuration LocationConstraint={REGION}"
            ),
            Command::EmptyBucket { name } => format!("s3 rm s3://{name} --recursive"),
            Command::DeleteBucket { name } => format!("s3api delete-bucket --bucket {name}"),
            Command::PutObject { bucket, key, text } => {
                let text = text.strip_suffix('\n').unwrap_or(text);
                format!("s3 cp - s3://{bucket}/{key} <<< {}", shell(text))
            }
            Command::OpenObject { bucket, key } => format!("s3 cp s3://{bucket}/{key} -"),
            Command::CreateDelivery(it) => return Some(create_delivery(it)),
            Command::DeleteDelivery { name } => {
                format!("firehose delete-delivery-stream --delivery-stream-name {name}")
            }
            Command::Graph { metric, name, statistic, period } => {
                let (namespace, dimension) = match metric.as_str() {
                    it if it.starts_with("DeliveryTo") => ("AWS/Firehose", "DeliveryStreamName"),
                    _ => ("AWS/Kinesis", "StreamName"),
                };
                let mut statistics = statistic.clone();
                if let Some(first) = statistics.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                format!(
                    "cloudwatch get-metric-statistics --namespace {namespace} --metric-name {metric} \
                     --dimensions Name={dimension},Value={name} --statistics {statistics} --period {} \
                     --start-time \"$(date -u -d '-1 hour' +%FT%TZ)\" --end-time \"$(date -u +%FT%TZ)\"",
                    period.as_millis() / 1000
                )
            }
            Command::ProducerKey(PartitionKey::Random)
            | Command::ProducerKey(_)
            | Command::RestoreRole { .. }
            | Command::ProducerCredentials { .. }
            | Command::ProducerRegion { .. }
            | Command::ProducerStream { .. }
            | Command::ProducerRate { .. }
            | Command::ProducerTemplate { .. }
            | Command::ProducerStart
            | Command::ProducerStop
            | Command::DiscoverSchema { .. }
            | Command::EditSchema { .. }
            | Command::SaveSchema { .. }
            | Command::WriteSchema { .. }
            | Command::DisconnectDestination { .. }
            | Command::TraceLine { .. }
            | Command::CloseGraph
            | Command::FaultDuplicates { .. }
            | Command::Repair { .. }
            | Command::Answer { .. } => return None,
        };
        Some(format!("aws {line}"))
    }
}

fn create_delivery(it: &NewDelivery) -> String {
    let role = it.role.as_deref().unwrap_or("firehose_delivery_role");
    let compression = if it.gzip { "GZIP" } else { "UNCOMPRESSED" };
    let logging = if it.logging {
        format!(
            ",CloudWatchLoggingOptions={{Enabled=true,LogGroupName=/aws/kinesisfirehose/{},LogStreamName=S3Delivery}}",
            it.name
        )
    } else {
        String::new()
    };
    format!(
        "aws firehose create-delivery-stream --delivery-stream-name {} --s3-destination-configuration \
         RoleARN=arn:aws:iam::{ACCOUNT}:role/{role},BucketARN={},Prefix={},\
         BufferingHints={{SizeInMBs={},IntervalInSeconds={}}},CompressionFormat={compression}{logging}",
        it.name,
        bucket_arn(&it.bucket),
        it.prefix,
        it.buffer_mb,
        it.buffer_wait.as_millis() / 1000,
    )
}

fn add_reference(it: &NewReference) -> String {
    let role = role_arn("/service-role/", &format!("kinesis-analytics-{}", it.app));
    let mut source = serde_json::json!({
        "TableName": it.table,
        "S3ReferenceDataSource": {
            "BucketARN": bucket_arn(&it.bucket), "FileKey": it.key, "ReferenceRoleARN": role,
        },
    });
    if let Some(schema) = it.schema.as_deref().and_then(|it| Schema::parse(it).ok()) {
        source["ReferenceSchema"] = schema.to_service();
    }
    format!(
        "aws kinesisanalytics add-application-reference-data-source --application-name {} \
         --current-application-version-id 3 --reference-data-source {}",
        it.app,
        shell(&source.to_string())
    )
}

/// A word for a POSIX shell, in single quotes.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
