//! Functions over text (sql.md 5.6). Places count characters from 1.

use crate::sql::cast::char_count;
use crate::sql::func::pattern::Pattern;
use crate::sql::func::{Call, Typed, Wrong, each};
use crate::sql::value::{ByteColumn, Column, ColumnData, SqlType};

pub const TEXT: (fn(SqlType) -> bool, SqlType) = (SqlType::is_character, SqlType::Varchar(1));
pub const PLACE: (fn(SqlType) -> bool, SqlType) = (SqlType::is_integer, SqlType::Integer);
/// The longest text, in characters.
pub const LENGTH_MAX: u32 = 65_534;

/// How many characters or bytes a type holds.
pub fn length_of(ty: SqlType) -> u32 {
    match ty {
        SqlType::Char(length)
        | SqlType::Varchar(length)
        | SqlType::Binary(length)
        | SqlType::Varbinary(length) => length,
        _ => 1,
    }
}

pub fn pattern_typing(args: &[SqlType]) -> Typed {
    Ok((each(args, &[TEXT; 3])?, SqlType::Boolean))
}

pub fn same(args: &[SqlType]) -> Typed {
    let args = each(args, &[TEXT])?;
    let ty = args[0];
    Ok((args, ty))
}

pub fn counted(args: &[SqlType]) -> Typed {
    Ok((each(args, &[TEXT])?, SqlType::Integer))
}

pub fn placed(args: &[SqlType]) -> Typed {
    Ok((each(args, &[TEXT, TEXT])?, SqlType::Integer))
}

/// `||`: CHARs make a CHAR, anything else a VARCHAR.
pub fn joined(args: &[SqlType]) -> Typed {
    let known = args.iter().copied().find(|it| *it != SqlType::Null).unwrap_or(SqlType::Varchar(1));
    let args: Vec<SqlType> = args.iter().map(|&it| if it == SqlType::Null { known } else { it }).collect();
    let length = args.iter().map(|&it| length_of(it)).sum::<u32>().min(LENGTH_MAX);
    let ty = match (args[0], args[1]) {
        (SqlType::Char(_), SqlType::Char(_)) => SqlType::Char(length),
        (a, b) if a.is_character() && b.is_character() => SqlType::Varchar(length),
        (SqlType::Binary(_), SqlType::Binary(_)) => SqlType::Binary(length),
        (a, b) if a.is_binary() && b.is_binary() => SqlType::Varbinary(length),
        _ => return Err(()),
    };
    Ok((args, ty))
}

pub fn overlaid(args: &[SqlType]) -> Typed {
    let args = each(args, &[TEXT, TEXT, PLACE, PLACE])?;
    let length = (length_of(args[0]) + length_of(args[1])).min(LENGTH_MAX);
    Ok((args, SqlType::Varchar(length)))
}

pub fn part(args: &[SqlType]) -> Typed {
    let args = each(args, &[TEXT, PLACE, PLACE])?;
    let ty = SqlType::Varchar(length_of(args[0]));
    Ok((args, ty))
}

pub fn trimmed(args: &[SqlType]) -> Typed {
    let args = each(args, &[TEXT, TEXT])?;
    let ty = SqlType::Varchar(length_of(args[args.len() - 1]));
    Ok((args, ty))
}

pub fn like(call: Call<'_>) -> Column {
    fits(call, Pattern::like)
}

pub fn similar(call: Call<'_>) -> Column {
    fits(call, Pattern::similar)
}

fn fits(call: Call<'_>, compile: fn(&str, Option<char>) -> Result<Pattern, String>) -> Column {
    let mut nulls = call.nulls();
    // The pattern is nearly always a literal: it is compiled when it changes.
    let mut compiled: Option<((String, String), Result<Pattern, String>)> = None;
    let mut out = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if !nulls.is_empty() && nulls[row] {
            out.push(false);
            continue;
        }
        let (pattern, escape) = (call.text(1, row), call.text(2, row));
        if compiled.as_ref().is_none_or(|((text, by), _)| text != pattern || by != escape) {
            let made = match (call.args.len() > 2, escape.chars().count()) {
                (true, length) if length != 1 => Err("ESCAPE takes one character.".to_owned()),
                _ => compile(pattern, escape.chars().next()),
            };
            compiled = Some(((pattern.to_owned(), escape.to_owned()), made));
        }
        let holds = match &compiled {
            Some((_, Ok(pattern))) => pattern.matches(call.text(0, row)),
            Some((_, Err(message))) => {
                Wrong::Argument(message.clone()).report(row, call.faults);
                false
            }
            None => false,
        };
        out.push(holds);
    }
    if nulls.iter().all(|it| !it) {
        nulls.clear();
    }
    Column { data: ColumnData::Bool(out), nulls }
}

pub fn concat(call: Call<'_>) -> Column {
    let nulls = call.nulls();
    let mut out = ByteColumn::default();
    for row in 0..call.rows {
        for column in call.args {
            if let ColumnData::Bytes(values) = &column.data {
                out.bytes.extend_from_slice(values.get(row));
            }
        }
        out.finish();
    }
    Column { data: ColumnData::Bytes(out), nulls }
}

pub fn length(call: Call<'_>) -> Column {
    call.each_int(|call, row| Ok(char_count(call.text(0, row).as_bytes()) as i64))
}

pub fn lower(call: Call<'_>) -> Column {
    call.texts(|call, row, out| {
        out.push_str(&call.text(0, row).to_lowercase());
        Ok(true)
    })
}

pub fn upper(call: Call<'_>) -> Column {
    call.texts(|call, row, out| {
        out.push_str(&call.text(0, row).to_uppercase());
        Ok(true)
    })
}

pub fn initcap(call: Call<'_>) -> Column {
    call.texts(|call, row, out| {
        let mut inside = false;
        for one in call.text(0, row).chars() {
            if inside {
                out.extend(one.to_lowercase());
            } else {
                out.extend(one.to_uppercase());
            }
            inside = one.is_alphanumeric();
        }
        Ok(true)
    })
}

pub fn position(call: Call<'_>) -> Column {
    call.each_int(|call, row| {
        let text = call.text(1, row);
        Ok(text.find(call.text(0, row)).map_or(0, |at| text[..at].chars().count() as i64 + 1))
    })
}

/// The characters from place `from` to before place `to`; places outside are left out.
fn between(text: &str, from: i64, to: i64) -> &str {
    let byte = |place: i64| match usize::try_from(place.saturating_sub(1)) {
        Ok(skipped) => text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at),
        Err(_) => 0,
    };
    let (start, end) = (byte(from), byte(to));
    if start < end { &text[start..end] } else { "" }
}

pub fn overlay(call: Call<'_>) -> Column {
    call.texts(|call, row, out| {
        let (text, new, from) = (call.text(0, row), call.text(1, row), call.int(2, row));
        let length = if call.args.len() > 3 { call.int(3, row) } else { new.chars().count() as i64 };
        if length < 0 {
            return Err(Wrong::Argument(format!("FOR takes no negative length: {length}.")));
        }
        out.push_str(between(text, 1, from));
        out.push_str(new);
        out.push_str(between(text, from.saturating_add(length).max(1), i64::MAX));
        Ok(true)
    })
}

pub fn substring(call: Call<'_>) -> Column {
    cut_out(call, false)
}

pub fn substring_comma(call: Call<'_>) -> Column {
    cut_out(call, true)
}

fn cut_out(call: Call<'_>, null_beyond: bool) -> Column {
    call.texts(|call, row, out| {
        let (text, from) = (call.text(0, row), call.int(1, row));
        let length = if call.args.len() > 2 { call.int(2, row) } else { i64::MAX };
        if length < 0 {
            return Err(Wrong::Argument(format!("A part has no negative length: {length}.")));
        }
        if null_beyond && from > text.chars().count() as i64 {
            return Ok(false);
        }
        out.push_str(between(text, from, from.saturating_add(length)));
        Ok(true)
    })
}

pub fn trim(call: Call<'_>) -> Column {
    trim_ends(call, true, true)
}

pub fn trim_leading(call: Call<'_>) -> Column {
    trim_ends(call, true, false)
}

pub fn trim_trailing(call: Call<'_>) -> Column {
    trim_ends(call, false, true)
}

fn trim_ends(call: Call<'_>, leading: bool, trailing: bool) -> Column {
    call.texts(|call, row, out| {
        let (what, text) = match call.args.len() {
            1 => (" ", call.text(0, row)),
            _ => (call.text(0, row), call.text(1, row)),
        };
        let mut chars = what.chars();
        let (Some(one), None) = (chars.next(), chars.next()) else {
            return Err(Wrong::Argument(format!("TRIM takes one character, not '{what}'.")));
        };
        let text = if leading { text.trim_start_matches(one) } else { text };
        out.push_str(if trailing { text.trim_end_matches(one) } else { text });
        Ok(true)
    })
}
