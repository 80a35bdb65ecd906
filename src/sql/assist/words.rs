//! Which words are the language's own where they stand, and how the house writes them.
//!
//! Reserved words are keywords wherever they stand. The others (`STEP`, `KEY`, `FIRST` …) may be names,
//! and what surrounds them decides; in doubt they are names, which nobody rewrites.

use crate::sql::dialect;
use crate::sql::func::catalog;
use crate::sql::parse::TokenKind;

/// A word with what stands around it, comments left out. Empty texts stand for the ends of a statement.
pub struct Around<'a> {
    pub before: (Option<TokenKind>, &'a str),
    pub word: &'a str,
    pub after: (Option<TokenKind>, &'a str),
}

const PERIODS: [&str; 6] = ["EQUALS", "CONTAINS", "PRECEDES", "SUCCEEDS", "LEADS", "LAGS"];

impl Around<'_> {
    /// Whether the house writes the word in capitals: a keyword, or the name of a function being called.
    pub fn capital(&self) -> bool {
        dialect::reserved(self.word) || self.keyword() || self.function()
    }

    /// Whether a word that may be a name is a keyword here.
    fn keyword(&self) -> bool {
        let (before, after) = (self.before.1, self.after.1);
        let follows = |words: &[&str]| words.iter().any(|it| before.eq_ignore_ascii_case(it));
        let precedes = |words: &[&str]| words.iter().any(|it| after.eq_ignore_ascii_case(it));
        let name_before = matches!(
            self.before.0,
            Some(TokenKind::Name | TokenKind::QuotedName | TokenKind::Text | TokenKind::Number)
        );
        let operand_before = name_before || before == ")";
        match self.word.to_ascii_uppercase().as_str() {
            "PUMP" => follows(&["CREATE", "REPLACE", "ALTER", "DROP"]),
            "REPLACE" => follows(&["OR"]),
            "EXPEDITED" => follows(&["INSERT"]),
            "DESCRIPTION" => {
                self.after.0 == Some(TokenKind::Text) && operand_before_or_state(before, operand_before)
            }
            "STARTED" | "STOPPED" => operand_before && precedes(&["AS", "DESCRIPTION"]),
            "IF" => precedes(&["EXISTS"]),
            "CASCADE" | "RESTRICT" => operand_before && (after.is_empty() || after == ";"),
            "WINDOWED" => precedes(&["BY"]),
            "STAGGER" => follows(&["BY"]) && after == "(",
            "STEP" | "MONOTONIC" | "PERIOD" => after == "(" && !follows(&["STREAM", "PUMP", "INTO", "."]),
            "UNBOUNDED" => precedes(&["PRECEDING", "FOLLOWING"]),
            "PRECEDING" | "FOLLOWING" => {
                self.before.0 == Some(TokenKind::Number)
                    || before == ")"
                    || follows(&["UNBOUNDED", "SECOND", "MINUTE", "HOUR", "DAY"])
            }
            "ASC" | "DESC" => {
                operand_before && (after.is_empty() || matches!(after, "," | ")" | ";")) && !follows(&["AS"])
            }
            "PLACING" => {
                operand_before && !matches!(after, "" | "," | ")" | ";" | ".") && !precedes(&["FROM"])
            }
            "STRICTLY" | "IMMEDIATELY" => before == ")" && precedes(&PERIODS),
            "CONTAINS" if precedes(&["SQL"]) => true,
            word if PERIODS.contains(&word) => {
                (before == ")" || follows(&["STRICTLY", "IMMEDIATELY"]))
                    && (after == "(" || precedes(&["PERIOD"]))
            }
            "INPUT" => follows(&["NULL"]),
            "DATA" => follows(&["SQL"]),
            _ => false,
        }
    }

    fn function(&self) -> bool {
        self.after.1 == "("
            && self.before.1 != "."
            && !["STREAM", "PUMP", "INTO", "FUNCTION", "AS"]
                .iter()
                .any(|it| self.before.1.eq_ignore_ascii_case(it))
            && catalog::routine(self.word).is_some()
    }
}

fn operand_before_or_state(before: &str, operand: bool) -> bool {
    operand || before.eq_ignore_ascii_case("STARTED") || before.eq_ignore_ascii_case("STOPPED")
}
