//! Row values of log parsers: made from a line, and read field by field.

use crate::sql::func::regex::Latest;
use crate::sql::func::text::TEXT;
use crate::sql::func::{Call, Typed, Wrong, each};
use crate::sql::logline::{self, FIELD, ROW};
use crate::sql::value::{Column, SqlType};

pub fn row(args: &[SqlType]) -> Typed {
    Ok((each(args, &[TEXT, TEXT])?, ROW))
}

pub fn read(args: &[SqlType]) -> Typed {
    Ok((each(args, &[TEXT, (SqlType::is_integer, SqlType::Integer)])?, FIELD))
}

/// The row value of a line; NULL for NULL, and for a line that is to be dropped.
pub fn row_of_line(call: Call<'_>) -> Column {
    let mut latest = Latest::default();
    call.texts(|call, row, out| {
        let specification = call.text(1, row);
        let make = || logline::parser(specification).ok_or_else(|| "The parser is unknown.".to_owned());
        let parser = latest.get(specification, make)?;
        match parser.read(call.text(0, row), call.clock.started).map_err(Wrong::Argument)? {
            Some(fields) => {
                logline::encode(&fields, out);
                Ok(true)
            }
            None => Ok(false),
        }
    })
}

pub fn field_of_row(call: Call<'_>) -> Column {
    call.texts(|call, row, out| {
        let field = logline::field(call.text(0, row), usize::try_from(call.int(1, row)).unwrap_or(0));
        out.push_str(field.unwrap_or_default());
        Ok(field.is_some())
    })
}
