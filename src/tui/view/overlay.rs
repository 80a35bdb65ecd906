//! What lies over the panes: help, palette, forms, search, longer answers, the question before leaving.

use std::borrow::Cow;

use crate::lab::view::View;
use crate::tui::canvas::{Canvas, row};
use crate::tui::editor::Editor;
use crate::tui::form::Form;
use crate::tui::keys::{BINDINGS, Place};
use crate::tui::model::Model;
use crate::tui::palette::{self, OFFERS_MAX, Palette};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::update::{self, Message};
use crate::tui::view::{centred, parts};

/// An empty framed box in the middle.
fn boxed<'c>(canvas: &'c mut Canvas, title: &str, width: u16, height: u16) -> Canvas<'c> {
    let area = centred(canvas, width, height);
    canvas.part(area.x, area.y, area.width, area.height).clear();
    let (left, top) = (area.x, area.y);
    let inner = {
        let mut part = canvas.part(left, top, area.width, area.height);
        let _ = part.framed(&row![Focus title], true);
        (area.width.saturating_sub(4), area.height.saturating_sub(2))
    };
    canvas.part(left + 2, top + 1, inner.0, inner.1)
}

/// Every key, place by place, from the table.
pub fn help(canvas: &mut Canvas, top: usize) {
    let (width, height) = (canvas.width().min(96), canvas.height());
    let mut lines = vec![
        row![Plain "Everything can be done by keys, by typing a command, and by mouse."],
        row![Plain "Digits go to a pane, with Alt also while writing. Shift selects by mouse."],
        Vec::new(),
    ];
    let mut place: Option<Place> = None;
    for binding in BINDINGS {
        if place != Some(binding.place) {
            if place.is_some() {
                lines.push(Vec::new());
            }
            lines.push(row![Title binding.place.title()]);
            place = Some(binding.place);
        }
        let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
        let keys = text::cut(&keys.join("  "), 26).into_owned();
        let gap = " ".repeat(28usize.saturating_sub(text::width(&keys)));
        lines.push(row![Plain "  ", Key keys, Plain gap, Plain binding.about]);
    }
    let count = lines.len();
    let mut inner = boxed(canvas, "Keys", width, height);
    let rows = usize::from(inner.height());
    inner.scene.page = inner.height();
    let top = top.min(count.saturating_sub(rows));
    for (y, line) in lines.iter().skip(top).take(rows).enumerate() {
        inner.row(0, y as u16, line);
    }
    if top + rows < count {
        inner.right((rows as u16).saturating_sub(1), Role::Dim, " ↓ more");
    }
}

/// A longer answer to read.
pub fn reading(canvas: &mut Canvas, title: &str, lines: &[String], top: usize) {
    let width = canvas.width().min(110);
    let wrapped: Vec<String> =
        lines.iter().flat_map(|it| text::wrap(it, usize::from(width.saturating_sub(4)))).collect();
    let height = canvas.height().min(wrapped.len() as u16 + 2);
    let mut inner = boxed(canvas, title, width, height);
    let rows = usize::from(inner.height());
    inner.scene.page = inner.height();
    let top = top.min(wrapped.len().saturating_sub(rows));
    for (y, line) in wrapped.iter().skip(top).take(rows).enumerate() {
        inner.put(0, y as u16, Role::Plain, line);
    }
}

pub fn quit(canvas: &mut Canvas) {
    let mut inner = boxed(canvas, "Leave pumphouse?", 56, 5);
    inner.put(0, 0, Role::Plain, "Your world is saved. It goes on where you leave it.");
    let x = parts::button(&mut inner, 0, 2, "Enter", "leave", Message::Leave);
    parts::button(&mut inner, x, 2, "Esc", "stay", Message::Close);
}

/// The search field of CloudWatch.
pub fn search(canvas: &mut Canvas, editor: &Editor) {
    let mut inner = boxed(canvas, "Search metrics", 60, 3);
    let end = inner.put(0, 0, Role::Key, "/ ");
    one_line(&mut inner, end, 0, editor, true);
}

/// A one-line text with its cursor, scrolled so that the cursor is in sight.
fn one_line(canvas: &mut Canvas, x: u16, y: u16, editor: &Editor, active: bool) -> u16 {
    let written = editor.text();
    let room = usize::from(canvas.width().saturating_sub(x + 1));
    let column = editor.column(editor.cursor());
    let clean = text::clean(&written);
    let (shown, at) = if room <= column && active {
        // The end of what is written is what matters while writing.
        let (skipped, tail) = text::skip(&clean, column - room + 1);
        (Cow::from(format!("…{tail}")), (column + 1).saturating_sub(skipped))
    } else {
        (clean, column)
    };
    let end = canvas.put(x, y, Role::Plain, &shown);
    if let Some((start, stop)) = editor.selection().filter(|_| active) {
        let last = end.saturating_sub(x);
        let from = (editor.column(start) as u16).min(last);
        let to = (editor.column(stop) as u16).min(last);
        canvas.restyle(x + from, y, to - from, Role::Selected);
    }
    if active {
        canvas.cursor(x + at.min(room) as u16, y);
    }
    end
}

pub fn palette(canvas: &mut Canvas, palette: &Palette, model: &Model, view: &View) {
    let offers = update::offers(model, view);
    let shown = offers.len().min(OFFERS_MAX);
    let room = canvas.height().saturating_sub(6);
    let shown = shown.min(usize::from(room));
    let width = canvas.width().min(100);
    let error = palette.error.is_some();
    let height = shown as u16 + 3 + if error { 2 } else { 0 } + u16::from(0 < shown);
    let title = if model.typist.lines.is_empty() { "Command" } else { "Typing for you · any key stops" };
    let mut inner = boxed(canvas, title, width, height);
    let line = palette.text();
    let from = inner.put(0, 0, Role::Key, ": ");
    let end = one_line(&mut inner, from, 0, &palette.line, true);
    inner.put(end, 0, Role::Dim, &palette::rest_of_usage(&line));
    let mut y = 1;
    if let Some(error) = &palette.error {
        let mark = inner.theme.mark(Role::Wrong);
        let start = text::width(line.get(..error.span.start).unwrap_or("")) as u16;
        inner.put(from + start, y, Role::Wrong, "^");
        inner.row(0, y + 1, &row![Wrong mark, Plain " ", Plain error.message.clone(), Plain "  ", Dim error.hint.clone().unwrap_or_default()]);
        y += 2;
    }
    if 0 < shown {
        let wide = inner.width();
        inner.fill(0, y, wide, Role::Border, "─");
        y += 1;
    }
    let top = palette.chosen.map_or(0, |it| parts::top_of(it, offers.len(), shown));
    for (row_at, (at, offer)) in offers.iter().enumerate().skip(top).take(shown).enumerate() {
        let (y, width) = (y + row_at as u16, inner.width());
        let chosen = palette.chosen == Some(at);
        let mark = if chosen { inner.theme.glyph("▸", ">") } else { " " };
        inner.put(0, y, Role::Key, mark);
        let about = text::width(&offer.about) as u16;
        let label = width.saturating_sub(about + 5).max(width / 3);
        let end = inner.put_within(2, y, label, Role::Plain, &offer.label);
        let from = width.saturating_sub(about + 1).max(end + 2);
        inner.put(from, y, Role::Dim, &offer.about);
        if chosen {
            inner.restyle(2, y, width.saturating_sub(2), Role::Selected);
        }
        inner.hit(0, y, width, 1, Message::PickOffer(at));
    }
    let rest = offers.len().saturating_sub(top + shown);
    if 0 < rest {
        let y = y + shown as u16;
        inner.put(2, y, Role::Dim, &format!("… {rest} more"));
    }
}

pub fn form(canvas: &mut Canvas, form: &Form, model: &Model) {
    let problem = form.problem(&model.names);
    let lines = form.lines();
    let width = canvas.width().min(84);
    let label = form.fields.iter().map(|it| text::width(it.label)).max().unwrap_or(0) as u16 + 3;
    let height = (form.fields.len() + lines.len().max(1) + 5) as u16;
    let mut inner = boxed(canvas, form.title(), width, height);
    inner.put(0, 0, Role::Dim, form.about());
    let mut y = 2;
    for (at, field) in form.fields.iter().enumerate() {
        let active = at == form.at;
        let wide = inner.width();
        inner.put(0, y, if active { Role::Strong } else { Role::Plain }, field.label);
        let end = one_line(&mut inner, label, y, &field.value, active);
        inner.hit(0, y, wide, 1, Message::PickOffer(at));
        if active && 1 < field.choices.len() {
            let keys = if field.fixed { "← → choices" } else { "Ctrl-← → choices" };
            inner.put((wide.saturating_sub(17)).max(end + 1), y, Role::Dim, keys);
        }
        if active {
            let mark = inner.theme.glyph("▸", ">");
            inner.put(label.saturating_sub(2), y, Role::Key, mark);
        }
        y += 1;
    }
    y += 1;
    match problem {
        Some(error) => {
            let mark = inner.theme.mark(Role::Wrong);
            let hint = error.hint.unwrap_or_default();
            inner.row(0, y, &row![Wrong mark, Plain " ", Plain error.message, Plain "  ", Dim hint]);
        }
        None => {
            for (at, line) in lines.iter().enumerate() {
                let mark = inner.theme.glyph("→", ">");
                inner.row(0, y + at as u16, &row![Dim mark, Dim " ", Code line.clone()]);
            }
        }
    }
}
