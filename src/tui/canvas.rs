//! A rectangle to draw in, and the one door to a cell.
//!
//! Panes know their own corner only: positions are counted from it, and what lies outside is not drawn.
//! Every text goes through [`Canvas::put`], which cleans it, measures it and marks what it had to cut.
//! While drawing, a pane also notes what a click would mean ([`Canvas::hit`]); nothing else leaves it.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::update::Message;

/// What drawing tells the loop besides the cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Where the cursor stands, if a text is being written.
    pub cursor: Option<(u16, u16)>,
    /// What a click means; the last one that holds the place counts.
    pub hits: Vec<(Rect, Message)>,
    /// Where the editor's text lies: a click there places its cursor.
    pub editor: Option<Rect>,
    /// How far the guide's text can be scrolled.
    pub guide_top_max: usize,
    /// How many rows the list or text of the focused pane shows: one page.
    pub page: u16,
}

impl Scene {
    /// The meaning of a click.
    pub fn at(&self, x: u16, y: u16) -> Option<&Message> {
        self.hits.iter().rev().find(|(area, _)| area.contains((x, y).into())).map(|(_, message)| message)
    }
}

/// Pieces of one line, each with its role.
pub type Row<'a> = Vec<(Role, Cow<'a, str>)>;

/// Builds a [`Row`]: `row![Dim "records ", Strong count]`.
macro_rules! row {
    ($($role:ident $text:expr),* $(,)?) => {
        vec![$(($crate::tui::theme::Role::$role, ::std::borrow::Cow::from($text))),*]
    };
}
pub(crate) use row;

/// A part of the screen.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    pub scene: &'a mut Scene,
    area: Rect,
    pub theme: Theme,
}

impl<'a> Canvas<'a> {
    pub fn new(buffer: &'a mut Buffer, scene: &'a mut Scene, area: Rect, theme: Theme) -> Self {
        let area = area.intersection(*buffer.area());
        Self { buffer, scene, area, theme }
    }

    pub fn width(&self) -> u16 {
        self.area.width
    }

    pub fn height(&self) -> u16 {
        self.area.height
    }

    /// This canvas on the screen.
    pub fn area(&self) -> Rect {
        self.area
    }

    /// A part of it; what reaches outside is cut off.
    pub fn part(&mut self, x: u16, y: u16, width: u16, height: u16) -> Canvas<'_> {
        let left = self.area.x.saturating_add(x);
        let top = self.area.y.saturating_add(y);
        let area = Rect::new(left, top, width, height).intersection(self.area);
        Canvas { buffer: self.buffer, scene: self.scene, area, theme: self.theme }
    }

    /// Everything below the first `rows`.
    pub fn below(&mut self, rows: u16) -> Canvas<'_> {
        let (width, height) = (self.width(), self.height());
        self.part(0, rows, width, height.saturating_sub(rows))
    }

    /// Puts a text; what does not fit is marked with `…`. Returns the column after it.
    pub fn put(&mut self, x: u16, y: u16, role: Role, written: &str) -> u16 {
        self.put_within(x, y, self.width().saturating_sub(x), role, written)
    }

    /// Puts a text into at most `cells`.
    pub fn put_within(&mut self, x: u16, y: u16, cells: u16, role: Role, written: &str) -> u16 {
        let room = cells.min(self.width().saturating_sub(x));
        let clean = text::clean(written);
        let shown = text::cut(&clean, usize::from(room));
        self.cells(x, y, room, role, &shown)
    }

    /// Puts pieces after one another; what does not fit is marked with `…`. Returns the column after them.
    pub fn row(&mut self, x: u16, y: u16, row: &Row) -> u16 {
        let room = self.width().saturating_sub(x);
        let clean: Vec<(Role, Cow<str>)> = row.iter().map(|(role, it)| (*role, text::clean(it))).collect();
        let total: usize = clean.iter().map(|(_, it)| text::width(it)).sum();
        let fits = total <= usize::from(room);
        let end = x + if fits { room } else { room.saturating_sub(1) };
        let mut at = x;
        let mut last = Role::Plain;
        for (role, piece) in &clean {
            let wide = text::width(piece) as u16;
            at = self.cells(at, y, end.saturating_sub(at), *role, piece);
            last = *role;
            if !fits && end.saturating_sub(at) < wide && end <= at + 1 {
                break;
            }
        }
        if fits { at } else { self.cells(at, y, 1, last, "…") }
    }

    /// Writes the clean text into at most `cells` cells; the only place where a symbol reaches the buffer.
    fn cells(&mut self, x: u16, y: u16, cells: u16, role: Role, clean: &str) -> u16 {
        let end = x.saturating_add(cells).min(self.width());
        if self.height() <= y {
            return x;
        }
        let style = self.theme.style(role);
        let mut at = x;
        if clean.is_ascii() {
            // Most of what is drawn: one byte, one cell.
            let shown = usize::from(end.saturating_sub(at)).min(clean.len());
            for byte in 0..shown {
                self.cell(at, y, &clean[byte..byte + 1], style);
                at += 1;
            }
            return at;
        }
        for grapheme in clean.graphemes(true) {
            let wide = text::cell_width(grapheme) as u16;
            if wide == 0 {
                continue;
            }
            if end < at + wide {
                break;
            }
            let grapheme = if self.theme.unicode { grapheme } else { plain(grapheme) };
            self.cell(at, y, grapheme, style);
            if wide == 2
                && let Some(cell) = self.buffer.cell_mut((self.area.x + at + 1, self.area.y + y))
            {
                cell.reset();
            }
            at += wide;
        }
        at
    }

    fn cell(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((self.area.x + x, self.area.y + y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// Puts a text against the right edge.
    pub fn right(&mut self, y: u16, role: Role, written: &str) {
        let wide = text::width(&text::clean(written)) as u16;
        self.put(self.width().saturating_sub(wide), y, role, written);
    }

    /// Repeats a one-cell text over a stretch of a line.
    pub fn fill(&mut self, x: u16, y: u16, cells: u16, role: Role, symbol: &str) {
        let style = self.theme.style(role);
        let symbol = if self.theme.unicode { symbol } else { plain(symbol) };
        for column in x..x.saturating_add(cells).min(self.width()) {
            if y < self.height()
                && let Some(cell) = self.buffer.cell_mut((self.area.x + column, self.area.y + y))
            {
                cell.set_symbol(symbol).set_style(style);
            }
        }
    }

    /// Gives cells that are drawn already another look.
    pub fn restyle(&mut self, x: u16, y: u16, cells: u16, role: Role) {
        let style = self.theme.style(role);
        for column in x..x.saturating_add(cells).min(self.width()) {
            if y < self.height()
                && let Some(cell) = self.buffer.cell_mut((self.area.x + column, self.area.y + y))
            {
                cell.set_style(style);
            }
        }
    }

    /// Adds an attribute to cells that are drawn already: the underline of a problem, a reversed selection.
    pub fn modify(&mut self, x: u16, y: u16, cells: u16, modifier: Modifier) {
        for column in x..x.saturating_add(cells).min(self.width()) {
            if y < self.height()
                && let Some(cell) = self.buffer.cell_mut((self.area.x + column, self.area.y + y))
            {
                cell.modifier.insert(modifier);
            }
        }
    }

    /// Empties it: what lies under an overlay must not show through.
    pub fn clear(&mut self) {
        for y in self.area.top()..self.area.bottom() {
            for x in self.area.left()..self.area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// A border with a title; returns what is inside.
    pub fn framed(&mut self, title: &Row, focused: bool) -> Canvas<'_> {
        let (width, height) = (self.width(), self.height());
        let role = if focused { Role::Focus } else { Role::Border };
        let set = self.theme.border();
        if width < 2 || height < 2 {
            return self.part(0, 0, 0, 0);
        }
        self.fill(1, 0, width - 2, role, set.horizontal_top);
        self.fill(1, height - 1, width - 2, role, set.horizontal_bottom);
        for y in 1..height - 1 {
            self.fill(0, y, 1, role, set.vertical_left);
            self.fill(width - 1, y, 1, role, set.vertical_right);
        }
        self.fill(0, 0, 1, role, set.top_left);
        self.fill(width - 1, 0, 1, role, set.top_right);
        self.fill(0, height - 1, 1, role, set.bottom_left);
        self.fill(width - 1, height - 1, 1, role, set.bottom_right);
        if 4 < width && !title.is_empty() {
            let mut top = self.part(2, 0, width - 4, 1);
            let end = top.row(1, 0, title);
            top.put(0, 0, Role::Plain, " ");
            top.put(end, 0, Role::Plain, " ");
        }
        self.part(1, 1, width - 2, height - 2)
    }

    /// Says what a click on a part of it means.
    pub fn hit(&mut self, x: u16, y: u16, width: u16, height: u16, message: Message) {
        let area = self.part(x, y, width, height).area;
        if !area.is_empty() {
            self.scene.hits.push((area, message));
        }
    }

    /// Shows the cursor.
    pub fn cursor(&mut self, x: u16, y: u16) {
        if x < self.width() && y < self.height() {
            self.scene.cursor = Some((self.area.x + x, self.area.y + y));
        }
    }
}

/// The stand-in of a symbol where the terminal knows ASCII only.
fn plain(symbol: &str) -> &str {
    match symbol {
        it if it.is_ascii() => it,
        "…" => "~",
        "─" | "━" | "╌" | "–" => "-",
        "│" | "┃" | "▏" => "|",
        "▶" | "→" | "▸" => ">",
        "▼" | "↓" | "▾" => "v",
        "·" | "•" => ".",
        "×" => "x",
        "█" => "#",
        "░" => ".",
        _ => "?",
    }
}
