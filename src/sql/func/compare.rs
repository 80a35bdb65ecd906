//! Comparison: any number with any number, any text with any text, times with their own kind.

use std::cmp::Ordering;

use crate::sql::decimal;
use crate::sql::func::{Call, Typed, comparable, filled};
use crate::sql::value::{Column, ColumnData, SqlType};

/// Numbers are compared as doubles where one is approximate; everything else as it is.
pub fn typing(args: &[SqlType]) -> Typed {
    if !comparable(args[0], args[1]) {
        return Err(());
    }
    let args = filled(args, SqlType::Integer);
    if args.iter().any(|it| it.is_approximate()) {
        return Ok((vec![SqlType::Double; 2], SqlType::Boolean));
    }
    Ok((args, SqlType::Boolean))
}

pub fn equal(call: Call<'_>) -> Column {
    test(call, Ordering::is_eq)
}

pub fn not_equal(call: Call<'_>) -> Column {
    test(call, Ordering::is_ne)
}

pub fn less(call: Call<'_>) -> Column {
    test(call, Ordering::is_lt)
}

pub fn at_most(call: Call<'_>) -> Column {
    test(call, Ordering::is_le)
}

pub fn greater(call: Call<'_>) -> Column {
    test(call, Ordering::is_gt)
}

pub fn at_least(call: Call<'_>) -> Column {
    test(call, Ordering::is_ge)
}

pub fn distinct(call: Call<'_>) -> Column {
    unlike(call, true)
}

pub fn not_distinct(call: Call<'_>) -> Column {
    unlike(call, false)
}

fn test(call: Call<'_>, holds: impl Fn(Ordering) -> bool) -> Column {
    let nulls = call.nulls();
    Column { data: ColumnData::Bool(orders(&call, holds)), nulls }
}

fn unlike(call: Call<'_>, wanted: bool) -> Column {
    let mut differs = orders(&call, Ordering::is_ne);
    let (a, b) = (&call.args[0], &call.args[1]);
    for (row, differs) in differs.iter_mut().enumerate() {
        if a.is_null(row) || b.is_null(row) {
            *differs = a.is_null(row) != b.is_null(row);
        }
        *differs = *differs == wanted;
    }
    Column { data: ColumnData::Bool(differs), nulls: Vec::new() }
}

/// What a test says of each pair; where one is NULL it says anything.
fn orders(call: &Call<'_>, holds: impl Fn(Ordering) -> bool) -> Vec<bool> {
    match (&call.args[0].data, &call.args[1].data) {
        (ColumnData::Int(a), ColumnData::Int(b)) => {
            let (x, y) = (call.types[0].scale(), call.types[1].scale());
            if x == y {
                return a.iter().zip(b).map(|(a, b)| holds(a.cmp(b))).collect();
            }
            let (up_a, up_b) = (decimal::power(y.saturating_sub(x)), decimal::power(x.saturating_sub(y)));
            a.iter()
                .zip(b)
                .map(|(a, b)| holds((i128::from(*a) * up_a).cmp(&(i128::from(*b) * up_b))))
                .collect()
        }
        (ColumnData::Double(a), ColumnData::Double(b)) => {
            a.iter().zip(b).map(|(a, b)| a.partial_cmp(b).is_some_and(&holds)).collect()
        }
        (ColumnData::Bool(a), ColumnData::Bool(b)) => a.iter().zip(b).map(|(a, b)| holds(a.cmp(b))).collect(),
        (ColumnData::Bytes(a), ColumnData::Bytes(b)) => {
            let padded = call.types[0].is_character();
            let order = |row| {
                let (a, b) = (a.get(row), b.get(row));
                if padded { text_order(a, b) } else { a.cmp(b) }
            };
            (0..call.rows).map(|row| holds(order(row))).collect()
        }
        _ => vec![false; call.rows],
    }
}

/// The order of texts by code point, the shorter one padded with blanks. UTF-8 sorts as its characters do.
pub fn text_order(a: &[u8], b: &[u8]) -> Ordering {
    let shared = a.len().min(b.len());
    let rest =
        |tail: &[u8]| tail.iter().map(|it| it.cmp(&b' ')).find(|it| it.is_ne()).unwrap_or(Ordering::Equal);
    a[..shared].cmp(&b[..shared]).then_with(|| rest(&a[shared..]).then(rest(&b[shared..]).reverse()))
}
