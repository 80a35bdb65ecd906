//! Conditions of a statement: an operator, a key, the values it may have.
//!
//! The operators of iam.md section 5 are all read. A condition with an operator that does not exist
//! never holds, so its statement does not match. Keys that a request does not carry are absent: positive
//! operators are then false, negated ones true, and those that end in `IfExists` true.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::time::Timestamp;
use crate::cloud::iam::policy::{arn_matches, wild};

/// What is known of a request besides action and resource; keys in small letters.
#[derive(Clone, Debug, Default)]
pub struct Context {
    values: BTreeMap<String, String>,
}

impl Context {
    /// Sets a key such as `aws:SourceIp`.
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.values.insert(key.to_ascii_lowercase(), value.into());
        self
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.values.get(&key.to_ascii_lowercase()).map(String::as_str)
    }

    /// Puts values for `${aws:username}` and the like; `None` where a variable has no value.
    /// `${*}`, `${?}` and `${$}` stand for the characters themselves.
    pub(super) fn fill(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after.split_once('}')?;
            out.push_str(before);
            match name {
                "*" | "?" | "$" => out.push_str(name),
                _ => out.push_str(self.get(name)?),
            }
            rest = tail;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// One operator on one key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    test: Option<Test>,
    negated: bool,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Test {
    Equals,
    EqualsIgnoreCase,
    Like,
    Number(Order),
    Date(Order),
    Bool,
    IpAddress,
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// Reads a Condition block; `None` where its shape is wrong.
    pub(super) fn read(value: &Value) -> Option<Vec<Self>> {
        let mut conditions = Vec::new();
        for (operator, keys) in value.as_object()? {
            for (key, values) in keys.as_object()? {
                let values = match values {
                    Value::Array(list) => list.iter().map(scalar).collect::<Option<Vec<_>>>()?,
                    one => vec![scalar(one)?],
                };
                conditions.push(Self::new(operator, key, values));
            }
        }
        Some(conditions)
    }

    fn new(operator: &str, key: &str, values: Vec<String>) -> Self {
        // Requests here carry one value a key, for which both set prefixes mean the plain operator.
        let plain = operator.strip_prefix("ForAnyValue:").or_else(|| operator.strip_prefix("ForAllValues:"));
        let plain = plain.unwrap_or(operator);
        let (plain, if_exists) = plain.strip_suffix("IfExists").map_or((plain, false), |it| (it, true));
        let (test, negated) = match plain {
            "StringEquals" | "BinaryEquals" => (Some(Test::Equals), false),
            "StringNotEquals" => (Some(Test::Equals), true),
            "StringEqualsIgnoreCase" => (Some(Test::EqualsIgnoreCase), false),
            "StringNotEqualsIgnoreCase" => (Some(Test::EqualsIgnoreCase), true),
            "StringLike" => (Some(Test::Like), false),
            "StringNotLike" => (Some(Test::Like), true),
            "Bool" => (Some(Test::Bool), false),
            "IpAddress" => (Some(Test::IpAddress), false),
            "NotIpAddress" => (Some(Test::IpAddress), true),
            "ArnEquals" | "ArnLike" => (Some(Test::Arn), false),
            "ArnNotEquals" | "ArnNotLike" => (Some(Test::Arn), true),
            "Null" => (Some(Test::Null), false),
            _ => ordered(plain),
        };
        Self { test, negated, if_exists, key: key.to_owned(), values }
    }

    pub(super) fn holds(&self, context: &Context, variables: bool) -> bool {
        let Some(test) = self.test else { return false };
        let found = context.get(&self.key);
        if test == Test::Null {
            let absent = found.is_none();
            return self
                .values
                .iter()
                .any(|it| it.eq_ignore_ascii_case(if absent { "true" } else { "false" }));
        }
        let Some(found) = found else { return self.if_exists || self.negated };
        let matches = self.values.iter().any(|value| {
            let filled = if variables { context.fill(value) } else { Some(value.clone()) };
            filled.is_some_and(|it| test.matches(&it, found))
        });
        matches != self.negated
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Operators of numbers and dates.
fn ordered(operator: &str) -> (Option<Test>, bool) {
    let (test, order): (fn(Order) -> Test, &str) = match () {
        () if operator.starts_with("Numeric") => (Test::Number, &operator[7..]),
        () if operator.starts_with("Date") => (Test::Date, &operator[4..]),
        () => return (None, false),
    };
    match order {
        "Equals" => (Some(test(Order::Equal)), false),
        "NotEquals" => (Some(test(Order::Equal)), true),
        "LessThan" => (Some(test(Order::Less)), false),
        "LessThanEquals" => (Some(test(Order::LessOrEqual)), false),
        "GreaterThan" => (Some(test(Order::Greater)), false),
        "GreaterThanEquals" => (Some(test(Order::GreaterOrEqual)), false),
        _ => (None, false),
    }
}

impl Test {
    fn matches(self, value: &str, found: &str) -> bool {
        match self {
            Test::Equals => value == found,
            Test::EqualsIgnoreCase | Test::Bool => value.eq_ignore_ascii_case(found),
            Test::Like => wild(value.as_bytes(), found.as_bytes(), |a, b| a == b),
            Test::Number(order) => match (decimal(value), decimal(found)) {
                (Some(value), Some(found)) => order.holds(found, value),
                _ => false,
            },
            Test::Date(order) => match (moment(value), moment(found)) {
                (Some(value), Some(found)) => order.holds(found, value),
                _ => false,
            },
            Test::IpAddress => within(value, found).unwrap_or(false),
            Test::Arn => arn_matches(value, found),
            Test::Null => false,
        }
    }
}

impl Order {
    fn holds<T: Ord>(self, found: T, value: T) -> bool {
        match self {
            Order::Equal => found == value,
            Order::Less => found < value,
            Order::LessOrEqual => found <= value,
            Order::Greater => found > value,
            Order::GreaterOrEqual => found >= value,
        }
    }
}

/// A number as millionths.
fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |it| (-1, it));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = fraction.parse().ok()?;
    Some(sign * (i128::from(whole) * 1_000_000 + i128::from(fraction)))
}

/// ISO 8601, or seconds since the epoch.
fn moment(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(secs) => Some(Timestamp::from_millis(secs.checked_mul(1000)?)),
        Err(_) => Timestamp::parse(text),
    }
}

/// Whether an IPv4 address lies in a range `a.b.c.d/n`; an address alone is `/32`.
fn within(range: &str, address: &str) -> Option<bool> {
    let (network, length) = range.split_once('/').unwrap_or((range, "32"));
    let length: u32 = length.parse().ok().filter(|it| *it <= 32)?;
    let bits = |text: &str| Some(u32::from(text.parse::<std::net::Ipv4Addr>().ok()?));
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    Some(bits(network)? & mask == bits(address)? & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(block: &str, context: &Context) -> bool {
        let value = serde_json::from_str(block).expect("JSON");
        Condition::read(&value).expect("a condition block").iter().all(|it| it.holds(context, true))
    }

    #[test]
    fn operators() {
        let context = Context::default()
            .with("aws:username", "ann")
            .with("aws:SecureTransport", "true")
            .with("aws:SourceIp", "203.0.113.9")
            .with("aws:EpochTime", "1477508400")
            .with("aws:CurrentTime", "2016-10-26T19:00:00Z");
        for (block, expected) in [
            (r#"{"StringEquals": {"AWS:UserName": "ann"}}"#, true),
            (r#"{"StringNotEquals": {"aws:username": ["bob", "ann"]}}"#, false),
            (r#"{"StringLike": {"aws:username": "a*"}}"#, true),
            (r#"{"StringEquals": {"aws:username": "${aws:username}"}}"#, true),
            (r#"{"Bool": {"aws:SecureTransport": false}}"#, false),
            (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, true),
            (r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.9"}}"#, false),
            (r#"{"NumericGreaterThan": {"aws:EpochTime": "1477508399.5"}}"#, true),
            (r#"{"DateLessThan": {"aws:CurrentTime": "2016-10-26T19:00:00Z"}}"#, false),
            (r#"{"DateLessThanEquals": {"aws:CurrentTime": "2016-10-26T19:00:00Z"}}"#, true),
            (r#"{"Null": {"aws:TokenIssueTime": "true"}}"#, true),
            (r#"{"StringEquals": {"sts:ExternalId": "1"}}"#, false),
            (r#"{"StringNotEquals": {"sts:ExternalId": "1"}}"#, true),
            (r#"{"StringEqualsIfExists": {"sts:ExternalId": "1"}}"#, true),
            (r#"{"StringSounds": {"aws:username": "ann"}}"#, false),
        ] {
            assert_eq!(holds(block, &context), expected, "{block}");
        }
    }
}
