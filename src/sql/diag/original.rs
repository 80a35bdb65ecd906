//! What the service would have said: the wording of the parser and validator it was made from.
//!
//! The service refused code with the words of its ancestor (sql.md 7.1). People who know them look for
//! them, so each of our messages that has such a forerunner can tell it. The table goes by our message:
//! `{}` stands for what the two have in common.

use std::ops::Range;

use super::{Diagnostic, place};

/// Our message, and the ancestor's. The pieces that `{}` stood for are put where `{0}`, `{1}` … stand.
#[rustfmt::skip]
const WORDINGS: &[(&str, &str)] = &[
    ("the statement ends too early", "Encountered \"<EOF>\""),
    ("this parenthesis is never closed", "Encountered \"<EOF>\""),
    ("this parenthesis closes nothing", "Encountered \")\""),
    ("{} is not expected here", "Encountered \"{0}\""),
    ("{} is a word of the language", "Encountered \"{0}\""),
    ("{} begins no statement", "Non-query expression encountered in illegal context"),
    ("{} is a typographic quote", "Lexical error. Encountered: \"{0}\""),
    ("{} means nothing here", "Lexical error. Encountered: \"{0}\""),
    ("{} is not an operator here", "Lexical error. Encountered: \"{0}\""),
    ("this text is never closed", "Lexical error. Encountered: <EOF>"),
    ("this quoted name is never closed", "Lexical error. Encountered: <EOF>"),
    ("{} is not a TIMESTAMP", "Illegal TIMESTAMP literal {0}: not in format 'yyyy-MM-dd HH:mm:ss'"),
    ("{} is not a DATE", "Illegal DATE literal {0}: not in format 'yyyy-MM-dd'"),
    ("{} is not a TIME", "Illegal TIME literal {0}: not in format 'HH:mm:ss'"),
    ("{} is not an INTERVAL {}", "Illegal interval literal format {0} for INTERVAL {1}"),
    ("this is not an interval", "Illegal interval literal format"),
    ("{} has too many digits for {}", "Interval field value {0} exceeds precision of {1} field"),
    ("this name is too long", "Length of identifier must be less than or equal to 128 characters"),
    ("the number {} is out of range", "Numeric literal '{0}' out of range"),
    ("column \"{}\" is ambiguous", "Column '{0}' is ambiguous"),
    ("column {} is ambiguous", "Column '{0}' is ambiguous"),
    ("column \"{}\" does not exist", "Column '{0}' not found in any table"),
    ("stream {} does not exist", "Object '{0}' not found"),
    ("{} is not in FROM", "Table '{0}' not found"),
    ("column {} is filled twice", "Target column '{0}' is assigned more than once"),
    ("{} takes {} columns, the select list has {} items",
        "Number of INSERT target columns ({1}) does not equal number of source items ({2})"),
    ("{} takes {} columns, the select list has {} item",
        "Number of INSERT target columns ({1}) does not equal number of source items ({2})"),
    ("column {} is there twice", "Duplicate name '{0}' in column list"),
    ("{} names for {} columns", "List of column aliases must have same degree as table; table has {1} columns, \
        whereas alias list has {0} columns"),
    ("function {} does not exist", "No match found for function signature {0}"),
    ("wrong number of arguments for {}", "Invalid number of arguments to function '{0}'"),
    ("{} takes no parentheses", "No match found for function signature {0}()"),
    ("column {} of type {} cannot take {}",
        "Cannot assign to target field '{0}' of type {1} from source field of type {2}"),
    ("a difference of two times needs a unit",
        "Cannot apply '-' to arguments of type '<TIMESTAMP(0)> - <TIMESTAMP(0)>'"),
    ("the difference of {} and {} does not exist", "Parameters must be of the same type"),
    ("a unit stands behind a difference of two times",
        "Illegal expression. Was expecting \"(DATETIME - DATETIME) INTERVALQUALIFIER\""),
    ("{} cannot be cast to {}", "Cast function cannot convert value of type {0} to type {1}"),
    ("{} cannot take {} and {}", "Cannot apply '{0}' to arguments of type '<{1}> {0} <{2}>'"),
    ("{} cannot take {}", "Cannot apply '{0}' to arguments of type '{0}(<{1}>)'"),
    ("the branches are {} and {}", "Illegal mixing of types in CASE or COALESCE statement"),
    ("at least one branch must have a type", "ELSE clause or at least one THEN clause must be non-NULL"),
    ("{} needs a condition", "{0} clause must be a condition"),
    ("NULL alone has no type", "Illegal use of 'NULL'"),
    ("type {} does not exist", "Unknown datatype name '{0}'"),
    ("column {} needs a value", "Column '{0}' has no default value and does not allow NULLs"),
    ("this group would never end: {}",
        "Streaming aggregation requires at least one monotonic expression in GROUP BY clause"),
    ("this aggregate would never end: {}",
        "Streaming aggregation requires at least one monotonic expression in GROUP BY clause"),
    ("column {} is not being grouped", "Expression '{0}' is not being grouped"),
    ("a query over a stream says SELECT STREAM", "Cannot convert stream to relation"),
    ("an aggregate cannot stand in WHERE", "Aggregate expression is illegal in WHERE clause"),
    ("an aggregate cannot stand in GROUP BY", "Aggregate expression is illegal in GROUP BY clause"),
    ("aggregates cannot be nested", "Aggregate expressions cannot be nested"),
    ("OVER cannot stand behind {}", "OVER must be applied to aggregate function"),
    ("VALUES cannot feed a stream", "Cannot stream VALUES"),
];

impl Diagnostic {
    /// What the service would have said about this place of the text, if its words are known.
    pub fn original(&self, text: &str) -> Option<String> {
        let (pieces, theirs) =
            WORDINGS.iter().find_map(|(ours, theirs)| Some((captures(ours, &self.message)?, *theirs)))?;
        let (line, column) = place(text, self.span.start);
        let mut out = String::new();
        let mut rest = theirs;
        while let Some((before, behind)) = rest.split_once('{') {
            let (at, behind) = behind.split_once('}').unwrap_or(("", behind));
            out.push_str(before);
            out.push_str(at.parse().ok().and_then(|it: usize| pieces.get(it)).copied().unwrap_or_default());
            rest = behind;
        }
        out.push_str(rest);
        // The parser names the place behind what it met, the lexer within, the validator before it.
        Some(match out.strip_prefix("Lexical error. ") {
            Some(rest) => format!("Lexical error at line {line}, column {column}. {rest}"),
            None if out.starts_with("Encountered ") => format!("{out} at line {line}, column {column}."),
            None => position(text, self.span.clone()) + &out,
        })
    }
}

/// `At line 1, column 8: ` for a point, `From line … to line …: ` for a span; the last character counts.
fn position(text: &str, span: Range<usize>) -> String {
    let (line, column) = place(text, span.start);
    let last = text.get(span.clone()).and_then(|it| it.char_indices().next_back()).map_or(0, |it| it.0);
    if last == 0 {
        return format!("At line {line}, column {column}: ");
    }
    let (last_line, last_column) = place(text, span.start + last);
    format!("From line {line}, column {column} to line {last_line}, column {last_column}: ")
}

/// What stands for each `{}` of a pattern; `None` where the message is another one.
fn captures<'a>(pattern: &str, message: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = message.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = match parts.peek() {
            None => rest.len().checked_sub(part.len()).filter(|_| rest.ends_with(part))?,
            Some(_) => rest.find(part)?,
        };
        found.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_carried_over() {
        let said = |message: &str| Diagnostic::error(7..15, message).original("SELECT sensorId, 1");
        assert_eq!(
            said("column \"SENSORID\" does not exist").as_deref(),
            Some("From line 1, column 8 to line 1, column 15: Column 'SENSORID' not found in any table")
        );
        assert_eq!(
            said("S takes 6 columns, the select list has 5 items").as_deref(),
            Some(
                "From line 1, column 8 to line 1, column 15: \
                 Number of INSERT target columns (6) does not equal number of source items (5)"
            )
        );
        assert_eq!(
            said("sensorId is not expected here").as_deref(),
            Some("Encountered \"sensorId\" at line 1, column 8.")
        );
        assert_eq!(said("views are not part of this dialect"), None);
    }

    /// The first that fits is taken, so none may stand behind one that takes everything of it.
    #[test]
    fn every_wording_can_be_reached() {
        for (at, (ours, _)) in WORDINGS.iter().enumerate() {
            let message = ours.replace("{}", "X");
            let first = WORDINGS.iter().position(|it| captures(it.0, &message).is_some());
            assert_eq!(first, Some(at), "{ours}");
        }
    }
}
