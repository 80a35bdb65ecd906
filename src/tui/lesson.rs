//! The workshop as the screen shows it: the step with the learner's own names in it.
//!
//! A [`Host`](crate::tui::screen::Host) keeps a [`Lesson`] beside its lab and answers the guide's part of
//! its duties from here.

use crate::guide::{self, Move, Progress, Workshop};
use crate::lab::view::View;
use crate::tui::model::{GuideView, Proof, QuestionLine, StepLine};

/// The workshop and one learner's way through it.
#[derive(Clone, Debug)]
pub struct Lesson {
    workshop: Workshop,
    progress: Progress,
}

impl Lesson {
    pub fn new(progress: Progress) -> Self {
        Self { workshop: Workshop::load(), progress }
    }

    /// What is to be kept between sittings.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Looks at the world: latches what is proved now, and tells how the current step stands.
    pub fn look(&mut self, view: &View) -> GuideView {
        self.progress.observe(&self.workshop, view);
        let step = self.progress.current(&self.workshop);
        let standing = step.standing(view, &self.progress);
        let steps = self.workshop.steps();
        GuideView {
            steps: steps
                .iter()
                .map(|it| StepLine {
                    id: it.id.clone(),
                    title: it.title.clone(),
                    proved: self.progress.proved_at(&it.id).is_some(),
                })
                .collect(),
            at: self.workshop.position(&step.id).unwrap_or(0),
            activity: format!("Activity {} · about {} min", step.activity, step.minutes),
            text: guide::fill(&step.body, view),
            proofs: standing
                .conditions
                .into_iter()
                .map(|(text, verdict)| Proof { text, verdict, optional: false })
                .chain(standing.bonus.into_iter().map(|(text, verdict)| Proof {
                    text,
                    verdict,
                    optional: true,
                }))
                .collect(),
            questions: step
                .questions
                .iter()
                .map(|it| QuestionLine {
                    id: it.id.clone(),
                    ask: it.ask.clone(),
                    answer: view
                        .answers
                        .iter()
                        .rfind(|answer| answer.step == it.id)
                        .map(|it| it.text.clone()),
                    reveal: it.reveal.clone(),
                })
                .collect(),
            hints: step.hints.iter().map(|it| guide::fill(it, view)).collect(),
            hints_open: usize::from(self.progress.hints_read(&step.id)),
            solve: step
                .solve
                .iter()
                .map(|it| match it {
                    Move::Type(line) => line.clone(),
                    Move::Wait(span) => format!("wait {span}"),
                    Move::Until(target) if target == "done" => "until done".to_owned(),
                    Move::Until(target) => format!("until {target}"),
                })
                .collect(),
            warnings: standing.warnings,
        }
    }

    /// Goes to the next step, or with `false` to the one before.
    pub fn step(&mut self, forward: bool) {
        if forward {
            self.progress.next(&self.workshop);
        } else {
            self.progress.previous(&self.workshop);
        }
    }

    /// The learner opened the next hint.
    pub fn hint_read(&mut self) {
        let id = self.progress.current(&self.workshop).id.clone();
        self.progress.read_hint(&id);
    }

    /// The learner had the step typed.
    pub fn filled_in(&mut self) {
        let id = self.progress.current(&self.workshop).id.clone();
        self.progress.fill_in(&id);
    }

    /// Whether the step or condition of this name holds; a name nobody knows never does.
    pub fn holds(&self, target: &str, view: &View) -> bool {
        match (self.workshop.step(target), guide::check::find(target)) {
            (Some(step), _) => step.verdict(view).done(),
            (None, Some(check)) => (check.judge)(view).done(),
            (None, None) => false,
        }
    }
}
