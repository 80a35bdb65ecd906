//! Expressions, calls and lengths of time as people write and say them.

use crate::base::time::Span;
use crate::sql::column::Column;
use crate::sql::func;
use crate::sql::func::catalog::{self, Kind};
use crate::sql::plan::{Aggregate, AggregateFunc, CastRule, Expr, ExprKind, Extent, WindowCall, WindowFunc};
use crate::sql::value::{SqlType, Value};
use crate::sql::write::csv_field;

/// Operators that stand between their operands.
const BETWEEN: &[&str] = &[
    "+",
    "-",
    "*",
    "/",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "||",
    "LIKE",
    "SIMILAR TO",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
];

/// An expression as SQL, over columns that are called so.
pub fn expr(it: &Expr, names: &[String]) -> String {
    match &it.kind {
        ExprKind::Column(at) => names.get(*at).cloned().unwrap_or_else(|| format!("column {}", at + 1)),
        ExprKind::RowTime => "ROWTIME".to_owned(),
        ExprKind::Literal(value) => literal(value, it.ty),
        ExprKind::Call(id, args) => call(func::entry(*id), args, it.ty, names),
        // What the language does by itself nobody has written.
        ExprKind::Cast(inner, CastRule::Assign) => expr(inner, names),
        ExprKind::Cast(inner, CastRule::Explicit) => format!("CAST({} AS {})", expr(inner, names), it.ty),
        ExprKind::And(a, b) => format!("{} AND {}", operand(a, names), operand(b, names)),
        ExprKind::Or(a, b) => format!("{} OR {}", operand(a, names), operand(b, names)),
        ExprKind::Not(inner) => match &inner.kind {
            ExprKind::IsNull(inner) => format!("{} IS NOT NULL", operand(inner, names)),
            _ => format!("NOT {}", operand(inner, names)),
        },
        ExprKind::IsNull(inner) => format!("{} IS NULL", operand(inner, names)),
        ExprKind::Is(inner, truth) => {
            let word = truth.map_or("UNKNOWN", |it| if it { "TRUE" } else { "FALSE" });
            format!("{} IS {word}", operand(inner, names))
        }
        ExprKind::Case { branches, otherwise } => {
            let mut out = "CASE".to_owned();
            for (condition, value) in branches {
                out.push_str(&format!(" WHEN {} THEN {}", expr(condition, names), expr(value, names)));
            }
            if let Some(value) = otherwise {
                out.push_str(&format!(" ELSE {}", expr(value, names)));
            }
            out + " END"
        }
    }
}

/// An expression in parentheses where it stands beside an operator and is one itself.
fn operand(it: &Expr, names: &[String]) -> String {
    let compound = match &it.kind {
        ExprKind::Call(id, _) => ["+", "-", "*", "/", "||"].contains(&func::entry(*id).name),
        ExprKind::Or(..) => true,
        ExprKind::Cast(inner, CastRule::Assign) => return operand(inner, names),
        _ => false,
    };
    if compound { format!("({})", expr(it, names)) } else { expr(it, names) }
}

fn call(entry: &func::Entry, args: &[Expr], ty: SqlType, names: &[String]) -> String {
    let each: Vec<String> = args.iter().map(|it| expr(it, names)).collect();
    let unit = entry.unit.map(|it| it.to_string()).unwrap_or_default();
    let first = entry.name.split(' ').next().unwrap_or(entry.name);
    match (entry.name, args, &each[..]) {
        (name, [a, b], _) if BETWEEN.contains(&name) => {
            format!("{} {name} {}", operand(a, names), operand(b, names))
        }
        ("NEG", [a], _) => format!("-{}", operand(a, names)),
        ("MINUS", [a, b], _) => {
            let unit = ty.to_string().replace("INTERVAL ", "");
            format!("({} - {}) {unit}", operand(a, names), operand(b, names))
        }
        ("STEP", _, [a, b]) => format!("STEP({a} BY {b})"),
        _ if first == "EXTRACT" => format!("EXTRACT({unit} FROM {})", each.join(", ")),
        _ if !unit.is_empty() => format!("{first}({} TO {unit})", each.join(", ")),
        _ if args.is_empty() => entry.name.to_owned(),
        _ => format!("{first}({})", each.join(", ")),
    }
}

fn literal(value: &Value, ty: SqlType) -> String {
    let mut out = Vec::new();
    csv_field(&Column::repeat(value, ty, 1), 0, ty, &mut out);
    let text = String::from_utf8_lossy(&out).into_owned();
    match (value, ty) {
        (Value::Null, _) => "NULL".to_owned(),
        (Value::Text(text), _) => format!("'{}'", text.replace('\'', "''")),
        (_, SqlType::Timestamp | SqlType::Date | SqlType::Time) => {
            format!("{ty} '{}'", text.trim_end_matches(".000"))
        }
        (Value::Int(it), SqlType::Interval(q)) if !q.is_year_month() => length(*it),
        (_, SqlType::Boolean) => text.to_uppercase(),
        _ => text,
    }
}

/// `COUNT(*)`, `AVG(measured_temp)`
pub fn aggregate(it: &Aggregate, names: &[String]) -> String {
    counted(name(it.func), it.distinct, &it.args, names)
}

fn counted(name: &str, distinct: bool, args: &[Expr], names: &[String]) -> String {
    let args: Vec<String> = args.iter().map(|it| expr(it, names)).collect();
    let args = if args.is_empty() { "*".to_owned() } else { args.join(", ") };
    format!("{name}({}{args})", if distinct { "DISTINCT " } else { "" })
}

fn name(func: AggregateFunc) -> &'static str {
    catalog::catalog().find(|it| it.kind == Kind::Aggregate(func)).map_or("aggregate", |it| it.name)
}

/// A call over a sliding window, without its window.
pub fn window_call(it: &WindowCall, names: &[String]) -> String {
    match it.func {
        WindowFunc::Aggregate(func) => counted(name(func), it.distinct, &it.args, names),
        WindowFunc::FirstValue => counted("FIRST_VALUE", false, &it.args, names),
        WindowFunc::LastValue => counted("LAST_VALUE", false, &it.args, names),
        WindowFunc::NthValue { n, .. } => {
            let inner: Vec<String> = it.args.iter().take(1).map(|it| expr(it, names)).collect();
            format!("NTH_VALUE({}, {n})", inner.join(""))
        }
        WindowFunc::Lag { offset } => {
            let inner: Vec<String> = it.args.iter().take(1).map(|it| expr(it, names)).collect();
            format!("LAG({}, {offset})", inner.join(""))
        }
        WindowFunc::ExpAvg { half_life } => {
            let inner: Vec<String> = it.args.iter().take(1).map(|it| expr(it, names)).collect();
            format!("EXP_AVG({}, {})", inner.join(""), length(half_life))
        }
    }
}

/// "the last 10 seconds"
pub fn extent(it: Extent) -> String {
    match it {
        Extent::Rows(0) | Extent::Range(0) => "the current row alone".to_owned(),
        Extent::Rows(rows) => format!("the current row and the {rows} before it"),
        Extent::Range(millis) => format!("the last {}", length(millis)),
        Extent::Unbounded => "all rows so far".to_owned(),
    }
}

/// `90 seconds`, `1 minute`: the largest unit that gives a whole number.
pub fn length(millis: i64) -> String {
    let units =
        [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"), (1, "millisecond")];
    let (size, unit) = units.into_iter().find(|it| millis % it.0 == 0).unwrap_or((1, "millisecond"));
    let count = millis / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

pub fn span(it: Span) -> String {
    length(it.as_millis())
}

/// "a, b and c"
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}
