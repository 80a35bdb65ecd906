//! Mistakes of Activity 2: discovery, the schema, the statements, the windows.

use serde_json::Value;

use super::{plural, refused, word};
use crate::base::size::Count;
use crate::base::time::Span;
use crate::guide::check::{has_six, is_number};
use crate::guide::role::{Cast, keeps_over_20};
use crate::guide::texts;
use crate::lab::view::{AppStatus, AppView, PumpView, View};
use crate::sim::command::Command;
use crate::sql::diag::place;

/// Discovery had no records to look at.
pub fn nothing_to_discover(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let app = cast.app;
    let empty = |it: &AppView| {
        it.input.as_ref().is_some_and(|input| input.schema.is_none()) && it.discovered.is_none()
    };
    let last = view.history.last()?;
    let asked = ["connect source", "discover schema"].iter().any(|it| last.command.starts_with(it));
    if !asked || (last.outcome.is_ok() && !app.is_some_and(empty)) || view.producer.running {
        return None;
    }
    let stream = app.and_then(|it| it.input.as_ref()).map(|it| it.stream.as_str());
    let stream = stream.or(cast.source.map(|it| it.name.as_str()))?;
    Some(format!("Discovery found no records in `{stream}`. Start the producer, then discover again."))
}

/// A temperature is text in the schema. Discovery reads a quoted number as a number (sql.md 6.3, seen), so
/// that most often somebody changed the type.
pub fn temperature_is_text(view: &View) -> Option<String> {
    let app = Cast::of(view).app?;
    let schema = app.discovered.as_ref().or(app.input.as_ref()?.schema.as_ref())?;
    let temperature = |name: &str| matches!(name, "ambientTemp" | "measuredTemp");
    let column = schema.columns.iter().find(|it| temperature(&it.name) && it.ty.starts_with("VARCHAR"))?;
    let name = &column.name;
    let sample = view.producer.samples.first().and_then(|it| serde_json::from_str::<Value>(it).ok());
    let quoted = sample.is_some_and(|it| it[name.as_str()].is_string());
    Some(match quoted {
        true => format!(
            "{name} is VARCHAR because the template quotes it. Fix the template, or change the column type here."
        ),
        false => format!(
            "{name} is VARCHAR, and text has no difference and no average. Change the column type here."
        ),
    })
}

/// Rows do not fit the schema and land in the error stream.
pub fn rows_fail_schema(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let errors = cast.in_app("error_stream")?.rows.total;
    let schema = cast.app?.input.as_ref()?.schema.as_ref()?;
    let number = |it: &&crate::lab::view::SchemaColumnView| {
        matches!(it.name.as_str(), "sensorId" | "eventTimeStamp") && is_number(&it.ty)
    };
    (0 < errors).then(|| {
        let read = schema.columns.iter().find(number).map(|it| format!(" as {}", it.ty)).unwrap_or_default();
        let rows = if errors == 1 { "row" } else { "rows" };
        format!("{} {rows} could not be read{read}; they are in error_stream.", Count(errors))
    })
}

/// The schema is saved and the application has never run.
pub fn not_run(view: &View) -> Option<String> {
    let app = Cast::of(view).app?;
    let saved = app.input.as_ref().is_some_and(|it| it.schema.is_some());
    (saved && app.status == AppStatus::Ready && !app.has_run)
        .then(|| "READY means saved. Nothing runs until `run app`.".into())
}

/// The application reads a stream nobody writes to.
pub fn silent_source(view: &View) -> Option<String> {
    let reads = view.apps.last()?.input.as_ref()?;
    let stream = view.streams.iter().find(|it| it.name == reads.stream)?;
    let written = view.producer.stream.as_ref().filter(|it| **it != stream.name)?;
    let silent = stream.accepted.per_second.iter().all(|&it| it == 0);
    let since = if stream.accepted.total == 0 { "has received nothing" } else { "receives nothing now" };
    (silent && view.producer.running)
        .then(|| format!("`{}` {since}. Your producer writes to `{written}`.", stream.name))
}

/// The code was refused. The sentence is the first error's, with its place, detail and hint.
pub fn sql_refused(view: &View) -> Option<String> {
    let (done, refusal) = refused(view, &["save sql"])?;
    let first = refusal.diagnostics.iter().find(|it| it.fatal())?;
    let code = match Command::parse(&done.command, &texts) {
        Ok(Command::SaveSql { code, .. }) => code,
        _ => String::new(),
    };
    let (line, column) = place(&code, first.span.start);
    let mut text = format!("Line {line}, column {column}: {}.", first.message);
    for more in [&first.detail, &first.hint].into_iter().flatten() {
        text.push(' ');
        text.push_str(more);
    }
    let others = refusal.diagnostics.iter().filter(|it| it.fatal()).count() - 1;
    if 0 < others {
        text.push_str(&format!(" And {} more.", plural(others, "error")));
    }
    Some(text)
}

/// Every row holds the name of a column as text: single quotes where double quotes were meant.
pub fn text_for_name(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let schema = cast.app?.input.as_ref()?.schema.as_ref()?;
    let mut rows = cast.made_by_code().filter_map(|it| it.newest.last());
    let said = rows.find_map(|row| {
        let cells = || row.cells.iter().flatten();
        schema.columns.iter().find(|column| cells().any(|it| *it == column.name))
    })?;
    Some(format!(
        "Every row now says the word {}. Single quotes make text, double quotes make a name.",
        said.name
    ))
}

/// A value in the place of the ambient temperature that only the measured one can have.
pub fn swapped_columns(view: &View) -> Option<String> {
    let stream = Cast::of(view).made_by_code().find(|it| has_six(it))?;
    let ambient = |cells: &Vec<Option<String>>| cells.get(3)?.as_ref()?.parse::<f64>().ok();
    let outside = |it: f64| !(-40.0..=60.0).contains(&it);
    let swapped = stream.newest.iter().filter_map(|it| ambient(&it.cells)).any(outside);
    let (name, _) = stream.columns.get(3)?;
    swapped.then(|| {
        format!("Measured values arrive in {name}: they lie outside −40…60. The insert goes by position.")
    })
}

/// The filter that stands, if it is not the workshop's.
fn wrong_filter(view: &View) -> Option<&PumpView> {
    Cast::of(view).filter_pump().filter(|it| !it.grid.is_empty() && !keeps_over_20(it))
}

/// The filter loses every row whose ambient temperature is the higher one.
pub fn no_abs(view: &View) -> Option<String> {
    let pump = wrong_filter(view)?;
    let below = || pump.grid.iter().filter(|(ambient, measured, _)| 20 < ambient - measured);
    let above = || pump.grid.iter().filter(|(ambient, measured, _)| 20 < measured - ambient);
    let (of, kept) = (below().count(), below().filter(|(_, _, kept)| *kept).count());
    (0 < of && kept == 0 && above().all(|(_, _, kept)| *kept))
        .then(|| format!("Rows where ambient is the higher one are lost: 0 kept of {of} such rows."))
}

/// The filter keeps rows at exactly 20.
pub fn twenty_passes(view: &View) -> Option<String> {
    let pump = wrong_filter(view)?;
    let at_20 = pump.grid.iter().any(|(ambient, measured, kept)| (measured - ambient).abs() == 20 && *kept);
    let closer = pump.grid.iter().any(|(ambient, measured, kept)| (measured - ambient).abs() < 20 && *kept);
    (at_20 && !closer).then(|| "Rows at exactly 20 pass too. The workshop keeps only more than 20.".into())
}

/// The filter reads the raw rows.
pub fn filters_source(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let source = cast.in_app_source();
    let pump = cast.filter_pump()?;
    pump.reads.iter().any(|it| it == source).then(|| "This filters the raw rows, duplicates included.".into())
}

/// The aggregate's window is one second.
pub fn one_second_window(view: &View) -> Option<String> {
    let pump = Cast::of(view).aggregate_pump()?;
    (pump.group_window == Some(Span::SECOND)).then(|| "This window is 1 second long.".into())
}

/// Only the first window has spoken, and its count is not a full window's: low where the pump started
/// inside it, high where it holds the records that waited while the application was starting.
pub fn first_window(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let [only] = cast.aggregate_pump()?.closed_windows.as_slice() else { return None };
    let since = cast.app?.running_since?;
    let millis = u64::try_from((only.end - only.start).as_millis()).ok()?;
    let usual = u64::from(view.producer.rate) * millis / 1000;
    match only.rows {
        rows if usual < rows => Some(
            "The records that waited while the application was starting were read at once, so this window counts more."
                .into(),
        ),
        rows if rows < usual && only.start < since => {
            Some("The pump started inside this window and saw only its end.".into())
        }
        _ => None,
    }
}

/// The source has gone silent: no row since the last window closed.
pub fn silence(view: &View) -> Option<String> {
    let cast = Cast::of(view);
    let app = cast.app.filter(|it| it.status == AppStatus::Running)?;
    let pump = cast.aggregate_pump()?;
    let closed = pump.closed_windows.last()?;
    let source = app.streams.iter().find(|it| it.name == cast.in_app_source())?;
    let last = source.newest.last()?.rowtime;
    let silent = closed.end <= view.now && last < closed.end && pump.open_window.is_none();
    let long = Span::from_secs(2) < view.now - last;
    (silent && long).then(|| {
        let (row, end) = (last.to_clock(), closed.end.to_clock());
        format!(
            "No row has arrived since {row}. The last window closed at {end} by the clock; an empty window says nothing."
        )
    })
}

/// The application was deleted where it should have been stopped.
pub fn app_deleted(view: &View) -> Option<String> {
    let last = view.history.iter().rfind(|it| it.outcome.is_ok())?;
    let gone = view.apps.iter().all(|it| it.status == AppStatus::Deleting);
    (gone && last.command.starts_with("delete app")).then(|| {
        let name = word(last, 2);
        format!("Deleting `{name}` loses its code. The next activity needs it; undo brings it back.")
    })
}

/// The producer was stopped and the application runs on.
pub fn producer_stopped_instead(view: &View) -> Option<String> {
    let app = Cast::of(view).app.filter(|it| it.status == AppStatus::Running)?;
    Cast::of(view).producer_rests()?;
    Some(format!(
        "The producer feeds the stream, not the application; leave it or stop it, but `{}` is still running.",
        app.name
    ))
}
