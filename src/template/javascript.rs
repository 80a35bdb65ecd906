//! How JavaScript turns a value into text, because the real page ran in a browser.
//!
//! A template's literal values (the choices of a list, the default of an option) are printed by these
//! rules: whole numbers without a point, other numbers with the fewest digits that read back, lists
//! joined by commas, objects as the famous `[object Object]`.

use serde_json::Value;

/// A number as JavaScript prints it.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-Infinity" } else { "Infinity" }.into();
    }
    if value == 0.0 {
        return "0".into();
    }
    let magnitude = value.abs();
    if (1e-6..1e21).contains(&magnitude) {
        return format!("{value}");
    }
    // Rust writes 1e21 and 1.5e-7 here; JavaScript adds the plus sign.
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// A value of JSON as JavaScript's `String()` prints it.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(it) => it.to_string(),
        Value::String(it) => it.clone(),
        Value::Object(_) => "[object Object]".into(),
        Value::Array(items) => {
            let inner = |it: &Value| if it.is_null() { String::new() } else { text(it) };
            items.iter().map(inner).collect::<Vec<_>>().join(",")
        }
        Value::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(whole), _) if whole.unsigned_abs() <= 1 << 53 => whole.to_string(),
            (_, Some(real)) => number(real),
            _ => it.to_string(),
        },
    }
}

/// Whether JavaScript takes a value for true.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(it) => *it,
        Value::Number(it) => it.as_f64().is_some_and(|it| it != 0.0),
        Value::String(it) => !it.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_a_browser() {
        for (value, expected) in [
            (0.6000000000000001, "0.6000000000000001"),
            (3.0, "3"),
            (-0.0, "0"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (0.000001, "0.000001"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn values_print_as_in_a_browser() {
        for (json, expected) in [
            ("[1,[2,null],\"a\"]", "1,2,,a"),
            ("{\"a\":1}", "[object Object]"),
            ("32.0", "32"),
            ("null", "null"),
        ] {
            let value: Value = serde_json::from_str(json).expect(json);
            assert_eq!(text(&value), expected);
        }
    }
}
