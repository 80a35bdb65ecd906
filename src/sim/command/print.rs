//! A command as its typed form.

use std::fmt;

use crate::sim::command::words::quoted as q;
use crate::sim::command::{Command, NewDelivery, NewReference, PartitionKey, RowFormat, StartFrom, words};

/// The typed form; [`Command::parse`] reads it back.
impl fmt::Display for Command {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Command::WriteSchema { app, schema } => write!(out, "write schema {} {}", q(app), q(schema)),
            Command::SetParallelism { app, streams } => write!(out, "set parallelism {} {streams}", q(app)),
            Command::SetPrefix { app, prefix } => write!(out, "set prefix {} {}", q(app), q(prefix)),
            Command::AddReference(it) => write!(out, "add reference {it}"),
            Command::DeleteReference { app } => write!(out, "delete reference {}", q(app)),
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
            Command::PutObject { bucket, key, text } => {
                write!(out, "put object {} {} {}", q(bucket), q(key), q(text))
            }
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

impl fmt::Display for NewReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {} {}", q(&self.app), q(&self.table), q(&self.bucket), q(&self.key))?;
        match &self.schema {
            None => Ok(()),
            Some(schema) => write!(out, " schema {}", q(schema)),
        }
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
