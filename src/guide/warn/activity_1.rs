//! Mistakes of Activity 1: streams, users, the producer's form, its template, the graph.

use serde_json::Value;

use super::{is_code, plural, refused, word};
use crate::base::name::REGION;
use crate::base::time::Span;
use crate::guide::role::{Cast, shards};
use crate::guide::texts;
use crate::lab::view::{Status, StreamView, UserView, View};
use crate::sim::command::Command;
use crate::sql::diag::{Diagnostic, nearest};

/// The namespace of the streams' metrics.
const STREAMS: &str = "AWS/Kinesis";

/// Streams exist, and none has two shards.
pub fn wrong_shard_count(view: &View) -> Option<String> {
    let alive = || view.streams.iter().filter(|it| it.status != Status::Deleting);
    let stream = alive().next_back()?;
    let count = shards(stream);
    if count == 0 || alive().any(|it| shards(it) == 2) {
        return None;
    }
    let name = &stream.name;
    let has = plural(count, "shard");
    Some(format!(
        "`{name}` has {has}. The workshop compares two. Delete it and make it again: `delete stream {name}`."
    ))
}

/// The name of a new stream is taken.
pub fn name_taken(view: &View) -> Option<String> {
    let (_, refusal) = refused(view, &["create stream"])?;
    is_code(refusal, "ResourceInUse")
        .then(|| "A stream with this name exists already. Use it, or choose another name.".into())
}

/// Something was asked of a stream that is being created.
pub fn still_creating(view: &View) -> Option<String> {
    let stream = view.streams.iter().find(|it| it.status == Status::Creating)?;
    let producer = &view.producer;
    let named =
        |(done, _): &(&crate::lab::view::Done, _)| done.command.split(' ').any(|it| it == stream.name);
    let refused_now = refused(view, &[""]).filter(|(done, _)| !done.command.starts_with("create stream"));
    let aimed = producer.running && producer.stream.as_ref() == Some(&stream.name);
    (refused_now.as_ref().is_some_and(named) || aimed)
        .then(|| "The stream takes a few seconds to become ACTIVE. `wait 20s`.".into())
}

/// The name of a new stream breaks the rule.
pub fn illegal_name(view: &View) -> Option<String> {
    let (done, refusal) = refused(view, &["create stream"])?;
    let illegal = !crate::base::name::plain(word(done, 2), 128);
    (illegal && is_code(refusal, "Validation"))
        .then(|| "Stream names use letters, digits, `_`, `.` and `-`, up to 128 characters.".into())
}

/// No more shards are allowed.
pub fn limit_reached(view: &View) -> Option<String> {
    let (_, refusal) = refused(view, &["create stream"])?;
    let used: usize = view.streams.iter().map(shards).sum();
    is_code(refusal, "LimitExceeded").then(|| match used {
        0 => "An account has a limit of shards. Ask for fewer; the workshop needs two.".into(),
        _ => {
            format!("Your streams use {} already. Ask for fewer, or delete a stream.", plural(used, "shard"))
        }
    })
}

/// The learner's user, and the source, while that user may not write to it.
fn powerless(view: &View) -> Option<(&UserView, Option<&StreamView>)> {
    let cast = Cast::of(view);
    let user = cast.user.or(view.users.last())?;
    let may = |it: &UserView| cast.source.is_some_and(|source| it.may_put_to.contains(&source.name));
    (!view.users.iter().any(may)).then_some((user, cast.source))
}

/// The user has no policy.
pub fn no_policy(view: &View) -> Option<String> {
    let (user, _) = powerless(view)?;
    user.policies.is_empty().then(|| format!("`{}` may do nothing yet. 0 policies attached.", user.name))
}

/// The user may only read.
pub fn read_only_policy(view: &View) -> Option<String> {
    let (user, _) = powerless(view)?;
    let name = "AmazonKinesisReadOnlyAccess";
    user.policies
        .iter()
        .any(|it| it.name == name)
        .then(|| format!("{name} allows reading. PutRecords is a write."))
}

/// The user has a policy for delivery streams.
pub fn firehose_policy(view: &View) -> Option<String> {
    let (user, _) = powerless(view)?;
    user.policies
        .iter()
        .any(|it| it.name.contains("Firehose"))
        .then(|| "This policy speaks of `firehose:` actions. The stream needs `kinesis:` actions.".into())
}

/// The producer is pointed at another region.
pub fn wrong_region(view: &View) -> Option<String> {
    let producer = &view.producer;
    let stream = producer.stream.as_ref()?;
    let region = &producer.region;
    (!region.is_empty() && region != REGION).then(|| {
        format!("No stream `{stream}` in {region}. Streams live in one region; yours is in {REGION}.")
    })
}

/// The producer is pointed at a stream that does not exist.
pub fn stream_typo(view: &View) -> Option<String> {
    let written = view.producer.stream.as_ref()?;
    if view.streams.is_empty() || view.streams.iter().any(|it| it.name == *written) {
        return None;
    }
    let near = nearest(written, view.streams.iter().map(|it| it.name.as_str()));
    Some(match near {
        Some(near) => format!("No stream `{written}` in {REGION}. Did you mean `{near}`?"),
        None => format!("No stream `{written}` in {REGION}. Yours is `{}`.", view.streams.last()?.name),
    })
}

/// A rate outside what the workshop asks for.
pub fn odd_rate(view: &View) -> Option<String> {
    (!matches!(view.producer.rate, 0 | 100..=500)).then(|| {
        "The workshop asks for 100–500. Above about 2,000 two shards cannot keep up – try it later.".into()
    })
}

/// The producer's user may not write to the stream.
pub fn access_denied(view: &View) -> Option<String> {
    let producer = &view.producer;
    let refusal = producer.aim.as_ref().filter(|it| it.code.starts_with("AccessDenied"))?;
    let user = producer.user.as_ref()?;
    Some(format!("{} – `{user}` needs a policy that allows PutRecords; see 1-B.", refusal.message))
}

/// A temperature is text in the records.
pub fn quoted_number(view: &View) -> Option<String> {
    let sample: Value = serde_json::from_str(view.producer.samples.first()?).ok()?;
    let name = ["ambientTemp", "measuredTemp"].into_iter().find(|&it| sample[it].is_string())?;
    Some(format!("`{name}` is text in the preview. Numbers have no quotes."))
}

/// The template was refused, or makes text that is not JSON.
pub fn broken_template(view: &View) -> Option<String> {
    let producer = &view.producer;
    if let Some((done, refusal)) = refused(view, &["producer template"])
        && let Some(problem) = refusal.diagnostics.first()
        && let Ok(Command::ProducerTemplate { text }) = Command::parse(&done.command, &texts)
    {
        return Some(problem_at(problem, &text));
    }
    if let Some(problem) = producer.template_problems.first() {
        return Some(problem_at(problem, &producer.template));
    }
    let sample = producer.samples.first()?;
    let error = serde_json::from_str::<Value>(sample).err()?;
    Some(format!("The preview is not JSON: {error}."))
}

fn problem_at(problem: &Diagnostic, template: &str) -> String {
    let (line, column) = problem.place(template);
    let hint = problem.hint.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    format!("Line {line}, column {column} of the template: {}.{hint}", problem.message)
}

/// Quotes copied from a slide.
pub fn curly_quotes(view: &View) -> Option<String> {
    view.producer
        .template
        .contains(['“', '”', '„', '‘', '’'])
        .then(|| "These are typographic quotes (“ ”). Replace them with \".".into())
}

/// The producer has run for a long time.
pub fn long_running(view: &View) -> Option<String> {
    const MANY: u64 = 1_000_000;
    let sent = view.producer.sent.total;
    (view.producer.running && MANY <= sent).then(|| {
        let (whole, tenth) = (sent / MANY, sent % MANY / (MANY / 10));
        format!("Your producer has sent {whole}.{tenth} million records. It may rest while you read: `producer stop`.")
    })
}

/// The graph shows averages. CloudWatch's average of IncomingRecords is records per call
/// (cloudwatch.md section 3), which at the workshop's rates equals the rate.
pub fn average_statistic(view: &View) -> Option<String> {
    let graph = view.graph.as_ref()?;
    graph
        .statistic
        .eq_ignore_ascii_case("average")
        .then(|| "Average is records per call, not per minute. You want Sum.".into())
}

/// The graph's period is longer than a minute.
pub fn long_period(view: &View) -> Option<String> {
    let period = view.graph.as_ref()?.period;
    let minutes = period.as_millis() / Span::MINUTE.as_millis();
    (1 < minutes).then(|| {
        let times = if minutes == 5 { "five".to_owned() } else { minutes.to_string() };
        format!("A {minutes}-minute sum is {times} times the number you expect.")
    })
}

/// The only full minute is the one in which the producer started.
pub fn first_minute_low(view: &View) -> Option<String> {
    let graph = view.graph.as_ref().filter(|it| it.statistic.eq_ignore_ascii_case("sum"))?;
    let started = view.producer.started_at?;
    let (name, points) = graph.lines.first().filter(|(name, _)| name.namespace == STREAMS)?;
    let newest = points.iter().rfind(|it| it.complete && 0.0 < it.value)?;
    (name.name == "IncomingRecords" && newest.at < started && started < newest.at + graph.period)
        .then(|| "This minute was already running when you started. Bars count whole clock minutes.".into())
}

/// The graph is of the delivery stream's metric of the same name.
pub fn firehose_namespace(view: &View) -> Option<String> {
    let graph = view.graph.as_ref()?;
    let other =
        !graph.lines.is_empty() && graph.lines.iter().all(|(name, _)| name.namespace == "AWS/Firehose");
    other.then(|| "That namespace is Firehose. The stream is under Kinesis, dimension StreamName.".into())
}
