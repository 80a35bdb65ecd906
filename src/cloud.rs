//! The services side by side, and the calls between them.
//!
//! [`Cloud`] is one account in one region. Each call of an API is a method that takes the moment and
//! who calls: IAM is asked first, then the service does it, then CloudWatch counts it. A service
//! changes only itself; where one needs another (a delivery stream writes to a bucket through a role),
//! the way leads through here. What takes time – states that change, buffers that wait, tries that are
//! repeated – happens in [`Cloud::wake`], which is due at [`Cloud::next_due`].

use serde::{Deserialize, Serialize};

use crate::base::name::REGION;
use crate::base::seed::Seed;
use crate::base::time::Timestamp;

pub mod analytics;
mod count;
pub mod discover;
mod door;
pub mod error;
pub mod firehose;
pub mod iam;
pub mod kinesis;
pub mod logs;
pub mod mapping;
pub mod meter;
pub mod output;
pub mod s3;
pub mod shard;
pub mod watch;

pub use door::DELIVERY_ROLE;
pub use error::CloudError;
pub use iam::{Decision, Principal};
pub use kinesis::Status;

use count::Counts;
use firehose::Firehose;
use iam::Iam;
use kinesis::Kinesis;
use logs::Logs;
use s3::S3;
use watch::Watch;

/// The account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cloud {
    pub iam: Iam,
    pub kinesis: Kinesis,
    pub firehose: Firehose,
    pub s3: S3,
    pub watch: Watch,
    pub logs: Logs,
    /// Handles of the metrics that every call counts.
    counts: Counts,
    /// The newest moment seen: the one that calls without a moment of their own are checked at.
    now: Timestamp,
}

impl Cloud {
    /// An account with nothing in it.
    pub fn new(seed: Seed, now: Timestamp) -> Self {
        Self {
            iam: Iam::new(seed),
            kinesis: Kinesis::new(seed),
            firehose: Firehose::new(seed),
            s3: S3::default(),
            watch: Watch::default(),
            logs: Logs::default(),
            counts: Counts::default(),
            now,
        }
    }

    /// Whether a principal may do something, and why: the dry run. Changes nothing.
    pub fn allowed(&self, by: &Principal, action: &str, resource: &str) -> Decision {
        self.iam.decide(self.now, by, action, resource)
    }

    /// Refuses a call that its maker may not make, with the words of the service the action belongs to
    /// (iam.md 8.1, 8.2).
    pub fn authorise(&self, by: &Principal, action: &str, resource: &str) -> Result<(), CloudError> {
        if let Principal::User(name) = by
            && !self.iam.user(name).is_ok_and(|it| it.keys.iter().any(|key| key.active))
        {
            return Err(CloudError::unrecognized_client()
                .hint(format!("`{name}` has no active access key. Make one: `create key {name}`.")));
        }
        let decision = self.allowed(by, action, resource);
        if decision.allowed() {
            return Ok(());
        }
        let error = match action.split(':').next() {
            Some("s3") => CloudError::new("AccessDenied", "Access Denied"),
            Some("iam" | "sts" | "cloudwatch") => {
                CloudError::access_denied("AccessDenied", &by.to_string(), action, resource)
            }
            _ => CloudError::access_denied("AccessDeniedException", &by.to_string(), action, resource),
        };
        Err(error.hint(self.reason(by, action, &decision)))
    }

    /// When something here is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        [self.kinesis.next_due(), self.firehose.next_due()].into_iter().flatten().min()
    }

    /// Does what is due by now.
    pub fn wake(&mut self, now: Timestamp) {
        self.now = now;
        self.kinesis.wake(now);
        for (delivery, age) in self.firehose.wake(now) {
            self.counts.fresh(now, &delivery, age.as_millis() / 1000, &mut self.watch);
        }
        self.deliver(now);
    }

    /// Why a call is refused, in our words.
    fn reason(&self, by: &Principal, action: &str, decision: &Decision) -> String {
        let who = match by {
            Principal::Root => "The account".to_owned(),
            Principal::User(name) => format!("`{name}`"),
            Principal::Role { name, .. } => format!("The role `{name}`"),
        };
        if let Decision::ExplicitDeny(reason) = decision {
            let (policy, statement) = (&reason.policy, reason.statement);
            return format!("The policy `{policy}` of {who} denies it in statement {statement}.");
        }
        let names: Vec<&str> = match by {
            Principal::Root => Vec::new(),
            Principal::User(name) => {
                self.iam.user(name).map(|it| it.policies().map(|it| it.0).collect()).unwrap_or_default()
            }
            Principal::Role { name, .. } => {
                self.iam.role(name).map(|it| it.policies().map(|it| it.0).collect()).unwrap_or_default()
            }
        };
        if names.is_empty() {
            return format!("{who} has no policy attached and may do nothing yet.");
        }
        format!("None of the policies of {who} allows {action} there: {}.", names.join(", "))
    }
}

/// The ARN of a stream in any region: what a call to that region is checked against.
fn stream_arn_in(region: &str, stream: &str) -> String {
    let arn = crate::base::name::stream_arn(stream);
    if region == REGION { arn } else { arn.replacen(REGION, region, 1) }
}
