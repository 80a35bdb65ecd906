//! Proofs of Activity 3: the delivery stream, the connection, the objects, the cleaning up.

use crate::base::size::{Bytes, Count};
use crate::base::time::Span;
use crate::guide::Verdict;
use crate::guide::role::Cast;
use crate::lab::view::{AppStatus, DeliveryView, Status, View};

/// The buffer of slide 3-A.
const BUFFER_BYTES: u64 = 5 << 20;
const BUFFER_WAIT: Span = Span::MINUTE;

/// How recently a delivery stream must have accepted rows.
const RECENT: Span = Span::from_secs(10);

/// A delivery stream is ACTIVE and its bucket exists.
pub fn active(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(delivery) = cast.delivery else {
        return Verdict::not_yet("There is no delivery stream yet.");
    };
    match delivery.status {
        Status::Creating | Status::Updating => {
            let left = delivery.ready_in.map(|it| format!(", {} s left", it.secs_ceil())).unwrap_or_default();
            Verdict::wait(format!("`{}` is being created{left}.", delivery.name), delivery.ready_in)
        }
        Status::Deleting => Verdict::not_yet(format!("`{}` is being deleted.", delivery.name)),
        Status::Active if cast.bucket.is_none() => {
            Verdict::not_yet(format!("The bucket `{}` does not exist.", delivery.bucket))
        }
        Status::Active => Verdict::Done,
    }
}

/// 5 MB, 60 s, no compression, error logging on.
pub fn config(view: &View) -> Verdict {
    let Some(delivery) = Cast::of(view).delivery else {
        return Verdict::not_yet("There is no delivery stream yet.");
    };
    if delivery.buffer_bytes_max != BUFFER_BYTES || delivery.buffer_wait_max != BUFFER_WAIT {
        let (bytes, wait) = (delivery.buffer_bytes_max >> 20, delivery.buffer_wait_max);
        return Verdict::not_yet(format!(
            "The buffer is {bytes} MB and {wait}; the slide says 5 MB and 60 seconds."
        ));
    }
    if delivery.compression != "UNCOMPRESSED" {
        return Verdict::not_yet(format!("Compression is {}; the slide says none.", delivery.compression));
    }
    if !delivery.logging {
        return Verdict::not_yet("Error logging is off; the slide turns it on.");
    }
    Verdict::Done
}

/// The role may put objects into the bucket.
pub fn role(view: &View) -> Verdict {
    match Cast::of(view).delivery {
        None => Verdict::not_yet("There is no delivery stream yet."),
        Some(delivery) if delivery.role_may_write => Verdict::Done,
        Some(delivery) => Verdict::not_yet(format!("Its role may not write to `{}`.", delivery.bucket)),
    }
}

/// An output ties FILTERED, by its exact name, to the delivery stream as CSV.
pub fn output(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(app) = cast.app else {
        return Verdict::not_yet("There is no analytics application.");
    };
    let Some(filtered) = cast.filter_pump().map(|it| it.writes.as_str()) else {
        return Verdict::not_yet("The application has no filtered stream; 2-C makes it.");
    };
    let Some(delivery) = cast.delivery else {
        return Verdict::not_yet("There is no delivery stream; 3-A makes it.");
    };
    let outputs = || app.outputs.iter().filter(|it| it.delivery == delivery.name);
    let Some(output) = outputs().find(|it| it.in_app_stream == filtered).or(outputs().next()) else {
        return Verdict::not_yet(format!("`{}` has no destination yet.", app.name));
    };
    if !output.exists {
        return Verdict::not_yet(format!("No in-application stream is called {}.", output.in_app_stream));
    }
    if output.in_app_stream != filtered {
        return Verdict::not_yet(format!("{} is delivered, not {filtered}.", output.in_app_stream));
    }
    match output.format.eq_ignore_ascii_case("csv") {
        true => Verdict::Done,
        false => Verdict::not_yet(format!("The output format is {}; the slide chooses CSV.", output.format)),
    }
}

/// The delivery stream accepted rows within the last ten seconds.
pub fn arriving(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(delivery) = cast.delivery else {
        return Verdict::not_yet("There is no delivery stream; 3-A makes it.");
    };
    let recent = |it: &DeliveryView| it.last_accepted_at.is_some_and(|at| view.now - at <= RECENT);
    if recent(delivery) {
        return Verdict::Done;
    }
    let Some(app) = cast.app else {
        return Verdict::not_yet("There is no analytics application.");
    };
    match app.status {
        AppStatus::Starting | AppStatus::Updating => {
            Verdict::wait(format!("`{}` is starting.", app.name), app.ready_in)
        }
        AppStatus::Running if !view.producer.running => {
            Verdict::not_yet("Nothing is being sent, as the producer is stopped: `producer start`.")
        }
        AppStatus::Running if app.running_since.is_some_and(|it| view.now - it < RECENT) => {
            Verdict::wait("The application has just started; its first rows are on the way.", None)
        }
        AppStatus::Running => Verdict::not_yet(format!("`{}` receives nothing.", delivery.name)),
        _ => Verdict::not_yet(format!("`{}` is not running: `run app {}`.", app.name, app.name)),
    }
}

/// The bucket holds an object the delivery stream wrote, with at least one line.
pub fn object(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let (Some(delivery), Some(bucket)) = (cast.delivery, cast.bucket) else {
        return Verdict::not_yet("There is no bucket to look into; 3-A makes it.");
    };
    let written = |key: &str| {
        let name = key.rsplit('/').next().unwrap_or(key);
        name.strip_prefix(delivery.name.as_str()).is_some_and(|rest| rest.starts_with('-'))
    };
    if bucket.objects.iter().any(|it| 0 < it.lines && written(&it.key)) {
        return Verdict::Done;
    }
    let buffer = &delivery.buffer;
    if buffer.rows == 0 {
        return Verdict::not_yet(format!("`{}` is empty, and nothing is on the way.", bucket.name));
    }
    let left = Span::from_millis(delivery.buffer_wait_max.as_millis() - buffer.age.as_millis());
    let (bytes, bytes_max) = (Bytes(buffer.bytes), Bytes(delivery.buffer_bytes_max));
    let (age, wait) = (buffer.age.as_millis() / 1000, delivery.buffer_wait_max.as_millis() / 1000);
    let (rate, wins) = (buffer.bytes.saturating_mul(wait.max(0) as u64), delivery.buffer_bytes_max);
    // At the pace so far, does the size or the time come first?
    let winner = if wins.saturating_mul(age.max(1) as u64) < rate { "Size" } else { "Time" };
    let text = format!("{bytes} of {bytes_max} · {age} s of {wait} s. {winner} will win.");
    Verdict::wait(text, Some(left.max(Span::ZERO)))
}

/// The learner has opened an object of the bucket.
pub fn opened(view: &View) -> Verdict {
    match in_bucket(view, &view.opened) {
        true => Verdict::Done,
        false => Verdict::not_yet("Open an object and read it as text."),
    }
}

/// A delivered line was traced to its record.
pub fn traced(view: &View) -> Verdict {
    match in_bucket(view, &view.traced) {
        true => Verdict::Done,
        false => Verdict::not_yet("Trace one line back to the record it came from."),
    }
}

fn in_bucket(view: &View, places: &[String]) -> bool {
    let Some(delivery) = Cast::of(view).delivery else { return false };
    let inside =
        |it: &String| it.strip_prefix(delivery.bucket.as_str()).is_some_and(|rest| rest.starts_with('/'));
    places.iter().any(inside)
}

/// No running producer, application, stream, delivery stream or bucket remains, and something was deleted.
pub fn clean(view: &View) -> Verdict {
    if view.producer.running {
        return Verdict::not_yet("The producer is still running: `producer stop`.");
    }
    if let Some(app) = view.apps.first() {
        return remains("application", &app.name, app.status == AppStatus::Deleting, app.ready_in);
    }
    if let Some(stream) = view.streams.first() {
        return remains("stream", &stream.name, stream.status == Status::Deleting, stream.ready_in);
    }
    if let Some(it) = view.deliveries.first() {
        return remains("delivery stream", &it.name, it.status == Status::Deleting, it.ready_in);
    }
    if let Some(bucket) = view.buckets.first() {
        let holds = match bucket.objects.len() {
            0 => "empty".to_owned(),
            1 => "with 1 object".to_owned(),
            objects => format!("with {} objects", Count(objects as u64)),
        };
        return Verdict::not_yet(format!("The bucket `{}` is still there, {holds}.", bucket.name));
    }
    let deleted = |it: &crate::lab::view::Done| it.outcome.is_ok() && it.command.starts_with("delete ");
    match view.history.iter().any(deleted) {
        true => Verdict::Done,
        false => Verdict::not_yet("Nothing has been built yet."),
    }
}

fn remains(kind: &str, name: &str, deleting: bool, left: Option<Span>) -> Verdict {
    match deleting {
        true => Verdict::wait(format!("The {kind} `{name}` is being deleted."), left),
        false => Verdict::not_yet(format!("The {kind} `{name}` is still there.")),
    }
}
