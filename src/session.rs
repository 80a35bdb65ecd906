//! A sitting at the screen: one lab, its guide, and the workspace that keeps both.
//!
//! Every command is on disk before the next frame; how far time has come is written every second, and a
//! checkpoint now and then by a thread of its own, so that a killed program is back where it was at once.

use std::path::Path;
use std::thread::JoinHandle;

use crate::base::time::{Span, Timestamp};
use crate::guide::{self, Progress};
use crate::lab::view::{Refusal, View};
use crate::lab::{Lab, ObjectText};
use crate::sim::command::Command;
use crate::sql::assist::Catalog;
use crate::surroundings::Stopwatch;
use crate::tui::editor::check::Check;
use crate::tui::lesson::Lesson;
use crate::tui::model::GuideView;
use crate::tui::screen::Host;
use crate::workspace::{Workspace, WorkspaceError};

/// Real time between two writings of the clock.
const CLOCK_EVERY_MICROS: u64 = 1_000_000;
/// Virtual time after which a new checkpoint is worth its writing.
const CHECKPOINT_EVERY: Span = Span::from_secs(300);
/// Real time between two checkpoints at least: at full speed an hour passes in a second.
const CHECKPOINT_PAUSE_MICROS: u64 = 10_000_000;

/// One lab with everything around it.
pub struct Session {
    lab: Lab,
    workspace: Workspace,
    lesson: Lesson,
    clock: Stopwatch,
    clock_saved_at: u64,
    checkpoint_of: Timestamp,
    checkpoint_at: u64,
    writer: Option<JoinHandle<()>>,
    /// What could not be written, until it can.
    trouble: Option<String>,
}

impl Session {
    pub fn new(workspace: Workspace, lab: Lab) -> Self {
        let progress = workspace.load_progress().and_then(|it| serde_json::from_str::<Progress>(&it).ok());
        Self {
            checkpoint_of: lab.now(),
            lab,
            lesson: Lesson::new(progress.unwrap_or_default()),
            workspace,
            clock: Stopwatch::start(),
            clock_saved_at: 0,
            checkpoint_at: 0,
            writer: None,
            trouble: None,
        }
    }

    /// The folder of the workspace.
    pub fn dir(&self) -> &Path {
        self.workspace.dir()
    }

    /// Writes everything that is not on disk yet; the last thing before the program ends.
    pub fn save(&mut self) -> Result<(), WorkspaceError> {
        self.workspace.save_journal(self.lab.journal())?;
        self.save_files()?;
        self.workspace.save_clock(self.lab.now())?;
        self.save_progress()?;
        if let Some(writer) = self.writer.take() {
            // A checkpoint that failed only makes the next start slower.
            let _ = writer.join();
        }
        self.workspace.save_checkpoint(&self.lab.checkpoint())
    }

    fn save_progress(&self) -> Result<(), WorkspaceError> {
        let json = serde_json::to_string(self.lesson.progress()).unwrap_or_default();
        self.workspace.save_progress(&json)
    }

    fn save_files(&mut self) -> Result<(), WorkspaceError> {
        let changes = self.lab.take_changes();
        if changes.is_empty() && self.workspace.is_mirrored() {
            return Ok(());
        }
        self.workspace.mirror(changes)?;
        // A program killed now must not come back to a moment before the files it has written.
        self.workspace.save_clock(self.lab.now())
    }

    /// Keeps the disk up with the world while time passes.
    fn keep(&mut self) {
        let mut written = self.save_files();
        let now = self.clock.micros();
        if CLOCK_EVERY_MICROS <= now - self.clock_saved_at {
            self.clock_saved_at = now;
            written = written
                // What a full disk refused is tried again.
                .and_then(|()| self.workspace.save_journal(self.lab.journal()))
                .and_then(|()| self.workspace.save_clock(self.lab.now()))
                .and_then(|()| self.save_progress());
        }
        self.trouble = written.err().map(|error| error.to_string());
        self.checkpoint(now);
    }

    fn checkpoint(&mut self, now: u64) {
        let due = CHECKPOINT_EVERY <= self.lab.now() - self.checkpoint_of
            && CHECKPOINT_PAUSE_MICROS <= now - self.checkpoint_at;
        if !due || self.writer.as_ref().is_some_and(|it| !it.is_finished()) {
            return;
        }
        self.checkpoint_of = self.lab.now();
        self.checkpoint_at = now;
        let (lab, file) = (self.lab.branch(), self.workspace.checkpoint_file());
        let spawned = std::thread::Builder::new().name("checkpoint".to_owned()).spawn(move || {
            // Without it the next start replays more; nothing is lost.
            let _ = file.write(&lab.checkpoint());
        });
        self.writer = spawned.ok();
    }
}

impl Host for Session {
    fn view(&self) -> View {
        self.lab.view()
    }

    fn guide(&mut self, view: &View) -> GuideView {
        let mut guide = self.lesson.look(view);
        // First, since the strip has room for one: nothing matters more than work that is not saved.
        guide.warnings.splice(0..0, self.trouble.clone());
        guide
    }

    fn apply(&mut self, command: Command) -> Result<String, Refusal> {
        let outcome = self.lab.apply(command);
        let saved = self.workspace.save_journal(self.lab.journal()).and_then(|()| self.save_files());
        match (outcome, saved) {
            (outcome, Ok(())) => outcome,
            (Ok(text), Err(error)) => Ok(format!("{text}, but not saved: {error}")),
            (refused, Err(_)) => refused,
        }
    }

    fn undo(&mut self) -> Option<String> {
        let undone = self.lab.undo()?;
        // Changes of the world that was taken back are no news any more.
        self.lab.take_changes();
        self.workspace.remove_strays(&self.lab);
        let saved = self.workspace.replace_journal(self.lab.journal());
        self.trouble =
            saved.and_then(|()| self.workspace.save_clock(self.lab.now())).err().map(|it| it.to_string());
        self.checkpoint_of = self.lab.now();
        Some(undone.to_string())
    }

    fn advance(&mut self, target: Timestamp, go_on: &mut dyn FnMut() -> bool) {
        self.lab.advance_while(target, go_on);
        self.keep();
    }

    fn step(&mut self, forward: bool) {
        self.lesson.step(forward);
    }

    fn hint_read(&mut self) {
        self.lesson.hint_read();
    }

    fn filled_in(&mut self) {
        self.lesson.filled_in();
    }

    fn holds(&self, target: &str, view: &View) -> bool {
        self.lesson.holds(target, view)
    }

    fn names(&self) -> Vec<String> {
        guide::content::TEXT_NAMES.iter().map(|it| (*it).to_owned()).collect()
    }

    fn text(&self, name: &str) -> Option<String> {
        guide::texts(name)
    }

    fn object(&self, bucket: &str, key: &str) -> Option<String> {
        match self.lab.object(bucket, key)? {
            ObjectText::Here(text) => Some(text),
            ObjectText::Elsewhere => {
                let bytes = std::fs::read(self.workspace.object_path(bucket, key)).ok()?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
        }
    }

    fn check_sql(&self, app: &str, code: &str) -> Check {
        Check::of_sql(code, self.lab.check_sql(app, code))
    }

    fn catalog(&self, app: &str) -> Catalog {
        self.lab.sql_catalog(app)
    }

    fn check_template(&self, text: &str) -> Check {
        Check::of_template(text, self.lab.check_template(text))
    }
}
