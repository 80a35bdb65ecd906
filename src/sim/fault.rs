//! What can be broken on purpose, and since when it is.

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;
use crate::sim::command::Command;

/// The faults that are switched on, by the command that did it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Faults {
    pub on: Vec<(Command, Timestamp)>,
}

impl Faults {
    /// Remembers a fault; the same kind replaces what was set before.
    pub fn switch_on(&mut self, command: Command, now: Timestamp) {
        self.on.retain(|(it, _)| std::mem::discriminant(it) != std::mem::discriminant(&command));
        self.on.push((command, now));
    }

    /// Forgets the fault called `name`; answers whether it was on.
    pub fn switch_off(&mut self, name: &str) -> bool {
        let before = self.on.len();
        self.on.retain(|(it, _)| fault_name(it) != Some(name));
        self.on.len() < before
    }
}

/// What `repair` calls the fault that a command switches on.
pub fn fault_name(command: &Command) -> Option<&'static str> {
    match command {
        Command::FaultDuplicates { .. } => Some("duplicates"),
        _ => None,
    }
}
