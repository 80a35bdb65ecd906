//! The expressions that are drawn: printed with as few parentheses as the table of precedence allows, and
//! typed by the text of sql.md sections 3 and 5.

use super::value::{Ty, capped, common};

/// The columns of the source, by place.
pub const COLUMNS: [(&str, Ty); 16] = [
    ("A1", Ty::Int(8)),
    ("A2", Ty::Int(16)),
    ("A4", Ty::Int(32)),
    ("A8", Ty::Int(64)),
    ("D1", Ty::Dec(5, 2)),
    ("D2", Ty::Dec(16, 2)),
    ("D3", Ty::Dec(12, 6)),
    ("F4", Ty::Real),
    ("F8", Ty::Double),
    ("C4", Ty::Char(4)),
    ("V8", Ty::Var(8)),
    ("V3", Ty::Var(3)),
    ("BO", Ty::Bool),
    ("TS", Ty::Time),
    ("TU", Ty::Time),
    ("DD", Ty::Date),
];

/// A unit of time and its milliseconds; none for months and years.
pub type Unit = (&'static str, Option<i64>);

pub const UNITS: [Unit; 6] = [
    ("SECOND", Some(1000)),
    ("MINUTE", Some(60_000)),
    ("HOUR", Some(3_600_000)),
    ("DAY", Some(86_400_000)),
    ("MONTH", None),
    ("YEAR", None),
];

#[derive(Clone, Debug)]
pub enum E {
    Column(usize),
    /// A literal as written, without a sign.
    Integer(i64),
    Decimal(&'static str),
    Double(&'static str),
    Text(String),
    /// TRUE, FALSE, UNKNOWN.
    Truth(Option<bool>),
    Moment(&'static str),
    Day(&'static str),
    NullOf(Ty),
    /// NULL by itself, where a context gives it a type.
    Null,
    /// `+ - * /` and `||`.
    Infix(&'static str, Box<E>, Box<E>),
    Compare(&'static str, Box<E>, Box<E>),
    Negate(Box<E>),
    Not(Box<E>),
    And(Box<E>, Box<E>),
    Or(Box<E>, Box<E>),
    /// `IS [NOT] NULL`, `TRUE`, `FALSE`, `UNKNOWN`.
    Is(&'static str, Box<E>),
    Between(bool, Box<E>, Box<E>, Box<E>),
    In(bool, Box<E>, Vec<E>),
    Like(bool, Box<E>, String, bool),
    Cast(Ty, Box<E>),
    Searched(Vec<(E, E)>, Option<Box<E>>),
    Simple(Box<E>, Vec<(E, E)>, Option<Box<E>>),
    /// A function with commas.
    Call(&'static str, Vec<E>),
    /// `SUBSTRING(s FROM n [FOR m])`, or with commas.
    Part(bool, Box<E>, i64, Option<i64>),
    Overlay(Box<E>, Box<E>, i64, Option<i64>),
    Trim(&'static str, char, Box<E>),
    Position(Box<E>, Box<E>),
    /// `FLOOR(t TO u)`, `CEIL(t TO u)`.
    Round(&'static str, Box<E>, Unit),
    /// `t ± INTERVAL 'n' u`.
    Shift(bool, Box<E>, i64, Unit),
    /// `STEP(t BY INTERVAL 'n' u)`.
    Step(Box<E>, i64, Unit),
    Extract(Box<E>, Unit),
    /// `CAST((a - b) u AS BIGINT)`.
    Difference(Box<E>, Box<E>, Unit),
}

impl E {
    /// The level in the table of precedence (2.5); 1 binds tightest.
    fn level(&self) -> u8 {
        match self {
            E::Negate(_) => 2,
            E::Infix("*" | "/" | "||", ..) => 3,
            E::Infix(..) | E::Shift(..) => 4,
            E::Compare(..) | E::Is(..) | E::Between(..) | E::In(..) | E::Like(..) => 5,
            E::Not(_) => 6,
            E::And(..) => 7,
            E::Or(..) => 8,
            _ => 1,
        }
    }

    /// The text, in parentheses where it binds looser than its place allows.
    fn at(&self, level: u8) -> String {
        if self.level() <= level { self.sql() } else { format!("({})", self.sql()) }
    }

    pub fn sql(&self) -> String {
        let list = |it: &[E]| it.iter().map(E::sql).collect::<Vec<_>>().join(", ");
        let no = |it: bool| if it { "NOT " } else { "" };
        match self {
            E::Column(at) => COLUMNS[*at].0.to_owned(),
            E::Integer(it) => it.to_string(),
            E::Decimal(it) | E::Double(it) => (*it).to_owned(),
            E::Text(it) => format!("'{}'", it.replace('\'', "''")),
            E::Truth(it) => it.map_or("UNKNOWN", |it| if it { "TRUE" } else { "FALSE" }).to_owned(),
            E::Moment(it) => format!("TIMESTAMP '{it}'"),
            E::Day(it) => format!("DATE '{it}'"),
            E::NullOf(ty) => format!("CAST(NULL AS {})", ty.sql()),
            E::Null => "NULL".to_owned(),
            E::Infix(op, a, b) => {
                let level = self.level();
                format!("{} {op} {}", a.at(level), b.at(level - 1))
            }
            E::Compare(op, a, b) => format!("{} {op} {}", a.at(4), b.at(4)),
            E::Negate(it) => format!("- {}", it.at(2)),
            E::Not(it) => format!("NOT {}", it.at(6)),
            E::And(a, b) => format!("{} AND {}", a.at(7), b.at(6)),
            E::Or(a, b) => format!("{} OR {}", a.at(8), b.at(7)),
            E::Is(what, it) => format!("{} IS {what}", it.at(4)),
            E::Between(not, x, a, b) => {
                format!("{} {}BETWEEN {} AND {}", x.at(4), no(*not), a.at(4), b.at(4))
            }
            E::In(not, x, items) => format!("{} {}IN ({})", x.at(4), no(*not), list(items)),
            E::Like(not, x, pattern, escape) => {
                let escape = if *escape { " ESCAPE '!'" } else { "" };
                format!("{} {}LIKE '{pattern}'{escape}", x.at(4), no(*not))
            }
            E::Cast(ty, it) => format!("CAST({} AS {})", it.sql(), ty.sql()),
            E::Searched(branches, other) => case("CASE".to_owned(), branches, other.as_deref()),
            E::Simple(x, branches, other) => case(format!("CASE {}", x.sql()), branches, other.as_deref()),
            E::Call(name, args) => format!("{name}({})", list(args)),
            E::Part(true, s, n, m) => {
                let m = m.map_or(String::new(), |it| format!(", {it}"));
                format!("SUBSTRING({}, {n}{m})", s.sql())
            }
            E::Part(false, s, n, m) => {
                let m = m.map_or(String::new(), |it| format!(" FOR {it}"));
                format!("SUBSTRING({} FROM {n}{m})", s.sql())
            }
            E::Overlay(s, r, n, m) => {
                let m = m.map_or(String::new(), |it| format!(" FOR {it}"));
                format!("OVERLAY({} PLACING {} FROM {n}{m})", s.sql(), r.sql())
            }
            E::Trim(side, what, s) => format!("TRIM({side} '{what}' FROM {})", s.sql()),
            E::Position(a, s) => format!("POSITION({} IN {})", a.at(1), s.sql()),
            // INTERVAL takes a TO behind its unit; parentheses keep it from taking this one.
            E::Round(name, it, unit) => format!("{name}({} TO {})", it.at(3), unit.0),
            E::Shift(back, it, n, unit) => {
                let sign = if *back { '-' } else { '+' };
                format!("{} {sign} INTERVAL '{n}' {}", it.at(4), unit.0)
            }
            E::Step(it, n, unit) => format!("STEP({} BY INTERVAL '{n}' {})", it.sql(), unit.0),
            E::Extract(it, unit) => format!("EXTRACT({} FROM {})", unit.0, it.sql()),
            E::Difference(a, b, unit) => {
                format!("CAST(({} - {}) {} AS BIGINT)", a.at(4), b.at(3), unit.0)
            }
        }
    }

    pub fn ty(&self) -> Ty {
        let length = |it: &E| it.ty().text().unwrap_or(0);
        match self {
            E::Column(at) => COLUMNS[*at].1,
            E::Integer(it) if i32::try_from(*it).is_ok() => Ty::Int(32),
            E::Integer(_) | E::Difference(..) => Ty::Int(64),
            E::Decimal(it) => {
                let part = it.split_once('.').map_or(0, |it| it.1.len());
                Ty::Dec(it.len() as u32 - 1, part as u32)
            }
            E::Double(_) => Ty::Double,
            E::Text(it) => Ty::Char(it.chars().count().max(1) as u32),
            E::Truth(_) | E::Compare(..) | E::Not(_) | E::And(..) | E::Or(..) => Ty::Bool,
            E::Is(..) | E::Between(..) | E::In(..) | E::Like(..) => Ty::Bool,
            E::Moment(_) => Ty::Time,
            E::Day(_) => Ty::Date,
            E::NullOf(ty) | E::Cast(ty, _) => *ty,
            E::Null => Ty::Nothing,
            E::Infix("||", a, b) => match (a.ty(), b.ty()) {
                (Ty::Char(n), Ty::Char(m)) => Ty::Char(n + m),
                _ => Ty::Var(length(a) + length(b)),
            },
            E::Infix(op, a, b) => arithmetic(op, a.ty(), b.ty()),
            E::Negate(it) | E::Round(_, it, _) | E::Shift(_, it, ..) | E::Step(it, ..) => it.ty(),
            E::Searched(branches, other) | E::Simple(_, branches, other) => {
                let all = branches.iter().map(|it| it.1.ty()).chain(other.iter().map(|it| it.ty()));
                all.fold(Ty::Nothing, |a, b| common(a, b).expect("branches have a common type"))
            }
            E::Call(name, args) => match *name {
                "COALESCE" => args.iter().fold(Ty::Nothing, |a, b| common(a, b.ty()).expect("a common type")),
                "FLOOR" | "CEIL" | "CEILING" => match args[0].ty() {
                    Ty::Dec(p, _) => Ty::Dec(p, 0),
                    ty => ty,
                },
                "MOD" => args[1].ty(),
                "CHAR_LENGTH" => Ty::Int(32),
                "TSDIFF" | "UNIX_TIMESTAMP" => Ty::Int(64),
                "TO_TIMESTAMP" => Ty::Time,
                "SQRT" => Ty::Double,
                // ABS, NULLIF, UPPER, LOWER, INITCAP.
                _ => args[0].ty(),
            },
            E::Part(_, s, ..) | E::Trim(_, _, s) => Ty::Var(length(s)),
            E::Overlay(s, r, ..) => Ty::Var(length(s) + length(r)),
            E::Position(..) => Ty::Int(32),
            E::Extract(_, ("SECOND", _)) => Ty::Dec(5, 3),
            E::Extract(..) => Ty::Int(64),
        }
    }
}

fn case(mut out: String, branches: &[(E, E)], other: Option<&E>) -> String {
    for (when, then) in branches {
        out.push_str(&format!(" WHEN {} THEN {}", when.sql(), then.sql()));
    }
    if let Some(other) = other {
        out.push_str(&format!(" ELSE {}", other.sql()));
    }
    out + " END"
}

/// The types of 3.3.
fn arithmetic(op: &str, a: Ty, b: Ty) -> Ty {
    let decimal = |it: Ty| matches!(it, Ty::Dec(..));
    if a.approx() || b.approx() {
        let double = a == Ty::Double || b == Ty::Double || decimal(a) || decimal(b);
        return if double { Ty::Double } else { Ty::Real };
    }
    if let (Ty::Int(x), Ty::Int(y)) = (a, b) {
        return Ty::Int(x.max(y));
    }
    let ((p1, s1), (p2, s2)) = (a.digits(), b.digits());
    match op {
        "*" => capped(p1 + p2 - s1 - s2, s1 + s2),
        "/" => capped(p1 - s1 + s2, 6.max(s1 + p2 + 1)),
        _ => capped((p1 - s1).max(p2 - s2) + 1, s1.max(s2)),
    }
}
