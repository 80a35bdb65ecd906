//! Users, roles, delivery streams, buckets and logs as the view shows them.

use crate::base::name::stream_arn;
use crate::cloud::iam::policy::Policy;
use crate::cloud::iam::{Role, User};
use crate::cloud::{Principal, firehose};
use crate::lab::look::{pulse, ready_in, status};
use crate::lab::view::*;
use crate::sim::Sim;

pub(super) fn users(sim: &Sim) -> Vec<UserView> {
    sim.cloud.iam.users().map(|it| user(it, sim)).collect()
}

fn user(user: &User, sim: &Sim) -> UserView {
    let principal = Principal::User(user.name.clone());
    let active = user.keys.iter().any(|it| it.active);
    let may_put = |name: &&String| {
        active && sim.cloud.allowed(&principal, "kinesis:PutRecords", &stream_arn(name)).allowed()
    };
    let streams: Vec<String> = sim.cloud.kinesis.streams().map(|it| it.name.clone()).collect();
    let shown = &sim.watching.shown_secrets;
    UserView {
        name: user.name.clone(),
        arn: user.arn(),
        created_at: user.created_at,
        keys: user
            .keys
            .iter()
            .map(|key| KeyView {
                id: key.id.clone(),
                secret: shown.iter().find(|(id, _)| *id == key.id).map(|(_, secret)| secret.clone()),
                active: key.active,
                created_at: key.created_at,
            })
            .collect(),
        policies: user
            .policies()
            .map(|(name, it)| policy(name, it, user.attached.iter().any(|managed| managed.name() == name)))
            .collect(),
        may_put_to: streams.iter().filter(may_put).cloned().collect(),
    }
}

pub(super) fn roles(sim: &Sim) -> Vec<RoleView> {
    sim.cloud.iam.roles().map(role).collect()
}

fn role(role: &Role) -> RoleView {
    RoleView {
        name: role.name.clone(),
        arn: role.arn(),
        trusts: role.trust.services().collect::<Vec<_>>().join(", "),
        policies: role
            .policies()
            .map(|(name, it)| policy(name, it, role.attached.iter().any(|managed| managed.name() == name)))
            .collect(),
    }
}

fn policy(name: &str, policy: &Policy, managed: bool) -> PolicyView {
    let value: Option<serde_json::Value> = serde_json::from_str(policy.text()).ok();
    let pretty = value.and_then(|it| serde_json::to_string_pretty(&it).ok());
    PolicyView {
        name: name.to_owned(),
        managed,
        document: pretty.unwrap_or_else(|| policy.text().to_owned()),
    }
}

pub(super) fn deliveries(sim: &Sim) -> Vec<DeliveryView> {
    sim.cloud.firehose.deliveries().map(|it| delivery(it, sim)).collect()
}

fn delivery(it: &firehose::Delivery, sim: &Sim) -> DeliveryView {
    let now = sim.now();
    let settings = &it.settings;
    DeliveryView {
        name: settings.name.clone(),
        arn: it.arn(),
        status: status(it.status),
        ready_in: ready_in(it.changes_at, now),
        version: it.version,
        bucket: settings.bucket.clone(),
        prefix: settings.prefix.clone(),
        role: settings.role.clone(),
        role_may_write: sim.cloud.may_deliver(it),
        buffer_bytes_max: it.buffer_bytes_max(),
        buffer_wait_max: settings.buffer_wait,
        compression: if settings.gzip { "GZIP" } else { "UNCOMPRESSED" }.to_owned(),
        logging: settings.logging,
        accepted: pulse(&it.accepted, now),
        last_accepted_at: it.last_accepted_at,
        buffer: BufferView {
            rows: it.buffer.rows,
            bytes: it.buffer.len(),
            age: it.buffer.opened_at.map(|opened| now - opened).unwrap_or_default(),
        },
        retries: it.waiting().len() as u32,
        retry_at: it.retry_at,
        delivered_rows: it.delivered_rows,
        delivered_objects: it.delivered_objects,
        lost_rows: it.lost_rows,
    }
}

pub(super) fn buckets(sim: &Sim) -> Vec<BucketView> {
    let view = |bucket: &crate::cloud::s3::Bucket| BucketView {
        name: bucket.name.clone(),
        created_at: bucket.created_at,
        objects: bucket
            .objects()
            .map(|(key, it)| ObjectView {
                key: key.to_owned(),
                bytes: it.bytes,
                lines: it.lines,
                modified_at: it.modified_at,
                etag: it.etag.clone(),
            })
            .collect(),
    };
    sim.cloud.s3.buckets().map(view).collect()
}

pub(super) fn log_groups(sim: &Sim) -> Vec<LogGroupView> {
    let view = |(name, group): (&str, &crate::cloud::logs::LogGroup)| {
        let events = group.events();
        let skip = events.len().saturating_sub(NEWEST);
        let event = |it: &crate::cloud::logs::LogEvent| LogEventView {
            at: it.at,
            stream: it.stream.clone(),
            message: it.message.clone(),
        };
        LogGroupView { name: name.to_owned(), events: events.skip(skip).map(event).collect() }
    };
    sim.cloud.logs.groups().map(view).collect()
}
