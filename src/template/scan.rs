//! The tolerant reading: placeholders are found and read here, everything else is Handlebars.
//!
//! Each placeholder is replaced by a call site `{{$0}}` of the same length and with the same line
//! breaks, so a place Handlebars speaks of is a place in the learner's text. The closing braces are
//! looked for with an eye on quotes, parentheses and brackets; braces of JSON around a placeholder are
//! hidden from Handlebars. Notes tell where the real page would have stopped or written something else.

use std::ops::Range;

use crate::sql::diag::Diagnostic;
use crate::template::args::{Args, Fault};
use crate::template::blocks::{self, Signs};
use crate::template::faker;
use crate::template::heads::Open;
use crate::template::notes;
use crate::template::strict;
use crate::template::{Site, Template};

/// What Handlebars can compute from values of a loop.
const HELPERS: &[&str] = &["lookup", "len", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not"];

/// After this many errors reading stops; nobody reads further either.
const ERRORS_MAX: usize = 50;
/// Brackets in a placeholder nested deeper than this are refused.
const BRACKETS_MAX: usize = 50;

/// Reads a template kindly.
pub fn compile(text: &str) -> Result<Template, Vec<Diagnostic>> {
    let range = strict::trimmed(text);
    if range.is_empty() {
        return Err(vec![
            Diagnostic::error(text.len()..text.len(), "the template is empty")
                .hint("Write the text of one record, for example {\"value\": {{random.number(100)}}}."),
        ]);
    }
    let Some(signs) = Signs::absent_from(text) else {
        return Err(vec![Diagnostic::error(range, "the template has too many private characters")]);
    };
    let mut scan = Scan {
        text,
        end: range.end,
        at: range.start,
        signs,
        translated: String::with_capacity(text.len()),
        sites: Vec::new(),
        open: Vec::new(),
        names: Vec::new(),
        errors: Vec::new(),
        notes: Vec::new(),
    };
    scan.run();
    if let Some(block) = scan.open.first().filter(|_| scan.errors.is_empty()) {
        let message = format!("the block {{{{#{}}}}} is never closed", block.name);
        let hint = format!("Write {{{{/{}}}}} after it.", block.name);
        scan.errors.push(Diagnostic::error(block.span.clone(), message).hint(hint));
    }
    if !scan.errors.is_empty() {
        return Err(scan.errors);
    }
    let steps = blocks::steps(&scan.translated, scan.sites.len(), signs)
        .map_err(|refusal| vec![misread(text, range.clone(), refusal)])?;
    let mut notes = scan.notes;
    notes.extend(notes::differences(text, &scan.sites));
    notes.extend(notes::curly_quotes(text, &scan.sites));
    notes.sort_by_key(|it| it.span.start);
    Ok(Template { text: text.to_owned(), steps, sites: scan.sites, notes })
}

/// Handlebars counts lines and characters; the text it had begins at `range`.
fn misread(text: &str, range: Range<usize>, refusal: blocks::Refusal) -> Diagnostic {
    let inside = &text[range.clone()];
    let (line, column) = refusal.place.unwrap_or((1, 1));
    let line_start: usize = inside.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = inside.get(line_start..).unwrap_or_default();
    let offset = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |it| it.0);
    let start = (range.start + line_start + offset).min(range.end);
    let end = text[start..].chars().next().map_or(start, |it| start + it.len_utf8());
    Diagnostic::error(start..end, refusal.message).hint(refusal.hint)
}

/// A reading under way.
pub struct Scan<'a> {
    pub(super) text: &'a str,
    /// Where the trimmed text ends.
    pub(super) end: usize,
    pub(super) at: usize,
    pub(super) signs: Signs,
    pub(super) translated: String,
    pub(super) sites: Vec<Site>,
    pub(super) open: Vec<Open>,
    /// Names given by `as |item index|` to the values of blocks that are open.
    pub(super) names: Vec<String>,
    pub(super) errors: Vec<Diagnostic>,
    pub(super) notes: Vec<Diagnostic>,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(open) = self.text[self.at..self.end].find("{{").map(|it| self.at + it) {
            self.literal(open);
            if self.escaped(open) {
                continue;
            }
            if ERRORS_MAX <= self.errors.len() {
                return;
            }
            let body = &self.text[open + 2..self.end];
            let inner = body.trim_start_matches('~').trim_start();
            if body.starts_with('!') {
                self.comment(open);
            } else if body.starts_with("{{") || (body.starts_with('{') && !self.triple(open)) {
                // A brace of JSON before the placeholder.
                self.translated.push(self.signs.open);
                self.at = open + 1;
            } else if inner.starts_with(['#', '/', '^']) || word(inner) == "else" {
                self.block(open);
            } else if inner.starts_with(['>', '*']) {
                self.refuse(
                    open,
                    "templates inside of templates are not possible",
                    "Write the text in full.",
                );
            } else {
                self.placeholder(open);
            }
        }
        self.literal(self.end);
    }

    /// Copies text up to `to`, hiding what Handlebars would take for its own.
    fn literal(&mut self, to: usize) {
        for character in self.text[self.at..to].chars() {
            self.translated.push(match character {
                '{' => self.signs.open,
                '}' => self.signs.close,
                '\\' => self.signs.backslash,
                other => other,
            });
        }
        self.at = to;
    }

    /// `\{{` is Handlebars' way to write two braces; two backslashes are an escaped backslash of JSON.
    fn escaped(&mut self, open: usize) -> bool {
        let before = &self.text[..open];
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        if backslashes.is_multiple_of(2) {
            return false;
        }
        self.translated.pop();
        self.translated.push(self.signs.nothing);
        self.translated.extend([self.signs.open; 2]);
        self.at = open + 2;
        true
    }

    /// Whether `{{{…}}}` closes with as many braces as it opens.
    fn triple(&self, open: usize) -> bool {
        let text = &self.text[open + 3..self.end];
        close(text).is_some_and(|it| text[it..].starts_with("}}}"))
    }

    fn comment(&mut self, open: usize) {
        let text = &self.text[open..self.end];
        let long = text.starts_with("{{!--");
        let ending = if long { "--}}" } else { "}}" };
        match text[3..].find(ending) {
            Some(at) => self.keep(open, open + 3 + at + ending.len()),
            None => self.refuse(open, "the comment is never closed", "Write }} after it."),
        }
    }

    /// Leaves a stretch to Handlebars as it is.
    pub(super) fn keep(&mut self, from: usize, to: usize) {
        self.translated.push_str(&self.text[from..to]);
        self.at = to;
    }

    /// Records an error about the braces at `open` and goes on behind them.
    pub(super) fn refuse(&mut self, open: usize, message: impl Into<String>, hint: impl Into<String>) {
        let end = close(&self.text[open + 2..self.end]).map_or(open + 2, |it| open + 2 + it + 2);
        self.errors.push(Diagnostic::error(open..end, message).hint(hint));
        self.at = end;
    }

    fn placeholder(&mut self, open: usize) {
        let triple = self.text[open..self.end].starts_with("{{{");
        let braces = if triple { 3 } else { 2 };
        let body = &self.text[open + braces..self.end];
        let Some(length) = close(body) else {
            self.unclosed(open, open + braces);
            return;
        };
        let (inner, end) = (&body[..length], open + braces + length + braces);
        let name = inner.trim_matches('~').trim();
        if self.belongs_to_handlebars(name) {
            self.keep(open, end);
            return;
        }
        if let Some(site) = self.site(
            inner.trim_matches('~'),
            open + braces + inner.len() - inner.trim_start_matches('~').len(),
            open..end,
        ) {
            let tag = format!("{{{{${}", self.sites.len());
            let characters: Vec<char> = self.text[open..end].chars().collect();
            self.translated.push_str(&tag);
            let blank = |it: &char| if *it == '\n' { '\n' } else { ' ' };
            let padding =
                characters.iter().skip(tag.len()).take(characters.len().saturating_sub(tag.len() + 2));
            self.translated.extend(padding.map(blank));
            self.translated.push_str("}}");
            self.sites.push(site);
        }
        self.at = end;
    }

    /// Says that the placeholder that opens at `open`, with its inside at `body`, does not end; goes on
    /// where the next one begins, so that one being typed does not swallow its neighbours.
    fn unclosed(&mut self, open: usize, body: usize) {
        let text = &self.text[body..self.end];
        let (close, next) = (text.find("}}"), text.find("{{"));
        let (message, end) = match close {
            Some(close) if next.is_none_or(|next| close < next) => {
                ("the parenthesis, bracket or quote in the placeholder is never closed", body + close + 2)
            }
            _ => ("the {{ is never closed", body),
        };
        let hint = "A placeholder ends with }}, for example {{random.number(100)}}.";
        self.errors.push(Diagnostic::error(open..end, message).hint(hint));
        self.at = end;
    }

    /// A value of a loop, or something computed from one.
    fn belongs_to_handlebars(&self, inner: &str) -> bool {
        let (name, rest) = inner.split_at(name_end(inner));
        let first = name.split('.').next().unwrap_or_default();
        if first == "this" || inner.starts_with(['@', '.']) || self.names.iter().any(|it| it == first) {
            return true;
        }
        let in_loop = self.open.iter().any(|it| matches!(it.name.as_str(), "each" | "with"));
        if HELPERS.contains(&name) && rest.starts_with(char::is_whitespace) {
            return true;
        }
        in_loop
            && rest.is_empty()
            && !first.is_empty()
            && !faker::is_module(first)
            && faker::later::find(name).is_none()
    }

    /// Reads `module.method(arguments)`, which begins at byte `start` of the text.
    pub(super) fn site(&mut self, inner: &str, start: usize, span: Range<usize>) -> Option<Site> {
        let start = start + inner.len() - inner.trim_start().len();
        let inner = inner.trim();
        let (name, rest) = inner.split_at(name_end(inner));
        let place = start..start + name.len();
        let call = rest.trim();
        if name.is_empty() {
            self.errors.push(
                Diagnostic::error(span, "a placeholder needs a name")
                    .hint("For example {{random.number(100)}} or {{name.firstName}}."),
            );
            return None;
        }
        let raw = match call.strip_prefix('(').map(|it| it.strip_suffix(')')) {
            None if call.is_empty() => "",
            Some(Some(raw)) => raw,
            _ => {
                let at = start + inner.len() - rest.trim_start().len();
                let message = format!("\"{}\" does not belong here", shorten(call));
                let hint = format!("Arguments stand in parentheses right after the name: {{{{{name}(…)}}}}.");
                self.errors.push(Diagnostic::error(at..at + call.len(), message).hint(hint));
                return None;
            }
        };
        let entry = faker::find(name).or_else(|| {
            // The real page reads two parts and ignores the rest.
            let second = name.match_indices('.').nth(1)?.0;
            faker::find(&name[..second])
        });
        let Some(entry) = entry else {
            self.fault(place, faker::unknown(name), None);
            return None;
        };
        let raw_at = start + inner.len() - rest.trim_start().len() + 1;
        let lead = raw.len() - raw.trim_start().len();
        let made = Args::tolerant(raw).and_then(|args| Ok((entry.maker(&args)?, args)));
        match made {
            Ok((maker, args)) => {
                if let Some(note) = notes::number_surprise(entry.name, &args) {
                    self.notes.push(Diagnostic { span: raw_at..raw_at + raw.len(), ..note });
                }
                if let Some(corrected) = args.corrected {
                    self.notes.push(
                        Diagnostic::note(raw_at..raw_at + raw.len(), "the argument is not quite JSON")
                            .hint(format!("It is read as ({corrected}).")),
                    );
                }
                Some(Site { span, name: entry.name.to_owned(), maker })
            }
            Err(fault) => {
                let whole = if raw.is_empty() { place } else { raw_at..raw_at + raw.len() };
                // Places inside the argument hold only while no line feed was taken out of it.
                let known = !raw.contains('\n');
                let within = fault.within.clone().filter(|_| known);
                let within = within.map(|it| raw_at + lead + it.start..raw_at + lead + it.end);
                self.fault(whole, fault, within);
                None
            }
        }
    }

    fn fault(&mut self, whole: Range<usize>, fault: Fault, within: Option<Range<usize>>) {
        let text = self.text;
        let exact = within.filter(|it| it.end <= whole.end && text.get(it.clone()).is_some());
        let diagnostic = Diagnostic::error(exact.unwrap_or(whole), fault.message);
        self.errors.push(Diagnostic { detail: fault.detail, hint: fault.hint, ..diagnostic });
    }
}

/// The letters a text begins with.
pub fn word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(text.len())]
}

pub fn name_end(text: &str) -> usize {
    text.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '$'))).unwrap_or(text.len())
}

/// A text as it is named in a sentence.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(30) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Where the `}}` of a placeholder stands whose inside begins with the text: outside of quotes and
/// brackets. Apostrophes may be meant as such, so where they find no partner they are letters.
pub fn close(text: &str) -> Option<usize> {
    [&['"', '\''][..], &['"'], &[]].into_iter().find_map(|quotes| close_with(text, quotes))
}

fn close_with(text: &str, quotes: &[char]) -> Option<usize> {
    let mut brackets: Vec<char> = Vec::new();
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if let Some(it) = quote {
            if escaped {
                escaped = false;
            } else if character == '\\' {
                escaped = true;
            } else if character == it {
                quote = None;
            }
            continue;
        }
        match character {
            '}' if brackets.is_empty() => return text[at..].starts_with("}}").then_some(at),
            _ if quotes.contains(&character) && !brackets.is_empty() => quote = Some(character),
            '(' | '[' | '{' if BRACKETS_MAX <= brackets.len() => return None,
            '(' => brackets.push(')'),
            '[' => brackets.push(']'),
            '{' => brackets.push('}'),
            // Not every pair of brackets closes in order in a text; then this is no call.
            ')' | ']' | '}' => (brackets.pop() == Some(character)).then_some(())?,
            _ => {}
        }
    }
    None
}
