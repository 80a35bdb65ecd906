//! What was changed, in steps that a person would undo at once: a word, a paste, a replaced selection.

use crate::tui::editor::{Kind, Place, end_of};

/// Steps kept; older ones are forgotten.
const STEPS_MAX: usize = 2000;

/// One change of the text.
#[derive(Clone, Debug)]
pub struct Change {
    pub at: Place,
    pub removed: String,
    pub written: String,
    /// Cursor and anchor before it.
    pub before: (Place, Option<Place>),
    /// The cursor after it.
    pub after: Place,
}

/// The steps behind and the steps undone.
#[derive(Clone, Debug, Default)]
pub struct History {
    behind: Vec<Vec<Change>>,
    ahead: Vec<Vec<Change>>,
    /// The kind of the newest step while it may still grow.
    open: Option<Kind>,
    moves: u64,
}

impl History {
    /// Notes a change, as part of the newest step where the two belong together.
    pub fn push(&mut self, change: Change, kind: Kind) {
        self.moves += 1;
        self.ahead.clear();
        let joins = self.open == Some(kind)
            && self.behind.last().and_then(|it| it.last()).is_some_and(|last| belongs(last, &change, kind));
        match self.behind.last_mut() {
            Some(step) if joins => step.push(change),
            _ => self.behind.push(vec![change]),
        }
        if STEPS_MAX < self.behind.len() {
            self.behind.remove(0);
        }
        self.open = Some(kind);
    }

    /// Ends the newest step: what follows is a step of its own.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// The newest step, to be undone from its end.
    pub fn back(&mut self) -> Vec<Change> {
        self.open = None;
        let Some(step) = self.behind.pop() else { return Vec::new() };
        self.moves += 1;
        self.ahead.push(step.clone());
        step
    }

    /// The step undone last, to be done again.
    pub fn forth(&mut self) -> Vec<Change> {
        self.open = None;
        let Some(step) = self.ahead.pop() else { return Vec::new() };
        self.moves += 1;
        self.behind.push(step.clone());
        step
    }

    /// Grows with every change, undo and redo.
    pub fn moves(&self) -> u64 {
        self.moves
    }
}

fn belongs(last: &Change, next: &Change, kind: Kind) -> bool {
    match kind {
        Kind::Whole => false,
        Kind::Delete => next.after == last.at || end_of(next.at, &next.removed) == last.at,
        Kind::Type => {
            let ends_word = next.written.trim().is_empty() && !last.written.trim().is_empty();
            last.after == next.at && next.removed.is_empty() && !ends_word && !next.written.contains('\n')
        }
    }
}
