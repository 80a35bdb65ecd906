//! Drawing an editor: line numbers, token colours, problems underlined and marked beside their line,
//! the selection reversed.

use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation;

use crate::sql::diag::Severity;
use crate::tui::canvas::Canvas;
use crate::tui::editor::check::Check;
use crate::tui::editor::{Editor, Place, cells};
use crate::tui::text;
use crate::tui::theme::Role;

/// Draws the text; with `active` the cursor too. `notes` are places of the text worth a mark, such as the
/// refused lines of the version saved last.
pub fn draw(canvas: &mut Canvas, editor: &Editor, check: &Check, active: bool) {
    let digits = editor.lines().len().to_string().len().max(2);
    let gutter = (digits + 2) as u16;
    let (width, height) = (canvas.width(), canvas.height());
    if width <= gutter || height == 0 {
        return;
    }
    // What is shown may be older than the pane's size: keep the cursor in sight either way.
    let rows = usize::from(height);
    let top = editor.top.min(editor.lines().len().saturating_sub(1));
    let top = if active && top + rows <= editor.cursor().row { editor.cursor().row + 1 - rows } else { top };
    let mut offset: usize = editor.lines()[..top].iter().map(|it| it.len() + 1).sum();
    for (y, line) in editor.lines()[top..].iter().take(rows).enumerate() {
        let row = top + y;
        let y = y as u16;
        let span = offset..offset + line.len() + 1;
        let worst = check
            .problems
            .iter()
            .filter(|it| {
                span.contains(&it.span.start)
                    || (it.span.start == span.end && row + 1 == editor.lines().len())
            })
            .map(|it| it.severity)
            .max();
        let mark = match worst {
            Some(Severity::Error) => Some(Role::Wrong),
            Some(Severity::Warning) => Some(Role::Warning),
            Some(Severity::Note) => Some(Role::Hint),
            None => None,
        };
        let here = active && row == editor.cursor().row;
        let number = format!("{:>digits$}", row + 1);
        canvas.put(0, y, if here { Role::Strong } else { Role::Dim }, &number);
        if let Some(role) = mark {
            let mark = canvas.theme.mark(role);
            canvas.put(digits as u16, y, role, mark);
        }
        let mut text = canvas.part(gutter, y, width - gutter, 1);
        draw_line(&mut text, editor, check, row, offset);
        offset += line.len() + 1;
    }
    let area = canvas.part(gutter, 0, width - gutter, height).area();
    canvas.scene.editor = Some(area);
    if active {
        let column = editor.column(editor.cursor()).saturating_sub(editor.left);
        canvas.cursor(gutter + column as u16, editor.cursor().row.saturating_sub(top) as u16);
    }
}

fn draw_line(canvas: &mut Canvas, editor: &Editor, check: &Check, row: usize, offset: usize) {
    let line = &editor.lines()[row];
    let selection = editor.selection();
    let mut inks = check.inks[check.inks.partition_point(|(it, _)| it.end <= offset)..].iter().peekable();
    let room = editor.left + usize::from(canvas.width());
    let mut column = 0;
    for (byte, grapheme) in line.grapheme_indices(true) {
        let wide = cells(grapheme, column);
        let at = offset + byte;
        while inks.peek().is_some_and(|(it, _)| it.end <= at) {
            inks.next();
        }
        if room < column + wide {
            break;
        }
        if editor.left <= column {
            let role = inks.peek().filter(|(it, _)| it.start <= at).map_or(Role::Plain, |(_, role)| *role);
            let place = Place { row, byte };
            let chosen = selection.is_some_and(|(from, to)| from <= place && place < to);
            let problem =
                check.problems.iter().any(|it| it.severity != Severity::Note && it.span.contains(&at));
            let x = (column - editor.left) as u16;
            match grapheme {
                "\t" => canvas.fill(x, 0, wide as u16, role, " "),
                _ => {
                    canvas.put_within(x, 0, wide as u16, role, &text::clean(grapheme));
                }
            }
            if problem {
                canvas.modify(x, 0, wide as u16, Modifier::UNDERLINED);
            }
            if chosen {
                canvas.modify(x, 0, wide as u16, Modifier::REVERSED);
            }
        }
        column += wide;
    }
    if usize::from(canvas.width()) + editor.left < column || row_is_longer(line, column) {
        let end = canvas.width().saturating_sub(1);
        canvas.put(end, 0, Role::Dim, "…");
    }
}

/// Whether more of the line follows than the columns drawn.
fn row_is_longer(line: &str, drawn: usize) -> bool {
    drawn < line.graphemes(true).fold(0, |at, it| at + cells(it, at))
}
