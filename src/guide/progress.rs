//! What is proved, where the learner is, and which hints were read; kept between sittings.
//!
//! Progress latches: a step once proved stays proved. It is kept by the names of steps, so that a file
//! written before a step existed, or after one was renamed, still loads.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Step, Workshop};
use crate::base::time::Timestamp;
use crate::lab::view::View;

/// One learner's way through the workshop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The step the learner is on; the first one while empty.
    current: String,
    /// When each step was first proved.
    proved: BTreeMap<String, Timestamp>,
    /// When each step was first looked at.
    entered: BTreeMap<String, Timestamp>,
    /// How many of a step's four hints were read.
    hints: BTreeMap<String, u8>,
    /// Steps whose solution was filled in for the learner.
    filled: BTreeSet<String>,
}

impl Progress {
    /// Looks at the world: notes when the current step was entered, and latches every step that is proved
    /// now, so that a learner who works ahead or in another order loses nothing. Returns the ids of the
    /// steps proved by this look.
    pub fn observe(&mut self, workshop: &Workshop, view: &View) -> Vec<String> {
        let Some(current) = workshop.steps().get(self.position(workshop)) else { return Vec::new() };
        self.entered.entry(current.id.clone()).or_insert(view.now);
        let mut fresh = Vec::new();
        for step in workshop.steps() {
            if !self.proved.contains_key(&step.id) && step.verdict(view).done() {
                self.proved.insert(step.id.clone(), view.now);
                fresh.push(step.id.clone());
            }
        }
        fresh
    }

    /// The step the learner is on.
    pub fn current<'a>(&self, workshop: &'a Workshop) -> &'a Step {
        let at = self.position(workshop);
        &workshop.steps()[at]
    }

    /// Moves on one step; stays on the last.
    pub fn next(&mut self, workshop: &Workshop) {
        let at = (self.position(workshop) + 1).min(workshop.steps().len().saturating_sub(1));
        self.go_to(workshop, at);
    }

    /// Moves back one step; stays on the first.
    pub fn previous(&mut self, workshop: &Workshop) {
        let at = self.position(workshop).saturating_sub(1);
        self.go_to(workshop, at);
    }

    /// Jumps to a step; `false` if no step has this id.
    pub fn jump(&mut self, workshop: &Workshop, id: &str) -> bool {
        let Some(at) = workshop.position(id) else { return false };
        self.go_to(workshop, at);
        true
    }

    /// When the step was first proved.
    pub fn proved_at(&self, id: &str) -> Option<Timestamp> {
        self.proved.get(id).copied()
    }

    /// When the step was first the current one.
    pub fn entered_at(&self, id: &str) -> Option<Timestamp> {
        self.entered.get(id).copied()
    }

    /// How many steps are proved.
    pub fn proved_count(&self) -> usize {
        self.proved.len()
    }

    /// How many hints of the step were read, 0 to 4.
    pub fn hints_read(&self, id: &str) -> u8 {
        self.hints.get(id).copied().unwrap_or(0)
    }

    /// Goes one hint deeper; returns how many are read now.
    pub fn read_hint(&mut self, id: &str) -> u8 {
        let read = self.hints.entry(id.to_owned()).or_insert(0);
        *read = (*read + 1).min(4);
        *read
    }

    /// Notes that the solution was filled in, which reads all hints.
    pub fn fill_in(&mut self, id: &str) {
        self.hints.insert(id.to_owned(), 4);
        self.filled.insert(id.to_owned());
    }

    /// Whether the step's solution was filled in for the learner.
    pub fn filled_in(&self, id: &str) -> bool {
        self.filled.contains(id)
    }

    /// Hints read over all steps.
    pub fn hints_total(&self) -> u32 {
        self.hints.values().map(|&it| u32::from(it)).sum()
    }

    fn position(&self, workshop: &Workshop) -> usize {
        workshop.position(&self.current).unwrap_or(0)
    }

    fn go_to(&mut self, workshop: &Workshop, at: usize) {
        if let Some(step) = workshop.steps().get(at) {
            self.current = step.id.clone();
        }
    }
}
