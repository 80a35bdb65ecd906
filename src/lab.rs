//! One learner's world, and the only door to it.
//!
//! A [`Lab`] is a [`Sim`] with its [`Journal`]: commands go in through [`Lab::apply`], time through
//! [`Lab::advance`], and a [`View`] comes out. Because every command is in the journal, undoing, branching
//! and resuming are replays, made short by copies of the world kept from before recent commands.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::seed::Seed;
use crate::base::time::{Span, Timestamp};
use crate::cloud::Principal;
use crate::cloud::iam::looks_real;
use crate::lab::journal::{Entry, Journal, LEARNER};
use crate::lab::view::{Done, Refusal, View};
use crate::sim::Sim;
use crate::sim::command::Command;
use crate::sql::bind::Catalog;
use crate::sql::diag::Diagnostic;
use crate::template::{Mode, Template};

pub mod journal;
mod look;
pub mod view;

pub use look::{ObjectText, series};

/// Outcomes of commands that a lab remembers for people to look at.
const HISTORY_MAX: usize = 200;
/// Copies of the world from before recent commands; undoing further back replays from the start.
const UNDO_COPIES_MAX: usize = 24;

/// What a world begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub seed: Seed,
    pub start: Timestamp,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: Seed::default(), start: Timestamp::OPENING }
    }
}

/// One learner's world.
#[derive(Clone, Debug)]
pub struct Lab {
    sim: Sim,
    journal: Journal,
    history: VecDeque<Done>,
    /// The world just before each of the newest commands, oldest first.
    before: VecDeque<Before>,
    check_laws: bool,
}

#[derive(Clone, Debug)]
struct Before {
    /// How many entries the journal had.
    entries: usize,
    sim: Sim,
}

/// A world as bytes, with the part of the journal it comes from.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    format: u32,
    journal: Journal,
    history: VecDeque<SavedDone>,
    sim: Sim,
}

/// A remembered outcome, without the places of its errors.
#[derive(Serialize, Deserialize)]
struct SavedDone {
    at: Timestamp,
    command: String,
    outcome: Result<String, (String, String, Option<String>)>,
}

/// Grows whenever what a checkpoint holds changes; another number is not read.
const CHECKPOINT_FORMAT: u32 = 1;

impl Lab {
    pub fn open(settings: Settings) -> Self {
        Self {
            sim: Sim::open(settings.seed, settings.start),
            journal: Journal::new(settings.seed, settings.start),
            history: VecDeque::new(),
            before: VecDeque::new(),
            check_laws: false,
        }
    }

    /// Checks every law after every step of time from now on: for tests, where a broken sum must stop
    /// the run at the moment it breaks.
    pub fn checking_laws(mut self) -> Self {
        self.check_laws = true;
        self
    }

    /// Makes the world of a journal: its commands at their moments, then time up to `until`.
    pub fn replay(journal: &Journal, until: Timestamp) -> Self {
        let mut lab = Self::open(Settings { seed: journal.seed, start: journal.start });
        lab.follow(&journal.entries);
        lab.advance_to(until.max(lab.now()));
        lab
    }

    /// As [`Lab::replay`], from a checkpoint where it fits the journal: bytes that do not are passed over. A
    /// checkpoint of a later moment than `until` is where the world goes on.
    pub fn resume(journal: &Journal, checkpoint: Option<&[u8]>, until: Timestamp) -> Self {
        let saved = checkpoint.and_then(|it| Self::thaw(it, journal));
        // The world of a checkpoint was lived through, also where the clock's file was lost; only a command
        // from before its moment that it does not know speaks against it.
        let next = |it: &Self| journal.entries.get(it.journal.entries.len()).map(|it| it.at);
        let Some(mut lab) = saved.filter(|it| next(it).is_none_or(|at| it.now() <= at)) else {
            return Self::replay(journal, until);
        };
        let known = lab.journal.entries.len();
        lab.follow(&journal.entries[known..]);
        lab.advance_to(until.max(lab.now()));
        lab
    }

    fn follow(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.advance_to(entry.at.max(self.now()));
            // The outcome is part of the world again; a refusal was a refusal the first time too.
            let _ = self.carry_out(entry.clone());
        }
    }

    fn thaw(bytes: &[u8], journal: &Journal) -> Option<Self> {
        let saved: Checkpoint = postcard::from_bytes(bytes).ok()?;
        let fits = saved.format == CHECKPOINT_FORMAT
            && saved.journal.seed == journal.seed
            && saved.journal.start == journal.start
            && journal.entries.starts_with(&saved.journal.entries);
        if !fits {
            return None;
        }
        let mut sim = saved.sim;
        sim.rebuild();
        let history = saved.history.into_iter().map(SavedDone::into_done).collect();
        Some(Self { sim, journal: saved.journal, history, before: VecDeque::new(), check_laws: false })
    }

    /// The world as bytes that [`Lab::resume`] reads, so that a long journal need not be replayed.
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut sim = self.sim.clone();
        sim.prepare_checkpoint();
        let history = self.history.iter().map(SavedDone::of).collect();
        let saved = Checkpoint { format: CHECKPOINT_FORMAT, journal: self.journal.clone(), history, sim };
        postcard::to_allocvec(&saved).unwrap_or_default()
    }

    /// A digest of the whole world: equal for equal worlds.
    pub fn digest(&self) -> String {
        use md5::Digest as _;
        let mut sim = self.sim.clone();
        sim.prepare_checkpoint();
        let bytes = postcard::to_allocvec(&sim).unwrap_or_default();
        md5::Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn now(&self) -> Timestamp {
        self.sim.now()
    }

    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Carries out a command of the learner and writes it into the journal, refused or not.
    ///
    /// # Errors
    /// The service's refusal. Something that looks like a real key is refused before anything is kept.
    pub fn apply(&mut self, command: Command) -> Result<String, Refusal> {
        if looks_real(&command.to_string()) {
            return Err(Refusal {
                code: "RealCredentials".to_owned(),
                message: "That looks like a real AWS key. This simulator never needs one.".to_owned(),
                hint: Some("If it is real and you pasted it by accident, treat it as exposed.".to_owned()),
                diagnostics: Vec::new(),
            });
        }
        self.before.push_back(Before { entries: self.journal.entries.len(), sim: self.sim.clone() });
        if self.before.len() > UNDO_COPIES_MAX {
            self.before.pop_front();
        }
        self.carry_out(Entry { at: self.now(), principal: LEARNER.to_owned(), command })
    }

    fn carry_out(&mut self, entry: Entry) -> Result<String, Refusal> {
        let outcome = self.sim.apply(&Principal::Root, &entry.command).map_err(look::refused);
        let done = Done { at: entry.at, command: entry.command.to_string(), outcome: outcome.clone() };
        self.history.push_back(done);
        if self.history.len() > HISTORY_MAX {
            self.history.pop_front();
        }
        self.journal.entries.push(entry);
        outcome
    }

    /// Lets virtual time pass.
    pub fn advance(&mut self, span: Span) {
        self.advance_to(self.now() + span);
    }

    pub fn advance_to(&mut self, end: Timestamp) {
        self.advance_while(end, || true);
    }

    /// Lets time pass up to `end`, or until `go_on` says it is enough; answers whether `end` was reached.
    pub fn advance_while(&mut self, end: Timestamp, mut go_on: impl FnMut() -> bool) -> bool {
        let check = self.check_laws;
        self.sim.advance_while(end, |sim| {
            if check {
                sim.assert_laws();
            }
            go_on()
        })
    }

    /// Takes back the newest command: the world is as it was at the moment before it was given, and the
    /// journal ends there. Answers with the command taken back.
    pub fn undo(&mut self) -> Option<Command> {
        let undone = self.journal.entries.pop()?;
        let entries = self.journal.entries.len();
        while self.before.back().is_some_and(|it| it.entries > entries) {
            self.before.pop_back();
        }
        self.history.pop_back();
        self.sim = match self.before.pop_back().filter(|it| it.entries == entries) {
            Some(before) => before.sim,
            None => Self::replay(&self.journal, undone.at).sim,
        };
        Some(undone.command)
    }

    /// A copy of this world that goes its own way.
    pub fn branch(&self) -> Lab {
        Lab { before: VecDeque::new(), ..self.clone() }
    }

    pub fn view(&self) -> View {
        look::view(self)
    }

    /// Everything to say about an application's code as it is being typed.
    pub fn check_sql(&self, app: &str, code: &str) -> Vec<Diagnostic> {
        self.sim.analytics.app(app).map(|it| it.check(code)).unwrap_or_default()
    }

    /// The sources that code of this application may read.
    pub fn sql_catalog(&self, app: &str) -> Catalog {
        self.sim.analytics.app(app).map(|it| it.catalog()).unwrap_or_default()
    }

    /// Everything to say about a record template as it is being typed.
    pub fn check_template(&self, text: &str) -> Vec<Diagnostic> {
        match Template::compile(text, Mode::Tolerant) {
            Ok(template) => template.notes().to_vec(),
            Err(diagnostics) => diagnostics,
        }
    }

    /// Changes of buckets since the last call, for the files that mirror them.
    pub fn take_changes(&mut self) -> Vec<crate::cloud::s3::S3Change> {
        self.sim.cloud.s3.take_changes()
    }
}

impl SavedDone {
    fn of(done: &Done) -> Self {
        let outcome = done.outcome.clone();
        let outcome = outcome.map_err(|it| (it.code, it.message, it.hint));
        Self { at: done.at, command: done.command.clone(), outcome }
    }

    fn into_done(self) -> Done {
        let outcome = self.outcome.map_err(|(code, message, hint)| Refusal {
            code,
            message,
            hint,
            diagnostics: Vec::new(),
        });
        Done { at: self.at, command: self.command, outcome }
    }
}
