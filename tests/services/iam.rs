//! IAM: the truth table, keys, roles, limits and the words of its refusals.

use pumphouse::base::name::{stream_arn, user_arn};
use pumphouse::cloud::iam::{Context, Decision, Policy, Request, decide, looks_real, managed, role};
use pumphouse::cloud::{Cloud, Principal};

use super::{REGION, ROOT, at, batch, cloud, refusal, refused, through_checkpoint, with_stream};

fn ann() -> Principal {
    Principal::User("ann".to_owned())
}

/// An account with the user `ann` and her key.
fn with_user() -> Cloud {
    let mut cloud = cloud();
    cloud.create_user(at(0), &ROOT, "ann").expect("a user");
    cloud
}

fn answer(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allowed(_) => "allow",
        Decision::ExplicitDeny(_) => "explicit deny",
        Decision::ImplicitDeny => "implicit deny",
    }
}

fn allow(rest: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {rest}}}]}}"#)
}

/// Managed policies, inline policies, action, resource, answer.
type Row<'a> = (&'a [&'a str], &'a [&'a str], &'a str, &'a str, &'a str);

/// The truth table of iam.md section 6.
#[test]
fn truth_table() {
    let iot = stream_arn("iot");
    let (iot2, capital) = (stream_arn("iot-2"), stream_arn("IoT"));
    let deny = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "kinesis:Put*",
        "Resource": "arn:aws:kinesis:us-west-2:123456789012:stream/iot"}}"#;
    let beginning =
        allow(r#""Action": "kinesis:*", "Resource": "arn:aws:kinesis:us-west-2:123456789012:stream/iot*""#);
    let east =
        allow(r#""Action": "kinesis:*", "Resource": "arn:aws:kinesis:us-east-1:123456789012:stream/iot""#);
    let on_any = |action: &str| allow(&format!(r#""Action": "{action}", "Resource": "*""#));
    let network = allow(
        r#""Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
    );
    let own = allow(r#""Action": "kinesis:*", "Resource": "arn:aws:kinesis:*:*:stream/${aws:username}-*""#);
    let old = own.replace("2012-10-17", "2008-10-17");
    let (full, read) = ("AmazonKinesisFullAccess", "AmazonKinesisReadOnlyAccess");
    let (put, get, list) = ("kinesis:PutRecords", "kinesis:GetRecords", "kinesis:ListStreams");
    let delivery = "arn:aws:firehose:us-west-2:123456789012:deliverystream/x";
    let table: &[Row<'_>] = &[
        (&[], &[], put, &iot, "implicit deny"),
        (&[full], &[], put, &iot, "allow"),
        (&[full], &[], put, &capital, "allow"),
        (&[full], &[], "firehose:PutRecordBatch", delivery, "implicit deny"),
        (&[read], &[], list, "*", "allow"),
        (&[read], &[], get, &iot, "allow"),
        (&[read], &[], put, &iot, "implicit deny"),
        (&[full], &[deny], put, &iot, "explicit deny"),
        (&[full], &[deny], put, &iot2, "allow"),
        (&[], &[&on_any("kinesis:PutRecord")], put, &iot, "implicit deny"),
        (&[], &[&on_any("kinesis:PutRecord*")], "kinesis:PutRecord", &iot, "allow"),
        (&[], &[&on_any("kinesis:PutRecord*")], put, &iot, "allow"),
        (&[], &[&on_any("KINESIS:putrecords")], put, &iot, "allow"),
        (&[], &[&beginning], put, &iot2, "allow"),
        (&[], &[&beginning], put, &capital, "implicit deny"),
        (&[], &[&east], put, &iot, "implicit deny"),
        (&["PowerUserAccess"], &[], put, &iot, "allow"),
        (&["PowerUserAccess"], &[], "iam:CreateUser", &user_arn("bob"), "implicit deny"),
        (&[], &[&network], put, &iot, "implicit deny"),
        (&[], &[&own], put, &stream_arn("ann-1"), "allow"),
        (&[], &[&own], put, &stream_arn("bob-1"), "implicit deny"),
        (&[], &[&old], put, &stream_arn("ann-1"), "implicit deny"),
        (&["AmazonKinesisFirehoseFullAccess"], &[], put, &iot, "implicit deny"),
        (&["AdministratorAccess"], &[], put, &iot, "allow"),
    ];
    for (row, (attached, inline, action, resource, expected)) in table.iter().enumerate() {
        let mut cloud = with_user();
        for policy in *attached {
            cloud.attach_policy(at(0), &ROOT, "ann", policy).expect("attached");
        }
        for (at_row, document) in inline.iter().enumerate() {
            cloud.put_policy(at(0), &ROOT, "ann", &format!("own-{at_row}"), document).expect("written");
        }
        let decision = cloud.allowed(&ann(), action, resource);
        assert_eq!(answer(&decision), *expected, "row {row}: {action} on {resource}");
        let restored = through_checkpoint(&cloud);
        assert_eq!(restored.allowed(&ann(), action, resource), decision, "row {row} after a checkpoint");
    }
}

/// A group's Allow does not help against a user's Deny; the answer names the statement.
#[test]
fn deny_wins_over_another_policys_allow() {
    let group =
        Policy::parse(r#"{"Statement": {"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}}"#);
    let user = Policy::parse(
        r#"{"Statement": {"Sid": "Stop", "Effect": "Deny", "Action": "kinesis:*", "Resource": "*"}}"#,
    );
    let (group, user) = (group.expect("a policy"), user.expect("a policy"));
    let context = Context::default();
    let request = Request { action: "kinesis:PutRecords", resource: &stream_arn("iot"), context: &context };
    let Decision::ExplicitDeny(reason) = decide([("group", &group), ("user", &user)], &request) else {
        panic!("a deny");
    };
    assert_eq!((reason.policy.as_str(), reason.statement, reason.sid.as_deref()), ("user", 1, Some("Stop")));
}

/// Every managed policy can be read and attached, by name and by ARN.
#[test]
fn managed_policies_are_whole() {
    for (name, path, _) in managed::MANAGED {
        let mut cloud = with_user();
        cloud.attach_policy(at(0), &ROOT, "ann", name).expect(name);
        let arn = format!("arn:aws:iam::aws:policy/{path}{name}");
        cloud.attach_policy(at(0), &ROOT, "ann", &arn).expect("attaching twice is fine");
        assert_eq!(cloud.iam.user("ann").map(|it| it.attached.len()), Ok(1));
        cloud.detach_policy(at(0), &ROOT, "ann", &arn).expect(name);
    }
}

/// A user without an active key cannot call at all; with the key and a policy, puts are accepted.
#[test]
fn keys_open_the_door() {
    let mut cloud = with_stream(2);
    let key = cloud.create_user(at(30), &ROOT, "ann").expect("a user");
    assert!(key.id.starts_with("AKIA") && key.id.ends_with("EXAMPLE") && key.secret.ends_with("EXAMPLEKEY"));
    assert!(!looks_real(&key.id) && !looks_real(&key.secret));
    cloud.attach_policy(at(30), &ROOT, "ann", "AmazonKinesisFullAccess").expect("attached");
    let put = |cloud: &mut Cloud| cloud.put_records(at(31), &ann(), REGION, "iot", &batch(1, "a"));
    assert!(put(&mut cloud).is_ok());
    cloud.iam.set_key_active("ann", &key.id, false).expect("deactivated");
    let unrecognised = "UnrecognizedClientException: The security token included in the request is invalid.";
    assert_eq!(refusal(put(&mut cloud)), unrecognised);
    cloud.iam.set_key_active("ann", &key.id, true).expect("activated");
    assert!(put(&mut cloud).is_ok());
    assert_eq!(cloud.iam.key_owner(&key.id).map(|it| it.name.as_str()), Some("ann"));
    cloud.delete_user(at(32), &ROOT, "ann").expect("deleted with all she has");
    assert_eq!(refusal(put(&mut cloud)), unrecognised);
}

/// A Deny is named in the hint; the message stays what it was in 2016.
#[test]
fn refusals_say_why_in_the_hint() {
    let mut cloud = with_stream(2);
    cloud.create_user(at(30), &ROOT, "ann").expect("a user");
    cloud.attach_policy(at(30), &ROOT, "ann", "AmazonKinesisReadOnlyAccess").expect("attached");
    let put = |cloud: &mut Cloud| refused(cloud.put_records(at(31), &ann(), REGION, "iot", &batch(1, "a")));
    let message = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: kinesis:PutRecords on \
                   resource: arn:aws:kinesis:us-west-2:123456789012:stream/iot";
    let error = put(&mut cloud);
    assert_eq!((error.code.as_ref(), error.message.as_str()), ("AccessDeniedException", message));
    assert_eq!(
        error.hint.as_deref(),
        Some("None of the policies of `ann` allows kinesis:PutRecords there: AmazonKinesisReadOnlyAccess.")
    );
    let deny = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
    cloud.put_policy(at(31), &ROOT, "ann", "stop", deny).expect("written");
    let error = put(&mut cloud);
    assert_eq!(error.message, message);
    assert_eq!(error.hint.as_deref(), Some("The policy `stop` of `ann` denies it in statement 1."));
    // IAM's own calls say AccessDenied; a role is named by its session.
    assert_eq!(
        refusal(cloud.create_user(at(32), &ann(), "bob")),
        "AccessDenied: User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:CreateUser on \
         resource: arn:aws:iam::123456789012:user/bob"
    );
    let role = Principal::Role { name: "r".to_owned(), session: "s".to_owned() };
    assert_eq!(
        refusal(cloud.describe_stream(&role, "iot")),
        "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: \
         kinesis:DescribeStream on resource: arn:aws:kinesis:us-west-2:123456789012:stream/iot"
    );
    assert_eq!(ROOT.to_string(), "arn:aws:iam::123456789012:root");
}

/// IAM's own errors (iam.md 8.3).
#[test]
fn refusals_of_iam() {
    let mut cloud = with_user();
    let now = at(1);
    assert_eq!(
        refusal(cloud.create_user(now, &ROOT, "Ann")),
        "EntityAlreadyExists: User with name Ann already exists."
    );
    assert_eq!(
        refusal(cloud.create_user(now, &ROOT, "an n")),
        "ValidationError: The specified value for userName is invalid. It must contain only alphanumeric \
         characters and/or the following: +=,.@_-"
    );
    let missing = "NoSuchEntity: The user with name ann2 cannot be found.";
    assert_eq!(refusal(cloud.delete_user(now, &ROOT, "ann2")), missing);
    assert_eq!(refusal(cloud.create_key(now, &ROOT, "ann2")), missing);
    assert_eq!(refusal(cloud.attach_policy(now, &ROOT, "ann2", "IAMFullAccess")), missing);

    cloud.create_key(now, &ROOT, "ann").expect("the second key");
    assert_eq!(
        refusal(cloud.create_key(now, &ROOT, "ann")),
        "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"
    );
    assert_eq!(
        refusal(cloud.delete_key(now, &ROOT, "ann", "AKIAIOSFODNN7EXAMPLE")),
        "NoSuchEntity: The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found"
    );

    let error = refused(cloud.attach_policy(now, &ROOT, "ann", "AmazonKinesisFulAccess"));
    assert_eq!(
        error.to_string(),
        "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/AmazonKinesisFulAccess does not exist or is not \
         attachable."
    );
    assert_eq!(error.hint.as_deref(), Some("Did you mean `AmazonKinesisFullAccess`?"));
    assert_eq!(
        refusal(cloud.detach_policy(now, &ROOT, "ann", "IAMFullAccess")),
        "NoSuchEntity: Policy arn:aws:iam::aws:policy/IAMFullAccess was not found."
    );

    assert_eq!(
        refusal(cloud.iam.delete_user("ann")),
        "DeleteConflict: Cannot delete entity, must delete access keys first."
    );
    let document = allow(r#""Action": "kinesis:*", "Resource": "*""#);
    cloud.put_policy(now, &ROOT, "ann", "own", &document).expect("written");
    assert_eq!(
        refusal(cloud.iam.delete_user("ann")),
        "DeleteConflict: Cannot delete entity, must delete policies first."
    );
    for (name, _, _) in managed::MANAGED.iter().take(10) {
        cloud.attach_policy(now, &ROOT, "ann", name).expect("attached");
    }
    assert_eq!(
        refusal(cloud.iam.delete_user("ann")),
        "DeleteConflict: Cannot delete entity, must detach all policies first."
    );
    let eleventh = managed::MANAGED[10].0;
    assert_eq!(
        refusal(cloud.attach_policy(now, &ROOT, "ann", eleventh)),
        "LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10"
    );
    let long = allow(&format!(r#""Sid": "{}", "Action": "kinesis:*", "Resource": "*""#, "x".repeat(2048)));
    assert_eq!(
        refusal(cloud.put_policy(now, &ROOT, "ann", "long", &long)),
        "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user ann"
    );
}

/// What is wrong with a policy document.
#[test]
fn refusals_of_documents() {
    let mut cloud = with_user();
    for (document, message) in [
        ("{", "Syntax errors in policy."),
        ("[]", "Syntax errors in policy."),
        (r#"{"Version": "2012-10-17"}"#, "Syntax errors in policy."),
        (r#"{"Version": "2016-10-26", "Statement": []}"#, "Syntax errors in policy."),
        (r#"{"Statement": {"Effect": "Maybe", "Action": "*", "Resource": "*"}}"#, "Syntax errors in policy."),
        (r#"{"Statement": {"Effect": "Allow", "Acton": "*", "Resource": "*"}}"#, "Syntax errors in policy."),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}}"#,
            "Syntax errors in policy.",
        ),
        (r#"{"Statement": {"Effect": "Allow", "Resource": "*"}}"#, "Policy statement must contain actions."),
        (r#"{"Statement": {"Effect": "Allow", "Action": "*"}}"#, "Policy statement must contain resources."),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "PutRecords", "Resource": "*"}}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "stream/iot"}}"#,
            "Resource stream/iot must be in ARN format or \"*\".",
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:was:s3:::b"}}"#,
            "Partition \"was\" is not valid for resource \"arn:was:s3:::b\".",
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3"}}"#,
            "The policy failed legacy parsing",
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#,
            "Policy document should not specify a principal.",
        ),
        (
            r#"{"Statement": [{"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Sid": "a", "Effect": "Deny", "Action": "*", "Resource": "*"}]}"#,
            "Statement IDs (SID) in a single policy must be unique.",
        ),
    ] {
        let error = refused(cloud.put_policy(at(0), &ROOT, "ann", "own", document));
        assert_eq!(error.to_string(), format!("MalformedPolicyDocument: {message}"), "{document}");
    }
    assert_eq!(
        refusal(Policy::parse_trust(&allow(r#""Action": "sts:AssumeRole""#))),
        "MalformedPolicyDocument: Missing required field Principal"
    );
}

/// Service roles: who may assume them, what they may do, and how they are broken and mended.
#[test]
fn roles_are_for_services() {
    let mut cloud = cloud();
    let (now, name) = (at(0), "kinesis-analytics-iot");
    cloud.create_role(now, &ROOT, name, "/service-role/", role::ANALYTICS).expect("a role");
    assert_eq!(
        refusal(cloud.create_role(now, &ROOT, name, "/", role::ANALYTICS)),
        "EntityAlreadyExists: Role with name kinesis-analytics-iot already exists."
    );
    assert_eq!(cloud.iam.role_arn(name), "arn:aws:iam::123456789012:role/service-role/kinesis-analytics-iot");
    assert!(cloud.iam.assumes(now, role::ANALYTICS, name));
    assert!(!cloud.iam.assumes(now, role::FIREHOSE, name));
    let by = Principal::Role { name: name.to_owned(), session: "iot".to_owned() };
    let read = role::read_stream_policy("iot");
    cloud.put_role_policy(now, &ROOT, name, "ReadInputKinesis", &read).expect("written");
    let write = role::write_delivery_policy("filtered");
    cloud.put_role_policy(now, &ROOT, name, "WriteOutputFirehose", &write).expect("written");
    let may = |cloud: &Cloud, action: &str, resource: &str| cloud.allowed(&by, action, resource).allowed();
    let delivery = "arn:aws:firehose:us-west-2:123456789012:deliverystream/filtered";
    assert!(may(&cloud, "kinesis:GetRecords", &stream_arn("iot")));
    assert!(!may(&cloud, "kinesis:GetRecords", &stream_arn("other")));
    assert!(!may(&cloud, "kinesis:PutRecords", &stream_arn("iot")));
    assert!(may(&cloud, "firehose:PutRecordBatch", delivery));
    cloud.detach_role_policy(now, &ROOT, name, "WriteOutputFirehose").expect("detached");
    assert!(!may(&cloud, "firehose:PutRecordBatch", delivery));
    assert_eq!(
        refusal(cloud.detach_role_policy(now, &ROOT, name, "WriteOutputFirehose")),
        "NoSuchEntity: The role policy with name WriteOutputFirehose cannot be found."
    );
    cloud.restore_role(now, &ROOT, name).expect("restored");
    assert!(may(&cloud, "firehose:PutRecordBatch", delivery));
    assert_eq!(
        refusal(cloud.restore_role(now, &ROOT, "nobody")),
        "NoSuchEntity: The role with name nobody cannot be found."
    );
    let long = allow(&format!(r#""Sid": "{}", "Action": "kinesis:*", "Resource": "*""#, "x".repeat(10_240)));
    assert_eq!(
        refusal(cloud.put_role_policy(now, &ROOT, name, "long", &long)),
        "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role kinesis-analytics-iot"
    );
}
