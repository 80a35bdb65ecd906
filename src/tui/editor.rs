//! The editor for SQL and record templates: a text, a cursor that moves by visible characters, a selection.
//!
//! A position is a row and a byte of that row, always between two visible characters. Every change goes
//! through [`Editor::replace`], which records what was removed and what was written
//! (`editor/history.rs`), so that undo knows nothing of keys. Drawing (`editor/draw.rs`) merges
//! token colours, problems and the selection; it changes nothing.

use unicode_segmentation::UnicodeSegmentation;

use crate::tui::text;

pub mod check;
mod draw;
mod history;
pub mod offers;

pub use draw::draw;
use history::{Change, History};

/// How wide a tab is drawn.
const TAB: usize = 4;

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub row: usize,
    /// Bytes before it in the row; never inside a visible character.
    pub byte: usize,
}

/// What belongs together when it is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Type,
    Delete,
    /// A paste, a cut, a replacement: one step of its own.
    Whole,
}

/// Where the cursor goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Left,
    Right,
    Up,
    Down,
    WordLeft,
    WordRight,
    LineStart,
    LineEnd,
    PageUp,
    PageDown,
    Start,
    End,
}

/// What a key does to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Insert(String),
    /// A paste: line ends of any kind become `\n`, and the whole is one step of undo.
    Paste(String),
    /// A line end, with the indentation of the line above.
    Newline,
    Backspace,
    Delete,
    DeleteWordLeft,
    DeleteWordRight,
    Move(Motion, bool),
    SelectAll,
    Undo,
    Redo,
}

/// A text being written.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    /// At least one, without line ends.
    lines: Vec<String>,
    cursor: Place,
    /// The other end of the selection.
    anchor: Option<Place>,
    /// The column that moves up and down try to keep.
    goal: Option<usize>,
    history: History,
    /// The first row and column shown.
    top: usize,
    left: usize,
    /// Rows and columns of the pane it was last drawn in.
    room: (usize, usize),
}

impl Editor {
    pub fn new(text: &str) -> Self {
        let lines = unix(text).split('\n').map(String::from).collect();
        Self { lines, room: (10, 60), ..Self::default() }
    }

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    pub fn cursor(&self) -> Place {
        self.cursor
    }

    /// Both ends of the selection in order, if something is selected.
    pub fn selection(&self) -> Option<(Place, Place)> {
        let anchor = self.anchor.filter(|&it| it != self.cursor)?;
        Some((anchor.min(self.cursor), anchor.max(self.cursor)))
    }

    pub fn selected_text(&self) -> Option<String> {
        self.selection().map(|(from, to)| self.slice(from, to))
    }

    /// Whether the text of the editor is this one.
    pub fn holds(&self, text: &str) -> bool {
        let mut lines = text.split('\n');
        self.lines.iter().all(|it| lines.next() == Some(it.as_str())) && lines.next().is_none()
    }

    /// Carries out an edit; says whether the text changed.
    pub fn edit(&mut self, edit: Edit) -> bool {
        let before = self.history.moves();
        match edit {
            Edit::Insert(text) => self.insert(&text, Kind::Type),
            Edit::Paste(text) => self.insert(&unix(&text), Kind::Whole),
            Edit::Newline => {
                let row = &self.lines[self.cursor.row];
                let indent: String = row.chars().take_while(|it| matches!(it, ' ' | '\t')).collect();
                let indent = if self.cursor.byte < indent.len() { String::new() } else { indent };
                self.insert(&format!("\n{indent}"), Kind::Type);
            }
            Edit::Backspace => self.delete(Motion::Left),
            Edit::Delete => self.delete(Motion::Right),
            Edit::DeleteWordLeft => self.delete(Motion::WordLeft),
            Edit::DeleteWordRight => self.delete(Motion::WordRight),
            Edit::Move(motion, select) => self.go(motion, select),
            Edit::SelectAll => {
                self.anchor = Some(Place::default());
                self.put_cursor(self.end());
            }
            Edit::Undo => self.undo(),
            Edit::Redo => self.redo(),
        }
        self.show_cursor();
        before != self.history.moves()
    }

    /// Puts the cursor at a cell of the pane: a click, or with `select` a drag.
    pub fn click(&mut self, row: usize, column: usize, select: bool) {
        let place = self.at_column((self.top + row).min(self.lines.len() - 1), self.left + column);
        self.history.close();
        if select {
            self.anchor.get_or_insert(self.cursor);
        } else {
            self.anchor = None;
        }
        self.put_cursor(place);
        self.show_cursor();
    }

    /// Moves what is shown without moving the cursor: the mouse wheel.
    pub fn scroll(&mut self, down: bool) {
        let last = self.lines.len().saturating_sub(1);
        self.top = if down { (self.top + 3).min(last) } else { self.top.saturating_sub(3) };
    }

    /// Notes the size of the pane it is drawn in.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        let room = (usize::from(rows.max(1)), usize::from(columns.max(1)));
        if self.room != room {
            self.room = room;
            self.show_cursor();
        }
    }

    /// The byte of the whole text where a place lies.
    pub fn offset(&self, place: Place) -> usize {
        self.lines[..place.row].iter().map(|it| it.len() + 1).sum::<usize>() + place.byte
    }

    /// Goes to a byte of the whole text: to the place of a problem.
    pub fn go_to(&mut self, offset: usize) {
        let place = self.place_of(offset);
        self.history.close();
        self.anchor = None;
        self.put_cursor(place);
        self.show_cursor();
    }

    fn place_of(&self, offset: usize) -> Place {
        let mut rest = offset;
        let mut row = 0;
        while row + 1 < self.lines.len() && self.lines[row].len() < rest {
            rest -= self.lines[row].len() + 1;
            row += 1;
        }
        let mut byte = rest.min(self.lines[row].len());
        while !self.lines[row].is_char_boundary(byte) {
            byte -= 1;
        }
        Place { row, byte }
    }

    /// Writes a text in place of some bytes of the whole text, as one step of undo.
    pub fn put(&mut self, bytes: std::ops::Range<usize>, written: &str) {
        let (from, to) = (self.place_of(bytes.start), self.place_of(bytes.end.max(bytes.start)));
        self.history.close();
        self.replace(from, to, &unix(written), Kind::Whole);
        self.show_cursor();
    }

    /// The column of a place, in cells.
    pub fn column(&self, place: Place) -> usize {
        self.lines[place.row][..place.byte].graphemes(true).fold(0, |at, it| at + cells(it, at))
    }

    fn insert(&mut self, text: &str, kind: Kind) {
        let (from, to) = self.selection().unwrap_or((self.cursor, self.cursor));
        let kind = if from == to { kind } else { Kind::Whole };
        self.replace(from, to, text, kind);
    }

    fn delete(&mut self, motion: Motion) {
        if let Some((from, to)) = self.selection() {
            return self.replace(from, to, "", Kind::Whole);
        }
        let other = self.target(motion);
        let (from, to) = (other.min(self.cursor), other.max(self.cursor));
        self.replace(from, to, "", Kind::Delete);
    }

    fn go(&mut self, motion: Motion, select: bool) {
        self.history.close();
        // Without shift, an arrow first leaves the selection at the end it points to.
        if let (Some((from, to)), false) = (self.selection(), select)
            && matches!(motion, Motion::Left | Motion::Right)
        {
            self.anchor = None;
            return self.put_cursor(if motion == Motion::Left { from } else { to });
        }
        if select {
            self.anchor.get_or_insert(self.cursor);
        } else {
            self.anchor = None;
        }
        let vertical = matches!(motion, Motion::Up | Motion::Down | Motion::PageUp | Motion::PageDown);
        let goal = self.goal.unwrap_or_else(|| self.column(self.cursor));
        let target = self.target(motion);
        self.put_cursor(target);
        self.goal = vertical.then_some(goal);
    }

    fn put_cursor(&mut self, place: Place) {
        self.cursor = place;
        self.goal = None;
    }

    fn target(&self, motion: Motion) -> Place {
        let Place { row, byte } = self.cursor;
        let line = &self.lines[row];
        let page = self.room.0.saturating_sub(1).max(1);
        match motion {
            Motion::Left => self.before(self.cursor),
            Motion::Right => self.after(self.cursor),
            Motion::Up => self.vertical(row.checked_sub(1)),
            Motion::Down => self.vertical(Some(row + 1)),
            Motion::PageUp => self.vertical(Some(row.saturating_sub(page))),
            Motion::PageDown => self.vertical(Some((row + page).min(self.lines.len() - 1))),
            Motion::LineStart => {
                let indent = line.len() - line.trim_start().len();
                Place { row, byte: if byte == indent { 0 } else { indent } }
            }
            Motion::LineEnd => Place { row, byte: line.len() },
            Motion::Start => Place::default(),
            Motion::End => self.end(),
            Motion::WordLeft if byte == 0 => self.before(self.cursor),
            Motion::WordLeft => Place { row, byte: word_left(&line[..byte]) },
            Motion::WordRight if byte == line.len() => self.after(self.cursor),
            Motion::WordRight => Place { row, byte: byte + word_right(&line[byte..]) },
        }
    }

    fn vertical(&self, row: Option<usize>) -> Place {
        let goal = self.goal.unwrap_or_else(|| self.column(self.cursor));
        match row {
            None => Place::default(),
            Some(row) if row < self.lines.len() => self.at_column(row, goal),
            Some(_) => self.end(),
        }
    }

    /// The place of a row nearest to a column, at or before it.
    fn at_column(&self, row: usize, column: usize) -> Place {
        let mut at = 0;
        for (byte, grapheme) in self.lines[row].grapheme_indices(true) {
            let wide = cells(grapheme, at);
            if column < at + wide {
                return Place { row, byte };
            }
            at += wide;
        }
        Place { row, byte: self.lines[row].len() }
    }

    fn before(&self, place: Place) -> Place {
        match self.lines[place.row][..place.byte].grapheme_indices(true).next_back() {
            Some((byte, _)) => Place { byte, ..place },
            None if 0 < place.row => Place { row: place.row - 1, byte: self.lines[place.row - 1].len() },
            None => place,
        }
    }

    fn after(&self, place: Place) -> Place {
        match self.lines[place.row][place.byte..].graphemes(true).next() {
            Some(grapheme) => Place { byte: place.byte + grapheme.len(), ..place },
            None if place.row + 1 < self.lines.len() => Place { row: place.row + 1, byte: 0 },
            None => place,
        }
    }

    fn end(&self) -> Place {
        let row = self.lines.len() - 1;
        Place { row, byte: self.lines[row].len() }
    }

    fn slice(&self, from: Place, to: Place) -> String {
        if from.row == to.row {
            return self.lines[from.row][from.byte..to.byte].to_owned();
        }
        let mut text = self.lines[from.row][from.byte..].to_owned();
        for line in &self.lines[from.row + 1..to.row] {
            text.push('\n');
            text.push_str(line);
        }
        text.push('\n');
        text.push_str(&self.lines[to.row][..to.byte]);
        text
    }

    /// The one way to change the text by hand.
    fn replace(&mut self, from: Place, to: Place, written: &str, kind: Kind) {
        let removed = self.slice(from, to);
        if removed.is_empty() && written.is_empty() {
            return;
        }
        let before = (self.cursor, self.anchor);
        let after = self.splice(from, &removed, written);
        let change = Change { at: from, removed, written: written.to_owned(), before, after };
        self.history.push(change, kind);
        self.anchor = None;
        self.put_cursor(after);
    }

    /// Puts `written` where `removed` stands; returns the place after it.
    fn splice(&mut self, at: Place, removed: &str, written: &str) -> Place {
        let end = end_of(at, removed);
        let tail = self.lines[end.row].split_off(end.byte);
        self.lines.drain(at.row + 1..=end.row);
        self.lines[at.row].truncate(at.byte);
        let mut pieces = written.split('\n');
        self.lines[at.row].push_str(pieces.next().unwrap_or(""));
        let more: Vec<String> = pieces.map(String::from).collect();
        let last = at.row + more.len();
        self.lines.splice(at.row + 1..at.row + 1, more);
        let after = Place { row: last, byte: self.lines[last].len() };
        self.lines[last].push_str(&tail);
        after
    }

    fn undo(&mut self) {
        for change in self.history.back().into_iter().rev() {
            self.splice(change.at, &change.written, &change.removed);
            (self.cursor, self.anchor) = change.before;
            self.goal = None;
        }
    }

    fn redo(&mut self) {
        for change in self.history.forth() {
            self.splice(change.at, &change.removed, &change.written);
            self.anchor = None;
            self.put_cursor(change.after);
        }
    }

    /// Moves what is shown so that the cursor is in it.
    fn show_cursor(&mut self) {
        let (rows, columns) = self.room;
        self.top = self.top.clamp((self.cursor.row + 1).saturating_sub(rows), self.cursor.row);
        let column = self.column(self.cursor);
        self.left = self.left.clamp((column + 1).saturating_sub(columns), column);
    }
}

/// How many cells a visible character takes at a column.
fn cells(grapheme: &str, column: usize) -> usize {
    if grapheme == "\t" { TAB - column % TAB } else { text::width(&text::clean(grapheme)) }
}

/// The place after `text` written at `at`.
fn end_of(at: Place, text: &str) -> Place {
    match text.rfind('\n') {
        Some(last) => Place { row: at.row + text.matches('\n').count(), byte: text.len() - last - 1 },
        None => Place { row: at.row, byte: at.byte + text.len() },
    }
}

/// Line ends as `\n`: a terminal pastes them as `\r`, other systems write `\r\n`.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn word_left(before: &str) -> usize {
    let mut words = before.split_word_bound_indices().rev();
    words.find(|(_, word)| !word.trim().is_empty()).map_or(0, |(at, _)| at)
}

fn word_right(after: &str) -> usize {
    let mut words = after.split_word_bound_indices().skip_while(|(_, word)| word.trim().is_empty());
    words.next().map_or(after.len(), |(at, word)| at + word.len())
}

#[cfg(test)]
mod tests;
