//! Carrying out commands: each becomes calls of the services, made by a principal.

use crate::base::name::delivery_arn;
use crate::base::size::Bytes;
use crate::base::time::Timestamp;
pub use crate::cloud::analytics::Refused;
use crate::cloud::analytics::{Output, StartAt};
use crate::cloud::error::CloudError;
use crate::cloud::firehose::DeliverySettings;
use crate::cloud::mapping::schema_file::type_of;
use crate::cloud::output::Format;
use crate::cloud::s3::HELD_MAX;
use crate::cloud::{DELIVERY_ROLE, Principal};
use crate::sim::Sim;
use crate::sim::command::{Command, NewDelivery, RowFormat, StartFrom};
use crate::sim::fault::fault_name;
use crate::sim::watching::{Answer, Graph};

type Outcome = Result<String, Refused>;

impl Sim {
    /// Carries out a command at the present moment. The answer says in one line what came of it.
    ///
    /// # Errors
    /// The service's own error; nothing has changed then.
    pub fn apply(&mut self, by: &Principal, command: &Command) -> Outcome {
        let now = self.now;
        self.watching.shown_secrets.clear();
        match command {
            Command::CreateStream { .. }
            | Command::DeleteStream { .. }
            | Command::EnableShardMetrics { .. }
            | Command::DisableShardMetrics { .. } => self.apply_streams(now, by, command),
            Command::CreateUser { .. }
            | Command::DeleteUser { .. }
            | Command::CreateKey { .. }
            | Command::DeleteKey { .. }
            | Command::AttachPolicy { .. }
            | Command::DetachPolicy { .. }
            | Command::PutPolicy { .. }
            | Command::DetachRolePolicy { .. }
            | Command::RestoreRole { .. } => self.apply_iam(now, by, command),
            Command::ProducerCredentials { .. }
            | Command::ProducerRegion { .. }
            | Command::ProducerStream { .. }
            | Command::ProducerRate { .. }
            | Command::ProducerKey(_)
            | Command::ProducerTemplate { .. }
            | Command::ProducerStart
            | Command::ProducerStop => self.apply_producer(now, command),
            Command::CreateApp { .. }
            | Command::DeleteApp { .. }
            | Command::ConnectSource { .. }
            | Command::DiscoverSchema { .. }
            | Command::EditSchema { .. }
            | Command::SaveSchema { .. }
            | Command::WriteSchema { .. }
            | Command::SetParallelism { .. }
            | Command::SetPrefix { .. }
            | Command::AddReference(_)
            | Command::DeleteReference { .. }
            | Command::SaveSql { .. }
            | Command::RunApp { .. }
            | Command::StopApp { .. }
            | Command::ConnectDestination { .. }
            | Command::DisconnectDestination { .. } => self.apply_analytics(now, by, command),
            Command::CreateBucket { .. }
            | Command::EmptyBucket { .. }
            | Command::DeleteBucket { .. }
            | Command::PutObject { .. }
            | Command::OpenObject { .. }
            | Command::TraceLine { .. }
            | Command::CreateDelivery(_)
            | Command::DeleteDelivery { .. } => self.apply_delivery(now, by, command),
            Command::Graph { .. }
            | Command::CloseGraph
            | Command::FaultDuplicates { .. }
            | Command::Repair { .. }
            | Command::Answer { .. } => self.apply_looking(now, command),
        }
    }

    fn apply_streams(&mut self, now: Timestamp, by: &Principal, command: &Command) -> Outcome {
        let cloud = &mut self.cloud;
        Ok(match command {
            Command::CreateStream { name, shards } => {
                cloud.create_stream(now, by, name, *shards)?;
                format!("stream {name} is being created with {}", counted(*shards, "shard"))
            }
            Command::DeleteStream { name } => {
                cloud.delete_stream(now, by, name)?;
                format!("stream {name} is being deleted")
            }
            Command::EnableShardMetrics { stream } => {
                cloud.enable_shard_metrics(now, by, stream)?;
                format!("shard metrics of {stream} are on; the first minute shows when it has ended")
            }
            Command::DisableShardMetrics { stream } => {
                cloud.disable_shard_metrics(now, by, stream)?;
                format!("shard metrics of {stream} are off")
            }
            _ => return Err(misrouted()),
        })
    }

    fn apply_iam(&mut self, now: Timestamp, by: &Principal, command: &Command) -> Outcome {
        let cloud = &mut self.cloud;
        Ok(match command {
            Command::CreateUser { name } => {
                let key = cloud.create_user(now, by, name)?;
                let outcome = format!("user {name} has access key {}; the secret is shown once", key.id);
                self.watching.shown_secrets.push((key.id, key.secret));
                outcome
            }
            Command::DeleteUser { name } => {
                cloud.delete_user(now, by, name)?;
                format!("user {name} is gone, with its keys")
            }
            Command::CreateKey { user } => {
                let key = cloud.create_key(now, by, user)?;
                let outcome = format!("access key {} for {user}; the secret is shown once", key.id);
                self.watching.shown_secrets.push((key.id, key.secret));
                outcome
            }
            Command::DeleteKey { user, key } => {
                cloud.delete_key(now, by, user, key)?;
                format!("access key {key} is gone")
            }
            Command::AttachPolicy { user, policy } => {
                cloud.attach_policy(now, by, user, policy)?;
                format!("{policy} is attached to {user}")
            }
            Command::DetachPolicy { user, policy } => {
                cloud.detach_policy(now, by, user, policy)?;
                format!("{policy} is detached from {user}")
            }
            Command::PutPolicy { user, name, document } => {
                cloud.put_policy(now, by, user, name, document)?;
                format!("policy {name} is written into {user}")
            }
            Command::DetachRolePolicy { role, policy } => {
                cloud.detach_role_policy(now, by, role, policy)?;
                format!("{policy} is detached from role {role}")
            }
            Command::RestoreRole { role } => {
                cloud.restore_role(now, by, role)?;
                format!("role {role} has its policy again")
            }
            _ => return Err(misrouted()),
        })
    }

    fn apply_producer(&mut self, now: Timestamp, command: &Command) -> Outcome {
        let producer = &mut self.producer;
        Ok(match command {
            Command::ProducerCredentials { user } => {
                let found = self.cloud.iam.user(user)?;
                if !found.keys.iter().any(|it| it.active) {
                    let error =
                        CloudError::new("InvalidClientTokenId", format!("{user} has no active access key"));
                    return Err(error.hint(format!("Make one: `create key {user}`.")).into());
                }
                producer.user = Some(user.clone());
                format!("the producer writes as {user}")
            }
            Command::ProducerRegion { region } => {
                producer.set_region(region.clone())?;
                format!("the producer's region is {region}")
            }
            Command::ProducerStream { name } => {
                producer.stream = Some(name.clone());
                format!("the producer writes to {name}")
            }
            Command::ProducerRate { per_second } => {
                producer.set_rate(*per_second)?;
                format!("{} a second", counted(*per_second, "record"))
            }
            Command::ProducerKey(key) => {
                producer.key = key.clone();
                format!("partition keys are {key}")
            }
            Command::ProducerTemplate { text } => {
                if let Err(diagnostics) = producer.set_template(text.clone()) {
                    let first = diagnostics.iter().find(|it| it.fatal());
                    let message = first.map_or_else(String::new, |it| {
                        let (line, column) = it.place(text);
                        format!("line {line}, column {column}: {}", it.message)
                    });
                    let error = CloudError::new("TemplateError", message);
                    let error = match first.and_then(|it| it.hint.clone()) {
                        Some(hint) => error.hint(hint),
                        None => error,
                    };
                    return Err(Refused { error, diagnostics });
                }
                "the record template is set".to_owned()
            }
            Command::ProducerStart => {
                producer.start(now)?;
                format!("sending {} a second", counted(producer.rate, "record"))
            }
            Command::ProducerStop => {
                producer.stop(now);
                "the producer rests".to_owned()
            }
            _ => return Err(misrouted()),
        })
    }

    fn apply_analytics(&mut self, now: Timestamp, by: &Principal, command: &Command) -> Outcome {
        let (analytics, cloud) = (&mut self.analytics, &mut self.cloud);
        Ok(match command {
            Command::CreateApp { name } => {
                analytics.create(now, by, name, cloud)?;
                format!("application {name} is READY")
            }
            Command::DeleteApp { name } => {
                analytics.delete(now, by, name, cloud)?;
                format!("application {name} is being deleted")
            }
            Command::WriteSchema { .. }
            | Command::SetParallelism { .. }
            | Command::SetPrefix { .. }
            | Command::AddReference(_)
            | Command::DeleteReference { .. } => return self.apply_input(now, by, command),
            Command::ConnectSource { app, stream } => {
                match analytics.connect_source(now, by, app, stream, cloud)? {
                    None => {
                        let found = analytics.app(app)?.discovered.as_ref();
                        let columns = found.map_or(0, |it| it.schema.columns.len());
                        format!("{app} reads {stream}; discovery found {}", counted(columns as u32, "column"))
                    }
                    Some(error) => {
                        let hint = error.hint.unwrap_or_default();
                        format!("{app} reads {stream}; {} {hint}", error.message)
                    }
                }
            }
            Command::DiscoverSchema { app } => {
                analytics.discover(now, by, app, cloud)?;
                let columns = analytics.app(app)?.discovered.as_ref().map_or(0, |it| it.schema.columns.len());
                format!("discovery found {}", counted(columns as u32, "column"))
            }
            Command::EditSchema { app, column, ty } => {
                let ty = type_of(ty).map_err(|(message, hint)| {
                    CloudError::new("InvalidArgumentException", message).hint(hint)
                })?;
                analytics.edit_schema(by, app, column, ty, cloud)?;
                format!("{column} is {ty}; `save schema {app}` keeps it")
            }
            Command::SaveSchema { app } => {
                analytics.save_schema(now, by, app, cloud)?;
                format!("the schema of {app} is saved")
            }
            Command::SaveSql { app, code } => {
                analytics.save_code(now, by, app, code, cloud)?;
                let program = analytics.app(app)?.program();
                let pumps = program.map_or(0, |it| it.pumps.len()) as u32;
                format!("the code of {app} is saved: {}", counted(pumps, "pump"))
            }
            Command::RunApp { app, from } => {
                let at = match from {
                    StartFrom::Usual => None,
                    StartFrom::Now => Some(StartAt::Now),
                    StartFrom::TrimHorizon => Some(StartAt::TrimHorizon),
                    StartFrom::LastStoppedPoint => Some(StartAt::LastStoppedPoint),
                };
                analytics.start(now, by, app, at, cloud)?;
                format!("application {app} is starting")
            }
            Command::StopApp { app } => {
                analytics.stop(now, by, app, cloud)?;
                format!("application {app} is stopping; its definition stays")
            }
            Command::ConnectDestination { app, delivery, stream, format } => {
                let text = match format {
                    RowFormat::Csv => Format::Csv,
                    RowFormat::Json => Format::Json,
                };
                analytics.connect_destination(now, by, app, Output::new(stream, delivery, text), cloud)?;
                format!("{stream} of {app} goes to {delivery} as {format}")
            }
            Command::DisconnectDestination { app, stream } => {
                analytics.disconnect_destination(now, by, app, stream, cloud)?;
                format!("{stream} of {app} is delivered no more")
            }
            _ => return Err(misrouted()),
        })
    }

    /// What an application reads, beside the stream itself.
    fn apply_input(&mut self, now: Timestamp, by: &Principal, command: &Command) -> Outcome {
        let (analytics, cloud) = (&mut self.analytics, &mut self.cloud);
        Ok(match command {
            Command::WriteSchema { app, schema } => {
                let columns = analytics.write_schema(by, app, schema, cloud)?;
                format!("{}; `save schema {app}` keeps them", counted(columns as u32, "column"))
            }
            Command::SetParallelism { app, streams } => {
                analytics.set_parallelism(now, by, app, *streams, cloud)?;
                let names = analytics.app(app)?.source_names();
                let last = names.last().filter(|_| 1 < names.len());
                let last = last.map_or_else(String::new, |it| format!(" to {it}; query each by its name"));
                format!("{app} reads into {}{last}", names.first().map_or("", String::as_str))
            }
            Command::SetPrefix { app, prefix } => {
                analytics.set_prefix(now, by, app, prefix, cloud)?;
                let names = analytics.app(app)?.source_names();
                format!("the source stream of {app} is {}", names.first().map_or("", String::as_str))
            }
            Command::AddReference(new) => {
                let reference = (new.table.as_str(), new.bucket.as_str(), new.key.as_str());
                let columns =
                    analytics.add_reference(now, by, &new.app, reference, new.schema.as_deref(), cloud)?;
                let loaded = "loaded at the next start or update";
                format!("{} has {}, {loaded}", new.table, counted(columns as u32, "column"))
            }
            Command::DeleteReference { app } => {
                let table = analytics.delete_reference(now, by, app, cloud)?;
                format!("{app} has no table {table} any more")
            }
            _ => return Err(misrouted()),
        })
    }

    fn apply_delivery(&mut self, now: Timestamp, by: &Principal, command: &Command) -> Outcome {
        let cloud = &mut self.cloud;
        Ok(match command {
            Command::CreateBucket { name } => {
                cloud.create_bucket(now, by, name)?;
                format!("bucket {name} is made")
            }
            Command::EmptyBucket { name } => {
                let objects = cloud.empty_bucket(now, by, name)?;
                format!("{} deleted", counted(objects as u32, "object"))
            }
            Command::DeleteBucket { name } => {
                cloud.delete_bucket(now, by, name)?;
                format!("bucket {name} is gone")
            }
            Command::PutObject { bucket, key, text } => {
                if HELD_MAX < text.len() {
                    let message = "Your proposed upload exceeds the maximum allowed size";
                    let hint = format!("A typed object has at most {} here.", Bytes(HELD_MAX as u64));
                    return Err(CloudError::new("EntityTooLarge", message).hint(hint).into());
                }
                cloud.put_object(now, by, bucket, key, text.clone().into_bytes())?;
                format!("{key}: {} uploaded", Bytes(text.len() as u64))
            }
            Command::OpenObject { bucket, key } => {
                let bytes = cloud.get_object(by, bucket, key)?.bytes;
                self.watching.open(bucket, key);
                format!("{key}: {}", Bytes(bytes))
            }
            Command::TraceLine { bucket, key, line } => {
                cloud.get_object(by, bucket, key)?;
                let stations = self.trace_line(bucket, key, *line)?;
                self.watching.trace(bucket, key, *line);
                format!("the way of line {line}, backwards\n{}", stations.join("\n"))
            }
            Command::CreateDelivery(new) => self.create_delivery(now, by, new)?,
            Command::DeleteDelivery { name } => {
                cloud.delete_delivery(now, by, name)?;
                format!("delivery stream {name} is being deleted")
            }
            _ => return Err(misrouted()),
        })
    }

    /// What the console's pages do: the bucket if it is new, the role if one is wanted, the stream.
    fn create_delivery(&mut self, now: Timestamp, by: &Principal, new: &NewDelivery) -> Outcome {
        let cloud = &mut self.cloud;
        let settings = DeliverySettings {
            name: new.name.clone(),
            bucket: new.bucket.clone(),
            prefix: new.prefix.clone(),
            buffer_mb: new.buffer_mb,
            buffer_wait: new.buffer_wait,
            gzip: new.gzip,
            logging: new.logging,
            role: new.role.clone().unwrap_or_else(|| DELIVERY_ROLE.to_owned()),
        };
        // Whatever the last page would refuse is refused before the first one has made anything.
        cloud.authorise(by, "firehose:CreateDeliveryStream", &delivery_arn(&new.name))?;
        cloud.firehose.check(&settings)?;
        if cloud.s3.bucket(&new.bucket).is_err() {
            cloud.create_bucket(now, by, &new.bucket)?;
        }
        if new.role.is_none() {
            cloud.allow_delivery(now, by, &new.bucket, &new.name)?;
        }
        cloud.create_delivery(now, by, &settings)?;
        Ok(format!("delivery stream {} is being created into {}", new.name, new.bucket))
    }

    fn apply_looking(&mut self, now: Timestamp, command: &Command) -> Outcome {
        Ok(match command {
            Command::Graph { metric, name, statistic, period } => {
                let minute = crate::base::time::Span::MINUTE;
                if period.as_millis() < minute.as_millis() || period.as_millis() % minute.as_millis() != 0 {
                    let error = CloudError::new(
                        "InvalidParameterValue",
                        format!("a period of {period} is not possible"),
                    );
                    return Err(error.hint("Periods are whole minutes: 1m, 5m, 1h.").into());
                }
                let (metric, name, statistic) = (metric.clone(), name.clone(), statistic.clone());
                let outcome = format!("graph of {metric} for {name}, {statistic} by {period}");
                self.watching.graph = Some(Graph { metric, name, statistic, period: *period });
                outcome
            }
            Command::CloseGraph => {
                self.watching.graph = None;
                "the graph is closed".to_owned()
            }
            Command::FaultDuplicates { per_thousand } => {
                self.producer.timeouts_per_thousand = *per_thousand;
                self.faults.switch_on(command.clone(), now);
                "the producer now times out after some calls and sends them again".to_owned()
            }
            Command::Repair { fault } => {
                if !self.faults.switch_off(fault) {
                    return Err(
                        CloudError::new("InvalidParameterValue", format!("fault {fault} is not on")).into()
                    );
                }
                if Some(fault.as_str()) == fault_name(&Command::FaultDuplicates { per_thousand: 0 }) {
                    self.producer.timeouts_per_thousand = 0;
                }
                format!("{fault} repaired")
            }
            Command::Answer { step, text } => {
                self.watching.answers.retain(|it| it.step != *step);
                self.watching.answers.push(Answer { step: step.clone(), text: text.clone(), at: now });
                format!("noted for {step}: {text}")
            }
            _ => return Err(misrouted()),
        })
    }
}

/// `1 shard`, `2 shards`.
fn counted(count: u32, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// [`Sim::apply`] sends every command to the group that knows it.
fn misrouted() -> Refused {
    CloudError::new("InternalFailure", "the command reached a service that does not know it").into()
}
