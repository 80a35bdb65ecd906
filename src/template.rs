//! The record template: text with placeholders, compiled once, rendered a thousand times a second.
//!
//! A template is what the workshop's learner types into the producer's text box. Compiling reads it
//! kindly ([`Mode::Tolerant`]) or to the letter of the real page of 2016 ([`Mode::Strict`]) and leaves a
//! flat list of steps: literal bytes, and makers whose arguments are already checked. Everything that can
//! be wrong is said then, with its place; rendering cannot fail. What the placeholders mean is told by
//! the [`catalogue`]. A template knows no cloud: it is given chance and the virtual moment, and appends
//! bytes.

mod args;
pub mod batch;
mod blocks;
mod decimal;
pub mod faker;
mod heads;
mod javascript;
mod make;
pub mod moment;
mod notes;
mod relaxed;
mod scan;
mod strict;
mod words;

use std::ops::Range;

use crate::base::seed::Chance;
use crate::base::time::Timestamp;
use crate::sql::diag::Diagnostic;
pub use faker::{Entry, Origin, catalogue};
use make::{Draw, Maker};
use strict::Piece;

/// The deck's template, verbatim.
pub const WORKSHOP: &str = include_str!("../assets/template/workshop.json");

/// A template longer than this is refused; a record of a stream holds at most four times as much.
pub const TEXT_MAX: usize = 256 * 1024;

/// How a template is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Forgives what has one obvious meaning, and says what the real page would have done.
    #[default]
    Tolerant,
    /// As the real page, with its traps and its error texts.
    Strict,
}

/// A template, compiled.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    steps: Vec<Step>,
    sites: Vec<Site>,
    notes: Vec<Diagnostic>,
}

/// A placeholder and what makes its values.
#[derive(Clone, Debug)]
struct Site {
    /// From the first `{` to the last `}` in the template's text.
    span: Range<usize>,
    name: String,
    maker: Maker,
}

/// What is done for each record.
#[derive(Clone, Debug)]
enum Step {
    Text(Box<[u8]>),
    /// Appends a value of this site.
    Make(usize),
    /// Draws a value of this site and goes to `otherwise` unless it is `wanted`.
    Ask {
        site: usize,
        wanted: bool,
        otherwise: usize,
    },
    Jump(usize),
}

/// A placeholder of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its bytes in [`Template::text`], braces included.
    pub span: Range<usize>,
    /// Its name in the [`catalogue`].
    pub name: &'a str,
}

/// A stretch of a record that a placeholder made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the placeholder in [`Template::parts`].
    pub part: usize,
    /// Its bytes in the buffer rendered to.
    pub bytes: Range<usize>,
}

impl Template {
    /// Reads a template. Spans of diagnostics are bytes of `text`.
    ///
    /// # Errors
    /// Everything that keeps it from working; the strict mode knows only the first thing, as the real page.
    pub fn compile(text: &str, mode: Mode) -> Result<Self, Vec<Diagnostic>> {
        if TEXT_MAX < text.len() {
            let mut at = TEXT_MAX;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            return Err(vec![
                Diagnostic::error(at..text.len(), "the template is too long")
                    .detail(format!("It has {} bytes; {TEXT_MAX} is the most that is read.", text.len())),
            ]);
        }
        match mode {
            Mode::Tolerant => scan::compile(text),
            Mode::Strict => Ok(Self::from_pieces(text, strict::read(text).map_err(|it| vec![it])?)),
        }
    }

    fn from_pieces(text: &str, pieces: Vec<Piece>) -> Self {
        let mut template =
            Self { text: text.to_owned(), steps: Vec::new(), sites: Vec::new(), notes: Vec::new() };
        for piece in pieces {
            match piece {
                Piece::Text(text) if text.is_empty() => {}
                Piece::Text(text) => template.steps.push(Step::Text(text.into_bytes().into())),
                Piece::Site(site) => {
                    template.steps.push(Step::Make(template.sites.len()));
                    template.sites.push(site);
                }
            }
        }
        template
    }

    /// What is worth knowing about a template that works: where the real page would have stopped, what
    /// was forgiven and how it was understood.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The placeholders in the order of the text.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.sites.iter().map(|it| Part { span: it.span.clone(), name: &it.name })
    }

    /// Appends one record without a line end.
    pub fn render(&self, chance: &mut Chance, now: Timestamp, out: &mut Vec<u8>) {
        self.run(&mut Draw { chance, now, out }, |_, _| {});
    }

    /// Appends one record, and to `marks` which of its bytes each placeholder made.
    pub fn render_marked(
        &self,
        chance: &mut Chance,
        now: Timestamp,
        out: &mut Vec<u8>,
        marks: &mut Vec<Mark>,
    ) {
        self.run(&mut Draw { chance, now, out }, |part, bytes| marks.push(Mark { part, bytes }));
    }

    /// Steps lead forward only, so this ends.
    #[inline]
    fn run(&self, draw: &mut Draw, mut made: impl FnMut(usize, Range<usize>)) {
        let mut at = 0;
        while let Some(step) = self.steps.get(at) {
            at += 1;
            match step {
                Step::Text(text) => draw.out.extend_from_slice(text),
                Step::Make(index) => {
                    let start = draw.out.len();
                    self.sites[*index].maker.make(draw);
                    made(*index, start..draw.out.len());
                }
                Step::Ask { site, wanted, otherwise } => {
                    let start = draw.out.len();
                    self.sites[*site].maker.make(draw);
                    let answer = !matches!(
                        draw.out.get(start..).unwrap_or_default(),
                        b"" | b"0" | b"false" | b"null" | b"undefined" | b"NaN"
                    );
                    draw.out.truncate(start);
                    if answer != *wanted {
                        at = *otherwise;
                    }
                }
                Step::Jump(target) => at = *target,
            }
        }
    }
}
