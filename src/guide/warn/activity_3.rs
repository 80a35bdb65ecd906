//! Mistakes of Activity 3: the delivery stream's answers, the output's name, the cleaning up.

use super::{is_code, plural, refused, word};
use crate::base::size::Count;
use crate::base::time::Span;
use crate::guide::role::Cast;
use crate::lab::view::{AppStatus, OutputView, Status, View};

/// The bytes of a filtered row of the workshop (storyboard, section 2).
const ROW_BYTES: u64 = 88;

/// The delivery stream is named like the stream.
pub fn same_name(view: &View) -> Option<String> {
    let delivery = Cast::of(view).delivery?;
    view.streams
        .iter()
        .any(|it| it.name == delivery.name)
        .then(|| "Two things with one name are hard to talk about. The workshop asks for another.".into())
}

/// The bucket's name is taken or breaks a rule.
pub fn bucket_refused(view: &View) -> Option<String> {
    let (_, refusal) = refused(view, &["create bucket", "create delivery"])?;
    if !refusal.code.contains("Bucket") {
        return None;
    }
    let free = crate::guide::fill("{new_bucket}", view);
    Some(match refusal.code.as_str() {
        "InvalidBucketName" => format!(
            "{}: bucket names have 3 to 63 small letters, digits and hyphens. `{free}` would do.",
            refusal.code
        ),
        code => format!("{code}: bucket names are shared by everybody. `{free}` is free."),
    })
}

/// The buffer waits longer than the workshop's.
pub fn long_buffer(view: &View) -> Option<String> {
    let delivery = Cast::of(view).delivery?;
    if delivery.buffer_wait_max <= Span::MINUTE {
        return None;
    }
    // 75.5 % of the records pass the workshop's filter.
    let bytes_per_second = (u64::from(view.producer.rate) * 755 / 1000 * ROW_BYTES).max(1);
    let by_size = Span::from_secs((delivery.buffer_bytes_max / bytes_per_second) as i64);
    let first = delivery.buffer_wait_max.min(by_size);
    let after = match first.secs_ceil() {
        secs if secs < 120 => format!("{secs} seconds"),
        secs => format!("{} minutes", (secs + 30) / 60),
    };
    Some(format!("At your rate the first file comes after {after}."))
}

/// Error logging is off.
pub fn logging_off(view: &View) -> Option<String> {
    let delivery = Cast::of(view).delivery?;
    (!delivery.logging).then(|| "When something fails you will want this on.".into())
}

/// Objects are compressed.
pub fn gzip_on(view: &View) -> Option<String> {
    let delivery = Cast::of(view).delivery?;
    (delivery.compression == "GZIP").then(|| "The file in 3-C will not open in a text editor.".into())
}

/// The role may not write, and its bucket exists.
pub fn no_role(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let delivery = cast.delivery?;
    (!delivery.role_may_write && cast.bucket.is_some())
        .then(|| "Without a role that allows it Firehose has no right to write.".into())
}

/// The first output whose in-application stream does not exist.
fn lost_output(view: &View) -> Option<&OutputView> {
    Cast::of(view).app?.outputs.iter().find(|it| !it.exists)
}

/// The streams of the code whose name differs from the output's only in case.
fn same_letters(view: &View, output: &OutputView) -> Option<String> {
    let streams = Cast::of(view).made_by_code();
    let mut near = streams.filter(|it| it.name.eq_ignore_ascii_case(&output.in_app_stream));
    near.next().map(|it| it.name.clone())
}

/// The output names a stream the code does not make: most often the prefilled name was left in the field.
pub fn unknown_output(view: &View) -> Option<String> {
    let output = lost_output(view)?;
    if same_letters(view, output).is_some() {
        return None;
    }
    let yours: Vec<String> = Cast::of(view).made_by_code().map(|it| it.name.clone()).collect();
    let yours = match yours.as_slice() {
        [] => "Your code makes none.".to_owned(),
        names => format!("Yours are {}.", names.join(", ")),
    };
    Some(format!(
        "No in-application stream is called {}. {yours} Nothing is being delivered.",
        output.in_app_stream
    ))
}

/// The output's name differs from a stream's in case only.
pub fn output_case(view: &View) -> Option<String> {
    let made = same_letters(view, lost_output(view)?)?;
    Some(format!("Names here are compared letter for letter; the code made {made}."))
}

/// An output delivers the source or the clean stream.
pub fn delivers_everything(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let clean = cast.dedup_pump().map(|it| it.writes.as_str());
    let all = |it: &OutputView| {
        it.in_app_stream == cast.in_app_source() || Some(it.in_app_stream.as_str()) == clean
    };
    cast.app?.outputs.iter().any(all).then(|| "You are delivering every row, not the filtered ones.".into())
}

/// An output's format is JSON.
pub fn json_output(view: &View) -> Option<String> {
    let app = Cast::of(view).app?;
    app.outputs
        .iter()
        .any(|it| it.format.eq_ignore_ascii_case("json"))
        .then(|| "The workshop opens CSV.".into())
}

/// A destination is connected and the application does not run.
pub fn saved_not_run(view: &View) -> Option<String> {
    let app = Cast::of(view).app?;
    (app.status == AppStatus::Ready && !app.outputs.is_empty())
        .then(|| "Saved, and READY. Nothing flows until `run app`.".into())
}

/// Everything is connected and the producer rests.
pub fn producer_rests(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let app = cast.app.filter(|it| it.status == AppStatus::Running)?;
    let rests = cast.producer_rests()?;
    app.outputs.iter().any(|it| it.exists).then(|| {
        let since = match rests.as_millis() / Span::MINUTE.as_millis() {
            0 => format!("{} s", rests.as_millis() / 1000),
            minutes => format!("{minutes} min"),
        };
        format!("Everything is connected. Nothing is being sent: the producer has been stopped for {since}.")
    })
}

/// The learner looked for an object under the hour of Oregon.
pub fn local_hour(view: &View) -> Option<String> {
    let (done, _) = refused(view, &["open object"])?;
    let hour: i64 = word(done, 3).split('/').nth(3)?.parse().ok()?;
    let utc = i64::from(view.now.civil().hour);
    let oregon = (utc + 24 - 7) % 24;
    (hour == oregon).then(|| format!("{utc} is the hour in UTC. In Oregon it is {oregon}."))
}

/// A delivered text fills its column, and the text it came from is longer.
pub fn cut_off(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let filtered = cast.filtered()?;
    let source = cast.in_app(cast.in_app_source())?;
    let (_, ty) =
        filtered.columns.iter().find(|(name, _)| name.to_ascii_lowercase().contains("timestamp"))?;
    let at = filtered.columns.iter().position(|(name, _)| name.to_ascii_lowercase().contains("timestamp"))?;
    let length: usize = ty.strip_prefix("VARCHAR(")?.strip_suffix(')')?.parse().ok()?;
    let cell = filtered.newest.last()?.cells.get(at)?.as_ref()?;
    let full = source.newest.iter().flat_map(|it| it.cells.iter().flatten());
    let longer = full.into_iter().any(|it| length < it.chars().count() && it.starts_with(cell.as_str()));
    (!view.opened.is_empty() && longer)
        .then(|| format!("The column is VARCHAR({length}) and the text was longer, so its end is missing."))
}

/// The bucket was deleted before the delivery stream.
pub fn bucket_gone(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let delivery = cast.delivery.filter(|it| it.status != Status::Creating)?;
    (cast.bucket.is_none()).then(|| match delivery.retries {
        0 => "NoSuchBucket: the next delivery will fail.".to_owned(),
        1 => "NoSuchBucket: 1 delivery waiting to be tried again.".to_owned(),
        retries => format!("NoSuchBucket: {retries} deliveries waiting to be tried again."),
    })
}

/// A bucket with objects was to be deleted.
pub fn bucket_not_empty(view: &View) -> Option<String> {
    let (done, refusal) = refused(view, &["delete bucket"])?;
    let bucket = view.buckets.iter().find(|it| it.name == word(done, 2))?;
    is_code(refusal, "BucketNotEmpty").then(|| {
        let name = &bucket.name;
        let objects = plural(bucket.objects.len(), "object");
        format!("It holds {objects}. Empty it and delete it: `empty bucket {name}`.")
    })
}

/// The application's stream is gone while the application runs.
pub fn reads_nothing(view: &View) -> Option<String> {
    let app = Cast::of(view).app.filter(|it| it.status == AppStatus::Running)?;
    let stream = &app.input.as_ref()?.stream;
    let there = view.streams.iter().any(|it| it.name == *stream && it.status != Status::Deleting);
    (!there).then(|| {
        format!("`{}` cannot read `{stream}`. Stop the readers before the thing they read.", app.name)
    })
}

/// Everything of the slide's list is gone, and something remains.
pub fn left_behind(view: &View) -> Option<String> {
    let listed = view.apps.len() + view.streams.len() + view.deliveries.len() + view.buckets.len();
    if 0 < listed || view.producer.running {
        return None;
    }
    let mut rest: Vec<String> = Vec::new();
    for user in &view.users {
        let keys = match user.keys.len() {
            0 => "no access key".to_owned(),
            1 => "one access key".to_owned(),
            keys => format!("{} access keys", Count(keys as u64)),
        };
        rest.push(format!("user {} with {keys}", user.name));
    }
    if !view.roles.is_empty() {
        rest.push(plural(view.roles.len(), "role"));
    }
    if !view.log_groups.is_empty() {
        rest.push(plural(view.log_groups.len(), "log group"));
    }
    let built = view.history.iter().any(|it| it.outcome.is_ok() && it.command.starts_with("delete "));
    (built && !rest.is_empty()).then(|| {
        let rest = rest.join(", ");
        format!("Still there and still yours: {rest}. The slide forgets them; a real account would not.")
    })
}
