//! A program in plain words: what feeds what, and for each pump what it reads, keeps, computes and remembers,
//! and when it speaks.
//!
//! The words come from the bound plan, so they tell what will run and not what was meant.

use serde::Serialize;

use crate::sql::ast::{shown, stored_bare};
use crate::sql::bind::{Catalog, compile};
use crate::sql::diag::Diagnostic;
use crate::sql::func::catalog;
use crate::sql::parse::{self, TokenKind};
use crate::sql::plan::{Program, Pump, StreamId, StreamKind};

mod operator;
mod phrase;

/// A program told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Lines of a drawing: streams, and below each the pumps that read it.
    pub graph: Vec<String>,
    pub pumps: Vec<PumpStory>,
    /// Names that are in quotes, as written.
    pub quoted: Vec<String>,
    /// What is younger than the workshop: a name, and the year the service learned it.
    pub younger: Vec<(String, u16)>,
    /// What the compiler says about the program.
    #[serde(skip)]
    pub notes: Vec<Diagnostic>,
}

/// What one pump does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PumpStory {
    pub name: String,
    pub reads: Vec<String>,
    pub writes: String,
    pub started: bool,
    /// Sentences, in the order in which rows pass.
    pub does: Vec<String>,
    /// What it remembers between rows, and what bounds that.
    pub remembers: Vec<String>,
    /// When it speaks.
    pub speaks: String,
}

/// Tells a program, or everything that is wrong with it.
pub fn explain(text: &str, catalog: &Catalog) -> Result<Explanation, Vec<Diagnostic>> {
    let program = compile(text, catalog)?;
    Ok(Explanation {
        graph: graph(&program),
        pumps: program.pumps.iter().map(|it| story(&program, it)).collect(),
        quoted: quoted(text),
        younger: younger(text),
        notes: program.notes,
    })
}

fn story(program: &Program, pump: &Pump) -> PumpStory {
    let mut reads: Vec<String> = Vec::new();
    for id in pump.query.scans() {
        let name = shown(&program.streams[id.0].name);
        if !reads.contains(&name) {
            reads.push(name);
        }
    }
    let told = operator::tell(program, &pump.query);
    let speaks = match told.speaks {
        Some(speaks) => speaks,
        None => "At once, with the ROWTIME of the row it read.".to_owned(),
    };
    let mut does = told.does;
    does.extend(cuts(program, pump));
    PumpStory {
        name: shown(&pump.name),
        reads,
        writes: shown(&program.streams[pump.target.0].name),
        started: pump.started,
        does,
        remembers: told.remembers,
        speaks,
    }
}

/// What is lost on the way into the target: text that is cut.
fn cuts(program: &Program, pump: &Pump) -> Option<String> {
    use crate::sql::plan::ExprKind;
    use crate::sql::value::SqlType;
    let target = &program.streams[pump.target.0];
    let cut = |(column, expr): (&crate::sql::plan::ColumnDef, &crate::sql::plan::Expr)| {
        let ExprKind::Cast(inner, _) = &expr.kind else { return None };
        match (inner.ty, column.ty) {
            (SqlType::Varchar(from) | SqlType::Char(from), SqlType::Varchar(to) | SqlType::Char(to))
                if to < from =>
            {
                Some(format!("{} to {to} characters", shown(&column.name)))
            }
            _ => None,
        }
    };
    let cuts: Vec<String> = target.columns.iter().zip(&pump.assignments).filter_map(cut).collect();
    (!cuts.is_empty()).then(|| format!("Cuts {}; longer text loses its end.", phrase::list(&cuts)))
}

/// Sources with the pumps below them, and so on; what is drawn once is only named again.
fn graph(program: &Program) -> Vec<String> {
    let mut drawing = Drawing { program, drawn: vec![false; program.streams.len()], lines: Vec::new() };
    let fed = |at: usize| program.pumps.iter().any(|it| it.target.0 == at);
    for (at, stream) in program.streams.iter().enumerate() {
        if stream.kind != StreamKind::Error && !fed(at) {
            let read = program.pumps.iter().any(|it| it.query.scans().contains(&StreamId(at)));
            let alone = match (stream.kind, read) {
                (_, true) => "",
                (StreamKind::Source, false) => "  (nothing reads it)",
                _ => "  (nothing writes into it)",
            };
            drawing.lines.push(format!("{}{alone}", shown(&stream.name)));
            drawing.below(StreamId(at), "");
        }
    }
    // Streams that only feed each other have no beginning.
    for at in 0..program.streams.len() {
        if fed(at) && !drawing.drawn[at] {
            drawing.lines.push(shown(&program.streams[at].name));
            drawing.below(StreamId(at), "");
        }
    }
    drawing.lines
}

struct Drawing<'p> {
    program: &'p Program,
    drawn: Vec<bool>,
    lines: Vec<String>,
}

impl Drawing<'_> {
    fn below(&mut self, stream: StreamId, indent: &str) {
        self.drawn[stream.0] = true;
        let readers: Vec<&Pump> =
            self.program.pumps.iter().filter(|it| it.query.scans().contains(&stream)).collect();
        for (at, pump) in readers.iter().enumerate() {
            let last = at + 1 == readers.len();
            let target = &self.program.streams[pump.target.0];
            let again = self.drawn[pump.target.0];
            let stopped = if pump.started { "" } else { " (stopped)" };
            let more = if again { "  (see above)" } else { "" };
            self.lines.push(format!(
                "{indent}{} {}{stopped} → {}{more}",
                if last { "└─" } else { "├─" },
                shown(&pump.name),
                shown(&target.name)
            ));
            if !again {
                self.below(pump.target, &format!("{indent}{}", if last { "   " } else { "│  " }));
            }
        }
    }
}

/// The names in quotes, each once; those that would mean the same without them say so.
fn quoted(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for token in parse::tokens(text).into_iter().filter(|it| it.kind == TokenKind::QuotedName) {
        let written = &text[token.span];
        let bare = stored_bare(written);
        let line = match bare {
            Some(bare) => format!("{written} (the same as {bare})"),
            None => written.to_owned(),
        };
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// What the text uses that the service learned after 2016.
fn younger(text: &str) -> Vec<(String, u16)> {
    let mut tokens = parse::tokens(text);
    tokens.retain(|it| it.kind != TokenKind::Comment);
    let word = |at: usize| tokens.get(at).map_or("", |it| &text[it.span.clone()]);
    let mut found: Vec<(String, u16)> = Vec::new();
    for at in 0..tokens.len() {
        let stagger =
            word(at).eq_ignore_ascii_case("STAGGER") && word(at.wrapping_sub(1)).eq_ignore_ascii_case("BY");
        let young = match catalog::routine(word(at)).filter(|it| it.named() && 2016 < it.year) {
            Some(routine) if word(at + 1) == "(" => Some((routine.name.to_owned(), routine.year)),
            _ if stagger => Some(("WINDOWED BY STAGGER".to_owned(), 2018)),
            _ => None,
        };
        found.extend(young.filter(|it| !found.contains(it)));
    }
    found
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.graph {
            writeln!(out, "{line}")?;
        }
        for pump in &self.pumps {
            writeln!(out, "\n{}: {} → {}", pump.name, pump.reads.join(", "), pump.writes)?;
            if !pump.started {
                writeln!(out, "  Stopped, until ALTER PUMP {} START.", pump.name)?;
            }
            for sentence in &pump.does {
                writeln!(out, "  {sentence}")?;
            }
            match &pump.remembers[..] {
                [] => writeln!(out, "  Remembers nothing.")?,
                all => all.iter().try_for_each(|it| writeln!(out, "  Remembers {it}."))?,
            }
            writeln!(out, "  Speaks: {}", pump.speaks)?;
        }
        if !self.quoted.is_empty() {
            writeln!(out, "\nIn quotes, so exactly as written: {}.", self.quoted.join(", "))?;
        }
        if !self.younger.is_empty() {
            let all: Vec<String> =
                self.younger.iter().map(|(name, year)| format!("{name} ({year})")).collect();
            writeln!(out, "\nYounger than the workshop of 2016: {}.", all.join(", "))?;
        }
        Ok(())
    }
}
