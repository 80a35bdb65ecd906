//! Walks: what a learner does and sees, in the words a learner types.
//!
//! Lessons, demos, bug reports and tests share this format. A walk is text, one step a line:
//!
//! ```text
//! # 1-A, by the book
//! > create stream iot-sensors 2
//! waiting 1-A
//! until 1-A
//! done 1-A
//!
//! # the same name again
//! > create stream iot-sensors 2
//! error ResourceInUseException
//! warn name_taken
//! ```
//!
//! [`VERBS`] lists the words. A walk is read once, with every mistake told by its line, and then played by
//! a [`Player`] on a [`Stage`]: the lab itself, or a screen around one. A typed command may hold roles in
//! braces ([`fill`](super::fill)), so that a walk can open an object whose name it does not know. A command
//! that ends in three quotes takes the lines below it, up to three quotes alone, as its last text.

use std::fmt;

use super::{Check, Step, Warn, Workshop, check, content, warn};
use crate::base::time::Span;
use crate::sql::diag::nearest;

mod player;

pub use player::{Failure, Heard, Player, Stage};

/// Every word a line may start with, how it goes on, and what it means.
pub const VERBS: &[(&str, &str, &str)] = &[
    (">", "COMMAND", "types a command; unless the next line says `error`, it must be carried out"),
    ("wait", "SPAN", "lets virtual time pass"),
    ("until", "STEP|CHECK", "lets virtual time pass until it is done, ten minutes at most"),
    ("done", "STEP|CHECK", "says that it is proved"),
    ("waiting", "STEP|CHECK [SENTENCE]", "says that only time is missing"),
    ("not yet", "STEP|CHECK [SENTENCE]", "says that something is missing"),
    ("warn", "WARNING [SENTENCE]", "says that this mistake stands"),
    ("no warn", "WARNING", "says that it does not"),
    ("error", "CODE", "says that the command above was refused with this code"),
    ("prepare", "STEP", "performs the solutions of every earlier step that builds something"),
    ("solve", "STEP", "performs the step's own solution"),
    ("see", "TEXT", "says that the screen shows this text"),
    ("key", "KEY", "presses a key"),
    ("mark", "TEXT", "opens a chapter of a recording"),
];

/// A command that ends in this takes the lines up to the next one as its last text.
const FENCE: &str = "\"\"\"";

/// A walk, read and checked.
#[derive(Clone, Debug)]
pub struct Walk {
    pub lines: Vec<Line>,
}

/// One step of a walk.
#[derive(Clone, Debug)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// As it is written, without blanks around it.
    pub text: String,
    pub verb: Verb,
}

/// What a line does or says.
#[derive(Clone, Debug)]
pub enum Verb {
    Type(String),
    Wait(Span),
    Until(Target),
    Done(Target),
    /// With the sentence, if the walk states it.
    Waiting(Target, Option<String>),
    NotYet(Target, Option<String>),
    Warn(&'static Warn, Option<String>),
    NoWarn(&'static Warn),
    Error(String),
    /// The id of a step.
    Prepare(String),
    Solve(String),
    See(String),
    Key(String),
    Mark(String),
}

/// What a proof is asked of: a step by its id, or one condition by its name.
#[derive(Clone, Debug)]
pub enum Target {
    Step(String),
    Check(&'static Check),
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Step(id) => out.write_str(id),
            Target::Check(check) => out.write_str(check.name),
        }
    }
}

/// A line that is not a step of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    pub message: String,
    pub hint: Option<String>,
}

impl fmt::Display for WalkError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(out, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl Walk {
    /// Reads a walk.
    ///
    /// # Errors
    /// Every line that cannot be read, in order.
    pub fn parse(text: &str, workshop: &Workshop) -> Result<Walk, Vec<WalkError>> {
        let mut lines: Vec<Line> = Vec::new();
        let mut errors = Vec::new();
        let mut rest = text.lines().enumerate();
        while let Some((at, raw)) = rest.next() {
            let written = raw.trim();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let reader = Reader { line: at + 1, raw, workshop };
            let follows_command = matches!(lines.last(), Some(Line { verb: Verb::Type(_), .. }));
            match reader.verb(written, follows_command) {
                Ok(Verb::Type(command)) if command.ends_with(FENCE) => {
                    let body = rest.by_ref().map(|(_, it)| it).take_while(|it| it.trim() != FENCE);
                    let body = serde_json::Value::from(body.collect::<Vec<_>>().join("\n"));
                    let verb = Verb::Type(format!("{}{body}", command.trim_end_matches(FENCE)));
                    lines.push(Line { number: at + 1, text: written.to_owned(), verb });
                }
                Ok(verb) => lines.push(Line { number: at + 1, text: written.to_owned(), verb }),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Walk { lines }) } else { Err(errors) }
    }
}

/// Reads one line.
struct Reader<'a> {
    line: usize,
    raw: &'a str,
    workshop: &'a Workshop,
}

impl Reader<'_> {
    fn verb(&self, written: &str, follows_command: bool) -> Result<Verb, WalkError> {
        let Some((verb, rest)) = split_verb(written) else {
            let first = written.split(' ').next().unwrap_or_default();
            let near = nearest(first, VERBS.iter().map(|(verb, ..)| *verb));
            let hint = match near {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "A command is typed as `> command`.".to_owned(),
            };
            return Err(self.error(
                written,
                format!("no step of a walk starts with \"{first}\""),
                Some(hint),
            ));
        };
        if rest.is_empty() {
            let form = VERBS.iter().find(|it| it.0 == verb).map(|it| it.1).unwrap_or_default();
            return Err(self.error(written, format!("{form} is missing"), None));
        }
        Ok(match verb {
            ">" => Verb::Type(rest.to_owned()),
            "wait" => match Span::parse(rest) {
                Some(span) => Verb::Wait(span),
                None => {
                    let hint = Some("Write 20s, 5m or 1h.".to_owned());
                    return Err(self.error(rest, format!("\"{rest}\" is not a length of time"), hint));
                }
            },
            "until" => Verb::Until(self.target(rest)?),
            "done" => Verb::Done(self.target(rest)?),
            "waiting" => {
                let (target, sentence) = self.sentence(rest);
                Verb::Waiting(self.target(target)?, sentence)
            }
            "not yet" => {
                let (target, sentence) = self.sentence(rest);
                Verb::NotYet(self.target(target)?, sentence)
            }
            "warn" => {
                let (name, sentence) = self.sentence(rest);
                Verb::Warn(self.warning(name)?, sentence)
            }
            "no warn" => Verb::NoWarn(self.warning(rest)?),
            "error" if follows_command => Verb::Error(rest.to_owned()),
            "error" => {
                let hint = Some("It stands right below the command that is refused.".to_owned());
                return Err(self.error(written, "error without a command above it".to_owned(), hint));
            }
            "prepare" => Verb::Prepare(self.step(rest)?.id.clone()),
            "solve" => Verb::Solve(self.step(rest)?.id.clone()),
            "see" => Verb::See(rest.to_owned()),
            "key" => Verb::Key(rest.to_owned()),
            _ => Verb::Mark(rest.to_owned()),
        })
    }

    /// A name, and the sentence behind it if there is one.
    fn sentence<'b>(&self, rest: &'b str) -> (&'b str, Option<String>) {
        match rest.split_once(' ') {
            Some((name, sentence)) => (name, Some(sentence.trim().to_owned())),
            None => (rest, None),
        }
    }

    fn target(&self, name: &str) -> Result<Target, WalkError> {
        if let Some(step) = self.workshop.step(name) {
            return Ok(Target::Step(step.id.clone()));
        }
        if let Some(check) = check::find(name) {
            return Ok(Target::Check(check));
        }
        let steps = self.workshop.steps().iter().map(|it| it.id.as_str());
        let near = nearest(name, steps.chain(check::CHECKS.iter().map(|it| it.name)));
        Err(self.unknown("step or check", name, near))
    }

    fn step(&self, name: &str) -> Result<&Step, WalkError> {
        let near = || nearest(name, self.workshop.steps().iter().map(|it| it.id.as_str()));
        self.workshop.step(name).ok_or_else(|| self.unknown("step", name, near()))
    }

    fn warning(&self, name: &str) -> Result<&'static Warn, WalkError> {
        let near = || nearest(name, warn::WARNS.iter().map(|it| it.name));
        warn::find(name).ok_or_else(|| self.unknown("warning", name, near()))
    }

    fn unknown(&self, kind: &str, name: &str, near: Option<&str>) -> WalkError {
        let hint = near.map(|it| format!("Did you mean `{it}`?"));
        self.error(name, format!("{kind} \"{name}\" does not exist"), hint)
    }

    /// An error at the place of a part of the line.
    fn error(&self, part: &str, message: String, hint: Option<String>) -> WalkError {
        let at = self.raw.find(part).unwrap_or(0);
        let column = self.raw[..at].chars().count() + 1;
        WalkError { line: self.line, column, message, hint }
    }
}

/// The verb a line starts with and what follows it. A verb is followed by a blank, except `>`.
fn split_verb(written: &str) -> Option<(&'static str, &str)> {
    VERBS.iter().find_map(|(verb, ..)| {
        let rest = written.strip_prefix(verb)?;
        let ends = *verb == ">" || rest.is_empty() || rest.starts_with(' ');
        ends.then_some((*verb, rest.trim()))
    })
}

/// The moves of a solution as they are written, for showing a walk of it.
impl fmt::Display for super::Move {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            super::Move::Type(line) => out.write_str(line),
            super::Move::Wait(span) => write!(out, "wait {span}"),
            super::Move::Until(target) => write!(out, "until {target}"),
        }
    }
}

/// The target of a move: `done` is the step the move belongs to.
pub(crate) fn move_target(target: &str, step: &Step, workshop: &Workshop) -> Option<Target> {
    if target == content::OWN_STEP {
        return Some(Target::Step(step.id.clone()));
    }
    let by_step = workshop.step(target).map(|it| Target::Step(it.id.clone()));
    by_step.or_else(|| check::find(target).map(Target::Check))
}
