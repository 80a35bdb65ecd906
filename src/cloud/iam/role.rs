//! Roles: what services act through, and the documents that the consoles write into them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::{
    ACCOUNT, bucket_arn, delivery_arn, log_stream_arn, object_arn, role_arn, stream_arn,
};
use crate::base::time::Timestamp;
use crate::cloud::error::CloudError;
use crate::cloud::iam::managed::Managed;
use crate::cloud::iam::policy::Policy;

/// The service that delivers to buckets.
pub const FIREHOSE: &str = "firehose.amazonaws.com";
/// The service that runs SQL.
pub const ANALYTICS: &str = "kinesisanalytics.amazonaws.com";

/// A role of the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    pub name: String,
    /// `/` or `/service-role/`.
    pub path: String,
    /// `AROA…`, 21 characters.
    pub id: String,
    pub created_at: Timestamp,
    /// The service it was made for.
    pub service: String,
    /// Who may assume it.
    pub trust: Policy,
    pub attached: Vec<Managed>,
    /// By name.
    pub inline: BTreeMap<String, Policy>,
    /// The policies as they were written, for [`restore`](Self::restore).
    written: BTreeMap<String, Policy>,
}

impl Role {
    pub(super) fn new(
        now: Timestamp,
        name: &str,
        path: &str,
        service: &str,
        id: String,
    ) -> Result<Self, CloudError> {
        Ok(Self {
            name: name.to_owned(),
            path: path.to_owned(),
            id,
            created_at: now,
            service: service.to_owned(),
            trust: Policy::parse_trust(&trust_document(service))?,
            attached: Vec::new(),
            inline: BTreeMap::new(),
            written: BTreeMap::new(),
        })
    }

    pub fn arn(&self) -> String {
        role_arn(&self.path, &self.name)
    }

    /// Every policy that applies, with its name.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &Policy)> {
        let attached = self.attached.iter().map(|it| (it.name(), it.policy()));
        attached.chain(self.inline.iter().map(|(name, policy)| (name.as_str(), policy)))
    }

    /// The full name of an inline policy: the name itself, or the one name it begins.
    pub(super) fn inline_name(&self, name: &str) -> Option<String> {
        if self.inline.contains_key(name) {
            return Some(name.to_owned());
        }
        let mut longer = self.inline.keys().filter(|it| {
            it.strip_prefix(name)
                .and_then(|it| it.strip_prefix('_'))
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit()))
        });
        let found = longer.next()?.clone();
        longer.next().is_none().then_some(found)
    }

    pub(super) fn put(&mut self, name: &str, policy: Policy) {
        self.inline.insert(name.to_owned(), policy.clone());
        self.written.insert(name.to_owned(), policy);
    }

    pub(super) fn restore(&mut self) {
        for (name, policy) in &self.written {
            self.inline.insert(name.clone(), policy.clone());
        }
        if let Ok(trust) = Policy::parse_trust(&trust_document(&self.service)) {
            self.trust = trust;
        }
    }
}

/// The trust policy of a service role (iam.md section 7): Firehose must show the account's id.
pub fn trust_document(service: &str) -> String {
    let condition = match service {
        FIREHOSE => {
            format!(r#", "Condition": {{"StringEquals": {{"sts:ExternalId": "{ACCOUNT}"}}}}"#)
        }
        _ => String::new(),
    };
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "", "Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole"{condition}}}]}}"#
    )
}

/// What the Firehose console lets its role do (firehose.md section 9): put objects into the bucket, and
/// write to the delivery stream's log.
pub fn delivery_policy(bucket: &str, delivery: &str) -> String {
    let (bucket, objects) = (bucket_arn(bucket), object_arn(bucket, "*"));
    let log = log_stream_arn(&format!("/aws/kinesisfirehose/{delivery}"), "*");
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "",
                "Effect": "Allow",
                "Action": [
                    "s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
                    "s3:ListBucketMultipartUploads", "s3:PutObject",
                ],
                "Resource": [bucket, objects],
            },
            { "Sid": "", "Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": [log] },
        ],
    })
    .to_string()
}

/// What the Analytics console lets an application's role do with its source.
pub fn read_stream_policy(stream: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "ReadInputKinesis",
            "Effect": "Allow",
            "Action": ["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords"],
            "Resource": [stream_arn(stream)],
        }],
    })
    .to_string()
}

/// What the Analytics console lets an application's role do with its destination.
pub fn write_delivery_policy(delivery: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "WriteOutputFirehose",
            "Effect": "Allow",
            "Action": [
                "firehose:DescribeDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch",
            ],
            "Resource": [delivery_arn(delivery)],
        }],
    })
    .to_string()
}
