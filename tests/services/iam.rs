//! IAM: the truth table, the limits and the words of its refusals.

use pumphouse::base::name::stream_arn;
use pumphouse::cloud::iam::{Context, Decision, Policy, Request, decide};

use super::{ROOT, at, cloud};

#[derive(Debug, PartialEq)]
enum Answer {
    Allow,
    Implicit,
    Explicit,
}

fn answer(decision: &Decision) -> Answer {
    match decision {
        Decision::Allowed(_) => Answer::Allow,
        Decision::ExplicitDeny(_) => Answer::Explicit,
        Decision::ImplicitDeny => Answer::Implicit,
    }
}

/// The first row of iam.md section 6.
#[test]
fn a_new_user_may_do_nothing() {
    let mut cloud = cloud();
    cloud.create_user(at(0), &ROOT, "ann").expect("a user");
    let by = pumphouse::cloud::Principal::User("ann".to_owned());
    assert_eq!(answer(&cloud.allowed(&by, "kinesis:PutRecords", &stream_arn("iot"))), Answer::Implicit);
    cloud.attach_policy(at(0), &ROOT, "ann", "AmazonKinesisFullAccess").expect("attached");
    assert_eq!(answer(&cloud.allowed(&by, "kinesis:PutRecords", &stream_arn("iot"))), Answer::Allow);
}

/// A group's Allow does not help against a user's Deny.
#[test]
fn deny_wins_over_another_policys_allow() {
    let group =
        Policy::parse(r#"{"Statement": {"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}}"#);
    let user = Policy::parse(r#"{"Statement": {"Effect": "Deny", "Action": "kinesis:*", "Resource": "*"}}"#);
    let (group, user) = (group.expect("a policy"), user.expect("a policy"));
    let context = Context::default();
    let request = Request { action: "kinesis:PutRecords", resource: &stream_arn("iot"), context: &context };
    assert_eq!(answer(&decide([("group", &group), ("user", &user)], &request)), Answer::Explicit);
}
