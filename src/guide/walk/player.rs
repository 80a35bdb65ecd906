//! Plays a walk on a stage, line by line, and says where it differs.

use std::fmt;

use super::{Line, Target, Verb, Walk, move_target};
use crate::base::time::Span;
use crate::guide::{Move, Verdict, Workshop, fill, texts};
use crate::lab::Lab;
use crate::lab::view::{Refusal, View};
use crate::sim::command::{Command, FormError};

/// How long `until` waits at most, in virtual time.
const PATIENCE: Span = Span::from_secs(600);

/// How often `until` looks.
const TICK: Span = Span::SECOND;

/// Where a walk is played: the lab, or a screen with a lab behind it.
pub trait Stage {
    /// Carries out a command, or refuses it.
    fn apply(&mut self, command: Command) -> Result<String, Refusal>;
    /// Lets virtual time pass.
    fn advance(&mut self, span: Span);
    fn view(&self) -> View;

    /// Presses a key; a stage without a screen says so.
    fn press(&mut self, key: &str) -> Result<(), String> {
        Err(format!("there is no screen here to press {key} on"))
    }

    /// Whether the screen shows a text; a stage without a screen says so.
    fn sees(&mut self, _text: &str) -> Result<bool, String> {
        Err("there is no screen here to look at".into())
    }
}

/// The lab is a stage without a screen.
impl Stage for Lab {
    fn apply(&mut self, command: Command) -> Result<String, Refusal> {
        Lab::apply(self, command)
    }

    fn advance(&mut self, span: Span) {
        Lab::advance(self, span);
    }

    fn view(&self) -> View {
        Lab::view(self)
    }
}

/// What a line led to, for telling it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A command was carried out: its typed form with the roles filled, and the outcome.
    Did { command: String, outcome: String },
    /// A command was refused, which the walk may expect.
    Refused { command: String, code: String, message: String },
    /// Virtual time passed.
    Waited(Span),
    /// What the walk says is so.
    Agreed,
    /// A chapter opens.
    Chapter(String),
}

/// Where a walk and the world differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Counted from 1.
    pub line: usize,
    pub text: String,
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: `{}`: {}", self.line, self.text, self.message)
    }
}

/// Plays a walk. The iterator yields what each line led to, and ends after the first failure.
pub struct Player<'a, S: Stage> {
    workshop: &'a Workshop,
    walk: &'a Walk,
    stage: &'a mut S,
    at: usize,
    /// The refusal the line above met and no line has spoken of yet.
    refused: Option<Refusal>,
}

impl<'a, S: Stage> Player<'a, S> {
    pub fn new(workshop: &'a Workshop, walk: &'a Walk, stage: &'a mut S) -> Self {
        Self { workshop, walk, stage, at: 0, refused: None }
    }

    /// Plays the whole walk.
    ///
    /// # Errors
    /// The first line that differs.
    pub fn play(self) -> Result<(), Failure> {
        for (_, heard) in self {
            heard?;
        }
        Ok(())
    }

    fn perform(&mut self, line: &Line) -> Result<Vec<Heard>, String> {
        if let Verb::Error(code) = &line.verb {
            let refusal = self.refused.take();
            let refusal = refusal.ok_or("the command above was carried out")?;
            return match refusal.code == *code {
                true => Ok(vec![Heard::Agreed]),
                false => Err(format!("it was refused with {}: {}", refusal.code, refusal.message)),
            };
        }
        match &line.verb {
            Verb::Type(text) => self.perform_command(text).map(|it| vec![it]),
            Verb::Wait(span) => Ok(vec![self.wait(*span)]),
            Verb::Until(target) => Ok(vec![self.until(target)?]),
            Verb::Prepare(id) => self.prepare(id),
            Verb::Solve(id) => self.solve(id),
            Verb::Key(key) => self.stage.press(key).map(|()| Vec::new()),
            Verb::See(text) => match self.stage.sees(text)? {
                true => Ok(vec![Heard::Agreed]),
                false => Err("the screen does not show it".into()),
            },
            Verb::Mark(text) => Ok(vec![Heard::Chapter(text.clone())]),
            _ => self.agree(&line.verb).map(|()| vec![Heard::Agreed]),
        }
    }

    /// Compares what a line says with the world.
    fn agree(&self, verb: &Verb) -> Result<(), String> {
        let view = self.stage.view();
        let (target, wanted, sentence) = match verb {
            Verb::Warn(warning, sentence) => {
                let said = (warning.look)(&view).ok_or("this mistake does not stand")?;
                return same(sentence.as_deref(), &said);
            }
            Verb::NoWarn(warning) => {
                return (warning.look)(&view).map_or(Ok(()), |said| Err(format!("it stands: {said}")));
            }
            Verb::Done(target) => (target, "done", &None),
            Verb::Waiting(target, sentence) => (target, "waiting", sentence),
            Verb::NotYet(target, sentence) => (target, "not yet", sentence),
            _ => return Ok(()),
        };
        let verdict = self.verdict(target, &view);
        let word = match &verdict {
            Verdict::Done => "done",
            Verdict::Waiting { .. } => "waiting",
            Verdict::NotYet(_) => "not yet",
        };
        if word != wanted {
            return Err(format!("{target} is {word}. {}", verdict.text()).trim_end().to_owned());
        }
        same(sentence.as_deref(), verdict.text())
    }

    fn perform_command(&mut self, text: &str) -> Result<Heard, String> {
        let line = fill(text, &self.stage.view());
        let outcome = match Command::parse(&line, &texts) {
            Ok(command) => self.stage.apply(command),
            Err(error) => Err(not_a_command(error)),
        };
        Ok(match outcome {
            Ok(outcome) => Heard::Did { command: line, outcome },
            Err(refusal) => {
                let (code, message) = (refusal.code.clone(), refusal.message.clone());
                self.refused = Some(refusal);
                Heard::Refused { command: line, code, message }
            }
        })
    }

    fn wait(&mut self, span: Span) -> Heard {
        self.stage.advance(span);
        Heard::Waited(span)
    }

    fn until(&mut self, target: &Target) -> Result<Heard, String> {
        let mut waited = Span::ZERO;
        loop {
            let verdict = self.verdict(target, &self.stage.view());
            if verdict.done() {
                return Ok(Heard::Waited(waited));
            }
            if PATIENCE <= waited {
                return Err(format!("ten minutes have passed. {}", verdict.text()));
            }
            self.stage.advance(TICK);
            waited = waited + TICK;
        }
    }

    fn prepare(&mut self, id: &str) -> Result<Vec<Heard>, String> {
        let mut heard = Vec::new();
        let at = self.workshop.position(id).unwrap_or(0);
        let earlier = self.workshop.steps().iter().take(at);
        for step in earlier.filter(|it| it.questions.is_empty()) {
            heard.extend(self.solve(&step.id)?);
        }
        Ok(heard)
    }

    fn solve(&mut self, id: &str) -> Result<Vec<Heard>, String> {
        let workshop = self.workshop;
        let Some(step) = workshop.step(id) else { return Err(format!("step {id} does not exist")) };
        let mut heard = Vec::new();
        for it in &step.solve {
            let one = match it {
                Move::Type(line) => self.perform_command(line)?,
                Move::Wait(span) => self.wait(*span),
                Move::Until(target) => match move_target(target, step, workshop) {
                    Some(target) => self.until(&target).map_err(|it| format!("{id}: {it}"))?,
                    None => return Err(format!("{id}: {target} is neither a step nor a check")),
                },
            };
            if let Some(refusal) = self.refused.take() {
                return Err(format!("{id}: `{it}` was refused: {}: {}", refusal.code, refusal.message));
            }
            heard.push(one);
        }
        Ok(heard)
    }

    fn verdict(&self, target: &Target, view: &View) -> Verdict {
        match target {
            Target::Check(check) => (check.judge)(view),
            Target::Step(id) => match self.workshop.step(id) {
                Some(step) => step.verdict(view),
                None => Verdict::NotYet(format!("step {id} does not exist")),
            },
        }
    }
}

impl<'a, S: Stage> Iterator for Player<'a, S> {
    /// The line, and what it led to.
    type Item = (&'a Line, Result<Vec<Heard>, Failure>);

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.walk.lines.get(self.at)?;
        self.at += 1;
        let mut outcome = self.perform(line);
        // A refusal that no `error` line speaks of is a difference, told at the command.
        let spoken = matches!(self.walk.lines.get(self.at), Some(Line { verb: Verb::Error(_), .. }));
        if let Some(refusal) = self.refused.take_if(|_| !spoken) {
            let hint = refusal.hint.map(|it| format!(" {it}")).unwrap_or_default();
            let diagnostics: Vec<String> = refusal.diagnostics.iter().map(|it| it.message.clone()).collect();
            let more =
                if diagnostics.is_empty() { String::new() } else { format!(" {}", diagnostics.join("; ")) };
            outcome = Err(format!("it was refused with {}: {}{more}{hint}", refusal.code, refusal.message));
        }
        let item = outcome.map_err(|message| {
            self.at = self.walk.lines.len();
            Failure { line: line.number, text: line.text.clone(), message }
        });
        Some((line, item))
    }
}

/// A typed line that is no command, as a refusal, so that a walk can expect it.
fn not_a_command(error: FormError) -> Refusal {
    Refusal { code: "NotACommand".into(), message: error.message, hint: error.hint, diagnostics: Vec::new() }
}

fn same(wanted: Option<&str>, said: &str) -> Result<(), String> {
    match wanted {
        Some(wanted) if wanted != said => Err(format!("it says: {said}")),
        _ => Ok(()),
    }
}
