//! What was done, newest first: the typed form, what came of it, and the AWS CLI line that does the same.

use crate::lab::view::{Done, View};
use crate::sim::command::Command;
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{Model, Pane};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::view::parts;

/// The chosen command; the newest is the first.
pub fn chosen<'v>(model: &Model, view: &'v View) -> Option<&'v Done> {
    view.history.iter().rev().nth(model.chosen(Pane::Log))
}

/// The AWS CLI line of a command that was done.
pub fn cli(done: &Done) -> Option<String> {
    Command::parse(&done.command, &|_| None).ok()?.cli()
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    if view.history.is_empty() {
        canvas.put(0, 0, Role::Plain, "Nothing has been done yet.");
        canvas.row(0, 2, &row![Key ":", Plain " opens the palette: every action can be typed."]);
        return;
    }
    let (width, height) = (canvas.width(), canvas.height());
    let rows: Vec<Row> = view.history.iter().rev().map(|it| line(it, canvas.theme)).collect();
    let detail = chosen(model, view).map(|it| detail(it, width)).unwrap_or_default();
    let below = (detail.len() as u16 + 1).min(height / 2);
    let listed = height - below;
    let active = model.focus == Pane::Log;
    parts::list(&mut canvas.part(0, 0, width, listed), &rows, model.chosen(Pane::Log), Pane::Log, active);
    canvas.fill(0, listed, width, Role::Border, "─");
    let room = usize::from(below.saturating_sub(1));
    for (y, line) in detail.iter().take(room).enumerate() {
        canvas.row(0, listed + 1 + y as u16, line);
    }
    if room < detail.len() && 0 < room {
        canvas.right(height - 1, Role::Dim, " …");
    }
}

fn line(done: &Done, theme: crate::tui::theme::Theme) -> Row<'static> {
    let role = if done.outcome.is_ok() { Role::Done } else { Role::Wrong };
    let command = done.command.clone();
    let mut line = row![Dim done.at.to_clock(), Plain " "];
    line.push((role, theme.mark(role).into()));
    line.extend(row![Plain " ", Plain command]);
    if let Err(refusal) = &done.outcome {
        line.extend(row![Dim "  ", Wrong refusal.code.clone()]);
    }
    line
}

fn detail(done: &Done, width: u16) -> Vec<Row<'static>> {
    let room = usize::from(width.saturating_sub(2)).max(1);
    let mut lines = Vec::new();
    let mut add = |role: Role, text: &str| {
        lines.extend(text::wrap(text, room).into_iter().map(|it| vec![(role, it.into())]));
    };
    match &done.outcome {
        Ok(said) => add(Role::Plain, said),
        Err(refusal) => {
            add(Role::Wrong, &format!("{}: {}", refusal.code, refusal.message));
            if let Some(hint) = &refusal.hint {
                add(Role::Plain, hint);
            }
        }
    }
    match cli(done) {
        Some(cli) => add(Role::Code, &cli),
        None => {
            add(Role::Dim, "AWS has no command line for this: it is a page, or a thing of the simulator.")
        }
    }
    lines
}
