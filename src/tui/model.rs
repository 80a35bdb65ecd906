//! What the screen remembers: where the eye is, what is being written, how fast time goes.
//!
//! Nothing of the simulated world lives here; that is the [`View`]. The guide's words arrive as a
//! [`GuideView`], filled by whoever holds the workshop, so that the screen knows no step by name.

use std::collections::VecDeque;

use crate::base::time::{Span, Timestamp};
use crate::guide::Verdict;
use crate::lab::view::{AppView, Refusal, View};
use crate::sql::assist::Catalog;
use crate::tui::canvas::Scene;
use crate::tui::editor::Editor;
use crate::tui::editor::check::Check;
use crate::tui::editor::offers::Offers;
use crate::tui::form::Form;
use crate::tui::palette::Palette;
use crate::tui::theme::{Role, Theme};

/// A part of the screen with a number, in the order of the workshop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pane {
    Guide,
    #[default]
    Pipeline,
    Stream,
    Iam,
    Producer,
    Analytics,
    Delivery,
    Bucket,
    Watch,
    Log,
}

impl Pane {
    pub const ALL: [Pane; 10] = [
        Pane::Guide,
        Pane::Pipeline,
        Pane::Stream,
        Pane::Iam,
        Pane::Producer,
        Pane::Analytics,
        Pane::Delivery,
        Pane::Bucket,
        Pane::Watch,
        Pane::Log,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Pane::Guide => "Guide",
            Pane::Pipeline => "Pipeline",
            Pane::Stream => "Stream",
            Pane::Iam => "IAM",
            Pane::Producer => "Producer",
            Pane::Analytics => "Analytics",
            Pane::Delivery => "Delivery",
            Pane::Bucket => "Bucket",
            Pane::Watch => "CloudWatch",
            Pane::Log => "Log",
        }
    }

    /// The title where room is scarce.
    pub fn short(self) -> &'static str {
        match self {
            Pane::Pipeline => "Pipe",
            Pane::Analytics => "SQL",
            Pane::Watch => "Watch",
            other => other.title(),
        }
    }

    /// The key that goes there: 1 to 9, then 0.
    pub fn digit(self) -> char {
        char::from(b'0' + ((self as u8 + 1) % 10))
    }

    pub fn of_digit(digit: char) -> Option<Pane> {
        Pane::ALL.into_iter().find(|it| it.digit() == digit)
    }

    /// The word after `go` in the palette.
    pub fn word(self) -> &'static str {
        match self {
            Pane::Guide => "guide",
            Pane::Pipeline => "pipeline",
            Pane::Stream => "kinesis",
            Pane::Iam => "iam",
            Pane::Producer => "producer",
            Pane::Analytics => "analytics",
            Pane::Delivery => "firehose",
            Pane::Bucket => "s3",
            Pane::Watch => "cloudwatch",
            Pane::Log => "log",
        }
    }
}

/// How fast virtual time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    Paused,
    /// Virtual seconds for each real one.
    Times(u32),
    /// As fast as it can.
    Max,
}

/// The speeds the keys step through.
pub const SPEEDS: [Speed; 4] = [Speed::Times(1), Speed::Times(10), Speed::Times(60), Speed::Max];

/// A moment to run to, as fast as it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    At(Timestamp),
    /// Until a proof says done.
    Proof {
        at_most: Timestamp,
        /// The step or condition by name; `None` is the step that is shown.
        target: Option<String>,
    },
}

/// Speed and goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    pub speed: Speed,
    pub goal: Option<Goal>,
    /// What the pause key goes back to.
    pub usual: Speed,
    /// Virtual microseconds owed that are not a whole millisecond yet.
    pub owed_micros: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { speed: Speed::Times(1), goal: None, usual: Speed::Times(1), owed_micros: 0 }
    }
}

/// The guide as the screen shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GuideView {
    /// Every step of the workshop, in order.
    pub steps: Vec<StepLine>,
    /// The step that is shown.
    pub at: usize,
    /// `Activity 1 · Create and populate a stream`.
    pub activity: String,
    /// What the slide says, as Markdown.
    pub text: String,
    pub proofs: Vec<Proof>,
    /// The questions of a review.
    pub questions: Vec<QuestionLine>,
    /// The hints, gentlest first; the last hint of the ladder is to have it typed.
    pub hints: Vec<String>,
    /// How many of them are open.
    pub hints_open: usize,
    /// The typed lines that prove the step.
    pub solve: Vec<String>,
    /// Sentences that are true now and worth a look.
    pub warnings: Vec<String>,
}

impl GuideView {
    pub fn step(&self) -> Option<&StepLine> {
        self.steps.get(self.at)
    }

    /// Whether every condition holds now.
    pub fn done(&self) -> bool {
        let mut asked = self.proofs.iter().filter(|it| !it.optional).peekable();
        asked.peek().is_some() && asked.all(|it| it.verdict == Verdict::Done)
    }

    /// What `answer` may name now: the first question still open, else the step itself where an answer is
    /// part of its way.
    pub fn asks(&self) -> Option<&str> {
        let open = self.questions.iter().find(|it| it.answer.is_none());
        let step = || {
            let step = self.step().filter(|it| !it.proved)?;
            let answered =
                |line: &String| line.strip_prefix("answer ").is_some_and(|it| it.starts_with(&step.id));
            self.solve.iter().any(answered).then_some(step.id.as_str())
        };
        match open {
            Some(question) => Some(&question.id),
            None if self.questions.is_empty() => step(),
            None => None,
        }
    }

    /// The longest wait among the conditions, if none needs the learner to do something.
    pub fn waiting(&self) -> Option<Option<Span>> {
        let waits = self.proofs.iter().filter(|it| !it.optional).filter_map(|it| match it.verdict {
            Verdict::Waiting { left, .. } => Some(left),
            _ => None,
        });
        waits.max()
    }
}

/// A step in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepLine {
    pub id: String,
    pub title: String,
    /// Proved once; stays so.
    pub proved: bool,
}

/// A question: asked, answered, compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuestionLine {
    /// What `answer ID TEXT` names.
    pub id: String,
    pub ask: String,
    pub answer: Option<String>,
    /// Shown once there is an answer.
    pub reveal: String,
}

/// One condition of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// What must be so, in a few words.
    pub text: String,
    pub verdict: Verdict,
    /// Worth reaching, not asked for.
    pub optional: bool,
}

impl Proof {
    pub fn role(&self) -> Role {
        match self.verdict {
            Verdict::Done => Role::Done,
            Verdict::Waiting { .. } => Role::Waiting,
            Verdict::NotYet(_) => Role::Dim,
        }
    }
}

/// A text being written that also exists saved.
#[derive(Clone, Debug)]
pub struct Draft {
    pub editor: Editor,
    /// What is saved; the draft is dirty while it differs.
    pub saved: String,
    /// Whose text it is: the application's name.
    pub owner: String,
    pub check: Check,
    /// The text or what it means changed since `check` was made.
    pub unchecked: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            editor: Editor::new(""),
            saved: String::new(),
            owner: String::new(),
            check: Check::default(),
            unchecked: true,
        }
    }
}

impl Draft {
    pub fn dirty(&self) -> bool {
        !self.editor.holds(&self.saved)
    }

    /// Takes over a text saved elsewhere, unless something unsaved would be lost.
    pub fn follow(&mut self, owner: &str, saved: &str) {
        if self.owner == owner && self.saved == saved {
            return;
        }
        let replace = self.owner != owner || !self.dirty();
        self.owner = owner.to_owned();
        self.saved = saved.to_owned();
        self.unchecked = true;
        if replace && !self.editor.holds(saved) {
            self.editor = Editor::new(saved);
        }
    }
}

/// The text of an object that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenObject {
    pub bucket: String,
    pub key: String,
    pub lines: Vec<String>,
    /// The line the keys act on, from 0.
    pub line: usize,
}

/// What came of the last action.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    Good(String),
    Bad(Refusal),
}

/// What lies over the panes; the top one gets the keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    Help {
        top: usize,
    },
    Palette(Palette),
    Form(Form),
    /// The search field of CloudWatch.
    Search(Editor),
    /// A longer answer to read.
    Text {
        title: String,
        lines: Vec<String>,
        top: usize,
    },
    /// Asked once before the program ends.
    Quit,
}

/// Which face of a pane with several is shown, where not all fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    #[default]
    First,
    Second,
    Third,
}

impl Face {
    pub fn next(self, faces: usize) -> Face {
        match self {
            Face::First => Face::Second,
            Face::Second if faces == 3 => Face::Third,
            _ => Face::First,
        }
    }
}

/// Lines that are being typed for the learner, a few letters a frame.
#[derive(Clone, Debug, Default)]
pub struct Typist {
    pub lines: VecDeque<String>,
    /// Frames to wait before the next letters.
    pub rest: u8,
}

/// Everything the screen remembers.
#[derive(Clone, Debug)]
pub struct Model {
    pub theme: Theme,
    pub size: (u16, u16),
    /// The opening words are still up.
    pub welcome: bool,
    /// The pane that has the keys.
    pub focus: Pane,
    /// The pane in the middle: the last one with the keys that was not the guide.
    pub main: Pane,
    /// The pane with the keys has the whole screen.
    pub zoomed: bool,
    pub overlays: Vec<Overlay>,
    /// The editor of the focused pane has the keys.
    pub writing: bool,
    pub sql: Draft,
    pub template: Draft,
    /// What may be written at the cursor of the SQL editor, while it is shown.
    pub popup: Option<Offers>,
    /// The sources of the application whose code is being written.
    pub catalog: Catalog,
    /// The chosen row of each pane's list, by [`Pane`].
    pub chosen: [usize; Pane::ALL.len()],
    pub faces: [Face; Pane::ALL.len()],
    /// How far the guide's text is scrolled.
    pub guide_top: usize,
    /// Rows held still while the world goes on.
    pub held: Option<Box<AppView>>,
    pub object: Option<OpenObject>,
    /// What the metric search looks for.
    pub filter: String,
    pub pace: Pace,
    pub guide: GuideView,
    pub notice: Option<Notice>,
    /// Half seconds the notice has been up.
    pub notice_age: u32,
    pub typist: Typist,
    pub clipboard: String,
    /// Lines typed in the palette, oldest first.
    pub history: Vec<String>,
    /// Names that `@` may precede.
    pub names: Vec<String>,
    /// What the last drawing told.
    pub scene: Scene,
    /// Half seconds since the start; what blinks, blinks by it.
    pub beat: u64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            size: (80, 24),
            welcome: true,
            focus: Pane::Pipeline,
            main: Pane::Pipeline,
            zoomed: false,
            overlays: Vec::new(),
            writing: false,
            sql: Draft::default(),
            template: Draft::default(),
            popup: None,
            catalog: Catalog::default(),
            chosen: [0; Pane::ALL.len()],
            faces: [Face::First; Pane::ALL.len()],
            guide_top: 0,
            held: None,
            object: None,
            filter: String::new(),
            pace: Pace::default(),
            guide: GuideView::default(),
            notice: None,
            notice_age: 0,
            typist: Typist::default(),
            clipboard: String::new(),
            history: Vec::new(),
            names: Vec::new(),
            scene: Scene::default(),
            beat: 0,
        }
    }
}

impl Model {
    pub fn chosen(&self, pane: Pane) -> usize {
        self.chosen[pane as usize]
    }

    pub fn face(&self, pane: Pane) -> Face {
        self.faces[pane as usize]
    }

    /// Gives a pane the keys.
    pub fn go(&mut self, pane: Pane) {
        self.popup = None;
        if self.focus != pane {
            self.writing = false;
        }
        self.focus = pane;
        if pane != Pane::Guide {
            self.main = pane;
        }
        self.welcome = false;
    }

    /// The draft the editor of the focused pane shows.
    pub fn draft(&mut self) -> Option<&mut Draft> {
        match self.focus {
            Pane::Analytics => Some(&mut self.sql),
            Pane::Producer => Some(&mut self.template),
            _ => None,
        }
    }

    /// The application the screen speaks of: the newest that is chosen or owns the draft.
    pub fn app<'v>(&self, view: &'v View) -> Option<&'v AppView> {
        view.apps.iter().find(|it| it.name == self.sql.owner).or_else(|| view.apps.last())
    }

    /// Takes over what changed in the world: drafts follow what was saved, choices stay inside their lists.
    pub fn follow(&mut self, view: &View) {
        match self.app(view) {
            Some(app) => self.sql.follow(&app.name, &app.code),
            None => self.sql.follow("", ""),
        }
        self.template.follow("producer", &view.producer.template);
        for pane in Pane::ALL {
            let count = crate::tui::pane::count(pane, self, view);
            let chosen = &mut self.chosen[pane as usize];
            *chosen = (*chosen).min(count.saturating_sub(1));
        }
        let gone = |it: &OpenObject| {
            let bucket = view.buckets.iter().find(|bucket| bucket.name == it.bucket);
            !bucket.is_some_and(|bucket| bucket.objects.iter().any(|object| object.key == it.key))
        };
        if self.object.as_ref().is_some_and(gone) {
            self.object = None;
        }
    }
}
