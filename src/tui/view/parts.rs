//! What several panes are made of: lists, tables, sparklines, gauges, Markdown.

use std::borrow::Cow;

use crate::base::size::Count;
use crate::base::time::{Span, Timestamp};
use crate::lab::view::Status;
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::Pane;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::update::Message;

/// A count per second for the screen: `300/s`.
pub fn rate(per_second: u32) -> String {
    format!("{}/s", Count(u64::from(per_second)))
}

/// A count with commas.
pub fn count(number: u64) -> String {
    Count(number).to_string()
}

/// A length of time in whole seconds, as countdowns show it: `41 s`, `4 min`.
pub fn seconds(span: Span) -> String {
    match span.secs_ceil() {
        it if it < 120 => format!("{it} s"),
        it if it < 7200 => format!("{} min", it / 60),
        it => format!("{} h", it / 3600),
    }
}

/// How long ago something was.
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    format!("{} ago", seconds(now - at))
}

/// `3 objects`, `1 object`.
pub fn some(number: usize, one: &str) -> String {
    let plural = match number {
        1 => "",
        _ if one.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{} {one}{plural}", count(number as u64))
}

/// The mark and word of a status, with the seconds it still takes.
pub fn status(theme: Theme, status: Status, ready_in: Option<Span>) -> Row<'static> {
    let (role, word) = match status {
        Status::Active => (Role::Done, "ACTIVE"),
        Status::Creating => (Role::Waiting, "CREATING"),
        Status::Updating => (Role::Waiting, "UPDATING"),
        Status::Deleting => (Role::Waiting, "DELETING"),
    };
    let mark = if role == Role::Done { theme.mark(Role::Strong) } else { theme.mark(role) };
    let left = ready_in.map_or(String::new(), |it| format!(" {} left", seconds(it)));
    vec![(role, Cow::from(format!("{mark} {word}{left}")))]
}

/// Bars for the newest finished seconds, the last against the right edge. Zero is a dot, so that
/// silence is seen.
pub fn sparkline(canvas: &mut Canvas, x: u16, y: u16, width: u16, values: &[u32], role: Role) {
    let width = width.min(canvas.width().saturating_sub(x));
    // The newest second is still running: drawn as a value it would always look like a drop.
    let values = values.split_last().map_or(values, |(_, finished)| finished);
    let shown = &values[values.len().saturating_sub(usize::from(width))..];
    // A quarter of room above, so that a steady rate does not look like a full bar.
    let most = shown.iter().copied().max().unwrap_or(0).max(1);
    let scale = u64::from(most) * 5 / 4 + 1;
    let bars = canvas.theme.bars();
    let start = x + width - shown.len() as u16;
    canvas.fill(x, y, width - shown.len() as u16, Role::Dim, "·");
    for (at, &value) in shown.iter().enumerate() {
        let (role, symbol) = match value {
            0 => (Role::Dim, "·"),
            _ => (role, bars[(u64::from(value) * 8 / scale) as usize]),
        };
        canvas.fill(start + at as u16, y, 1, role, symbol);
    }
}

/// A bar filled by `part` of `whole`.
pub fn gauge(canvas: &mut Canvas, x: u16, y: u16, width: u16, part: u64, whole: u64, role: Role) {
    let (full, empty) = canvas.theme.gauge();
    let filled = u128::from(part.min(whole)) * u128::from(width) / u128::from(whole.max(1));
    // Something is never drawn as nothing.
    let filled = (filled as u16).max(u16::from(0 < part)).min(width);
    canvas.fill(x, y, filled, role, full);
    canvas.fill(x + filled, y, width - filled, Role::Dim, empty);
}

/// Rows to choose from; the chosen one is kept in sight and marked.
pub fn list(canvas: &mut Canvas, rows: &[Row], chosen: usize, pane: Pane, active: bool) {
    let height = usize::from(canvas.height());
    let top = top_of(chosen, rows.len(), height);
    for (y, (at, row)) in rows.iter().enumerate().skip(top).take(height).enumerate() {
        let (y, width) = (y as u16, canvas.width());
        let mark = if at == chosen { canvas.theme.glyph("▸", ">") } else { " " };
        canvas.put(0, y, Role::Key, mark);
        canvas.part(2, y, width.saturating_sub(2), 1).row(0, 0, row);
        if at == chosen && active {
            canvas.restyle(2, y, width.saturating_sub(2), Role::Selected);
        }
        canvas.hit(0, y, width, 1, Message::Pick(pane, at));
    }
    more(canvas, top, rows.len());
}

/// The first row shown so that the chosen one is in sight, with context below it.
pub fn top_of(chosen: usize, count: usize, height: usize) -> usize {
    let last = count.saturating_sub(height);
    (chosen + height / 3 + 1).saturating_sub(height).min(last)
}

/// Marks at the right edge that there is more above or below.
fn more(canvas: &mut Canvas, top: usize, count: usize) {
    let height = canvas.height();
    if 0 < top {
        canvas.right(0, Role::Dim, "↑");
    }
    if top + usize::from(height) < count && 0 < height {
        canvas.right(height - 1, Role::Dim, "↓");
    }
}

/// A table whose columns are as wide as they need, or as they can be. Numbers stand to the right.
pub fn table(canvas: &mut Canvas, head: &[String], rows: &[Vec<Option<String>>], numeric: &[bool]) {
    let wide = |cell: &Option<String>| cell.as_deref().map_or(4, |it| text::width(&text::clean(it)));
    let mut widths: Vec<usize> = head.iter().map(|it| text::width(&text::clean(it))).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(wide(cell)).min(28);
        }
    }
    let mut x = 0;
    for (column, (name, width)) in head.iter().zip(&widths).enumerate() {
        let left = canvas.width().saturating_sub(x);
        if left == 0 {
            break;
        }
        // A column that does not fit any more is told by a mark, not drawn in half.
        if left < 4 && 0 < column {
            canvas.put(canvas.width() - 1, 0, Role::Dim, "…");
            break;
        }
        let width = (*width as u16).min(left);
        let right = numeric.get(column).copied().unwrap_or(false);
        put_cell(canvas, x, 0, width, right, Role::Strong, name);
        for (y, row) in rows.iter().enumerate().take(usize::from(canvas.height().saturating_sub(1))) {
            let (role, text) = match row.get(column).and_then(Option::as_deref) {
                Some(text) if column == 0 => (Role::Dim, text),
                Some(text) => (Role::Plain, text),
                None => (Role::Dim, "NULL"),
            };
            put_cell(canvas, x, y as u16 + 1, width, right, role, text);
        }
        x += width + 2;
    }
}

fn put_cell(canvas: &mut Canvas, x: u16, y: u16, width: u16, right: bool, role: Role, written: &str) {
    let wide = (text::width(&text::clean(written)) as u16).min(width);
    let x = if right { x + width - wide } else { x };
    canvas.put_within(x, y, width.min(wide), role, written);
}

/// A key and its label as a button.
pub fn button(canvas: &mut Canvas, x: u16, y: u16, key: &str, label: &str, message: Message) -> u16 {
    let end = canvas.row(x, y, &row![Key key, Plain " ", Plain label]);
    canvas.hit(x, y, end.saturating_sub(x), 1, message);
    end + 2
}

/// Markdown as lines: headings, lists, `code`, **strong**, fenced code. Links keep their text.
pub fn markdown(source: &str, width: u16) -> Vec<Row<'static>> {
    let mut lines: Vec<Row<'static>> = Vec::new();
    let mut fenced = false;
    let mut paragraph = String::new();
    for line in source.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            flush(&mut lines, &mut paragraph, width);
            fenced = !fenced;
        } else if fenced {
            lines.push(row![Code format!(" {line}")]);
        } else if trimmed.is_empty() {
            flush(&mut lines, &mut paragraph, width);
            if lines.last().is_some_and(|it| !it.is_empty()) {
                lines.push(Vec::new());
            }
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            flush(&mut lines, &mut paragraph, width);
            lines.push(row![Strong heading.trim_start_matches('#').trim().to_owned()]);
        } else {
            if starts_item(trimmed) {
                flush(&mut lines, &mut paragraph, width);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    flush(&mut lines, &mut paragraph, width);
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

fn starts_item(line: &str) -> bool {
    let number = line.split_once(". ").is_some_and(|(it, _)| it.bytes().all(|byte| byte.is_ascii_digit()));
    line.starts_with("- ") || line.starts_with("* ") || line.starts_with("> ") || number
}

/// One paragraph or item, wrapped with its roles.
fn flush(lines: &mut Vec<Row<'static>>, paragraph: &mut String, width: u16) {
    let taken = std::mem::take(paragraph);
    if taken.is_empty() {
        return;
    }
    let (bullet, rest) = match taken.split_once(' ') {
        Some(("-" | "*", rest)) => ("• ".to_owned(), rest.to_owned()),
        Some((">", rest)) => ("│ ".to_owned(), rest.to_owned()),
        Some((number, rest)) if starts_item(&taken) => (format!("{number} "), rest.to_owned()),
        _ => (String::new(), taken),
    };
    let indent = text::width(&bullet);
    let room = usize::from(width).saturating_sub(indent).max(1);
    for (at, line) in wrap_styled(&styled(&rest), room).into_iter().enumerate() {
        let lead = if at == 0 { bullet.clone() } else { " ".repeat(indent) };
        let mut row = row![Dim lead];
        row.extend(line);
        lines.push(row);
    }
}

/// Pieces between backticks and double stars.
fn styled(source: &str) -> Vec<(Role, String)> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, from) = rest.split_at(at);
        let found = [("`", "`", Role::Code), ("**", "**", Role::Strong), ("*", "*", Role::Plain)]
            .into_iter()
            .find_map(|(open, close, role)| {
                let inner = from.strip_prefix(open)?;
                let end = inner.find(close).filter(|&it| 0 < it)?;
                Some((role, &inner[..end], &inner[end + close.len()..]))
            })
            .or_else(|| {
                let (label, after) = from.strip_prefix('[')?.split_once("](")?;
                Some((Role::Plain, label, after.split_once(')')?.1))
            });
        pieces.push((Role::Plain, before.to_owned()));
        match found {
            Some((role, inner, after)) => {
                pieces.push((role, inner.to_owned()));
                rest = after;
            }
            None => {
                let next = from.chars().next().map_or(0, char::len_utf8);
                pieces.push((Role::Plain, from[..next].to_owned()));
                rest = &from[next..];
            }
        }
    }
    pieces.push((Role::Plain, rest.to_owned()));
    pieces.retain(|(_, it)| !it.is_empty());
    pieces
}

/// Breaks styled pieces at blanks.
pub fn wrap_styled(pieces: &[(Role, String)], width: usize) -> Vec<Row<'static>> {
    let whole: String = pieces.iter().map(|(_, it)| it.as_str()).collect();
    let mut bounds = Vec::new();
    let mut at = 0;
    for (role, piece) in pieces {
        bounds.push((at..at + piece.len(), *role));
        at += piece.len();
    }
    let mut lines = Vec::new();
    let mut from = 0;
    for line in text::wrap(&whole, width) {
        // The wrapped line is the source from `from` on, less the blanks it was broken at.
        from += whole[from..].len() - whole[from..].trim_start_matches([' ', '\n']).len();
        let skipped = line.len() - line.trim_start().len();
        let line = &line[skipped..];
        let span = from..from + line.len();
        let mut row: Row<'static> = Vec::new();
        for (bound, role) in &bounds {
            let (start, end) = (bound.start.max(span.start), bound.end.min(span.end));
            if start < end
                && let Some(piece) = whole.get(start..end)
            {
                row.push((*role, Cow::from(piece.to_owned())));
            }
        }
        from = span.end;
        lines.push(row);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(lines: Vec<Row>) -> Vec<String> {
        lines.iter().map(|line| line.iter().map(|(_, it)| it.as_ref()).collect()).collect()
    }

    #[test]
    fn markdown_is_wrapped_with_its_roles() {
        let lines =
            markdown("# Title\n\n1. Type `create stream` and **wait** for it\n- [link](http://x)\n", 22);
        assert_eq!(lines[0], row![Strong "Title"]);
        assert!(lines.iter().flatten().any(|it| *it == (Role::Code, "create stream".into())));
        assert_eq!(plain(lines), ["Title", "", "1. Type create stream", "   and wait for it", "• link"]);
    }

    #[test]
    fn the_chosen_row_stays_in_sight() {
        assert_eq!(top_of(0, 100, 10), 0);
        assert_eq!(top_of(9, 100, 10), 3);
        assert_eq!(top_of(99, 100, 10), 90);
        assert_eq!(top_of(3, 4, 10), 0);
    }
}
