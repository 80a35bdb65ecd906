//! Looking: a [`View`] made from a world.

use crate::base::time::{Span, Timestamp};
use crate::cloud::kinesis::{self, Stream};
use crate::cloud::meter::Meter;
use crate::cloud::s3::Body;
use crate::cloud::watch::Statistic;
use crate::lab::Lab;
use crate::lab::view::*;
use crate::sim::{self, Sim};

mod apps;
mod delivery;

/// How long a graph looks back.
const GRAPH_SPAN: Span = Span::HOUR;
/// Records made for the producer's preview.
const SAMPLES: usize = 20;
/// Outcomes of commands that a view carries.
const HISTORY: usize = 30;

/// The body of an object, as far as memory holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectText {
    /// The bytes as text, lossy where they are not UTF-8.
    Here(String),
    /// The object exists; its body is in the file that mirrors it.
    Elsewhere,
}

/// A refusal as the view shows it.
pub(super) fn refused(it: sim::Refused) -> Refusal {
    Refusal { diagnostics: it.diagnostics, ..refusal(&it.error) }
}

fn refusal(error: &crate::cloud::error::CloudError) -> Refusal {
    Refusal {
        code: error.code.to_string(),
        message: error.message.clone(),
        hint: error.hint.clone(),
        diagnostics: Vec::new(),
    }
}

impl Lab {
    /// The text of an object of a bucket.
    pub fn object(&self, bucket: &str, key: &str) -> Option<ObjectText> {
        Some(match &self.sim.cloud.s3.object(bucket, key).ok()?.body {
            Body::Here(bytes) => ObjectText::Here(String::from_utf8_lossy(bytes).into_owned()),
            Body::Elsewhere => ObjectText::Elsewhere,
        })
    }
}

pub(super) fn view(lab: &Lab) -> View {
    let sim = &lab.sim;
    let now = sim.now();
    let history = lab.history.iter().skip(lab.history.len().saturating_sub(HISTORY));
    View {
        now,
        opened_at: sim.opened_at,
        commands: lab.journal.entries.len(),
        history: history.cloned().collect(),
        users: delivery::users(sim),
        roles: delivery::roles(sim),
        streams: sim.cloud.kinesis.streams().map(|it| stream(it, now)).collect(),
        producer: producer(sim),
        apps: sim.analytics.apps().map(|it| apps::app(it, now)).collect(),
        deliveries: delivery::deliveries(sim),
        buckets: delivery::buckets(sim),
        graph: graph(sim),
        metrics: sim.cloud.watch.names().map(metric_name).collect(),
        log_groups: delivery::log_groups(sim),
        faults: sim
            .faults
            .on
            .iter()
            .map(|(command, since)| FaultView { command: command.to_string(), since: *since })
            .collect(),
        answers: sim
            .watching
            .answers
            .iter()
            .map(|it| Answer { step: it.step.clone(), text: it.text.clone(), at: it.at })
            .collect(),
        opened: sim.watching.opened.clone(),
        traced: sim.watching.traced.clone(),
        laws: sim
            .laws()
            .into_iter()
            .map(|it| LawView { law: it.name, left: it.left, right: it.right })
            .collect(),
    }
}

fn pulse(meter: &Meter, now: Timestamp) -> Pulse {
    Pulse { per_second: meter.last_minute(now), total: meter.total }
}

fn ready_in(changes_at: Option<Timestamp>, now: Timestamp) -> Option<Span> {
    changes_at.map(|it| it - now)
}

fn status(status: kinesis::Status) -> Status {
    match status {
        kinesis::Status::Creating => Status::Creating,
        kinesis::Status::Active => Status::Active,
        kinesis::Status::Updating => Status::Updating,
        kinesis::Status::Deleting => Status::Deleting,
    }
}

fn stream(stream: &Stream, now: Timestamp) -> StreamView {
    let mut shards: Vec<ShardView> = stream
        .shards()
        .iter()
        .map(|shard| ShardView {
            id: shard.id,
            open: shard.open,
            hash_range: shard.hash_range_hex(),
            accepted: pulse(&shard.accepted, now),
            throttled: pulse(&shard.throttled, now),
            held: shard.held(),
            expired: shard.expired(),
            newest: newest(shard),
        })
        .collect();
    shards.sort_by_key(|it| (!it.open, it.id));
    StreamView {
        name: stream.name.clone(),
        arn: stream.arn(),
        status: status(stream.status),
        ready_in: ready_in(stream.changes_at, now),
        shards,
        shards_wanted: stream.shards_wanted,
        retention: stream.retention,
        shard_metrics: stream.shard_metrics,
        accepted: pulse(&stream.accepted, now),
        throttled: pulse(&stream.throttled, now),
        last_call: stream.last_call.as_ref().map(|it| CallView {
            at: it.at,
            entries: it.entries,
            accepted: it.accepted,
        }),
    }
}

/// A few of the newest records: a screen shows no more.
const RECORDS_SHOWN: u64 = 12;

fn newest(shard: &crate::cloud::shard::Shard) -> Vec<RecordView> {
    let pieces = shard.newest(RECORDS_SHOWN);
    pieces
        .iter()
        .flat_map(|piece| piece.records(shard.id, shard.created_secs))
        .map(|it| RecordView {
            sequence_number: it.sequence_number.to_string(),
            partition_key: String::from_utf8_lossy(it.partition_key).into_owned(),
            arrived_at: it.arrived_at,
            data: String::from_utf8_lossy(it.data).trim_end_matches('\n').to_owned(),
        })
        .collect()
}

fn producer(sim: &Sim) -> ProducerView {
    let producer = &sim.producer;
    ProducerView {
        user: producer.user.clone(),
        region: producer.region.clone(),
        stream: producer.stream.clone(),
        rate: producer.rate,
        key: producer.key.to_string(),
        template: producer.template_text().to_owned(),
        template_problems: Vec::new(),
        samples: producer.samples(sim.now(), sim.seed, SAMPLES),
        running: producer.running(),
        started_at: producer.started_at,
        stopped_at: producer.stopped_at,
        sent: pulse(&producer.sent, sim.now()),
        accepted: producer.accepted,
        refused: producer.refused,
        resent: producer.resent,
        aim: producer.aim(&sim.cloud).as_ref().map(refusal),
        last_error: producer.last_error.as_ref().map(refusal),
    }
}

fn metric_name(metric: &crate::cloud::watch::Metric) -> MetricName {
    MetricName {
        namespace: metric.namespace.clone(),
        name: metric.name.clone(),
        dimensions: metric.dimensions.clone(),
        unit: metric.unit.clone(),
    }
}

/// The open graph: the metric for the thing it names, and one line per shard where those exist.
fn graph(sim: &Sim) -> Option<GraphView> {
    let graph = sim.watching.graph.as_ref()?;
    let about = |it: &&crate::cloud::watch::Metric| {
        it.name == graph.metric && it.dimensions.first().is_some_and(|(_, value)| *value == graph.name)
    };
    let metrics: Vec<MetricName> = sim.cloud.watch.names().filter(about).map(metric_name).collect();
    let lines = metrics
        .into_iter()
        .map(|metric| {
            let points = series(sim, &metric, &graph.statistic, graph.period);
            (metric, points)
        })
        .collect();
    Some(GraphView { statistic: graph.statistic.clone(), period: graph.period, lines })
}

/// The last hour of a metric, period by period.
pub fn series(sim: &Sim, metric: &MetricName, statistic: &str, period: Span) -> Vec<PointView> {
    let Some(statistic) = Statistic::parse(statistic) else { return Vec::new() };
    let (now, watch) = (sim.now(), &sim.cloud.watch);
    let found = watch.names().find(|it| {
        it.name == metric.name && it.namespace == metric.namespace && it.dimensions == metric.dimensions
    });
    let Some(found) = found else { return Vec::new() };
    watch
        .series(found, statistic, period, now - GRAPH_SPAN, now)
        .into_iter()
        .map(|it| PointView { at: it.at, value: it.value, complete: it.complete })
        .collect()
}
