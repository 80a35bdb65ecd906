//! One table of keys: key, place, what it means now, label, one line of help.
//!
//! Footer, help page and the meaning of a key press all come from [`BINDINGS`], so that what is shown
//! works and what works is shown. A binding that means nothing now (no producer to stop) is not shown.
//! Chords that terminals or multiplexers swallow are never the only way to anything.

use std::fmt;

use crate::lab::view::View;
use crate::tui::model::{Model, Overlay, Pane};
use crate::tui::update::Message;

mod table;

pub use table::{BINDINGS, faces};

/// A key, whatever terminal it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

impl Key {
    pub const fn new(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    pub const fn letter(letter: char) -> Self {
        Self::new(Code::Char(letter))
    }

    pub const fn ctrl(letter: char) -> Self {
        Self { ctrl: true, ..Self::letter(letter) }
    }

    pub const fn alt(code: Code) -> Self {
        Self { alt: true, ..Self::new(code) }
    }

    pub const fn with_ctrl(code: Code) -> Self {
        Self { ctrl: true, ..Self::new(code) }
    }

    /// The key with shift left out where the letter already tells it.
    fn plain(self) -> Self {
        match self.code {
            Code::Char(_) => Self { shift: false, ..self },
            _ => self,
        }
    }
}

/// `Ctrl-P`, `Alt-Enter`, `F5`, `?`.
impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                out.write_str(name)?;
            }
        }
        match self.code {
            Code::Char(' ') => out.write_str("Space"),
            Code::Char(letter) if self.ctrl => write!(out, "{}", letter.to_ascii_uppercase()),
            Code::Char(letter) => write!(out, "{letter}"),
            Code::F(number) => write!(out, "F{number}"),
            Code::Up => out.write_str("↑"),
            Code::Down => out.write_str("↓"),
            Code::Left => out.write_str("←"),
            Code::Right => out.write_str("→"),
            Code::BackTab => out.write_str("Shift-Tab"),
            Code::PageUp => out.write_str("PgUp"),
            Code::PageDown => out.write_str("PgDn"),
            Code::Delete => out.write_str("Del"),
            other => write!(out, "{other:?}"),
        }
    }
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In every pane, unless a text is being written or an overlay is open.
    Everywhere,
    Pane(Pane),
    /// While a text is being written.
    Writing,
    /// While the SQL editor offers what may be written.
    Offers,
    Palette,
    Form,
    Search,
    Help,
    Quit,
}

impl Place {
    pub fn title(self) -> &'static str {
        match self {
            Place::Everywhere => "Everywhere",
            Place::Pane(pane) => pane.title(),
            Place::Writing => "While writing",
            Place::Offers => "While offers are shown",
            Place::Palette => "Palette",
            Place::Form => "Forms",
            Place::Search => "Search",
            Place::Help => "Help and answers",
            Place::Quit => "Leaving",
        }
    }
}

/// One entry of the table.
pub struct Binding {
    /// The first one is shown.
    pub keys: &'static [Key],
    pub place: Place,
    /// A word or two for the footer.
    pub label: &'static str,
    /// A line for the help page.
    pub about: &'static str,
    /// What it means now; `None` if nothing.
    pub message: fn(&Model, &View) -> Option<Message>,
}

/// Where the keys go now, first place first.
pub fn places(model: &Model) -> Vec<Place> {
    match model.overlays.last() {
        Some(Overlay::Help { .. } | Overlay::Text { .. }) => vec![Place::Help],
        Some(Overlay::Palette(_)) => vec![Place::Palette],
        Some(Overlay::Form(_)) => vec![Place::Form],
        Some(Overlay::Search(_)) => vec![Place::Search],
        Some(Overlay::Quit) => vec![Place::Quit],
        None if model.writing && model.popup.is_some() => vec![Place::Offers, Place::Writing],
        None if model.writing => vec![Place::Writing],
        None => vec![Place::Pane(model.focus), Place::Everywhere],
    }
}

/// What a key means now.
pub fn meaning(key: Key, model: &Model, view: &View) -> Option<Message> {
    let key = key.plain();
    for place in places(model) {
        let here = BINDINGS.iter().filter(|it| it.place == place && it.keys.contains(&key));
        if let Some(message) = here.filter_map(|it| (it.message)(model, view)).next() {
            return Some(message);
        }
    }
    None
}

/// The bindings that mean something now, nearest place first.
pub fn useful(model: &Model, view: &View) -> Vec<(&'static Binding, Message)> {
    let mut found = Vec::new();
    for place in places(model) {
        for binding in BINDINGS.iter().filter(|it| it.place == place && !it.label.is_empty()) {
            if let Some(message) = (binding.message)(model, view) {
                found.push((binding, message));
            }
        }
    }
    found
}
