//! Proofs of Activity 1: the stream, its user, the producer, the graph.

use serde_json::Value;

use crate::base::name::REGION;
use crate::base::size::Count;
use crate::base::time::Span;
use crate::guide::Verdict;
use crate::guide::role::{Cast, shards};
use crate::lab::view::{GraphView, MetricName, PointView, Status, StreamView, View};

/// Some stream has exactly two open shards, or will have once it is made.
pub fn created(view: &View) -> Verdict {
    let alive = || view.streams.iter().filter(|it| it.status != Status::Deleting);
    let with_two = || alive().filter(|it| shards(it) == 2);
    if with_two().any(|it| it.status != Status::Creating) {
        return Verdict::Done;
    }
    if let Some(stream) = with_two().next() {
        return creating(stream);
    }
    match alive().next_back() {
        None => Verdict::not_yet("There is no stream yet."),
        Some(stream) => Verdict::not_yet(format!("`{}` does not have two shards.", stream.name)),
    }
}

/// A stream with two open shards is ACTIVE.
pub fn active(view: &View) -> Verdict {
    let with_two = || view.streams.iter().filter(|it| shards(it) == 2);
    if with_two().any(|it| it.status == Status::Active) {
        return Verdict::Done;
    }
    match with_two().find(|it| it.status != Status::Deleting) {
        Some(stream) => creating(stream),
        None => Verdict::not_yet("No stream with two shards is ACTIVE."),
    }
}

fn creating(stream: &StreamView) -> Verdict {
    let done = if stream.status == Status::Creating { "created" } else { "updated" };
    let left = stream.ready_in.map(|it| format!(", {} s left", it.secs_ceil())).unwrap_or_default();
    Verdict::wait(format!("`{}` is being {done}{left}.", stream.name), stream.ready_in)
}

/// A user owns an active access key.
pub fn user(view: &View) -> Verdict {
    match (Cast::of(view).user, view.users.last()) {
        (Some(_), _) => Verdict::Done,
        (None, Some(user)) => {
            Verdict::not_yet(format!("`{}` has no active access key: `create key {}`.", user.name, user.name))
        }
        (None, None) => Verdict::not_yet("There is no IAM user yet."),
    }
}

/// A user with a key may call PutRecords on the source, by whatever policy.
pub fn allowed(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(source) = cast.source else {
        return Verdict::not_yet("There is no stream to write to; 1-A makes it.");
    };
    let keyed = || view.users.iter().filter(|it| it.keys.iter().any(|key| key.active));
    if keyed().any(|it| it.may_put_to.contains(&source.name)) {
        return Verdict::Done;
    }
    match cast.user {
        None => Verdict::not_yet("There is no user with an access key yet."),
        Some(user) => {
            let (user, stream) = (&user.name, &source.name);
            Verdict::not_yet(format!("`{user}` may not call kinesis:PutRecords on `{stream}` yet."))
        }
    }
}

/// The user may write to the source through policies of the learner's own that allow PutRecords and
/// nothing else.
pub fn least(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let (Some(source), Some(user)) = (cast.source, cast.user) else {
        return Verdict::not_yet("There is no user with an access key yet.");
    };
    if !user.may_put_to.contains(&source.name) {
        return Verdict::not_yet(format!("`{}` may not write to `{}` yet.", user.name, source.name));
    }
    if let Some(managed) = user.policies.iter().find(|it| it.managed) {
        let name = &managed.name;
        return Verdict::not_yet(format!(
            "{name} also allows deleting every stream. Write a narrower policy."
        ));
    }
    let narrow = user.policies.iter().all(|it| {
        serde_json::from_str(&it.document).is_ok_and(|document: Value| only_puts(&document, &source.arn))
    });
    match narrow {
        true => Verdict::Done,
        false => Verdict::not_yet(format!("The policy allows more than PutRecords on `{}`.", source.name)),
    }
}

/// Whether every Allow of a policy is PutRecord or PutRecords on exactly this stream.
fn only_puts(document: &Value, arn: &str) -> bool {
    let list = |it: &Value| match it {
        Value::Array(items) => items.clone(),
        other => vec![other.clone()],
    };
    let puts = ["kinesis:putrecord", "kinesis:putrecords"];
    let put = |it: &Value| it.as_str().is_some_and(|it| puts.contains(&it.to_ascii_lowercase().as_str()));
    list(&document["Statement"]).iter().all(|statement| {
        statement["Effect"] == "Deny"
            || list(&statement["Action"]).iter().all(put)
                && list(&statement["Resource"]).iter().all(|it| it.as_str() == Some(arn))
    })
}

/// The producer's credentials, region and stream would be accepted.
pub fn aimed(view: &View) -> Verdict {
    let producer = &view.producer;
    if producer.user.is_none() {
        return Verdict::not_yet("The producer's form has no credentials yet.");
    }
    if producer.region.is_empty() {
        return Verdict::not_yet(format!(
            "The producer's form has no region yet; the workshop is in {REGION}."
        ));
    }
    let Some(name) = &producer.stream else {
        return Verdict::not_yet("The producer's form names no stream yet.");
    };
    if let Some(stream) = view.streams.iter().find(|it| it.name == *name)
        && stream.status == Status::Creating
        && producer.region == REGION
    {
        return creating(stream);
    }
    match &producer.aim {
        None => Verdict::Done,
        Some(refusal) => Verdict::not_yet(format!("A call now would be refused: {}.", refusal.code)),
    }
}

/// The rate is the workshop's, 100 to 500 records a second.
pub fn rate(view: &View) -> Verdict {
    match view.producer.rate {
        100..=500 => Verdict::Done,
        0 => Verdict::not_yet("The producer's form has no rate yet."),
        other => Verdict::not_yet(format!(
            "The rate is {}; the workshop asks for 100 to 500.",
            Count(other.into())
        )),
    }
}

/// The four keys of a record, and whether each is text or a number.
const KEYS: [(&str, bool); 4] =
    [("sensorId", true), ("eventTimeStamp", true), ("ambientTemp", false), ("measuredTemp", false)];

/// Every sample is a JSON object that carries the four keys with the right kinds.
pub fn template(view: &View) -> Verdict {
    let producer = &view.producer;
    if producer.template.trim().is_empty() {
        return Verdict::not_yet("The template is empty.");
    }
    if let Some(problem) = producer.template_problems.first() {
        let (line, column) = problem.place(&producer.template);
        return Verdict::not_yet(format!(
            "The template does not work, line {line}, column {column}: {}.",
            problem.message
        ));
    }
    if producer.samples.is_empty() {
        return Verdict::not_yet("The template makes no records.");
    }
    for sample in &producer.samples {
        let Ok(Value::Object(record)) = serde_json::from_str::<Value>(sample) else {
            return Verdict::not_yet("The template's records are not JSON.");
        };
        for (key, text) in KEYS {
            match record.get(key) {
                None => return Verdict::not_yet(format!("The records have no `{key}`.")),
                Some(value) if text && !value.is_string() => {
                    return Verdict::not_yet(format!("`{key}` should be text."));
                }
                Some(value) if !text && !value.is_number() => {
                    return Verdict::not_yet(format!("`{key}` should be a number."));
                }
                Some(_) => {}
            }
        }
    }
    Verdict::Done
}

/// The source accepted a record in each of the last three full seconds.
pub fn flowing(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(source) = cast.source else {
        return Verdict::not_yet("There is no stream to write to; 1-A makes it.");
    };
    if three_seconds(&source.accepted.per_second) {
        return Verdict::Done;
    }
    let producer = &view.producer;
    if !producer.running {
        return Verdict::not_yet("The producer is not running: `producer start`.");
    }
    if let Some(error) = producer.last_error.as_ref().or(producer.aim.as_ref()) {
        return Verdict::not_yet(format!("The producer's calls are refused: {}.", error.code));
    }
    match producer.started_at {
        Some(at) if view.now - at < Span::from_secs(5) => {
            Verdict::wait("The producer has just started.", Some(Span::from_secs(5)))
        }
        _ => Verdict::not_yet(format!("`{}` does not receive records every second.", source.name)),
    }
}

/// Whether each of the last three full seconds counted something; the newest second may be unfinished.
pub fn three_seconds(per_second: &[u32]) -> bool {
    let last: Vec<u32> = per_second.iter().rev().skip(1).take(3).copied().collect();
    last.len() == 3 && last.iter().all(|&it| 0 < it)
}

/// Every open shard of the source has received records, and there are at least two.
pub fn spread(view: &View) -> Verdict {
    let Some(source) = Cast::of(view).source else {
        return Verdict::not_yet("There is no stream to write to; 1-A makes it.");
    };
    let open: Vec<_> = source.shards.iter().filter(|it| it.open).collect();
    if open.len() < 2 {
        return Verdict::not_yet(format!("`{}` does not have two shards.", source.name));
    }
    if let Some(idle) = open.iter().find(|it| it.accepted.total == 0) {
        return Verdict::not_yet(format!("Shard {} has received nothing yet.", idle.id.0));
    }
    Verdict::Done
}

/// The question was answered, right or wrong.
pub fn answered(view: &View, question: &str) -> Verdict {
    match view.answers.iter().any(|it| it.step.eq_ignore_ascii_case(question)) {
        true => Verdict::Done,
        false => Verdict::not_yet(format!("Say what you expect: `answer {question} YOUR WORDS`.")),
    }
}

/// The graph of the source's IncomingRecords with 1-minute sums is open and shows a complete minute.
pub fn graph(view: &View) -> Verdict {
    let Some(graph) = &view.graph else {
        return Verdict::not_yet("No graph is open.");
    };
    let Some(points) = stream_line(view, graph) else {
        return Verdict::not_yet("The open graph is not your stream's IncomingRecords.");
    };
    if !graph.statistic.eq_ignore_ascii_case("sum") {
        return Verdict::not_yet(format!("The graph's statistic is {}; you want Sum.", graph.statistic));
    }
    if graph.period != Span::MINUTE {
        return Verdict::not_yet(format!("The graph's period is {}; you want 1m.", graph.period));
    }
    match points.iter().any(|it| it.complete && 0.0 < it.value) {
        true => Verdict::Done,
        false => minute_pending(view),
    }
}

/// The learner said what the next full minute would show, and it did.
pub fn predicted(view: &View) -> Verdict {
    let said = |it: &&crate::lab::view::Answer| it.step.eq_ignore_ascii_case("R2");
    let Some(last) = view.answers.iter().rfind(said) else {
        return Verdict::not_yet("Say what the next full minute will show: `answer R2 NUMBER`.");
    };
    let Some(graph) = &view.graph else {
        return Verdict::not_yet("No graph is open to compare your number with.");
    };
    let Some(points) = stream_line(view, graph) else {
        return Verdict::not_yet("The open graph is not your stream's IncomingRecords.");
    };
    // The first full minute is the first that began after the number was said.
    let came_true = |answer: &crate::lab::view::Answer| {
        let next = points.iter().find(|it| it.complete && answer.at <= it.at);
        next.zip(number(&answer.text)).is_some_and(|(point, said)| (point.value - said).abs() < 0.5)
    };
    if view.answers.iter().filter(said).any(came_true) {
        return Verdict::Done;
    }
    match points.iter().find(|it| it.complete && last.at <= it.at) {
        None => minute_pending(view),
        Some(point) => {
            let shown = Count(point.value as u64);
            Verdict::not_yet(format!(
                "You said {}; the minute after it shows {shown}. Say the next.",
                last.text
            ))
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.replace([',', ' ', '_'], "").parse().ok()
}

/// Shard metrics are on, and the graph shows a complete minute of every open shard.
pub fn shard_lines(view: &View) -> Verdict {
    let Some(source) = Cast::of(view).source else {
        return Verdict::not_yet("There is no stream to look at; 1-A makes it.");
    };
    if !source.shard_metrics {
        return Verdict::not_yet(format!(
            "Shard metrics of `{0}` are off: `enable shard metrics {0}`.",
            source.name
        ));
    }
    let Some(graph) = &view.graph else {
        return Verdict::not_yet("No graph is open.");
    };
    let per_shard = graph.lines.iter().filter(|(name, _)| is_incoming(name, source) && shard(name).is_some());
    let complete = per_shard.filter(|(_, points)| points.iter().any(|it| it.complete)).count();
    match 2 <= complete && source.open_shards() <= complete {
        true => Verdict::Done,
        false => minute_pending(view),
    }
}

fn minute_pending(view: &View) -> Verdict {
    let left = view.now.floor(Span::MINUTE) + Span::MINUTE - view.now;
    let text = format!("A minute appears after it has ended, in {} s.", left.secs_ceil());
    match view.producer.running {
        true => Verdict::wait(text, Some(left)),
        false => Verdict::not_yet("The producer is stopped, so no new minute will appear."),
    }
}

/// The points of the source's stream-level IncomingRecords in the open graph.
fn stream_line<'a>(view: &View, graph: &'a GraphView) -> Option<&'a [PointView]> {
    let source = Cast::of(view).source?;
    let line = graph.lines.iter().find(|(name, _)| is_incoming(name, source) && shard(name).is_none());
    line.map(|(_, points)| points.as_slice())
}

fn is_incoming(name: &MetricName, source: &StreamView) -> bool {
    name.namespace == "AWS/Kinesis"
        && name.name == "IncomingRecords"
        && name.dimensions.iter().any(|(key, value)| key == "StreamName" && *value == source.name)
}

fn shard(name: &MetricName) -> Option<&str> {
    name.dimensions.iter().find(|(key, _)| key == "ShardId").map(|(_, value)| value.as_str())
}
