//! Roles instead of names: who plays the source, the application, the bucket in a learner's world.
//!
//! Names belong to the learner. The guide finds each part by what it does (the stream the producer writes
//! to, the application that reads it, the in-application stream its filter fills) and puts the real name
//! into its sentences. Where nobody plays a part yet, sentences use the workshop's own name for it.

use crate::base::time::Span;
use crate::lab::view::{
    AppView, BucketView, DeliveryView, InAppStreamView, KeyView, ObjectView, PumpView, Status, StreamView,
    UserView, View,
};

/// Who plays which part. Any part may be free.
#[derive(Clone, Copy, Debug)]
pub struct Cast<'a> {
    pub view: &'a View,
    /// The stream the producer writes to; before that, the newest stream with two open shards, else the
    /// newest stream.
    pub source: Option<&'a StreamView>,
    /// The newest IAM user with an active access key.
    pub user: Option<&'a UserView>,
    /// The application that reads the source; before that, the newest one.
    pub app: Option<&'a AppView>,
    /// The delivery stream the application writes to; before that, the newest one.
    pub delivery: Option<&'a DeliveryView>,
    /// The bucket the delivery stream writes to.
    pub bucket: Option<&'a BucketView>,
}

impl<'a> Cast<'a> {
    pub fn of(view: &'a View) -> Self {
        let source = source(view);
        let reads_source = |it: &&AppView| {
            source.is_some_and(|source| it.input.as_ref().is_some_and(|input| input.stream == source.name))
        };
        let app = view.apps.iter().rfind(reads_source).or(view.apps.last());
        let written = |it: &&DeliveryView| {
            app.is_some_and(|app| app.outputs.iter().any(|output| output.delivery == it.name))
        };
        let delivery = view.deliveries.iter().rfind(written).or(view.deliveries.last());
        let bucket = match delivery {
            Some(delivery) => view.buckets.iter().find(|it| it.name == delivery.bucket),
            None => view.buckets.last(),
        };
        let has_key = |it: &&UserView| it.keys.iter().any(|key: &KeyView| key.active);
        let user = view.users.iter().filter(has_key).max_by_key(|it| it.created_at);
        Self { view, source, user, app, delivery, bucket }
    }

    /// The name of the application's first in-application stream.
    pub fn in_app_source(&self) -> &'a str {
        self.app.and_then(|it| it.input.as_ref()).map_or("SOURCE_SQL_STREAM_001", |it| &it.in_app_name)
    }

    /// The pump that removes duplicates: reads the source with a DISTINCT over time.
    pub fn dedup_pump(&self) -> Option<&'a PumpView> {
        let source = self.in_app_source();
        let pumps = &self.app?.pumps;
        pumps.iter().find(|it| it.distinct_window.is_some() && it.reads.iter().any(|name| name == source))
    }

    /// The pump that filters: the one over CLEAN if there is one, else any, the exact one first.
    pub fn filter_pump(&self) -> Option<&'a PumpView> {
        let clean = self.dedup_pump().map(|it| it.writes.as_str());
        let pumps = || self.app.into_iter().flat_map(|it| &it.pumps).filter(|it| it.filters);
        let over_clean =
            |it: &&PumpView| clean.is_some_and(|clean| it.reads.iter().any(|name| name == clean));
        pumps()
            .find(|it| over_clean(it) && keeps_over_20(it))
            .or_else(|| pumps().find(over_clean))
            .or_else(|| pumps().next())
    }

    /// The pump that aggregates by key and time; the one that has spoken most comes first.
    pub fn aggregate_pump(&self) -> Option<&'a PumpView> {
        let pumps = self.app.into_iter().flat_map(|it| &it.pumps);
        pumps
            .filter(|it| it.group_window.is_some() && 0 < it.aggregates)
            .max_by_key(|it| (0 < it.group_keys, it.closed_windows.len().min(2)))
    }

    /// The in-application stream of this name.
    pub fn in_app(&self, name: &str) -> Option<&'a InAppStreamView> {
        self.app?.streams.iter().find(|it| it.name == name)
    }

    /// CLEAN: what the deduplicating pump fills.
    pub fn clean(&self) -> Option<&'a InAppStreamView> {
        self.in_app(&self.dedup_pump()?.writes)
    }

    /// FILTERED: what the filtering pump fills.
    pub fn filtered(&self) -> Option<&'a InAppStreamView> {
        self.in_app(&self.filter_pump()?.writes)
    }

    /// The in-application streams the code makes: neither the source nor the error stream.
    pub fn made_by_code(&self) -> impl Iterator<Item = &'a InAppStreamView> + use<'a> {
        let source = self.in_app_source();
        let streams = self.app.into_iter().flat_map(|it| &it.streams);
        streams.filter(move |it| it.name != source && it.name != "error_stream")
    }

    /// The newest object of the bucket.
    pub fn newest_object(&self) -> Option<&'a ObjectView> {
        self.bucket?.objects.iter().max_by_key(|it| (it.modified_at, &it.key))
    }

    /// How long the producer has been stopped, if it ran before and is stopped now.
    pub fn producer_rests(&self) -> Option<Span> {
        let producer = &self.view.producer;
        (!producer.running).then_some(producer.stopped_at).flatten().map(|it| self.view.now - it)
    }
}

/// Whether the pump keeps exactly the rows whose temperatures lie more than 20 apart, by what it does on
/// its grid and not by its text.
pub fn keeps_over_20(pump: &PumpView) -> bool {
    let right = |&(ambient, measured, kept): &(i32, i32, bool)| kept == (20 < (measured - ambient).abs());
    !pump.grid.is_empty() && pump.grid.iter().all(right)
}

fn source(view: &View) -> Option<&StreamView> {
    let written = view.producer.stream.as_ref();
    let written = written.and_then(|name| view.streams.iter().find(|it| it.name == *name));
    let two = |it: &&StreamView| it.status != Status::Deleting && shards(it) == 2;
    written.or_else(|| view.streams.iter().rfind(two)).or(view.streams.last())
}

/// How many shards the stream has, or will have once it is made.
pub fn shards(stream: &StreamView) -> usize {
    match stream.status {
        Status::Creating => stream.shards_wanted as usize,
        _ => stream.open_shards(),
    }
}

/// Puts the real names into a text of the guide. Known are `{stream}`, `{user}`, `{app}`, `{in_app}`,
/// `{clean}`, `{filtered}`, `{aggregate}`, `{delivery}`, `{bucket}`, `{object}`, `{rate}`, `{minute_sum}`,
/// and for things still to be made, with a name that is free, `{new_stream}`, `{new_user}`, `{new_app}`,
/// `{new_delivery}`, `{new_bucket}`. Other braces stay as they are.
pub fn fill(text: &str, view: &View) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let cast = Cast::of(view);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let filled = rest.find('}').and_then(|close| Some((close, part(&rest[1..close], &cast)?)));
        match filled {
            Some((close, name)) => {
                out.push_str(&name);
                rest = &rest[close + 1..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The name of who plays a part, or the workshop's own name for it; `None` for a word that is no part.
fn part(word: &str, cast: &Cast) -> Option<String> {
    let view = cast.view;
    let rate = if view.producer.rate == 0 { 300 } else { view.producer.rate };
    let name = match word {
        "stream" => cast.source.map_or("iot-sensors", |it| &it.name).to_owned(),
        "user" => cast.user.or(view.users.last()).map_or("kinesis_producer", |it| &it.name).to_owned(),
        "app" => cast.app.map_or("iot-analytics", |it| &it.name).to_owned(),
        "in_app" => cast.in_app_source().to_owned(),
        "clean" => cast.dedup_pump().map_or("CLEAN_IOT_STREAM", |it| &it.writes).to_owned(),
        "filtered" => cast.filter_pump().map_or("FILTERED_STREAM", |it| &it.writes).to_owned(),
        "aggregate" => cast.aggregate_pump().map_or("AGGREGATE_STREAM", |it| &it.writes).to_owned(),
        "delivery" => cast.delivery.map_or("iot-filtered", |it| &it.name).to_owned(),
        "bucket" => match (cast.delivery, cast.bucket) {
            (Some(delivery), _) => delivery.bucket.clone(),
            (None, Some(bucket)) => bucket.name.clone(),
            (None, None) => "ann-filtered-iot-data".to_owned(),
        },
        "object" => cast.newest_object().map_or("KEY", |it| &it.key).to_owned(),
        "rate" => rate.to_string(),
        "minute_sum" => (u64::from(rate) * 60).to_string(),
        "new_stream" => free("iot-sensors", |name| view.streams.iter().any(|it| it.name == name)),
        "new_user" => free("kinesis_producer", |name| view.users.iter().any(|it| it.name == name)),
        "new_app" => free("iot-analytics", |name| view.apps.iter().any(|it| it.name == name)),
        "new_delivery" => free("iot-filtered", |name| view.deliveries.iter().any(|it| it.name == name)),
        "new_bucket" => free("ann-filtered-iot-data", |name| view.buckets.iter().any(|it| it.name == name)),
        _ => return None,
    };
    Some(name)
}

/// The workshop's name, with a number behind it where that is taken.
fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2..).map(|number| format!("{name}-{number}")).find(|it| !taken(it)).unwrap_or_default()
}
