//! The slow evaluator: one row, one node after the other, as the text of the dialect says.

use super::tree::{E, Unit};
use super::value::{Oops, Out, Ty, V, approximate, cast, civil, common, days_of, rounded, ten};

const DAY: i64 = 86_400_000;

pub fn evaluate(tree: &E, row: &[V]) -> Out {
    let of = |it: &E| evaluate(it, row);
    match tree {
        E::Column(at) => Ok(row[*at].clone()),
        E::Integer(it) => Ok(V::Exact(i128::from(*it))),
        E::Decimal(it) => Ok(V::Exact(it.replace('.', "").parse().expect("digits"))),
        E::Double(it) => Ok(V::Approx(it.parse().expect("a number"))),
        E::Text(it) => Ok(V::Text(it.clone())),
        E::Truth(it) => Ok(it.map_or(V::Null, V::Bool)),
        E::Moment(it) => cast(V::Text((*it).into()), Ty::Var(19), Ty::Time),
        E::Day(it) => {
            cast(cast(V::Text(format!("{it} 00:00:00")), Ty::Var(19), Ty::Time)?, Ty::Time, Ty::Date)
        }
        E::NullOf(_) | E::Null => Ok(V::Null),
        E::Infix("||", a, b) => Ok(match (of(a)?, of(b)?) {
            (V::Text(a), V::Text(b)) => V::Text(a + &b),
            _ => V::Null,
        }),
        E::Infix(op, a, b) => arithmetic(op, of(a)?, a.ty(), of(b)?, b.ty(), tree.ty()),
        E::Compare(op, a, b) => compare(op, of(a)?, a.ty(), of(b)?, b.ty()),
        E::Negate(it) => sign(of(it)?, it.ty(), false),
        E::Not(it) => Ok(not(of(it)?)),
        E::And(a, b) => match of(a)? {
            V::Bool(false) => Ok(V::Bool(false)),
            first => Ok(and(first, of(b)?)),
        },
        E::Or(a, b) => match of(a)? {
            V::Bool(true) => Ok(V::Bool(true)),
            first => Ok(not(and(not(first), not(of(b)?)))),
        },
        E::Is(what, it) => {
            let value = of(it)?;
            let (no, what) = what.strip_prefix("NOT ").map_or((false, *what), |it| (true, it));
            let found = match what {
                "TRUE" => value == V::Bool(true),
                "FALSE" => value == V::Bool(false),
                _ => value == V::Null,
            };
            Ok(V::Bool(found != no))
        }
        E::Between(no, x, low, high) => {
            let above = E::Compare(">=", x.clone(), low.clone());
            let both = E::And(Box::new(above), Box::new(E::Compare("<=", x.clone(), high.clone())));
            of(&both).map(|it| if *no { not(it) } else { it })
        }
        E::In(no, x, items) => {
            let mut found = V::Bool(false);
            for item in items {
                match compare("=", of(x)?, x.ty(), of(item)?, item.ty())? {
                    V::Bool(true) => return Ok(V::Bool(!no)),
                    V::Null => found = V::Null,
                    _ => {}
                }
            }
            Ok(if *no { not(found) } else { found })
        }
        E::Like(no, x, pattern, escape) => Ok(match of(x)? {
            V::Text(text) => {
                let text: Vec<char> = text.chars().collect();
                let pattern: Vec<char> = pattern.chars().collect();
                V::Bool(like(&text, &pattern, *escape) != *no)
            }
            _ => V::Null,
        }),
        E::Cast(ty, it) => cast(of(it)?, it.ty(), *ty),
        E::Searched(branches, other) => {
            for (when, then) in branches {
                if of(when)? == V::Bool(true) {
                    return cast(of(then)?, then.ty(), tree.ty());
                }
            }
            other.as_ref().map_or(Ok(V::Null), |it| cast(of(it)?, it.ty(), tree.ty()))
        }
        E::Simple(x, branches, other) => {
            for (when, then) in branches {
                if compare("=", of(x)?, x.ty(), of(when)?, when.ty())? == V::Bool(true) {
                    return cast(of(then)?, then.ty(), tree.ty());
                }
            }
            other.as_ref().map_or(Ok(V::Null), |it| cast(of(it)?, it.ty(), tree.ty()))
        }
        E::Call(name, args) => call(name, args, row, tree.ty()),
        E::Part(..) | E::Overlay(..) | E::Trim(..) | E::Position(..) => text(tree, row),
        _ => time(tree, row),
    }
}

fn not(value: V) -> V {
    match value {
        V::Bool(it) => V::Bool(!it),
        _ => V::Null,
    }
}

fn and(a: V, b: V) -> V {
    match (a, b) {
        (V::Bool(false), _) | (_, V::Bool(false)) => V::Bool(false),
        (V::Bool(true), V::Bool(true)) => V::Bool(true),
        _ => V::Null,
    }
}

/// The number with the other sign, or without one.
fn sign(value: V, ty: Ty, absolute: bool) -> Out {
    match value {
        V::Exact(it) if absolute && 0 <= it => Ok(V::Exact(it)),
        V::Exact(it) if ty.holds(-it) => Ok(V::Exact(-it)),
        V::Exact(_) => Err(Oops::OutOfRange),
        V::Approx(it) => Ok(V::Approx(if absolute { it.abs() } else { -it })),
        other => Ok(other),
    }
}

fn arithmetic(op: &str, a: V, a_ty: Ty, b: V, b_ty: Ty, ty: Ty) -> Out {
    if a == V::Null || b == V::Null {
        return Ok(V::Null);
    }
    if ty.approx() {
        let operand = |value: V, from: Ty| Ok(approximate(&cast(value, from, ty)?, ty));
        let (a, b) = (operand(a, a_ty)?, operand(b, b_ty)?);
        let number = match op {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            _ if b == 0.0 => return Err(Oops::DividedByZero),
            _ => a / b,
        };
        return cast(V::Approx(number), if ty == Ty::Real { Ty::Double } else { Ty::Real }, ty);
    }
    let (V::Exact(a), V::Exact(b)) = (a, b) else { panic!("exact numbers") };
    let (s1, s2, s) = (a_ty.scale(), b_ty.scale(), ty.scale());
    let digits = match op {
        "*" => match s1 + s2 <= s {
            true => a * b * ten(s - s1 - s2),
            false => rounded(a * b, ten(s1 + s2 - s)),
        },
        "/" if b == 0 => return Err(Oops::DividedByZero),
        "/" if matches!(ty, Ty::Int(_)) => a / b,
        "/" => divided(a * ten(s2), b * ten(s1), s).ok_or(Oops::OutOfRange)?,
        _ => {
            let wide = s1.max(s2);
            let (a, b) = (a * ten(wide - s1), b * ten(wide - s2));
            let sum = if op == "+" { a + b } else { a - b };
            if wide <= s { sum * ten(s - wide) } else { rounded(sum, ten(wide - s)) }
        }
    };
    if ty.holds(digits) { Ok(V::Exact(digits)) } else { Err(Oops::OutOfRange) }
}

/// A quotient with so many decimals, digit by digit, rounded once.
fn divided(a: i128, b: i128, decimals: u32) -> Option<i128> {
    let negative = (a < 0) != (b < 0);
    let (a, b) = (a.abs(), b.abs());
    let mut digits = (a / b).to_string();
    let mut rest = a % b;
    for _ in 0..decimals {
        rest *= 10;
        digits.push_str(&(rest / b).to_string());
        rest %= b;
    }
    let size = digits.parse::<i128>().ok()? + i128::from(b - rest <= rest);
    Some(if negative { -size } else { size })
}

fn compare(op: &str, a: V, a_ty: Ty, b: V, b_ty: Ty) -> Out {
    let distinct = match op {
        "IS DISTINCT FROM" => Some(true),
        "IS NOT DISTINCT FROM" => Some(false),
        _ => None,
    };
    if a == V::Null || b == V::Null {
        return Ok(distinct.map_or(V::Null, |it| V::Bool((a != b) == it)));
    }
    let order = match (&a, &b) {
        (V::Exact(x), V::Exact(y)) => {
            let wide = a_ty.scale().max(b_ty.scale());
            (x * ten(wide - a_ty.scale())).cmp(&(y * ten(wide - b_ty.scale())))
        }
        (V::Exact(_) | V::Approx(_), _) => {
            let ty = common(a_ty, b_ty).expect("numbers");
            let (x, y) = (cast(a, a_ty, ty)?, cast(b, b_ty, ty)?);
            approximate(&x, ty).partial_cmp(&approximate(&y, ty)).expect("no NaN")
        }
        // The shorter text counts as filled with blanks.
        (V::Text(x), V::Text(y)) => {
            let width = x.chars().count().max(y.chars().count());
            format!("{x:<width$}").cmp(&format!("{y:<width$}"))
        }
        (V::Bool(x), V::Bool(y)) => x.cmp(y),
        (V::Moment(x), V::Moment(y)) => x.cmp(y),
        (a, b) => panic!("{a:?} and {b:?} do not compare"),
    };
    Ok(V::Bool(match op {
        "=" | "IS NOT DISTINCT FROM" => order.is_eq(),
        "<>" | "!=" | "IS DISTINCT FROM" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }))
}

fn like(text: &[char], pattern: &[char], escape: bool) -> bool {
    match (pattern, text) {
        ([], _) => text.is_empty(),
        (['!', literal, rest @ ..], _) if escape => {
            text.first() == Some(literal) && like(&text[1..], rest, escape)
        }
        (['%', rest @ ..], _) => (0..=text.len()).any(|it| like(&text[it..], rest, escape)),
        (['_', rest @ ..], [_, tail @ ..]) => like(tail, rest, escape),
        ([one, rest @ ..], [head, tail @ ..]) if *one != '_' => one == head && like(tail, rest, escape),
        _ => false,
    }
}

fn call(name: &str, args: &[E], row: &[V], ty: Ty) -> Out {
    if name == "COALESCE" {
        for arg in args {
            let value = evaluate(arg, row)?;
            if value != V::Null {
                return cast(value, arg.ty(), ty);
            }
        }
        return Ok(V::Null);
    }
    if name == "NULLIF" {
        let (a, b) = (evaluate(&args[0], row)?, evaluate(&args[1], row)?);
        let same = compare("=", a.clone(), args[0].ty(), b, args[1].ty())?;
        return Ok(if same == V::Bool(true) { V::Null } else { a });
    }
    let values: Vec<V> = args.iter().map(|it| evaluate(it, row)).collect::<Result<_, _>>()?;
    if values.contains(&V::Null) {
        return Ok(V::Null);
    }
    let exact = |at: usize| if let V::Exact(it) = values[at] { it } else { panic!("an exact number") };
    let words = |change: &dyn Fn(&str) -> String| match &values[0] {
        V::Text(it) => Ok(V::Text(change(it))),
        other => panic!("{other:?} is no text"),
    };
    match (name, &values[0]) {
        ("ABS", value) => sign(value.clone(), ty, true),
        ("FLOOR", V::Approx(it)) => Ok(V::Approx(it.floor())),
        ("CEIL" | "CEILING", V::Approx(it)) => Ok(V::Approx(it.ceil())),
        ("FLOOR" | "CEIL" | "CEILING", V::Exact(it)) => {
            let unit = ten(args[0].ty().scale());
            let below = it.div_euclid(unit);
            let up = name != "FLOOR" && it.rem_euclid(unit) != 0;
            let digits = below + i128::from(up);
            if ty.holds(digits) { Ok(V::Exact(digits)) } else { Err(Oops::OutOfRange) }
        }
        ("MOD", _) if exact(1) == 0 => Err(Oops::DividedByZero),
        ("MOD", _) => Ok(V::Exact(exact(0) % exact(1))),
        ("STEP", _) => {
            let digits = exact(0).div_euclid(exact(1)) * exact(1);
            if ty.holds(digits) { Ok(V::Exact(digits)) } else { Err(Oops::OutOfRange) }
        }
        ("SQRT", value) => match approximate(value, args[0].ty()) {
            it if it < 0.0 => Err(Oops::Argument),
            it => Ok(V::Approx(it.sqrt())),
        },
        ("CHAR_LENGTH", V::Text(it)) => Ok(V::Exact(it.chars().count() as i128)),
        ("UPPER", _) => words(&|it| it.to_uppercase()),
        ("LOWER", _) => words(&|it| it.to_lowercase()),
        ("INITCAP", _) => words(&initcap),
        ("TSDIFF", V::Moment(a)) => match values[1] {
            V::Moment(b) => Ok(V::Exact(i128::from(b - a))),
            _ => panic!("two moments"),
        },
        ("UNIX_TIMESTAMP", V::Moment(a)) => Ok(V::Exact(i128::from(*a))),
        ("TO_TIMESTAMP", V::Exact(a)) => Ok(V::Moment(i64::try_from(*a).expect("64 bits"))),
        other => panic!("{other:?} is no function"),
    }
}

fn initcap(text: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for one in text.chars() {
        let cased = if inside { one.to_lowercase().to_string() } else { one.to_uppercase().to_string() };
        out.push_str(&cased);
        inside = one.is_alphanumeric();
    }
    out
}

/// Functions of text with words inside their parentheses (5.6).
fn text(tree: &E, row: &[V]) -> Out {
    let chars = |it: &E| -> Result<Option<Vec<char>>, Oops> {
        Ok(match evaluate(it, row)? {
            V::Text(text) => Some(text.chars().collect()),
            _ => None,
        })
    };
    // Characters from place `n`, at most `m` of them; places below 1 are there and empty.
    let part = |text: &[char], n: i64, m: i64| -> String {
        let inside = |at: usize| n <= at as i64 + 1 && (at as i64) + 1 < n.saturating_add(m);
        text.iter().enumerate().filter(|it| inside(it.0)).map(|it| it.1).collect()
    };
    Ok(V::Text(match tree {
        E::Part(comma, s, n, m) => {
            let Some(text) = chars(s)? else { return Ok(V::Null) };
            if m.is_some_and(|it| it < 0) {
                return Err(Oops::Argument);
            }
            if *comma && (text.len() as i64) < *n {
                return Ok(V::Null);
            }
            part(&text, *n, m.unwrap_or(i64::MAX))
        }
        E::Overlay(s, r, n, m) => {
            let (Some(text), Some(by)) = (chars(s)?, chars(r)?) else { return Ok(V::Null) };
            let eaten = m.unwrap_or(by.len() as i64);
            let by: String = by.iter().collect();
            part(&text, 1, n - 1) + &by + &part(&text, n + eaten, i64::MAX)
        }
        E::Trim(side, what, s) => {
            let Some(text) = chars(s)? else { return Ok(V::Null) };
            let text: String = text.into_iter().collect();
            let text = if *side == "TRAILING" { &text } else { text.trim_start_matches(*what) };
            if *side == "LEADING" { text.to_owned() } else { text.trim_end_matches(*what).to_owned() }
        }
        E::Position(a, s) => {
            let (Some(a), Some(s)) = (chars(a)?, chars(s)?) else { return Ok(V::Null) };
            let found = (0..=s.len()).find(|&at| s[at..].starts_with(&a));
            return Ok(V::Exact(found.map_or(0, |it| it as i128 + 1)));
        }
        other => panic!("{other:?} is no function of text"),
    }))
}

/// Times: rounding, moving, steps, fields and differences (5.4).
fn time(tree: &E, row: &[V]) -> Out {
    let moment = |it: &E| -> Result<Option<i64>, Oops> {
        Ok(match evaluate(it, row)? {
            V::Moment(at) => Some(at),
            _ => None,
        })
    };
    Ok(match tree {
        E::Round(name, it, unit) => {
            let Some(at) = moment(it)? else { return Ok(V::Null) };
            let below = floor(at, *unit);
            V::Moment(if *name == "FLOOR" || below == at { below } else { after(at, *unit) })
        }
        E::Shift(back, it, n, (_, millis)) => {
            let Some(at) = moment(it)? else { return Ok(V::Null) };
            let by = n * millis.expect("a unit of milliseconds");
            V::Moment(if *back { at - by } else { at + by })
        }
        E::Step(it, n, (_, millis)) => {
            let Some(at) = moment(it)? else { return Ok(V::Null) };
            let step = n * millis.expect("a unit of milliseconds");
            V::Moment(at.div_euclid(step) * step)
        }
        E::Extract(it, (name, _)) => {
            let Some(at) = moment(it)? else { return Ok(V::Null) };
            let ((y, m, d), rest) = (civil(at.div_euclid(DAY)), at.rem_euclid(DAY));
            V::Exact(i128::from(match *name {
                "YEAR" => y,
                "MONTH" => m,
                "DAY" => d,
                "HOUR" => rest / 3_600_000,
                "MINUTE" => rest / 60_000 % 60,
                _ => rest % 60_000,
            }))
        }
        E::Difference(a, b, (_, millis)) => {
            let (Some(a), Some(b)) = (moment(a)?, moment(b)?) else { return Ok(V::Null) };
            V::Exact(i128::from((a - b) / millis.expect("a unit of milliseconds")))
        }
        other => panic!("{other:?} is no function of time"),
    })
}

pub fn floor(at: i64, unit: Unit) -> i64 {
    let (y, m, _) = civil(at.div_euclid(DAY));
    match unit {
        (_, Some(millis)) => at.div_euclid(millis) * millis,
        ("MONTH", None) => days_of(y, m, 1) * DAY,
        _ => days_of(y, 1, 1) * DAY,
    }
}

fn after(at: i64, unit: Unit) -> i64 {
    let (y, m, _) = civil(at.div_euclid(DAY));
    match unit {
        (_, Some(millis)) => (at.div_euclid(millis) + 1) * millis,
        ("MONTH", None) if m < 12 => days_of(y, m + 1, 1) * DAY,
        _ => days_of(y + 1, 1, 1) * DAY,
    }
}
