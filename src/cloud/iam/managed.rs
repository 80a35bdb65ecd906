//! Policies managed by AWS, as they stood in October 2016 (iam.md section 4).
//!
//! Each is a JSON file under assets/iam, named after the policy. A policy is read when it is attached;
//! a checkpoint keeps its name only.

use serde::{Deserialize, Serialize};

use crate::base::name::{ACCOUNT, managed_policy_arn};
use crate::cloud::error::CloudError;
use crate::cloud::iam::policy::Policy;
use crate::sql::diag::nearest;

/// A policy that is attached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Managed {
    name: String,
    policy: Policy,
}

/// Name, path and document of every managed policy, in order of their names.
pub static MANAGED: &[(&str, &str, &str)] = &[
    (
        "AWSLambdaKinesisExecutionRole",
        "service-role/",
        include_str!("../../../assets/iam/AWSLambdaKinesisExecutionRole.json"),
    ),
    ("AdministratorAccess", "", include_str!("../../../assets/iam/AdministratorAccess.json")),
    (
        "AmazonKinesisAnalyticsFullAccess",
        "",
        include_str!("../../../assets/iam/AmazonKinesisAnalyticsFullAccess.json"),
    ),
    (
        "AmazonKinesisAnalyticsReadOnly",
        "",
        include_str!("../../../assets/iam/AmazonKinesisAnalyticsReadOnly.json"),
    ),
    (
        "AmazonKinesisFirehoseFullAccess",
        "",
        include_str!("../../../assets/iam/AmazonKinesisFirehoseFullAccess.json"),
    ),
    (
        "AmazonKinesisFirehoseReadOnlyAccess",
        "",
        include_str!("../../../assets/iam/AmazonKinesisFirehoseReadOnlyAccess.json"),
    ),
    ("AmazonKinesisFullAccess", "", include_str!("../../../assets/iam/AmazonKinesisFullAccess.json")),
    ("AmazonKinesisReadOnlyAccess", "", include_str!("../../../assets/iam/AmazonKinesisReadOnlyAccess.json")),
    ("AmazonS3FullAccess", "", include_str!("../../../assets/iam/AmazonS3FullAccess.json")),
    ("AmazonS3ReadOnlyAccess", "", include_str!("../../../assets/iam/AmazonS3ReadOnlyAccess.json")),
    ("CloudWatchFullAccess", "", include_str!("../../../assets/iam/CloudWatchFullAccess.json")),
    ("CloudWatchLogsFullAccess", "", include_str!("../../../assets/iam/CloudWatchLogsFullAccess.json")),
    ("CloudWatchReadOnlyAccess", "", include_str!("../../../assets/iam/CloudWatchReadOnlyAccess.json")),
    ("IAMFullAccess", "", include_str!("../../../assets/iam/IAMFullAccess.json")),
    ("IAMReadOnlyAccess", "", include_str!("../../../assets/iam/IAMReadOnlyAccess.json")),
    ("PowerUserAccess", "", include_str!("../../../assets/iam/PowerUserAccess.json")),
];

impl Managed {
    /// Finds a policy by its name or its ARN.
    pub fn find(wanted: &str) -> Result<Self, CloudError> {
        let entry = MANAGED.iter().find(|(name, path, _)| is(name, path, wanted));
        let Some((name, _, document)) = entry else { return Err(missing(wanted)) };
        Ok(Self { name: (*name).to_owned(), policy: Policy::parse(document)? })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether a name or an ARN means this policy.
    pub(super) fn is(&self, wanted: &str) -> bool {
        MANAGED.iter().any(|(name, path, _)| *name == self.name && is(name, path, wanted))
    }
}

fn is(name: &str, path: &str, wanted: &str) -> bool {
    let Some(rest) = wanted.strip_prefix("arn:aws:iam::aws:policy/") else { return name == wanted };
    rest.strip_prefix(path).unwrap_or(rest) == name
}

fn missing(wanted: &str) -> CloudError {
    let arn = match wanted {
        it if it.starts_with("arn:") => it.to_owned(),
        it if MANAGED.iter().any(|(name, _, _)| name.eq_ignore_ascii_case(it)) => managed_policy_arn(it),
        it => format!("arn:aws:iam::{ACCOUNT}:policy/{it}"),
    };
    let name = wanted.rsplit('/').next().unwrap_or(wanted);
    let near = nearest(name, MANAGED.iter().map(|it| it.0));
    CloudError::new("NoSuchEntity", format!("Policy {arn} does not exist or is not attachable."))
        .hint_maybe(near.map(|it| format!("Did you mean `{it}`?")))
}

impl TryFrom<String> for Managed {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::find(&name).map_err(|error| error.message)
    }
}

impl From<Managed> for String {
    fn from(managed: Managed) -> String {
        managed.name
    }
}
