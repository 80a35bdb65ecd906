//! The data producer: what its form holds, the template, and records made from it with each value in the
//! colour of its placeholder.

use std::borrow::Cow;

use crate::lab::view::View;
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::editor::{self, check};
use crate::tui::model::{Face, Model, Pane};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::view::parts;

/// Sample records shown.
const SAMPLES: usize = 3;
/// As many lines of a refusal as leave room for the preview.
const REFUSAL_LINES: usize = 4;
/// The height from which template and form fit together.
const BOTH: u16 = 20;

pub fn title(model: &Model, view: &View) -> Row<'static> {
    let mut title = match view.producer.running {
        true => row![Dim " · ", Done model.theme.mark(Role::Strong), Done " sending"],
        false => row![Dim " · stopped"],
    };
    if model.template.dirty() {
        title.extend(row![Warning " ●", Plain " not saved"]);
    }
    title
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let (width, height) = (canvas.width(), canvas.height());
    let active = model.writing && model.focus == Pane::Producer && model.overlays.is_empty();
    if BOTH <= height {
        let lines = (model.template.editor.lines().len() as u16 + 1).clamp(4, height - 14);
        let used = form(&mut canvas.part(0, 0, width, 8), view);
        heading(canvas, used, "template");
        template(&mut canvas.part(0, used + 1, width, lines), model, active);
        let below = used + 1 + lines;
        heading(canvas, below, "preview");
        preview(&mut canvas.part(0, below + 1, width, height - below - 1), view);
    } else if model.face(Pane::Producer) == Face::Second {
        template(&mut canvas.part(0, 0, width, height.saturating_sub(4)), model, active);
        heading(canvas, height.saturating_sub(4), "preview");
        preview(&mut canvas.part(0, height.saturating_sub(3), width, 3), view);
    } else {
        let used = form(canvas, view);
        heading(canvas, used, "preview");
        preview(&mut canvas.below(used + 1), view);
    }
}

fn heading(canvas: &mut Canvas, y: u16, name: &str) {
    let width = canvas.width();
    canvas.fill(0, y, width, Role::Border, "─");
    canvas.put(1, y, Role::Dim, &format!(" {name} "));
}

/// The page's fields and counters; returns the rows used.
fn form(canvas: &mut Canvas, view: &View) -> u16 {
    let it = &view.producer;
    let value = |filled: &Option<String>| match filled {
        Some(value) => (Role::Plain, Cow::from(value.clone())),
        None => (Role::Warning, Cow::from("! not set")),
    };
    let half = (canvas.width() / 2).max(30);
    let mut put = |x: u16, y: u16, label: &str, value: (Role, Cow<str>)| {
        canvas.put(x, y, Role::Dim, label);
        canvas.put_within(x + 13, y, half.saturating_sub(15), value.0, &value.1);
    };
    put(0, 0, "credentials", value(&it.user));
    put(0, 1, "region", (Role::Plain, it.region.clone().into()));
    put(0, 2, "stream", value(&it.stream));
    let rate = if it.rate == 0 {
        (Role::Warning, "! not set".into())
    } else {
        (Role::Plain, parts::rate(it.rate).into())
    };
    put(half, 0, "rate", rate);
    put(
        half,
        1,
        "key",
        (Role::Plain, if it.key.is_empty() { "random".into() } else { it.key.clone().into() }),
    );
    let sent = format!("{} · {} now", parts::count(it.sent.total), parts::rate(it.sent.rate()));
    put(half, 2, "sent", (Role::Strong, sent.into()));
    let mut y = 3;
    let counts = row![
        Dim "accepted ", Plain parts::count(it.accepted),
        Dim "   refused ", Plain parts::count(it.refused),
        Dim "   sent again ", Plain parts::count(it.resent),
    ];
    canvas.row(0, y, &counts);
    y += 1;
    if it.running || 0 < it.sent.total {
        canvas.put(0, y, Role::Dim, "last minute");
        let spark = canvas.width().saturating_sub(13).min(60);
        parts::sparkline(canvas, 13, y, spark, &it.sent.per_second, Role::Done);
        y += 1;
    }
    for refusal in [&it.aim, &it.last_error].into_iter().flatten().take(1) {
        let width = usize::from(canvas.width()).saturating_sub(2);
        let hint = refusal.hint.as_deref().unwrap_or("");
        let mark = canvas.theme.mark(Role::Wrong);
        canvas.put(0, y, Role::Wrong, mark);
        let said = format!("{}: {} {hint}", refusal.code, refusal.message);
        let lines = text::wrap(&said, width);
        let shown = lines.len().min(REFUSAL_LINES);
        for (at, line) in lines.iter().take(shown).enumerate() {
            let end = canvas.put(2, y, Role::Plain, line);
            if at + 1 == shown && shown < lines.len() {
                canvas.put(end.min(canvas.width().saturating_sub(2)), y, Role::Dim, " …");
            }
            y += 1;
        }
    }
    y
}

fn template(canvas: &mut Canvas, model: &Model, active: bool) {
    if model.template.editor.holds("") && !active {
        let help = row![Key "e", Plain " writes it  ", Key "t", Plain " takes the workshop's own"];
        canvas.put(0, 0, Role::Plain, "There is no record template yet.");
        canvas.row(0, 1, &help);
        return;
    }
    let height = canvas.height();
    let problems = &model.template.check.problems;
    let said = problems.len().min(2) as u16;
    let (width, rows) = (canvas.width(), height.saturating_sub(said));
    editor::draw(&mut canvas.part(0, 0, width, rows), &model.template.editor, &model.template.check, active);
    let texts = model.template.editor.text();
    problem_lines(&mut canvas.part(0, rows, width, said), &texts, problems);
}

/// Problems by place, one line each.
pub fn problem_lines(canvas: &mut Canvas, source: &str, problems: &[crate::sql::diag::Diagnostic]) {
    use crate::sql::diag::Severity;
    let height = usize::from(canvas.height());
    for (y, problem) in problems.iter().enumerate().take(height) {
        let (role, mark) = match problem.severity {
            Severity::Error => (Role::Wrong, canvas.theme.mark(Role::Wrong)),
            Severity::Warning => (Role::Warning, "!"),
            Severity::Note => (Role::Hint, "i"),
        };
        let (line, column) = problem.place(source);
        let said = problem.hint.as_deref().or(problem.detail.as_deref()).unwrap_or("");
        let mut text: Row = vec![(role, Cow::from(mark))];
        text.extend(row![Dim format!(" {line}:{column} "), Plain problem.message.clone(), Dim "  ", Dim said.to_owned()]);
        canvas.row(0, y as u16, &text);
        if y + 1 == height && height < problems.len() {
            canvas.right(y as u16, Role::Dim, &format!(" … {} more", problems.len() - height));
        }
    }
}

fn preview(canvas: &mut Canvas, view: &View) {
    let it = &view.producer;
    if it.template.trim().is_empty() {
        canvas.put(0, 0, Role::Plain, "Records made from the template will stand here.");
        return;
    }
    if let Some(problem) = it.template_problems.first().filter(|_| it.samples.is_empty()) {
        let (line, column) = problem.place(&it.template);
        let mark = canvas.theme.mark(Role::Wrong);
        canvas.row(0, 0, &row![Wrong mark, Plain format!(" {line}:{column} {}", problem.message)]);
        return;
    }
    let mut y = 0;
    let room = canvas.height();
    for sample in it.samples.iter().take(SAMPLES) {
        let valid = serde_json::from_str::<serde_json::Value>(sample);
        let found = check::values(&it.template, sample);
        let pieces = coloured(sample, &found);
        let width = usize::from(canvas.width().saturating_sub(2));
        for (at, line) in parts::wrap_styled(&pieces, width).into_iter().enumerate() {
            if room <= y {
                canvas.right(room.saturating_sub(1), Role::Dim, " …");
                return;
            }
            if at == 0 {
                let role = if valid.is_ok() { Role::Done } else { Role::Wrong };
                let mark = canvas.theme.mark(role);
                canvas.put(0, y, role, mark);
            }
            canvas.row(2, y, &line);
            y += 1;
        }
        if let Err(error) = valid
            && y < room
        {
            canvas.put(2, y, Role::Wrong, &format!("not JSON: {error}"));
            y += 1;
        }
    }
}

/// A record on one line, its values in the colours of their placeholders.
fn coloured(sample: &str, values: &[std::ops::Range<usize>]) -> Vec<(Role, String)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let one_line = |it: &str| it.replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
    for (number, span) in values.iter().enumerate() {
        pieces.push((Role::Plain, one_line(&sample[at..span.start])));
        pieces.push((Role::Placeholder(number as u8), one_line(&sample[span.clone()])));
        at = span.end;
    }
    pieces.push((Role::Plain, one_line(&sample[at..])));
    for (_, piece) in &mut pieces {
        while piece.contains("  ") {
            *piece = piece.replace("  ", " ");
        }
    }
    pieces
}
