//! In-application streams: each with its rate, the newest rows of the chosen one, and the ruler of the
//! window that is open.

use crate::base::time::Timestamp;
use crate::lab::view::{AppView, InAppStreamView, PumpView, View, WindowView};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{Model, Pane};
use crate::tui::theme::Role;
use crate::tui::view::parts;

/// The name of the stream every application has for rows that failed.
pub const ERROR_STREAM: &str = "error_stream";

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View, app: &AppView) {
    if app.streams.is_empty() {
        canvas.put(0, 0, Role::Dim, "Rows show here once the application runs.");
        return;
    }
    // While the rows are held, what was seen then is shown; the counters above go on.
    let app = model.held.as_deref().filter(|it| it.name == app.name).unwrap_or(app);
    let (width, height) = (canvas.width(), canvas.height());
    let lines: Vec<Row> = app.streams.iter().map(|it| summary(it, app)).collect();
    let listed = (lines.len() as u16).min((height / 3).max(2));
    let active = model.focus == Pane::Analytics && !model.writing;
    let chosen = model.chosen(Pane::Analytics).min(lines.len() - 1);
    parts::list(&mut canvas.part(0, 0, width, listed), &lines, chosen, Pane::Analytics, active);
    let stream = &app.streams[chosen];
    let mut y = listed;
    let pump = app.pumps.iter().find(|it| it.writes == stream.name);
    if let Some(pump) = pump {
        y = ruler(canvas, y, pump, view.now);
    }
    canvas.fill(0, y, width, Role::Border, "─");
    let heading = if model.held.is_some() { " newest rows · held " } else { " newest rows " };
    canvas.put(1, y, Role::Dim, heading);
    rows(&mut canvas.below(y + 1), stream);
}

fn summary(stream: &InAppStreamView, app: &AppView) -> Row<'static> {
    let wrong = stream.name == ERROR_STREAM && 0 < stream.rows.total;
    let name = format!("{:<24}", stream.name);
    let name = if wrong { row![Wrong name] } else { row![Strong name] };
    let mut line = name;
    line.extend(row![
        Plain format!("{:>9}", parts::rate(stream.rows.rate())),
        Plain format!("{:>14}", parts::count(stream.rows.total)),
        Dim " rows",
    ]);
    if let Some(pump) = app.pumps.iter().find(|it| it.writes == stream.name) {
        let state = if pump.started { "" } else { " stopped" };
        line.extend(row![Dim "  by ", Plain pump.name.clone(), Warning state]);
        let gone = [
            (pump.flow.filtered, "filtered"),
            (pump.flow.duplicates, "duplicates"),
            (pump.flow.errors, "errors"),
        ];
        for (number, word) in gone {
            if 0 < number {
                line.extend(row![Dim format!("  {} {word}", parts::count(number))]);
            }
        }
    }
    for output in app.outputs.iter().filter(|it| it.in_app_stream == stream.name) {
        line.extend(row![Done "  ▶ ", Plain output.delivery.clone()]);
    }
    line
}

/// Where the open window lies, what it holds, and what will close it.
fn ruler(canvas: &mut Canvas, y: u16, pump: &PumpView, now: Timestamp) -> u16 {
    let Some(window) = &pump.open_window else {
        let Some(last) = pump.closed_windows.last() else { return y };
        canvas.row(
            0,
            y,
            &row![Dim "last window ", Plain last.start.to_clock(), Dim " – ", Plain last.end.to_clock(), Dim "  ", Plain parts::count(last.rows), Dim " rows; an empty window says nothing"],
        );
        return y + 1;
    };
    let label = format!("{} ", window.start.to_clock());
    let x = canvas.row(0, y, &row![Dim "window ", Plain label]);
    let bar = canvas.width().saturating_sub(x + 46).clamp(8, 40);
    let whole = (window.end - window.start).as_millis().max(1) as u64;
    let part = (now - window.start).as_millis().max(0) as u64;
    parts::gauge(canvas, x, y, bar, part, whole, Role::Waiting);
    let closes = closes(window, now);
    canvas.row(
        x + bar + 1,
        y,
        &row![Plain window.end.to_clock(), Dim "  ", Plain closes, Dim "  ", Plain parts::count(window.rows), Dim " rows, ", Plain parts::some(window.groups as usize, "group")],
    );
    y + 1
}

fn closes(window: &WindowView, now: Timestamp) -> String {
    if window.end <= now {
        "closes now".to_owned()
    } else {
        format!("closes in {}", parts::seconds(window.end - now))
    }
}

/// The newest rows, newest first, ROWTIME before the columns.
fn rows(canvas: &mut Canvas, stream: &InAppStreamView) {
    if stream.newest.is_empty() {
        canvas.put(0, 0, Role::Dim, "No row has passed yet.");
        return;
    }
    let mut head = vec!["ROWTIME".to_owned()];
    head.extend(stream.columns.iter().map(|(name, _)| name.clone()));
    let numeric = |ty: &str| {
        ["INT", "DEC", "NUM", "DOUBLE", "REAL", "BIGINT", "SMALL", "TINY", "FLOAT"]
            .iter()
            .any(|it| ty.starts_with(it))
    };
    let mut right = vec![false];
    right.extend(stream.columns.iter().map(|(_, ty)| numeric(ty)));
    let room = usize::from(canvas.height().saturating_sub(1));
    let rows: Vec<Vec<Option<String>>> = stream
        .newest
        .iter()
        .rev()
        .take(room)
        .map(|row| {
            let clock = row.rowtime.to_sql().get(11..).unwrap_or("").to_owned();
            std::iter::once(Some(clock)).chain(row.cells.iter().map(|it| it.as_deref().map(short))).collect()
        })
        .collect();
    parts::table(canvas, &head, &rows, &right);
}

/// A moment in a cell loses its date, which every row shares.
fn short(cell: &str) -> String {
    match Timestamp::parse(cell) {
        Some(at) if cell.len() == 23 && cell.as_bytes()[10] == b' ' => {
            at.to_sql().get(11..).unwrap_or(cell).to_owned()
        }
        _ => cell.to_owned(),
    }
}
