//! The screen put together: a model, the newest view, and the world behind a [`Host`].
//!
//! A front end feeds messages and the passing of real time, and asks for drawings; that is all. It owns
//! no terminal and no clock, so the same screen runs in a terminal, in a test and in a recording.

use ratatui::buffer::Buffer;

use crate::base::time::{Span, Timestamp};
use crate::lab::view::{Refusal, View};
use crate::sim::command::Command;
use crate::sql::assist::Catalog;
use crate::tui::canvas::Scene;
use crate::tui::editor::Edit;
use crate::tui::editor::check::Check;
use crate::tui::model::{Goal, GuideView, Model, Notice, OpenObject, Overlay, Pane, Speed};
use crate::tui::palette::Palette;
use crate::tui::theme::Theme;
use crate::tui::update::{Action, Message, carry_out, update};
use crate::tui::view;

/// The world as the screen needs it: one learner's lab with its guide.
pub trait Host {
    fn view(&self) -> View;
    /// How the current step stands in this view, which is the newest.
    fn guide(&mut self, view: &View) -> GuideView;
    /// Carries out a command and writes it to the journal; returns what came of it, in one line.
    fn apply(&mut self, command: Command) -> Result<String, Refusal>;
    /// Takes the last command back; returns its typed form.
    fn undo(&mut self) -> Option<String>;
    /// Moves virtual time towards `target`; asks `go_on` now and then and stops early when it says no.
    fn advance(&mut self, target: Timestamp, go_on: &mut dyn FnMut() -> bool);
    /// The guide goes to the next step, or back.
    fn step(&mut self, forward: bool);
    /// The learner opened the next hint.
    fn hint_read(&mut self);
    /// The learner had the step typed.
    fn filled_in(&mut self);
    /// Whether the step or condition of this name holds now.
    fn holds(&self, target: &str, view: &View) -> bool;
    /// A line of a solution with the names of this world in place of its roles.
    fn fill(&self, line: &str, view: &View) -> String {
        crate::guide::fill(line, view)
    }
    /// The names that `@` may precede in a typed line.
    fn names(&self) -> Vec<String>;
    /// The text of such a name.
    fn text(&self, name: &str) -> Option<String>;
    /// The whole text of an object, decompressed.
    fn object(&self, bucket: &str, key: &str) -> Option<String>;
    /// Tokens and problems of SQL as it would be bound in this application.
    fn check_sql(&self, app: &str, code: &str) -> Check;
    fn check_template(&self, text: &str) -> Check;
    /// The sources that code of this application may read.
    fn catalog(&self, _app: &str) -> Catalog {
        Catalog::default()
    }
}

/// What the terminal must do after a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    Copy(String),
    Suspend,
    Leave,
}

/// Letters the typist writes in a frame, and the length of a word it pastes at once.
const TYPED_PER_FRAME: usize = 2;
const TYPED_MAX: usize = 120;
/// Frames of rest between two lines that are typed.
const TYPIST_REST: u8 = 12;
/// Half seconds a good outcome stays on the screen.
const NOTICE_BEATS: u32 = 10;
/// Virtual time passed between two looks at the proof while running until done.
const PROOF_SLICE: Span = Span::SECOND;

/// At real speed the world is moved ten times a second: nothing in it is quicker to the eye.
const SLOW_SLICE_MILLIS: i64 = 100;

/// A screen over a world.
pub struct Screen<'h> {
    pub host: &'h mut dyn Host,
    pub model: Model,
    view: View,
    /// Something changed since it was drawn last.
    dirty: bool,
    /// Real milliseconds since the last beat, and since the world was last moved.
    since_beat: i64,
    since_move: i64,
}

impl<'h> Screen<'h> {
    pub fn new(host: &'h mut dyn Host, theme: Theme) -> Self {
        let view = host.view();
        // The opening words are for a world in which nothing has been done.
        let model = Model { theme, names: host.names(), welcome: view.commands == 0, ..Model::default() };
        let mut screen = Self { view, host, model, dirty: true, since_beat: 0, since_move: 0 };
        screen.refresh();
        screen
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn dirty(&self) -> bool {
        self.dirty
    }

    /// Takes a message in; returns what the terminal must do.
    pub fn send(&mut self, message: Message) -> Vec<Wish> {
        self.dirty = true;
        let actions = update(&mut self.model, message, &self.view);
        self.perform(actions)
    }

    /// Lets real time pass: virtual time follows at its speed, as far as `go_on` allows.
    pub fn tick(&mut self, real: Span, go_on: &mut dyn FnMut() -> bool) -> Vec<Wish> {
        self.since_beat += real.as_millis();
        if 500 <= self.since_beat {
            self.since_beat %= 500;
            self.beat();
        }
        let wishes = self.type_on();
        let before = self.view.now;
        self.since_move += real.as_millis();
        let slow = self.model.pace.goal.is_none() && self.model.pace.speed == Speed::Times(1);
        if !slow || SLOW_SLICE_MILLIS <= self.since_move {
            let passed = std::mem::take(&mut self.since_move);
            self.advance(Span::from_millis(passed), go_on);
        }
        if self.view.now != before {
            self.dirty = true;
        }
        wishes
    }

    /// Draws everything; remembers where things lie, for the mouse.
    pub fn draw(&mut self, buffer: &mut Buffer) -> Option<(u16, u16)> {
        self.model.size = (buffer.area().width, buffer.area().height);
        let scene: Scene = view::draw(buffer, &self.model, &self.view);
        let cursor = scene.cursor;
        if let Some(area) = scene.editor
            && let Some(draft) = self.model.draft()
        {
            draft.editor.resize(area.height, area.width);
        }
        self.model.scene = scene;
        self.dirty = false;
        cursor
    }

    /// What blinks, blinks; what was told long ago goes.
    fn beat(&mut self) {
        self.model.beat += 1;
        self.model.notice_age += 1;
        self.dirty |= view::blinks(&self.model, &self.view);
        if NOTICE_BEATS < self.model.notice_age && matches!(self.model.notice, Some(Notice::Good(_))) {
            self.model.notice = None;
            self.dirty = true;
        }
    }

    fn advance(&mut self, real: Span, go_on: &mut dyn FnMut() -> bool) {
        let now = self.view.now;
        match self.model.pace.goal.clone() {
            Some(Goal::At(at)) => {
                self.host.advance(at, go_on);
                self.refresh();
                if at <= self.view.now {
                    self.model.pace.goal = None;
                }
            }
            Some(Goal::Proof { at_most, target }) => self.until_done(at_most, target.as_deref(), go_on),
            None => {
                let target = match self.model.pace.speed {
                    Speed::Paused => return,
                    // What a frame cannot do is not owed to the next one: the screen stays quick.
                    Speed::Max => now + Span::HOUR,
                    Speed::Times(times) => {
                        let micros = real.as_millis() * 1000 * i64::from(times) + self.model.pace.owed_micros;
                        self.model.pace.owed_micros = micros % 1000;
                        now + Span::from_millis(micros / 1000)
                    }
                };
                if now < target {
                    self.host.advance(target, go_on);
                    self.refresh();
                }
            }
        }
    }

    fn until_done(&mut self, at: Timestamp, target: Option<&str>, go_on: &mut dyn FnMut() -> bool) {
        loop {
            let done = target.map_or_else(|| self.model.guide.done(), |it| self.host.holds(it, &self.view));
            if done || at <= self.view.now {
                self.model.pace.goal = None;
                return;
            }
            self.host.advance((self.view.now + PROOF_SLICE).min(at), go_on);
            self.refresh();
            if !go_on() {
                return;
            }
        }
    }

    /// Takes a fresh view and guide, and checks the drafts that need it.
    pub fn refresh(&mut self) {
        self.view = self.host.view();
        self.model.guide = self.host.guide(&self.view);
        self.model.follow(&self.view);
        self.check();
    }

    fn check(&mut self) {
        if self.model.sql.unchecked {
            self.model.sql.unchecked = false;
            let code = self.model.sql.editor.text();
            self.model.catalog = self.host.catalog(&self.model.sql.owner);
            self.model.sql.check = self.host.check_sql(&self.model.sql.owner, &code);
        }
        if self.model.template.unchecked {
            self.model.template.unchecked = false;
            let text = self.model.template.editor.text();
            self.model.template.check = self.host.check_template(&text);
        }
    }

    fn perform(&mut self, actions: Vec<Action>) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if actions.is_empty() {
            // The world did not change; a draft may have.
            self.check();
            return wishes;
        }
        for action in actions {
            match action {
                Action::Line(line) => {
                    let host = &*self.host;
                    let command = match Command::parse(&line, &|name| host.text(name)) {
                        Ok(command) => command,
                        Err(error) => {
                            self.tell(Err(Refusal {
                                code: "not understood".to_owned(),
                                message: format!("{line}: {}", error.message),
                                hint: error.hint,
                                diagnostics: Vec::new(),
                            }));
                            break;
                        }
                    };
                    if !self.apply(command) {
                        break;
                    }
                }
                Action::SaveSql { app, code } => {
                    self.apply(Command::SaveSql { app, code });
                }
                Action::SaveTemplate(text) => {
                    self.apply(Command::ProducerTemplate { text });
                }
                Action::OpenObject { bucket, key } => self.open(bucket, key),
                Action::PasteText(name) => self.paste_text(&name),
                Action::Undo => {
                    let undone = self.host.undo();
                    self.model.object = None;
                    self.tell(Ok(undone.map_or("nothing to undo".into(), |it| format!("undone: {it}"))));
                }
                Action::Step(forward) => self.host.step(forward),
                Action::HintRead => self.host.hint_read(),
                Action::FilledIn => self.host.filled_in(),
                Action::Copy(text) => wishes.push(Wish::Copy(text)),
                Action::Suspend => wishes.push(Wish::Suspend),
                Action::Leave => wishes.push(Wish::Leave),
            }
        }
        self.refresh();
        wishes
    }

    /// Carries a command out; says whether it was accepted.
    fn apply(&mut self, command: Command) -> bool {
        let shown = shown_by(&command);
        let outcome = self.host.apply(command);
        let accepted = outcome.is_ok();
        self.model.sql.unchecked = true;
        self.model.template.unchecked = true;
        if let Err(refusal) = &outcome
            && !refusal.diagnostics.is_empty()
            && let Some(draft) = self.model.draft()
        {
            draft.check.problems.clone_from(&refusal.diagnostics);
        }
        if accepted && let Some(pane) = shown {
            self.model.go(pane);
        }
        self.tell(outcome);
        accepted
    }

    fn tell(&mut self, outcome: Result<String, Refusal>) {
        self.model.notice_age = 0;
        // An answer of several lines, such as a trace, is for reading.
        if let Ok(text) = &outcome
            && text.contains('\n')
        {
            let mut lines = text.lines().map(String::from);
            let title = lines.next().unwrap_or_default();
            self.model.overlays.push(Overlay::Text { title, lines: lines.collect(), top: 0 });
            return;
        }
        self.model.notice = Some(outcome.map_or_else(Notice::Bad, Notice::Good));
    }

    fn open(&mut self, bucket: String, key: String) {
        let Some(text) = self.host.object(&bucket, &key) else { return };
        let lines = text.lines().map(String::from).collect();
        self.apply(Command::OpenObject { bucket: bucket.clone(), key: key.clone() });
        self.model.object = Some(OpenObject { bucket, key, lines, line: 0 });
    }

    /// Puts a text that has a name in place of the draft, in one step of undo: the slides' texts hold the
    /// whole code up to their step.
    fn paste_text(&mut self, name: &str) {
        let Some(text) = self.host.text(name) else {
            let message = format!("no text is called @{name}");
            let hint = Some(format!("Known are {}.", self.model.names.join(", ")));
            return self.tell(Err(Refusal {
                code: "not understood".into(),
                message,
                hint,
                diagnostics: Vec::new(),
            }));
        };
        self.model.go(if name == "workshop" { Pane::Producer } else { Pane::Analytics });
        let Some(draft) = self.model.draft() else { return };
        draft.editor.edit(Edit::SelectAll);
        draft.editor.edit(Edit::Paste(text.trim_end().to_owned()));
        draft.unchecked = true;
    }

    /// Goes on typing the lines that are typed for the learner.
    fn type_on(&mut self) -> Vec<Wish> {
        let Some(mut line) = self.model.typist.lines.front().cloned() else { return Vec::new() };
        // What was typed last may still be running, as `wait 20s` does.
        if self.model.pace.goal.is_some() {
            return Vec::new();
        }
        self.dirty = true;
        if 0 < self.model.typist.rest {
            self.model.typist.rest -= 1;
            return Vec::new();
        }
        if !matches!(self.model.overlays.last(), Some(Overlay::Palette(_))) {
            self.model.overlays.clear();
            self.model.overlays.push(Overlay::Palette(Palette::new("")));
            // Earlier lines decide who plays a role, so each line is filled when its turn comes.
            line = self.host.fill(&line, &self.view);
            if let Some(front) = self.model.typist.lines.front_mut() {
                front.clone_from(&line);
            }
        }
        let Some(Overlay::Palette(palette)) = self.model.overlays.last_mut() else { return Vec::new() };
        let typed = palette.text();
        if let Some(rest) = line.strip_prefix(typed.as_str()).filter(|it| !it.is_empty()) {
            let count = if TYPED_MAX < line.len() { rest.len() } else { TYPED_PER_FRAME };
            let more: String = rest.chars().take(count).collect();
            *palette = Palette::new(&format!("{typed}{more}"));
            if typed.len() + more.len() == line.len() {
                self.model.typist.rest = TYPIST_REST;
            }
            return Vec::new();
        }
        self.model.overlays.pop();
        self.model.typist.lines.pop_front();
        self.model.typist.rest = TYPIST_REST;
        let actions = carry_out(&mut self.model, &line, &self.view);
        let wishes = self.perform(actions);
        if matches!(self.model.notice, Some(Notice::Bad(_))) {
            self.model.typist.lines.clear();
        }
        wishes
    }
}

/// The pane that shows what a command did; none for what is done from anywhere.
fn shown_by(command: &Command) -> Option<Pane> {
    use Command as C;
    Some(match command {
        C::CreateStream { .. } | C::DeleteStream { .. } => Pane::Stream,
        C::CreateUser { .. } | C::AttachPolicy { .. } | C::CreateKey { .. } | C::PutPolicy { .. } => {
            Pane::Iam
        }
        C::ProducerCredentials { .. }
        | C::ProducerRegion { .. }
        | C::ProducerStream { .. }
        | C::ProducerRate { .. }
        | C::ProducerTemplate { .. } => Pane::Producer,
        C::CreateApp { .. } | C::ConnectSource { .. } | C::SaveSchema { .. } | C::SaveSql { .. } => {
            Pane::Analytics
        }
        C::CreateDelivery(_) => Pane::Delivery,
        C::CreateBucket { .. } => Pane::Bucket,
        C::Graph { .. } => Pane::Watch,
        _ => return None,
    })
}
