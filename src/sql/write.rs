//! Values as the text of rows: CSV fields and JSON (sql.md 6.8).

use crate::base::time::Timestamp;
use crate::sql::cast::{interval_text, write_clock, write_date};
use crate::sql::decimal;
use crate::sql::value::{Column, ColumnData, SqlType};

/// Appends a value as a CSV field: nothing for NULL, quotes only where RFC 4180 needs them.
pub fn csv_field(column: &Column, row: usize, ty: SqlType, out: &mut Vec<u8>) {
    if column.is_null(row) {
        return;
    }
    match &column.data {
        ColumnData::Bytes(values) if ty.is_character() => {
            let text = values.get(row);
            if !text.iter().any(|it| matches!(it, b',' | b'"' | b'\n' | b'\r')) {
                return out.extend_from_slice(text);
            }
            out.push(b'"');
            for &byte in text {
                if byte == b'"' {
                    out.push(b'"');
                }
                out.push(byte);
            }
            out.push(b'"');
        }
        _ => plain(column, row, ty, out),
    }
}

/// Appends a value as JSON: numbers with the digits of their type, times as strings.
pub fn json_value(column: &Column, row: usize, ty: SqlType, out: &mut Vec<u8>) {
    if column.is_null(row) {
        return out.extend_from_slice(b"null");
    }
    match (&column.data, ty) {
        (ColumnData::Bytes(values), _) if ty.is_binary() => {
            out.push(b'"');
            write_bytes(values.get(row), ty, out);
            out.push(b'"');
        }
        (ColumnData::Bytes(values), _) => json_string(&String::from_utf8_lossy(values.get(row)), out),
        (ColumnData::Int(_), SqlType::Date | SqlType::Time | SqlType::Timestamp | SqlType::Interval(_)) => {
            out.push(b'"');
            plain(column, row, ty, out);
            out.push(b'"');
        }
        _ => plain(column, row, ty, out),
    }
}

/// Appends text in quotes, with JSON's escapes.
pub fn json_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Binary values are shown in upper-case hexadecimal digits.
fn write_bytes(bytes: &[u8], ty: SqlType, out: &mut Vec<u8>) {
    if ty.is_binary() { hex(bytes, out) } else { out.extend_from_slice(bytes) }
}

/// Appends bytes in upper-case hexadecimal digits.
pub fn hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend(bytes.iter().flat_map(|it| [DIGITS[usize::from(it >> 4)], DIGITS[usize::from(it & 15)]]));
}

fn plain(column: &Column, row: usize, ty: SqlType, out: &mut Vec<u8>) {
    match &column.data {
        ColumnData::Bool(values) => out.extend_from_slice(if values[row] { b"true" } else { b"false" }),
        ColumnData::Double(values) => double(values[row], ty == SqlType::Real, out),
        ColumnData::Bytes(values) => write_bytes(values.get(row), ty, out),
        ColumnData::Int(values) => match ty {
            SqlType::Timestamp => Timestamp::from_millis(values[row]).write_sql(out),
            SqlType::Date => write_date(values[row], out),
            SqlType::Time => write_clock(values[row], out),
            SqlType::Interval(qualifier) => {
                out.extend_from_slice(interval_text(values[row], qualifier).as_bytes())
            }
            _ => decimal::write(values[row], ty.scale(), out),
        },
    }
}

/// Java's habit: plain between 1e-3 and 1e7, else `1.0E10`; always with a decimal.
fn double(value: f64, single: bool, out: &mut Vec<u8>) {
    let size = value.abs();
    let plain = size == 0.0 || (1e-3..1e7).contains(&size);
    let text = match (plain, single) {
        (true, true) => format!("{:?}", value as f32),
        (true, false) => format!("{value:?}"),
        (false, true) => format!("{:E}", value as f32),
        (false, false) => format!("{value:E}"),
    };
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => {
            out.extend_from_slice(format!("{digits}.0E{exponent}").as_bytes());
        }
        _ => out.extend_from_slice(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_written_as_java_does() {
        let written = |value: f64| {
            let mut out = Vec::new();
            double(value, false, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(0.1), "0.1");
        assert_eq!(written(1e10), "1.0E10");
        assert_eq!(written(21.0), "21.0");
        assert_eq!(written(1.25e-7), "1.25E-7");
    }
}
