//! Regular expressions as Java reads them (sql.md 5.6), and what is done with them.
//!
//! Java's own ways of writing are put into the words of the engine beneath; its look-around, back references
//! and possessive repetition are there. Neither a pattern nor a text can run away: a pattern is bounded in
//! size and in the steps it may go back, and what goes beyond is an error of the row.

use fancy_regex::{Captures, RegexBuilder};

use crate::sql::func::pattern::Pattern;
use crate::sql::func::text::{LENGTH_MAX, PLACE, TEXT};
use crate::sql::func::{Call, Typed, Wrong, each};
use crate::sql::value::{Column, SqlType};

/// A pattern with more characters is nothing a person wrote.
const PATTERN_MAX: usize = 4_000;
/// Steps a compiled pattern may have, and bytes its plain parts may take.
const STEPS_MAX: usize = 20_000;
const PART_MAX: usize = 1 << 18;
/// How often one search may go back.
const BACK_MAX: usize = 50_000;

/// A compiled regular expression.
#[derive(Debug)]
pub struct Regex {
    inner: fancy_regex::Regex,
    pattern: String,
}

impl Regex {
    /// A regular expression of Java. The error is a sentence.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let translated = translated(pattern)?;
        Self::compiled(&translated, pattern)
    }

    /// As [`new`](Self::new), for matching whole texts.
    pub fn whole(pattern: &str) -> Result<Self, String> {
        let translated = translated(pattern)?;
        Self::compiled(&format!("\\A(?:{translated})\\z"), pattern)
    }

    fn compiled(translated: &str, pattern: &str) -> Result<Self, String> {
        if pattern.chars().count() > PATTERN_MAX {
            return Err(format!("A regular expression has at most {PATTERN_MAX} characters."));
        }
        let mut builder = RegexBuilder::new(translated);
        builder.backtrack_limit(BACK_MAX).delegate_size_limit(PART_MAX).delegate_dfa_size_limit(2 << 20);
        builder.max_prog_size(STEPS_MAX).delegate_dfa_skip_cache_capacity_check(false);
        match builder.build() {
            Ok(inner) => Ok(Self { inner, pattern: pattern.to_owned() }),
            Err(_) => Err(bad(pattern)),
        }
    }

    /// How many groups in parentheses it has.
    pub fn groups(&self) -> usize {
        self.inner.captures_len().saturating_sub(1)
    }

    /// The first match at or behind a byte.
    pub fn find<'t>(&self, text: &'t str, from: usize) -> Result<Option<Captures<'t, str>>, String> {
        self.inner.captures_from_pos(text, from).map_err(|_| {
            format!("The regular expression {} takes too many steps on this text.", self.pattern)
        })
    }
}

fn bad(pattern: &str) -> String {
    format!("Invalid regular expression: {pattern}")
}

/// A pattern of Java in the words of the engine beneath.
fn translated(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut classes = 0_usize;
    while let Some(one) = chars.next() {
        match one {
            '\\' => escape(&mut chars, &mut out).ok_or_else(|| bad(pattern))?,
            '[' => {
                classes += 1;
                out.push('[');
                // `^` and a bracket right behind the opening one have their own meaning.
                out.extend(chars.next_if_eq(&'^'));
            }
            ']' => {
                classes = classes.saturating_sub(1);
                out.push(']');
            }
            '{' if classes == 0 && !counted(chars.clone()) => return Err(bad(pattern)),
            // In a class these are signs of the engine, and characters of Java.
            '~' if classes > 0 => out.push_str("\\~"),
            '-' if classes > 0 && chars.peek() == Some(&'-') => out.push_str("\\-"),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// Whether a repetition stands behind an opening brace: `n}`, `n,}` or `n,m}`. Java takes no other.
fn counted(rest: impl Iterator<Item = char>) -> bool {
    let rest: String = rest.take(20).collect();
    let Some((inside, _)) = rest.split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

/// What stands behind a backslash.
fn escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> Option<()> {
    let one = chars.next()?;
    match one {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[a-zA-Z_0-9]"),
        'W' => out.push_str("[^a-zA-Z_0-9]"),
        's' => out.push_str("[ \\t\\n\\x0B\\f\\r]"),
        'S' => out.push_str("[^ \\t\\n\\x0B\\f\\r]"),
        'h' => out.push_str("[ \\t\\x{A0}\\x{1680}\\x{180E}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}]"),
        'v' => out.push_str("[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}]"),
        'R' => out.push_str("(?:\\r\\n|[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}])"),
        'Z' => out.push_str("(?=\\n?\\z)"),
        'e' => out.push_str("\\x1B"),
        'c' => control(chars.next()?, out)?,
        '0' => octal(chars, out)?,
        'Q' => quoted(chars, out),
        'p' | 'P' => class_name(one, chars, out)?,
        // Signs of other engines, which Java has not.
        'K' | 'g' | 'y' | 'Y' | 'N' | 'O' | 'X' => return None,
        other => out.extend(['\\', other]),
    }
    Some(())
}

fn control(one: char, out: &mut String) -> Option<()> {
    let code = u8::try_from(one).ok().filter(u8::is_ascii)?;
    out.push_str(&format!("\\x{:02X}", code ^ 64));
    Some(())
}

/// `\0n`, `\0nn` and `\0mnn`.
fn octal(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> Option<()> {
    let mut code = None;
    for _ in 0..3 {
        let Some(digit) = chars.peek().and_then(|it| it.to_digit(8)) else { break };
        let next = code.unwrap_or(0) * 8 + digit;
        if next > 0o377 {
            break;
        }
        code = Some(next);
        chars.next();
    }
    out.push_str(&format!("\\x{{{:X}}}", code?));
    Some(())
}

/// `\Q … \E`: every character is itself.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    while let Some(one) = chars.next() {
        if one == '\\' && chars.next_if_eq(&'E').is_some() {
            return;
        }
        literal(one, out);
    }
}

/// Appends a character that means itself.
fn literal(one: char, out: &mut String) {
    if one.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(one);
}

/// `\p{Alpha}` and its like are ASCII in Java; other names are Unicode's.
fn class_name(
    sign: char,
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    out: &mut String,
) -> Option<()> {
    let first = chars.next()?;
    if first != '{' {
        out.extend(['\\', sign, first]);
        return Some(());
    }
    let mut name = String::new();
    loop {
        match chars.next()? {
            '}' => break,
            other => name.push(other),
        }
    }
    let inside = match name.as_str() {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => "\\x00-\\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => "!-/:-@\\[-`{-\\~",
        "Graph" => "!-\\~",
        "Print" => "\\x20-\\~",
        "Blank" => " \\t",
        "Cntrl" => "\\x00-\\x1F\\x7F",
        "XDigit" => "0-9a-fA-F",
        "Space" => " \\t\\n\\x0B\\f\\r",
        other => {
            let name = other.strip_prefix("Is").unwrap_or(other);
            out.push_str(&format!("\\{sign}{{{name}}}"));
            return Some(());
        }
    };
    out.push_str(if sign == 'p' { "[" } else { "[^" });
    out.push_str(inside);
    out.push(']');
    Some(())
}

/// The last pattern and what it became: a pattern is nearly always a literal, the same in every row.
pub(super) struct Latest<T>(Option<(String, Result<T, String>)>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Latest<T> {
    pub(super) fn get(&mut self, key: &str, make: impl FnOnce() -> Result<T, String>) -> Result<&T, Wrong> {
        if self.0.as_ref().is_none_or(|it| it.0 != key) {
            self.0 = Some((key.to_owned(), make()));
        }
        match &self.0 {
            Some((_, Ok(made))) => Ok(made),
            Some((_, Err(message))) => Err(Wrong::Argument(message.clone())),
            None => Err(Wrong::Argument(String::new())),
        }
    }
}

pub fn replaced(args: &[SqlType]) -> Typed {
    Ok((each(args, &[TEXT, TEXT, TEXT, PLACE, PLACE])?, SqlType::Varchar(LENGTH_MAX)))
}

pub fn found(args: &[SqlType]) -> Typed {
    let args = each(args, &[TEXT; 3])?;
    let length = crate::sql::func::text::length_of(args[0]);
    Ok((args, SqlType::Varchar(length)))
}

/// `SUBSTRING(text FROM 'regex')`: the first match; NULL if there is none.
pub fn substring(call: Call<'_>) -> Column {
    let mut latest = Latest::default();
    call.texts(|call, row, out| {
        let regex = latest.get(call.text(1, row), || Regex::new(call.text(1, row)))?;
        let found = regex.find(call.text(0, row), 0).map_err(Wrong::Argument)?;
        let part = found.as_ref().and_then(|it| it.get(0));
        out.push_str(part.map_or("", |it| it.as_str()));
        Ok(part.is_some())
    })
}

/// `SUBSTRING(text SIMILAR pattern ESCAPE e)`: what the middle of the three parts finds.
pub fn substring_similar(call: Call<'_>) -> Column {
    let mut latest = Latest::default();
    call.texts(|call, row, out| {
        let (pattern, escape) = (call.text(1, row), call.text(2, row));
        let key = format!("{escape}\n{pattern}");
        let regex = latest.get(&key, || three_parts(pattern, escape))?;
        let found = regex.find(call.text(0, row), 0).map_err(Wrong::Argument)?;
        let part = found.as_ref().and_then(|it| it.get(1));
        out.push_str(part.map_or("", |it| it.as_str()));
        Ok(part.is_some())
    })
}

/// A pattern of SIMILAR in three parts, between which the escape character and a double quote stand. The
/// outer parts take as little as they can, as the standard says.
pub fn three_parts(pattern: &str, escape: &str) -> Result<Regex, String> {
    let mut chars = escape.chars();
    let (Some(escape), None) = (chars.next(), chars.next()) else {
        return Err("ESCAPE takes one character.".to_owned());
    };
    let mark = format!("{escape}\"");
    let parts: Vec<&str> = pattern.split(&mark).collect();
    let [before, wanted, behind] = parts.as_slice() else {
        return Err(format!("The pattern needs {mark} before and behind the part that is wanted: {pattern}"));
    };
    let mut regex = String::from("(?s)");
    for (part, open, any) in [(before, "(?:", ".*?"), (wanted, "(", ".*"), (behind, "(?:", ".*?")] {
        Pattern::similar(part, Some(escape))?;
        regex.push_str(open);
        similar_part(part, escape, any, &mut regex);
        regex.push(')');
    }
    Regex::compiled(&regex, pattern)
}

/// A sound pattern of SIMILAR as a regular expression.
fn similar_part(part: &str, escape: char, any: &str, out: &mut String) {
    let mut inside = false;
    let mut chars = part.chars();
    while let Some(one) = chars.next() {
        match one {
            it if it == escape => literal(chars.next().unwrap_or(escape), out),
            '[' if !inside => {
                inside = true;
                out.push('[');
                if chars.as_str().starts_with('^') {
                    out.extend(chars.next());
                }
            }
            ']' => {
                inside = false;
                out.push(']');
            }
            '-' if inside => out.push('-'),
            it if inside => literal(it, out),
            '%' => out.push_str(any),
            '_' => out.push('.'),
            // A group for repetition only: it must not count.
            '(' => out.push_str("(?:"),
            ')' | '|' | '*' | '+' | '?' | '{' | '}' => out.push(one),
            ',' => out.push(','),
            it => literal(it, out),
        }
    }
}

/// `REGEX_REPLACE(text, regex, replacement, start, occurrence)`; 0 replaces every match.
pub fn replace(call: Call<'_>) -> Column {
    let mut latest = Latest::default();
    call.texts(|call, row, out| {
        let (start, occurrence) = (call.int(3, row), call.int(4, row));
        if start < 1 {
            return Err(Wrong::Argument(format!(
                "REGEX_REPLACE begins at place 1 or behind, not at {start}."
            )));
        }
        if occurrence < 0 {
            return Err(Wrong::Argument(format!(
                "REGEX_REPLACE takes no negative occurrence: {occurrence}."
            )));
        }
        let regex = latest.get(call.text(1, row), || Regex::new(call.text(1, row)))?;
        replace_in(regex, call.text(0, row), call.text(2, row), (start, occurrence), out)?;
        Ok(true)
    })
}

fn replace_in(
    regex: &Regex,
    text: &str,
    replacement: &str,
    (start, occurrence): (i64, i64),
    out: &mut String,
) -> Result<(), Wrong> {
    let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let mut at = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
    let (mut copied, mut number) = (0, 0);
    while at <= text.len()
        && let Some(found) = regex.find(text, at).map_err(Wrong::Argument)?
        && let Some(whole) = found.get(0)
    {
        number += 1;
        if occurrence == 0 || occurrence == number {
            out.push_str(&text[copied..whole.start()]);
            insert(&found, replacement, out)?;
            copied = whole.end();
        }
        if occurrence == number {
            break;
        }
        // An empty match moves on by a character, so that it is not found for ever.
        let step = text[whole.end()..].chars().next().map_or(1, char::len_utf8);
        at = if whole.end() == whole.start() { whole.end() + step } else { whole.end() };
        if out.len() > 4 * LENGTH_MAX as usize {
            return Err(Wrong::Range);
        }
    }
    out.push_str(&text[copied..]);
    if out.chars().count() > LENGTH_MAX as usize { Err(Wrong::Range) } else { Ok(()) }
}

/// The replacement of a match: `$1` and `${name}` are groups, a backslash hides the sign behind it.
fn insert(found: &Captures<'_, str>, replacement: &str, out: &mut String) -> Result<(), Wrong> {
    let illegal = || Wrong::Argument(format!("'{replacement}' names no group of the regular expression."));
    let mut chars = replacement.chars().peekable();
    while let Some(one) = chars.next() {
        match one {
            '\\' => out.push(chars.next().ok_or_else(illegal)?),
            '$' if chars.next_if_eq(&'{').is_some() => {
                let name: String = chars.by_ref().take_while(|it| *it != '}').collect();
                out.push_str(found.name(&name).ok_or_else(illegal)?.as_str());
            }
            '$' => {
                let digit = chars.next().and_then(|it| it.to_digit(10)).ok_or_else(illegal)?;
                let mut group = digit as usize;
                if group >= found.len() {
                    return Err(illegal());
                }
                // Further digits count as long as there is such a group.
                while let Some(digit) = chars.peek().and_then(|it| it.to_digit(10)) {
                    let longer = group * 10 + digit as usize;
                    if longer >= found.len() {
                        break;
                    }
                    group = longer;
                    chars.next();
                }
                out.push_str(found.get(group).map_or("", |it| it.as_str()));
            }
            other => out.push(other),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str, pattern: &str, by: &str, start: i64, occurrence: i64) -> Option<String> {
        let mut out = String::new();
        let regex = Regex::new(pattern).ok()?;
        replace_in(&regex, text, by, (start, occurrence), &mut out).ok()?;
        Some(out)
    }

    fn first(text: &str, pattern: &str) -> Option<String> {
        let found = Regex::new(pattern).ok()?.find(text, 0).ok()??;
        found.get(0).map(|it| it.as_str().to_owned())
    }

    #[test]
    fn matches_are_replaced() {
        let some = |it: &str| Some(it.to_owned());
        assert_eq!(replaced("a1b22c", "[0-9]+", "#", 1, 0), some("a#b#c"));
        assert_eq!(replaced("a1b22c", "[0-9]+", "#", 1, 2), some("a1b#c"));
        assert_eq!(replaced("a1b22c", "[0-9]+", "#", 3, 0), some("a1b#c"));
        assert_eq!(replaced("a1b22c", "[0-9]+", "#", 99, 0), some("a1b22c"));
        assert_eq!(replaced("abc", "", "-", 1, 0), some("-a-b-c-"));
        assert_eq!(replaced("10.0.0.9", "(\\d+)\\.(\\d+)", "$2:$1\\$", 1, 1), some("0:10$.0.9"));
        assert_eq!(replaced("key=7", "(?<k>\\w+)=(?<v>\\d)", "${v}", 1, 0), some("7"));
        assert_eq!(replaced("a", "a", "$1", 1, 0), None);
        assert_eq!(replaced("éa", "a", "é", 2, 0), some("éé"));
    }

    #[test]
    fn java_reads_like_this() {
        let some = |it: &str| Some(it.to_owned());
        assert_eq!(first("x٣7", "\\d"), some("7"));
        assert_eq!(first("a.b*c", "\\Q.b*\\E"), some(".b*"));
        assert_eq!(first("aa bb", "(\\w)\\1 "), some("aa "));
        assert_eq!(first("price 42 EUR", "\\d+(?= EUR)"), some("42"));
        assert_eq!(first("Ab9_!", "\\p{Alnum}+"), some("Ab9"));
        assert_eq!(first("Ab9_!", "\\p{Punct}"), some("_"));
        assert_eq!(first("a~-b", "[~--]+"), some("~-"));
        assert_eq!(first("tab\there", "\\011"), some("\t"));
        assert_eq!(first("abc", "[a-c&&[^b]]+"), some("a"));
        assert_eq!(first("aaa", "a*+a"), None);
        for wrong in ["(", "a{2", "[z-a]", "\\", "*a", "\\K", "\\p{Nothing}"] {
            assert!(Regex::new(wrong).is_err(), "{wrong}");
        }
    }

    /// A hostile pattern ends in a sentence, soon.
    #[test]
    fn patterns_cannot_run_away() {
        let text = "a".repeat(5_000);
        for pattern in ["(a+)+\\1b", "(?=(a+)+b)a", "(a|a)*\\1b", "((a\\2{0,900}){900}){900}"] {
            if let Ok(regex) = Regex::new(pattern) {
                assert!(regex.find(&text, 0).is_err() || first(&text, pattern).is_none(), "{pattern}");
            }
        }
        assert!(Regex::new(&"(".repeat(3_000)).is_err());
        assert!(Regex::new("((((a{1000}){1000}){1000}){1000})").is_err());
        assert!(Regex::new(&"a".repeat(5_000)).is_err());
    }

    #[test]
    fn similar_has_three_parts() {
        let middle = |text: &str, pattern: &str| {
            let found = three_parts(pattern, "#").ok()?.find(text, 0).ok()??;
            found.get(1).map(|it| it.as_str().to_owned())
        };
        let some = |it: &str| Some(it.to_owned());
        assert_eq!(middle("DATABASE", "DA#\"TAB#\"ASE"), some("TAB"));
        assert_eq!(middle("DATABASE", "%#\"B[A-Z]+#\"%"), some("BASE"));
        assert_eq!(middle("x.y-z", "_.#\"(y|x)#\"-"), some("y"));
        assert_eq!(middle("DATABASE", "DA#\"XY#\"ASE"), None);
        assert!(three_parts("TAB", "#").is_err());
        assert!(three_parts("a#\"(#\"b", "#").is_err());
    }
}
