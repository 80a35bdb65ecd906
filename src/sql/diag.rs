//! What a learner is told about a text: place, message, detail, hint.
//!
//! A message is short and factual, starts small and ends without a period; the detail is a sentence
//! about the cause; the hint is a sentence about what to write instead.

use std::ops::Range;

use serde::{Deserialize, Serialize};

mod original;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The code runs; this is worth knowing.
    Note,
    /// The code runs, and probably not as meant.
    Warning,
    /// The code is refused.
    Error,
}

/// One thing to say about a place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub severity: Severity,
    /// The bytes of the text it is about; never splits a character, and is empty only at the end.
    pub span: Range<usize>,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
}

impl Diagnostic {
    pub fn error(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, span, message: message.into(), detail: None, hint: None }
    }

    pub fn warning(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    pub fn note(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(span, message) }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn fatal(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Line and column of the first character, both counted from 1, columns in characters.
    pub fn place(&self, text: &str) -> (usize, usize) {
        place(text, self.span.start)
    }
}

/// Line and column of a byte of a text, both counted from 1, columns in characters.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |it| it + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The nearest of `known` to what was `written`, if any is near enough to be a slip.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().collect();
    // Every word of one or two letters is near every other; they count only when they differ in case.
    let limit = if written.len() < 3 { 0 } else { 1 + written.len() / 4 };
    known
        .into_iter()
        .map(|it| (distance(&written, &it.to_lowercase().chars().collect::<Vec<_>>()), it))
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, it)| it)
}

/// How many single-letter changes lead from one word to the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (left, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[left + 1];
            row[left + 1] = change.min(row[left] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let text = "é\nab ü c";
        assert_eq!(place(text, text.find('c').unwrap()), (2, 6));
        assert_eq!(place(text, 999), (2, 7));
    }

    #[test]
    fn slips_find_their_word() {
        let known = ["random.number", "random.word", "name.firstName"];
        assert_eq!(nearest("random.numbr", known), Some("random.number"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("S", ["A", "B"]), None);
    }
}
