//! The workshop: its steps, their proofs, hints and warnings.
//!
//! A [`Step`] is words from `assets/workshop` and the names of checks. A check looks at a
//! [`View`] and answers with a [`Verdict`]; a warning looks at the same view and says a sentence
//! while a mistake stands. Both ask for roles, not names ([`role`]): "the stream the producer writes to",
//! whatever the learner called it. The guide changes nothing: what it types for a learner is a typed form
//! like any other ([`Move::Type`]).

use crate::base::time::{Span, Timestamp};
use crate::lab::view::View;

pub mod check;
pub mod content;
pub mod progress;
pub mod role;
pub mod walk;
pub mod warn;

pub use check::Check;
pub use content::{ContentError, texts};
pub use progress::Progress;
pub use role::fill;
pub use warn::Warn;

/// The steps of the workshop, in their order.
#[derive(Clone, Debug)]
pub struct Workshop {
    steps: Vec<Step>,
}

impl Workshop {
    /// The workshop of 26 October 2016, Activities 1 to 3, as it is compiled into the program.
    ///
    /// # Panics
    /// If an asset is defective, which is a mistake in this program and not of its user.
    pub fn load() -> Self {
        match Self::read(content::FILES) {
            Ok(workshop) => workshop,
            Err(error) => panic!("the workshop's own files are sound: {error}"),
        }
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step with this id, `1-A` to `3-D`.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|it| it.id.eq_ignore_ascii_case(id))
    }

    /// The place of a step in the order of the workshop.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|it| it.id.eq_ignore_ascii_case(id))
    }
}

/// One step: what to read, what proves it, what helps.
#[derive(Clone, Debug)]
pub struct Step {
    /// `1-A`, `1-C.2`, `R2`, `W`.
    pub id: String,
    /// The slide's words.
    pub title: String,
    /// 1, 2 or 3.
    pub activity: u8,
    /// What a first-time learner needs at real speed.
    pub minutes: u32,
    /// The conditions that prove the step, all of them.
    pub proofs: Vec<&'static Check>,
    /// Conditions worth reaching that the step does not ask for.
    pub bonus: Vec<&'static Check>,
    /// The mistakes watched for while this is the step.
    pub warns: Vec<&'static Warn>,
    /// The review questions, if the step asks any.
    pub questions: Vec<Question>,
    /// H1 points at a place, H2 names the idea, H3 is the thing to type with blanks, H4 is the thing.
    /// May hold roles in braces; see [`fill`].
    pub hints: [String; 4],
    /// The shortest way that proves the step once the earlier steps stand. Roles are filled when a move
    /// is made, because earlier moves decide them.
    pub solve: Vec<Move>,
    /// The slide's words and ours, Markdown. May hold roles in braces; see [`fill`].
    pub body: String,
}

/// A question of a review: ask, let answer, then compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What `answer ID TEXT` names: `R1.1`.
    pub id: String,
    pub ask: String,
    /// Shown once an answer has been given, right or wrong.
    pub reveal: String,
}

/// One line of a solution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// A typed form of [`Command`](crate::sim::command::Command), roles in braces.
    Type(String),
    /// Let virtual time pass.
    Wait(Span),
    /// Let virtual time pass until this condition or step is done; `done` is the step itself.
    Until(String),
}

/// What a proof says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Done,
    /// Nothing is missing but time.
    Waiting {
        text: String,
        left: Option<Span>,
    },
    /// One sentence that says what is missing.
    NotYet(String),
}

impl Verdict {
    pub fn done(&self) -> bool {
        matches!(self, Verdict::Done)
    }

    pub fn waiting(&self) -> bool {
        matches!(self, Verdict::Waiting { .. })
    }

    /// The sentence, empty when done.
    pub fn text(&self) -> &str {
        match self {
            Verdict::Done => "",
            Verdict::Waiting { text, .. } | Verdict::NotYet(text) => text,
        }
    }

    pub(crate) fn not_yet(text: impl Into<String>) -> Self {
        Verdict::NotYet(text.into())
    }

    pub(crate) fn wait(text: impl Into<String>, left: Option<Span>) -> Self {
        Verdict::Waiting { text: text.into(), left }
    }
}

/// How one step stands in one world.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    pub step: &'a Step,
    /// Each proof's short name in words with what it says now, live even after the step is done.
    pub conditions: Vec<(String, Verdict)>,
    /// The same for the optional conditions.
    pub bonus: Vec<(String, Verdict)>,
    /// Done once the step has been proved, even if a condition no longer holds; before that, the first
    /// condition that is missing, else the first that waits.
    pub verdict: Verdict,
    /// The moment the step was first proved.
    pub proved_at: Option<Timestamp>,
    pub warnings: Vec<String>,
}

impl Step {
    /// How this step stands.
    pub fn standing(&self, view: &View, progress: &Progress) -> Standing<'_> {
        let judge = |checks: &[&'static Check]| -> Vec<(String, Verdict)> {
            checks.iter().map(|it| (fill(it.what, view), (it.judge)(view))).collect()
        };
        let conditions = judge(&self.proofs);
        let proved_at = progress.proved_at(&self.id);
        let verdict = if proved_at.is_some() { Verdict::Done } else { worst(&conditions) };
        Standing {
            step: self,
            bonus: judge(&self.bonus),
            verdict,
            proved_at,
            warnings: self.warns.iter().filter_map(|it| (it.look)(view)).collect(),
            conditions,
        }
    }

    /// What this step's proof says now, whatever was proved before.
    pub fn verdict(&self, view: &View) -> Verdict {
        let conditions: Vec<(String, Verdict)> =
            self.proofs.iter().map(|it| (String::new(), (it.judge)(view))).collect();
        worst(&conditions)
    }
}

/// The first verdict that misses something, else the first that waits, else done.
fn worst(conditions: &[(String, Verdict)]) -> Verdict {
    let missing = conditions.iter().find(|(_, it)| matches!(it, Verdict::NotYet(_)));
    let waiting = || conditions.iter().find(|(_, it)| it.waiting());
    missing.or_else(waiting).map_or(Verdict::Done, |(_, it)| it.clone())
}
