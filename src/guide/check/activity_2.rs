//! Proofs of Activity 2: the application, its streams and pumps, told by what they do.

use super::activity_1::three_seconds;
use crate::base::size::Count;
use crate::base::time::Span;
use crate::guide::Verdict;
use crate::guide::role::{Cast, keeps_over_20};
use crate::lab::view::{AppStatus, AppView, InAppStreamView, PumpView, View};

/// The six types of CLEAN_IOT_STREAM and FILTERED_STREAM, in their order.
pub const SIX: [&str; 6] =
    ["TIMESTAMP", "VARCHAR(16)", "VARCHAR(16)", "DECIMAL(16,2)", "DECIMAL(16,2)", "TIMESTAMP"];

/// How many rows must have passed the filter.
const FILTERED_MIN: u64 = 100;

/// The longest window that still counts as a step of the workshop.
const WINDOW_MAX: Span = Span::from_secs(300);

/// An application reads the source with a schema that has the four fields, the temperatures numeric.
pub fn input(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(app) = cast.app else {
        return Verdict::not_yet("There is no analytics application yet.");
    };
    let Some(input) = &app.input else {
        return Verdict::not_yet(format!("`{}` is not connected to a source.", app.name));
    };
    if cast.source.is_none_or(|it| it.name != input.stream) {
        return Verdict::not_yet(format!("`{}` reads `{}`, not your stream.", app.name, input.stream));
    }
    let Some(schema) = &input.schema else {
        return Verdict::not_yet(match &app.discovered {
            Some(_) => "The schema is discovered and not saved: \"Save and Continue\".".to_owned(),
            None => format!("`{}` has no schema yet.", app.name),
        });
    };
    for (name, numeric) in
        [("sensorId", false), ("eventTimeStamp", false), ("ambientTemp", true), ("measuredTemp", true)]
    {
        match schema.columns.iter().find(|it| it.name == name) {
            None => return Verdict::not_yet(format!("The schema has no column `{name}`.")),
            Some(column) if numeric && !is_number(&column.ty) => {
                return Verdict::not_yet(format!("`{name}` is {}; it should be a number.", column.ty));
            }
            Some(_) => {}
        }
    }
    Verdict::Done
}

/// Whether a type as written in SQL is numeric.
pub fn is_number(ty: &str) -> bool {
    let word = ty.split(['(', ' ']).next().unwrap_or_default().to_ascii_uppercase();
    let known = [
        "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "DECIMAL", "DEC", "NUMERIC", "REAL", "FLOAT",
        "DOUBLE",
    ];
    known.contains(&word.as_str())
}

/// The application runs and its source stream received a row within two seconds.
pub fn running(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let app = match runs(&cast) {
        Ok(app) => app,
        Err(verdict) => return verdict,
    };
    let recent = cast.in_app(cast.in_app_source()).is_some_and(|it| {
        let last = it.rows.per_second.iter().rev().take(3);
        last.into_iter().any(|&rows| 0 < rows)
    });
    if recent {
        return Verdict::Done;
    }
    no_rows(&cast, app)
}

/// The application if it runs, else what to say about it.
fn runs<'a>(cast: &Cast<'a>) -> Result<&'a AppView, Verdict> {
    let Some(app) = cast.app else {
        return Err(Verdict::not_yet("There is no analytics application yet."));
    };
    let left = app.ready_in.map(|it| format!(", {} s left", it.secs_ceil())).unwrap_or_default();
    match app.status {
        AppStatus::Running => Ok(app),
        AppStatus::Starting => Err(Verdict::wait(format!("`{}` is starting{left}.", app.name), app.ready_in)),
        AppStatus::Updating => {
            Err(Verdict::wait(format!("`{}` is being updated{left}.", app.name), app.ready_in))
        }
        AppStatus::Ready | AppStatus::Stopping | AppStatus::Deleting => {
            Err(Verdict::not_yet(format!("`{}` is not running: `run app {}`.", app.name, app.name)))
        }
    }
}

/// Why a running application receives nothing.
fn no_rows(cast: &Cast, app: &AppView) -> Verdict {
    if let Some(trouble) = &app.trouble {
        return Verdict::not_yet(format!("`{}` cannot read: {}.", app.name, trouble.code));
    }
    if !cast.view.producer.running {
        return Verdict::not_yet("No row arrives, as the producer is stopped: `producer start`.");
    }
    match app.running_since {
        Some(since) if cast.view.now - since < Span::from_secs(10) => {
            Verdict::wait("The application has just started; its first rows are on the way.", None)
        }
        _ => Verdict::not_yet(format!("No row has arrived in {} for two seconds.", cast.in_app_source())),
    }
}

/// The running code makes a stream whose columns have the six types in their order, whatever their names.
pub fn clean_stream(view: &View) -> Verdict {
    let cast = Cast::of(view);
    if let Err(verdict) = runs(&cast) {
        return verdict;
    }
    if cast.made_by_code().any(has_six) {
        return Verdict::Done;
    }
    let nearest = cast.made_by_code().next();
    match nearest {
        None => Verdict::not_yet("The code makes no in-application stream yet."),
        Some(stream) if stream.columns.len() != 6 => {
            Verdict::not_yet(format!("{} has {} columns; six are wanted.", stream.name, stream.columns.len()))
        }
        Some(stream) => {
            let wrong = stream.columns.iter().zip(SIX).find(|((_, ty), wanted)| plain(ty) != *wanted);
            Verdict::not_yet(match wrong {
                Some(((name, ty), wanted)) => format!("{name} is {ty}; {wanted} is wanted there."),
                None => "The columns are not the six of the slide.".to_owned(),
            })
        }
    }
}

/// Whether the stream has the six columns, by their types.
pub fn has_six(stream: &InAppStreamView) -> bool {
    stream.columns.len() == 6 && stream.columns.iter().zip(SIX).all(|((_, ty), wanted)| plain(ty) == wanted)
}

/// A type without blanks and with one word for DECIMAL.
fn plain(ty: &str) -> String {
    let ty = ty.replace(' ', "").to_ascii_uppercase();
    let decimal = ty.strip_prefix("NUMERIC(").or_else(|| ty.strip_prefix("DEC("));
    decimal.map_or_else(|| ty.clone(), |rest| format!("DECIMAL({rest}"))
}

/// A pump reads the source with DISTINCT over one second and writes to a stream of the six columns.
pub fn dedup_pump(view: &View) -> Verdict {
    let cast = Cast::of(view);
    if cast.app.is_none() {
        return Verdict::not_yet("There is no analytics application yet.");
    }
    let Some(pump) = cast.dedup_pump() else {
        let source = cast.in_app_source();
        return Verdict::not_yet(format!("No pump reads {source} with SELECT STREAM DISTINCT yet."));
    };
    match (pump.distinct_window, cast.clean()) {
        (Some(Span::SECOND), Some(clean)) if has_six(clean) => Verdict::Done,
        (Some(Span::SECOND), _) => {
            Verdict::not_yet(format!("{} does not write to the stream of part 1.", pump.name))
        }
        (window, _) => {
            let window = window.unwrap_or(Span::ZERO);
            Verdict::not_yet(format!(
                "The window of {} is {window} long; the workshop's is one second.",
                pump.name
            ))
        }
    }
}

/// CLEAN received rows in each of the last three seconds.
pub fn clean_rows(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let app = match runs(&cast) {
        Ok(app) => app,
        Err(verdict) => return verdict,
    };
    let Some(clean) = cast.clean() else {
        return Verdict::not_yet("No pump fills the stream of part 1 yet.");
    };
    if three_seconds(&clean.rows.per_second) {
        return Verdict::Done;
    }
    let flows = cast.in_app(cast.in_app_source()).is_some_and(|it| three_seconds(&it.rows.per_second));
    match flows {
        true => Verdict::wait(format!("Rows of the first seconds are on their way to {}.", clean.name), None),
        false => no_rows(&cast, app),
    }
}

/// A pump over CLEAN keeps exactly the rows whose temperatures differ by more than 20, and writes
/// elsewhere. Decided on the pump's grid.
pub fn filter_pump(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(clean) = cast.dedup_pump().map(|it| it.writes.as_str()) else {
        return Verdict::not_yet("There is no clean stream to filter yet; 2-B makes it.");
    };
    let Some(pump) = cast.filter_pump() else {
        return Verdict::not_yet(format!("No pump filters {clean} yet."));
    };
    if !pump.reads.iter().any(|it| it == clean) {
        return Verdict::not_yet(format!("{} does not read {clean}.", pump.name));
    }
    if pump.writes == clean {
        return Verdict::not_yet(format!("{} writes back to {clean}.", pump.name));
    }
    if keeps_over_20(pump) {
        return Verdict::Done;
    }
    Verdict::not_yet(wrong_filter(pump))
}

/// Says one pair of temperatures on which the filter is wrong.
fn wrong_filter(pump: &PumpView) -> String {
    let wrong = pump.grid.iter().find(|(ambient, measured, kept)| *kept != (20 < (measured - ambient).abs()));
    match wrong {
        Some((ambient, measured, true)) => {
            format!(
                "{} keeps ambient {ambient}, measured {measured}, which is not more than 20 apart.",
                pump.name
            )
        }
        Some((ambient, measured, false)) => {
            format!(
                "{} drops ambient {ambient}, measured {measured}, which is more than 20 apart.",
                pump.name
            )
        }
        None => format!("{} does not filter by the two temperatures.", pump.name),
    }
}

/// At least 100 rows have passed the right filter, none of the newest within 20 degrees.
pub fn filtered_rows(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(pump) = cast.filter_pump() else {
        return Verdict::not_yet("No pump filters yet.");
    };
    let close = |cells: &Vec<Option<String>>| {
        let cell = |at: usize| cells.get(at).and_then(|it| it.as_deref()?.parse::<f64>().ok());
        cell(3).zip(cell(4)).is_some_and(|(ambient, measured)| (measured - ambient).abs() <= 20.0)
    };
    if let Some(filtered) = cast.filtered().filter(|it| has_six(it))
        && filtered.newest.iter().any(|it| close(&it.cells))
    {
        return Verdict::not_yet(format!("{} holds rows within 20 degrees.", filtered.name));
    }
    let passed = pump.flow.rows_out;
    if FILTERED_MIN <= passed {
        return Verdict::Done;
    }
    match runs(&cast) {
        Err(verdict) => verdict,
        Ok(app) if !view.producer.running => no_rows(&cast, app),
        Ok(_) => Verdict::wait(format!("{} of {FILTERED_MIN} rows have passed.", Count(passed)), None),
    }
}

/// A pump groups by a key and by a window of 1 to 300 seconds, and has an aggregate.
pub fn window(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(pump) = cast.aggregate_pump() else {
        return Verdict::not_yet("No pump groups by a window of time yet.");
    };
    let window = pump.group_window.unwrap_or(Span::ZERO);
    if pump.group_keys == 0 {
        return Verdict::not_yet(format!("{} groups by time only; group by a key as well.", pump.name));
    }
    if window < Span::SECOND || WINDOW_MAX < window {
        return Verdict::not_yet(format!(
            "The window of {} is {window}; 1 s to 300 s are wanted.",
            pump.name
        ));
    }
    Verdict::Done
}

/// Two windows that touch have closed with results.
pub fn results(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(pump) = cast.aggregate_pump() else {
        return Verdict::not_yet("No pump groups by a window of time yet.");
    };
    let two = pump.closed_windows.windows(2).any(|pair| {
        let spoke = pair.iter().all(|it| 0 < it.rows && 0 < it.groups);
        spoke && pair[0].end == pair[1].start
    });
    if two {
        return Verdict::Done;
    }
    if let Err(verdict) = runs(&cast) {
        return verdict;
    }
    match &pump.open_window {
        Some(open) => {
            let left = open.end - view.now;
            let (from, to) = (open.start.to_clock(), open.end.to_clock());
            let secs = left.secs_ceil().max(0);
            let text = format!(
                "Window {from}–{to} closes at {to} by the clock or by the first later row, in {secs} s."
            );
            Verdict::wait(text, Some(left.max(Span::ZERO)))
        }
        None if view.producer.running => Verdict::wait("The next row opens a window.", pump.group_window),
        None => Verdict::not_yet("No row arrives, as the producer is stopped: `producer start`."),
    }
}

/// The application has run, is READY again, and holds a pump that aggregates.
pub fn stopped(view: &View) -> Verdict {
    let cast = Cast::of(view);
    let Some(app) = cast.app else {
        return Verdict::not_yet("There is no application to stop.");
    };
    if cast.aggregate_pump().is_none() {
        return Verdict::not_yet("Calculate an aggregate first; 2-D shows how.");
    }
    match app.status {
        AppStatus::Ready if app.has_run => Verdict::Done,
        AppStatus::Ready => Verdict::not_yet(format!("`{}` has not run yet.", app.name)),
        AppStatus::Stopping => Verdict::wait(format!("`{}` is stopping.", app.name), app.ready_in),
        _ => Verdict::not_yet(format!("`{0}` is still running: `stop app {0}`.", app.name)),
    }
}
