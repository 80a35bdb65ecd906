//! The lines that are always there: clock and speed above, tabs below them, keys at the foot; and what
//! came of the last action.

use std::borrow::Cow;

use crate::lab::view::View;
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::keys;
use crate::tui::model::{Goal, Model, Notice, Pane, Speed};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::update::Message;
use crate::tui::view::parts;

/// The virtual clock, the speed, and what the whole is doing.
pub fn top(canvas: &mut Canvas, model: &Model, view: &View) {
    let moment = view.now.to_sql();
    let clock = moment.get(..19).unwrap_or(&moment);
    let mut x = canvas.row(1, 0, &row![Title "pumphouse", Dim "  "]);
    x = canvas.row(x, 0, &row![Strong clock, Dim " UTC  "]);
    let (role, speed) = speed(model);
    let end = canvas.put(x, 0, role, &speed);
    canvas.hit(x, 0, end - x, 1, Message::Pause);
    let mut right: Row = Vec::new();
    if let Some(broken) = view.laws.iter().find(|it| !it.holds()) {
        right.extend(row![Wrong format!("✗ {} {} ≠ {}  ", broken.law, broken.left, broken.right)]);
    }
    for fault in &view.faults {
        right.extend(row![Warning "! ", Plain fault.command.clone(), Dim "  "]);
    }
    let proved = model.guide.steps.iter().filter(|it| it.proved).count();
    if !model.guide.steps.is_empty() {
        let (mark, done) = (canvas.theme.mark(Role::Done), parts::count(proved as u64));
        right.extend(row![Done format!("{mark} {done}"), Dim format!(" of {}", model.guide.steps.len())]);
    }
    let wide: usize = right.iter().map(|(_, it)| text::width(&text::clean(it))).sum();
    let from = canvas.width().saturating_sub(wide as u16 + 1).max(end + 2);
    canvas.row(from, 0, &right);
}

fn speed(model: &Model) -> (Role, String) {
    let play = model.theme.glyph("▶", ">");
    match (&model.pace.goal, model.pace.speed) {
        (Some(Goal::Proof { .. }), _) => (Role::Waiting, format!("{play}{play} until done")),
        (Some(Goal::At(at)), _) => (Role::Waiting, format!("{play}{play} to {}", at.to_clock())),
        (None, Speed::Paused) => (Role::Warning, model.theme.glyph("⏸ paused", "|| paused").to_owned()),
        (None, Speed::Times(times)) => (Role::Done, format!("{play} {times}×")),
        (None, Speed::Max) => (Role::Done, format!("{play}{play} max")),
    }
}

/// The panes by number.
pub fn tabs(canvas: &mut Canvas, model: &Model, view: &View) {
    let narrow = canvas.width() < 110;
    let mut x = 1;
    for pane in Pane::ALL {
        let name = if narrow { pane.short() } else { pane.title() };
        let here = pane == model.focus;
        let from = x;
        let gap = if narrow { "" } else { " " };
        if here {
            x = canvas.put(x, 0, Role::Focus, &format!("{}{gap}{name}", pane.digit()));
            canvas.modify(from, 0, x - from, ratatui::style::Modifier::REVERSED);
        } else {
            x = canvas.row(x, 0, &row![Key pane.digit().to_string(), Plain gap, Plain name]);
        }
        if crate::tui::pane::wrong(pane, model, view) {
            x = canvas.put(x, 0, Role::Wrong, canvas.theme.mark(Role::Warning));
        }
        canvas.hit(from, 0, x - from, 1, Message::Go(pane));
        x += if narrow { 1 } else { 2 };
    }
}

/// The keys that do something now, as many as fit.
pub fn footer(canvas: &mut Canvas, model: &Model, view: &View) {
    let width = canvas.width();
    let useful = keys::useful(model, view);
    // Help is always the last, so that the way to the rest is never cut off.
    let help = useful.iter().find(|(it, _)| it.label == "help");
    let reserved = if help.is_some() { 8 } else { 0 };
    let mut x = 1;
    for (binding, message) in &useful {
        let Some(key) = binding.keys.first() else { continue };
        let key = key.to_string();
        let wide = (text::width(&key) + 1 + text::width(binding.label)) as u16;
        if binding.label == "help" || width < x + wide + reserved + 1 {
            continue;
        }
        x = parts::button(canvas, x, 0, &key, binding.label, message.clone());
    }
    if let Some((binding, message)) = help
        && let Some(key) = binding.keys.first()
    {
        let key = key.to_string();
        let from = width.saturating_sub((key.len() + 6) as u16);
        parts::button(canvas, from.max(x), 0, &key, binding.label, message.clone());
    }
}

/// The newest command, for where nothing else is to be told.
pub fn last(canvas: &mut Canvas, model: &Model, view: &View) {
    let Some(done) = view.history.last().filter(|_| model.notice.is_none()) else { return };
    let mark = canvas.theme.mark(if done.outcome.is_ok() { Role::Done } else { Role::Wrong });
    canvas.row(1, 0, &row![Dim mark, Dim " ", Dim done.at.to_clock(), Dim "  ", Dim done.command.clone()]);
    let width = canvas.width();
    canvas.hit(0, 0, width, 1, Message::Go(Pane::Log));
}

/// What came of the last action: over the lowest lines of the panes.
pub fn notice(canvas: &mut Canvas, model: &Model) {
    let Some(notice) = &model.notice else { return };
    let width = canvas.width();
    let (role, said) = match notice {
        Notice::Good(text) => (Role::Done, text.clone()),
        Notice::Bad(refusal) => {
            let hint = refusal.hint.as_ref().map_or(String::new(), |it| format!("  {it}"));
            let more = match refusal.diagnostics.len() {
                0 | 1 => String::new(),
                count => format!(" ({})", parts::some(count, "problem")),
            };
            (Role::Wrong, format!("{}: {}{more}{hint}", refusal.code, refusal.message))
        }
    };
    let lines = text::wrap(&said, usize::from(width.saturating_sub(6)));
    let shown = lines.len().min(4);
    let top = canvas.height().saturating_sub(shown as u16);
    let mut part = canvas.part(0, top, width, shown as u16);
    part.clear();
    let mark = part.theme.mark(role);
    part.put(1, 0, role, mark);
    for (y, line) in lines.iter().take(shown).enumerate() {
        let cut = y + 1 == shown && shown < lines.len();
        let line: Cow<str> = if cut { format!("{line} …").into() } else { line.into() };
        part.put(3, y as u16, if role == Role::Wrong { Role::Strong } else { Role::Plain }, &line);
    }
    part.hit(0, 0, width, shown as u16, Message::Close);
}
