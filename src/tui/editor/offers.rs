//! The offers of the SQL editor: a list under the cursor, with what is known of the chosen one below it.

use std::ops::Range;

use crate::sql::assist::{Catalog, Completion, complete, format};
use crate::tui::canvas::{Canvas, row};
use crate::tui::editor::Editor;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::update::Message;
use crate::tui::view::parts;

/// Rows of the list, and lines about the chosen offer.
const SHOWN: usize = 6;
const ABOUT: usize = 4;
/// The widest and the narrowest it is drawn.
const WIDTH: u16 = 64;
const WIDTH_MIN: u16 = 40;

/// What may be written at the cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offers {
    pub list: Vec<Completion>,
    pub chosen: usize,
}

impl Offers {
    /// The offers at the editor's cursor; `None` if there are none. With `typing` only while a word is being
    /// written, and not once it is whole.
    pub fn at(editor: &Editor, catalog: &Catalog, typing: bool) -> Option<Self> {
        let (text, cursor) = (editor.text(), editor.offset(editor.cursor()));
        let behind_point = text[..cursor].ends_with('.');
        let list = complete(&text, cursor, catalog);
        let first = list.first()?;
        let word = text.get(first.replace.clone()).unwrap_or("");
        let whole = first.insert.eq_ignore_ascii_case(word) && !word.is_empty();
        let idle = word.is_empty() && !behind_point;
        if typing && (whole || idle) { None } else { Some(Self { list, chosen: 0 }) }
    }

    /// Chooses another one; from the last on to the first.
    pub fn choose(&mut self, by: isize) {
        let count = self.list.len().max(1) as isize;
        self.chosen = (self.chosen as isize + by).rem_euclid(count) as usize;
    }

    /// What taking the chosen offer writes, and where.
    pub fn taken(&self) -> Option<(Range<usize>, String)> {
        self.list.get(self.chosen).map(|it| (it.replace.clone(), it.insert.clone()))
    }
}

/// The whole text in the house layout, and where its cursor goes; `None` if nothing of it can be read.
pub fn laid_out(editor: &Editor) -> Option<(String, usize)> {
    let (text, cursor) = (editor.text(), editor.offset(editor.cursor()));
    let out = format(&text).ok()?;
    // As many letters stand before the cursor as before.
    let letters = text[..cursor].chars().filter(|it| !it.is_whitespace()).count();
    let mut seen = out.char_indices().filter(|(_, it)| !it.is_whitespace());
    let at = match letters.checked_sub(1) {
        Some(last) => seen.nth(last).map_or(out.len(), |(at, it)| at + it.len_utf8()),
        None => 0,
    };
    Some((out, at))
}

/// Draws the offers below the cursor, or above it where there is more room.
pub fn draw(canvas: &mut Canvas, offers: &Offers, cursor: (u16, u16)) {
    let Some(chosen) = offers.list.get(offers.chosen) else { return };
    let width = WIDTH.min(canvas.width()).max(WIDTH_MIN.min(canvas.width()));
    let inside = usize::from(width.saturating_sub(4));
    let mut about: Vec<String> = Vec::new();
    for line in std::iter::once(chosen.detail.as_str()).chain(chosen.doc.lines()) {
        about.extend(text::wrap(line, inside).into_iter().filter(|it| !it.is_empty()));
    }
    about.truncate(ABOUT);
    let shown = offers.list.len().min(SHOWN);
    let height = (shown + about.len() + 2 + usize::from(!about.is_empty())) as u16;
    let below = canvas.height().saturating_sub(cursor.1 + 1);
    let top = if height <= below { cursor.1 + 1 } else { cursor.1.saturating_sub(height) };
    let left = cursor.0.min(canvas.width().saturating_sub(width));
    let mut part = canvas.part(left, top, width, height);
    part.clear();
    let title = row![Dim format!("{} of {}", offers.chosen + 1, offers.list.len())];
    let _ = part.framed(&title, true);
    let mut inner = canvas.part(left + 2, top + 1, width.saturating_sub(4), height.saturating_sub(2));
    let first = parts::top_of(offers.chosen, offers.list.len(), shown);
    for (y, (at, offer)) in offers.list.iter().enumerate().skip(first).take(shown).enumerate() {
        let (y, room) = (y as u16, inner.width());
        let end = inner.put_within(0, y, room, Role::Plain, &offer.label);
        if end + 2 < room && offer.detail != offer.label {
            inner.put_within(end + 2, y, room - end - 2, Role::Dim, &offer.detail);
        }
        if at == offers.chosen {
            inner.restyle(0, y, room, Role::Selected);
        }
        inner.hit(0, y, room, 1, Message::PickSql(at));
    }
    let wide = inner.width();
    inner.fill(0, shown as u16, wide, Role::Border, "─");
    for (y, line) in about.iter().enumerate() {
        inner.put(0, (shown + 1 + y) as u16, Role::Plain, line);
    }
}
