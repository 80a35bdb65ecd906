//! Reads the steps under `assets/workshop` and refuses what is incomplete.
//!
//! A step is a Markdown file with a TOML front matter between two lines of `+++`. The front matter names
//! the checks and warnings; a name that does not exist, a check no step uses, a step without its four
//! hints or without a solution are refused with the file's name. The named texts of the typed forms
//! (`@workshop`, `@2-B`) are here too, because they are assets like the steps.

use std::fmt;

use serde::Deserialize;

use super::{Check, Move, Question, Step, Warn, Workshop, check, warn};
use crate::base::time::Span;

/// Every step's file name and text, in the order of the workshop.
pub const FILES: &[(&str, &str)] = &[
    ("1-a.md", include_str!("../../assets/workshop/1-a.md")),
    ("1-b.md", include_str!("../../assets/workshop/1-b.md")),
    ("1-c.1.md", include_str!("../../assets/workshop/1-c.1.md")),
    ("1-c.2.md", include_str!("../../assets/workshop/1-c.2.md")),
    ("r1.md", include_str!("../../assets/workshop/r1.md")),
    ("r2.md", include_str!("../../assets/workshop/r2.md")),
    ("2-a.md", include_str!("../../assets/workshop/2-a.md")),
    ("2-b.1.md", include_str!("../../assets/workshop/2-b.1.md")),
    ("2-b.2.md", include_str!("../../assets/workshop/2-b.2.md")),
    ("2-b.3.md", include_str!("../../assets/workshop/2-b.3.md")),
    ("2-c.md", include_str!("../../assets/workshop/2-c.md")),
    ("2-d.md", include_str!("../../assets/workshop/2-d.md")),
    ("w.md", include_str!("../../assets/workshop/w.md")),
    ("2-e.md", include_str!("../../assets/workshop/2-e.md")),
    ("r3.md", include_str!("../../assets/workshop/r3.md")),
    ("3-a.md", include_str!("../../assets/workshop/3-a.md")),
    ("3-b.md", include_str!("../../assets/workshop/3-b.md")),
    ("3-c.md", include_str!("../../assets/workshop/3-c.md")),
    ("r4.md", include_str!("../../assets/workshop/r4.md")),
    ("3-d.md", include_str!("../../assets/workshop/3-d.md")),
];

/// The deck's statements, verbatim, in the order of the slides.
const CLEAN_STREAM: &str = include_str!("../../assets/sql/clean_stream.sql");
const DEDUP_PUMP: &str = include_str!("../../assets/sql/dedup_pump.sql");
const FILTERED_STREAM: &str = include_str!("../../assets/sql/filtered_stream.sql");
const FILTER_PUMP: &str = include_str!("../../assets/sql/filter_pump.sql");
const AGGREGATE_STREAM: &str = include_str!("../../assets/sql/aggregate_stream.sql");
const AGGREGATE_PUMP: &str = include_str!("../../assets/sql/aggregate_pump.sql");

/// The names that [`texts`] knows, for completion.
pub const TEXT_NAMES: &[&str] = &["workshop", "2-B.1", "2-B", "2-C", "2-D", "activity-2"];

/// The text that stands behind `@name` in a typed form: the record template, or the application's code
/// as it is after a step (`2-C` holds the statements of 2-B and 2-C).
pub fn texts(name: &str) -> Option<String> {
    let parts: &[&str] = match name.to_ascii_lowercase().as_str() {
        "workshop" => return Some(include_str!("../../assets/template/workshop.json").to_owned()),
        "2-b.1" => &[CLEAN_STREAM],
        "2-b" | "2-b.2" => &[CLEAN_STREAM, DEDUP_PUMP],
        "2-c" => &[CLEAN_STREAM, DEDUP_PUMP, FILTERED_STREAM, FILTER_PUMP],
        "2-d" | "activity-2" => {
            &[CLEAN_STREAM, DEDUP_PUMP, FILTERED_STREAM, FILTER_PUMP, AGGREGATE_STREAM, AGGREGATE_PUMP]
        }
        _ => return None,
    };
    Some(parts.join("\n"))
}

/// Why the workshop's files were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentError {
    /// The file, empty when it is about the whole.
    pub file: String,
    pub message: String,
}

impl fmt::Display for ContentError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file.as_str() {
            "" => out.write_str(&self.message),
            file => write!(out, "{file}: {}", self.message),
        }
    }
}

/// The front matter of a step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: String,
    title: String,
    activity: u8,
    minutes: u32,
    proof: Vec<String>,
    #[serde(default)]
    bonus: Vec<String>,
    #[serde(default)]
    warns: Vec<String>,
    hints: Vec<String>,
    solve: String,
    #[serde(default, rename = "question")]
    questions: Vec<FrontQuestion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontQuestion {
    id: String,
    ask: String,
    reveal: String,
}

impl Workshop {
    /// Reads steps from `(file name, text)` pairs in their order.
    ///
    /// # Errors
    /// The first thing that is incomplete: see [the module](self).
    pub fn read(files: &[(&str, &str)]) -> Result<Self, ContentError> {
        let mut steps: Vec<Step> = Vec::new();
        for (file, text) in files {
            let step = step(text).map_err(|message| ContentError { file: (*file).to_owned(), message })?;
            if steps.iter().any(|it| it.id == step.id) {
                let message = format!("step {} exists already", step.id);
                return Err(ContentError { file: (*file).to_owned(), message });
            }
            steps.push(step);
        }
        let whole = |message: String| Err(ContentError { file: String::new(), message });
        let used = |check: &Check| {
            steps.iter().any(|step| step.proofs.iter().chain(&step.bonus).any(|it| it.name == check.name))
        };
        if let Some(check) = check::CHECKS.iter().find(|it| !used(it)) {
            return whole(format!("no step uses the check {}", check.name));
        }
        let watched = |warn: &Warn| steps.iter().any(|step| step.warns.iter().any(|it| it.name == warn.name));
        if let Some(warn) = warn::WARNS.iter().find(|it| !watched(it)) {
            return whole(format!("no step uses the warning {}", warn.name));
        }
        Ok(Self { steps })
    }
}

/// Reads one step.
fn step(text: &str) -> Result<Step, String> {
    let rest = text.strip_prefix("+++\n").ok_or("the front matter opens with a line of +++")?;
    let (front, body) = rest.split_once("\n+++\n").ok_or("the front matter ends with a line of +++")?;
    let front: FrontMatter = toml::from_str(front).map_err(|error| error.to_string())?;
    let body = body.trim();
    if body.is_empty() {
        return Err("the step has no words".into());
    }
    if front.proof.is_empty() {
        return Err("the step has no proof".into());
    }
    let hints: [String; 4] = front
        .hints
        .try_into()
        .map_err(|it: Vec<String>| format!("the step has {} hints, not four", it.len()))?;
    if hints.iter().any(|it| it.trim().is_empty()) {
        return Err("a hint is empty".into());
    }
    let solve = front.solve.lines().map(str::trim).filter(|it| !it.is_empty());
    let solve = solve.map(read_move).collect::<Result<Vec<Move>, String>>()?;
    if solve.is_empty() {
        return Err("the step has no solution".into());
    }
    Ok(Step {
        id: front.id,
        title: front.title,
        activity: front.activity,
        minutes: front.minutes,
        proofs: front.proof.iter().map(|it| known_check(it)).collect::<Result<_, _>>()?,
        bonus: front.bonus.iter().map(|it| known_check(it)).collect::<Result<_, _>>()?,
        warns: front.warns.iter().map(|it| known_warn(it)).collect::<Result<_, _>>()?,
        questions: front
            .questions
            .into_iter()
            .map(|it| Question { id: it.id, ask: it.ask, reveal: it.reveal })
            .collect(),
        hints,
        solve,
        body: body.to_owned(),
    })
}

fn known_check(name: &str) -> Result<&'static Check, String> {
    check::find(name).ok_or_else(|| format!("the check {name} does not exist"))
}

fn known_warn(name: &str) -> Result<&'static Warn, String> {
    warn::find(name).ok_or_else(|| format!("the warning {name} does not exist"))
}

/// What `until` of a solution calls the step it belongs to.
pub const OWN_STEP: &str = "done";

/// Reads a line of a solution: `wait 20s`, `until done`, `until 3-C.object`, or a typed form.
pub fn read_move(line: &str) -> Result<Move, String> {
    if let Some(span) = line.strip_prefix("wait ") {
        let span = Span::parse(span).ok_or_else(|| format!("\"{span}\" is not a length of time"))?;
        return Ok(Move::Wait(span));
    }
    if let Some(target) = line.strip_prefix("until ") {
        return Ok(Move::Until(target.trim().to_owned()));
    }
    Ok(Move::Type(line.to_owned()))
}
