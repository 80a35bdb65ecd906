//! The template read to the letter, as `fake()` of faker.js 3.1.0 reads it.
//!
//! The real page rewrites the text, one placeholder per pass: it takes the first `{{` and the first `}}`
//! of the whole text, wherever they are, and what lies between is the placeholder. Hence its traps: a
//! blank inside the braces belongs to the name, and a `}}` that closes nested objects of JSON makes the
//! next placeholder nameless. The passes do not depend on the values, so they are made once, here; one
//! thing differs: braces inside of a made value are not read again.

use std::ops::Range;

use crate::sql::diag::Diagnostic;
use crate::template::Site;
use crate::template::args::{Args, Fault};
use crate::template::faker::{self, Origin};
use crate::template::make::Maker;

/// What the real page answers to an empty template.
const EMPTY: &str = "string parameter is required!";
/// What every object of JavaScript inherits, and what comes of it in a template.
const INHERITED: &[&str] = &["toString", "toLocaleString", "valueOf", "constructor"];

/// One stretch of the record.
pub enum Piece {
    Text(String),
    Site(Site),
}

/// The text as the real page sees it: trimmed, without line feeds; with the way back to the original.
struct Cleaned {
    text: String,
    /// For each byte of the cleaned text its place in the original, and one more for the end.
    places: Vec<usize>,
}

impl Cleaned {
    fn new(original: &str) -> Self {
        let range = trimmed(original);
        let mut text = String::with_capacity(range.len());
        let mut places = Vec::with_capacity(range.len() + 1);
        for (at, character) in original[range.clone()].char_indices() {
            if character != '\n' {
                places.extend((0..character.len_utf8()).map(|byte| range.start + at + byte));
                text.push(character);
            }
        }
        places.push(range.end);
        Self { text, places }
    }

    /// The bytes of the original from the first to the last of a stretch.
    fn span(&self, range: Range<usize>) -> Range<usize> {
        let place = |at: usize| self.places.get(at).or(self.places.last()).copied().unwrap_or_default();
        let start = place(range.start);
        let end = if range.end <= range.start { start } else { place(range.end - 1) + 1 };
        start..end
    }
}

/// The part of a text that is left when blanks on both sides are gone, as JavaScript's `trim` does it.
pub fn trimmed(text: &str) -> Range<usize> {
    let blank = |it: char| it.is_whitespace() || it == '\u{feff}';
    let start = text.len() - text.trim_start_matches(blank).len();
    start..text.trim_end_matches(blank).len().max(start)
}

/// Reads a template; the first thing that stops the real page is the error.
pub fn read(original: &str) -> Result<Vec<Piece>, Diagnostic> {
    let cleaned = Cleaned::new(original);
    let text = cleaned.text.as_str();
    if text.is_empty() {
        return Ok(vec![Piece::Text(EMPTY.into())]);
    }
    let timestamp = text.find("{{current.timestamp}}");
    let mut pieces = Vec::new();
    let mut at = 0;
    // The first `}}` of the text that no placeholder used up.
    let mut stray = None;
    while let Some(open) = text[at..].find("{{").map(|it| at + it) {
        stray = stray.or_else(|| text[at..open].find("}}").map(|it| at + it));
        if let Some(stray) = stray {
            return Err(Diagnostic::error(cleaned.span(stray..stray + 2), "Invalid module: ")
                .detail(
                    "The real page takes the first }} of the whole text for the end of the next placeholder.",
                )
                .hint("Write } } with a blank between the braces."));
        }
        let Some(close) = text[open..].find("}}").map(|it| open + it) else { break };
        pieces.push(Piece::Text(text[at..open].to_owned()));
        let token = if timestamp == Some(open) { "date.now" } else { &text[open + 2..close] };
        let (name, maker) = placeholder(token).map_err(|fault| {
            let diagnostic = Diagnostic::error(cleaned.span(open..close + 2), fault.message);
            Diagnostic { detail: fault.detail, hint: fault.hint, ..diagnostic }
        })?;
        pieces.push(Piece::Site(Site { span: cleaned.span(open..close + 2), name, maker }));
        at = close + 2;
    }
    pieces.push(Piece::Text(text[at..].to_owned()));
    Ok(pieces)
}

/// The name and the maker of what stands between the braces.
fn placeholder(token: &str) -> Result<(String, Maker), Fault> {
    let mut method = token.replacen("}}", "", 1).replacen("{{", "", 1);
    let mut raw = String::new();
    if let Some(range) = parentheses(&method) {
        raw = method[range.start + 1..range.end - 1].to_owned();
        method.replace_range(range, "");
    }
    let mut parts = method.split('.');
    let (module, member) = (parts.next().unwrap_or_default(), parts.next());
    let name = format!("{module}.{}", member.unwrap_or("undefined"));
    let helpful = |message: String| {
        let kind = faker::unknown(&format!("{}.{}", module.trim(), member.unwrap_or_default().trim()));
        Fault { message, detail: kind.detail, hint: kind.hint, within: None }
    };
    let strange = matches!(module, "locale" | "definitions" | "fake");
    if !strange && !faker::is_module(module) {
        return Err(helpful(format!("Invalid module: {module}")));
    }
    if (module == "locale" && member == Some("length"))
        || (module == "definitions" && member.is_some_and(faker::is_module))
    {
        return Err(Fault::new("TypeError: fn.call is not a function")
            .detail("These hold the words of the page; they are no placeholders."));
    }
    if let Some(entry) = faker::find(&name).filter(|it| it.origin == Origin::Page) {
        let maker = entry.maker(&Args::strict(&raw))?;
        return Ok((entry.name.to_owned(), replaced(maker)?));
    }
    if member.is_some_and(|it| INHERITED.contains(&it)) {
        return Ok((name, Maker::Text("[object Object]".into())));
    }
    Err(helpful(format!("Invalid method: {name}")))
}

/// The first `(…)` with at least one character inside, none of which closes it.
fn parentheses(method: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(open) = method[from..].find('(').map(|it| from + it) {
        let close = open + method[open..].find(')')?;
        if open + 1 < close {
            return Some(open..close + 1);
        }
        from = open + 1;
    }
    None
}

/// Values go through JavaScript's `replace`, in which a dollar sign has a meaning: `$$` prints one.
fn replaced(maker: Maker) -> Result<Maker, Fault> {
    let one = |text: Box<str>| -> Result<Box<str>, Fault> {
        if ["$&", "$`", "$'"].iter().any(|it| text.contains(it)) {
            return Err(Fault::new(format!("\"{text}\" would put pieces of the template into the record"))
                .detail("In a value, the real page takes $&, $` and $' for a command to repeat the text around it.")
                .hint("Write $$ for a dollar sign."));
        }
        Ok(text.replace("$$", "$").into())
    };
    Ok(match maker {
        Maker::Text(text) => Maker::Text(one(text)?),
        Maker::Choice(choices) => Maker::Choice(choices.into_iter().map(one).collect::<Result<_, _>>()?),
        Maker::Shuffle(items) => Maker::Shuffle(items.into_iter().map(one).collect::<Result<_, _>>()?),
        Maker::Weighted(mut weights) => {
            let limits = weights.limits.into_iter().map(|(limit, text)| Ok((limit, one(text)?)));
            weights.limits = limits.collect::<Result<_, _>>()?;
            Maker::Weighted(weights)
        }
        other => other,
    })
}
