//! What a checker says about a text: its tokens for colour, its problems for squiggles.

use std::ops::Range;

use crate::sql::diag::{Diagnostic, Severity};
use crate::sql::parse::{self, TokenKind};
use crate::tui::theme::Role;

/// The answer to "what is this text?".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Bytes of the text and their role, in order, without overlaps.
    pub inks: Vec<(Range<usize>, Role)>,
    pub problems: Vec<Diagnostic>,
}

impl Check {
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|it| it.fatal()).count()
    }

    pub fn warnings(&self) -> usize {
        self.problems.iter().filter(|it| it.severity == Severity::Warning).count()
    }

    /// SQL: colours from the parser's own tokens.
    pub fn of_sql(text: &str, problems: Vec<Diagnostic>) -> Self {
        let inks =
            parse::parse(text).tokens.into_iter().map(|it| (it.span.clone(), ink(it.kind, &text[it.span])));
        Self { inks: inks.filter(|(_, role)| *role != Role::Plain).collect(), problems }
    }

    /// A record template: each placeholder in a colour of its own, which its values share.
    pub fn of_template(text: &str, problems: Vec<Diagnostic>) -> Self {
        let inks = placeholders(text);
        let inks = inks.into_iter().enumerate().map(|(at, span)| (span, Role::Placeholder(at as u8)));
        Self { inks: inks.collect(), problems }
    }
}

fn ink(kind: TokenKind, written: &str) -> Role {
    const TYPES: [&str; 16] = [
        "VARCHAR",
        "CHAR",
        "INTEGER",
        "INT",
        "BIGINT",
        "SMALLINT",
        "TINYINT",
        "DECIMAL",
        "NUMERIC",
        "DOUBLE",
        "REAL",
        "FLOAT",
        "BOOLEAN",
        "DATE",
        "TIME",
        "TIMESTAMP",
    ];
    match kind {
        TokenKind::Keyword if TYPES.iter().any(|it| written.eq_ignore_ascii_case(it)) => Role::Type,
        TokenKind::Keyword => Role::Word,
        TokenKind::QuotedName => Role::Quoted,
        TokenKind::Text => Role::Literal,
        TokenKind::Number => Role::Number,
        TokenKind::Comment => Role::Comment,
        TokenKind::Unknown => Role::Wrong,
        TokenKind::Name | TokenKind::Operator | TokenKind::Punctuation => Role::Plain,
    }
}

/// Where the placeholders of a template stand, braces included.
pub fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|it| it + at) {
        let Some(length) = text[start..].find("}}") else { break };
        // In `{"min":0}}}` the object's own brace comes first.
        let mut end = start + length + 2;
        while text[end..].starts_with('}')
            && text[start..end].matches('{').count() > text[start..end].matches('}').count()
        {
            end += 1;
        }
        found.push(start..end);
        at = end;
    }
    found
}

/// Where the values of the placeholders stand in a record made from the template; stops where the two part.
pub fn values(template: &str, record: &str) -> Vec<Range<usize>> {
    let spans = placeholders(template);
    let mut found = Vec::new();
    let mut at = 0;
    for (index, span) in spans.iter().enumerate() {
        let from = if index == 0 { 0 } else { spans[index - 1].end };
        let Some(rest) = record[at..].strip_prefix(&template[from..span.start]) else { break };
        let start = record.len() - rest.len();
        let until = spans.get(index + 1).map_or(template.len(), |it| it.start);
        let literal = &template[span.end..until];
        let literal = if until == template.len() { literal.trim_end() } else { literal };
        let length = if literal.is_empty() { Some(rest.len()) } else { rest.find(literal) };
        let Some(length) = length else { break };
        found.push(start..start + length);
        at = start + length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r#"{"id": "s-{{random.number(9)}}", "t": {{random.number({"min":-4, "max":6})}}}"#;

    #[test]
    fn placeholders_end_after_their_own_braces() {
        let found: Vec<&str> = placeholders(TEMPLATE).into_iter().map(|it| &TEMPLATE[it]).collect();
        assert_eq!(found, ["{{random.number(9)}}", r#"{{random.number({"min":-4, "max":6})}}"#]);
    }

    #[test]
    fn values_are_found_in_a_record() {
        let record = r#"{"id": "s-7", "t": -3}"#;
        let found: Vec<&str> = values(TEMPLATE, record).into_iter().map(|it| &record[it]).collect();
        assert_eq!(found, ["7", "-3"]);
        assert!(values(TEMPLATE, "something else").is_empty());
    }
}
