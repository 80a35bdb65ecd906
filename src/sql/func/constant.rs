//! Constant arguments that can never work: told when the code is saved, not row by row.

use crate::sql::func::pattern::Pattern;
use crate::sql::func::regex::{self, Regex};
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::value::Value;

/// The place of a constant argument that cannot work in a call of this name, and why: a sentence.
pub fn wrong(name: &str, args: &[Expr]) -> Option<(usize, String)> {
    let text = |at: usize| match args.get(at).map(|it| &it.kind) {
        Some(ExprKind::Literal(Value::Text(text))) => Some(&**text),
        _ => None,
    };
    let int = |at: usize| match args.get(at).map(|it| &it.kind) {
        Some(ExprKind::Literal(Value::Int(value))) => Some(*value),
        _ => None,
    };
    let told = |at: usize, made: Result<(), String>| made.err().map(|why| (at, why));
    match name {
        "LIKE" | "SIMILAR TO" => {
            let escape = match (args.len() > 2, text(2)) {
                (false, _) => None,
                (true, Some(escape)) if escape.chars().count() == 1 => escape.chars().next(),
                (true, Some(_)) => return Some((2, "ESCAPE takes one character.".to_owned())),
                (true, None) => return None,
            };
            let make = if name == "LIKE" { Pattern::like } else { Pattern::similar };
            told(1, make(text(1)?, escape).map(drop))
        }
        "SUBSTRING REGEX" => told(1, Regex::new(text(1)?).map(drop)),
        "SUBSTRING SIMILAR" => told(1, regex::three_parts(text(1)?, text(2)?).map(drop)),
        "REGEX_REPLACE" => {
            let start = int(3).filter(|it| *it < 1);
            let occurrence = int(4).filter(|it| *it < 0);
            match (start, occurrence) {
                (Some(start), _) => Some((3, format!("Places count from 1, and this is {start}."))),
                (_, Some(number)) => {
                    Some((4, format!("Occurrences count from 1, 0 is all; this is {number}.")))
                }
                _ => told(1, Regex::new(text(1)?).map(drop)),
            }
        }
        _ => None,
    }
}
