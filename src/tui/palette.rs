//! The command palette: one line that does everything, with matches, hints and completion.
//!
//! What can be typed comes from the table of typed forms ([`FORMS`]) and from a short list of words about
//! time and the screen ([`WORDS`]); what names can be completed comes from the [`View`].

use crate::base::time::Span;
use crate::lab::view::View;
use crate::sim::command::{Command, FORMS, Form, FormError};
use crate::tui::editor::Editor;
use crate::tui::form::POLICIES;
use crate::tui::model::{Pane, Speed};

/// How many offers are shown at once.
pub const OFFERS_MAX: usize = 9;

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    pub line: Editor,
    /// The offer the arrows have chosen; Enter takes it only then.
    pub chosen: Option<usize>,
    /// Why the line was refused when Enter was pressed.
    pub error: Option<FormError>,
}

impl Palette {
    pub fn new(line: &str) -> Self {
        let mut editor = Editor::new(&line.replace('\n', " "));
        editor.go_to(line.len());
        Self { line: editor, chosen: None, error: None }
    }

    pub fn text(&self) -> String {
        self.line.text()
    }
}

/// A word about time or the screen, which is no command of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Pause,
    Play,
    Speed(Speed),
    Run(Span),
    /// Until the step is proved, or the named step or condition.
    UntilDone(Option<String>),
    Undo,
    Go(Pane),
    /// Puts a text that has a name into the editor.
    Paste(String),
    NextStep,
    PreviousStep,
    Hint,
    Help,
    Quit,
}

/// The usage, the meaning.
pub const WORDS: [(&str, &str); 14] = [
    ("pause", "Hold virtual time."),
    ("play", "Let virtual time go on."),
    ("speed N", "Go N times as fast as real time: 1, 10, 60 or max."),
    ("step TIME", "Go on by a moment such as 1s, then hold."),
    ("wait TIME", "Skip a length of time such as 60s, as fast as it can."),
    ("until done", "Run until this step is proved, at most ten minutes."),
    ("undo", "Take the last command back."),
    ("go PANE", "Show a pane: kinesis, iam, producer, analytics, firehose, s3, cloudwatch, log, guide."),
    ("paste NAME", "Put one of the slides' texts into the editor."),
    ("next", "Go to the next step."),
    ("back", "Go to the step before."),
    ("hint", "Open the next hint."),
    ("help", "Show every key."),
    ("quit", "Leave; everything is saved."),
];

impl Word {
    /// Reads a line that is one of [`WORDS`]. `None`: it is not; an error: it is, and wrong.
    pub fn parse(line: &str) -> Option<Result<Word, FormError>> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let argument = words.get(1).copied();
        let wrong = |message: String| {
            let start = argument.and_then(|it| line.rfind(it)).unwrap_or(line.len());
            Some(Err(FormError { span: start..line.len(), message, hint: None }))
        };
        let span = || argument.and_then(Span::parse).filter(|it| Span::ZERO < *it && *it <= Span::DAY);
        let word = match (*words.first()?, argument) {
            ("pause", None) => Word::Pause,
            ("play", None) => Word::Play,
            ("undo", None) => Word::Undo,
            ("next", None) => Word::NextStep,
            ("back", None) => Word::PreviousStep,
            ("hint", None) => Word::Hint,
            ("help", None) => Word::Help,
            ("quit", None) => Word::Quit,
            ("until", Some("done")) => Word::UntilDone(None),
            ("until", Some(target)) => Word::UntilDone(Some(target.to_owned())),
            ("until", None) => return wrong("until is followed by done, or by a step or condition".into()),
            ("speed", Some("max")) => Word::Speed(Speed::Max),
            ("speed", Some(digits)) => match digits.trim_end_matches(['x', '×']).parse() {
                Ok(times) if (1..=3600).contains(&times) => Word::Speed(Speed::Times(times)),
                _ => return wrong("a speed is a number from 1 to 3600, or max".into()),
            },
            ("speed", None) => return wrong("N is missing".into()),
            ("step" | "wait", _) => match span() {
                Some(span) => Word::Run(span),
                None => return wrong("TIME is a length of time such as 1s or 60s, at most a day".into()),
            },
            ("go", Some(name)) => match Pane::ALL.into_iter().find(|it| names_pane(*it, name)) {
                Some(pane) => Word::Go(pane),
                None => return wrong(format!("no pane is called {name}")),
            },
            ("go", None) => return wrong("PANE is missing".into()),
            ("paste", Some(name)) => Word::Paste(name.trim_start_matches('@').to_owned()),
            ("paste", None) => return wrong("NAME is missing".into()),
            _ => return None,
        };
        if let Some(more) = words.get(2) {
            let start = line.rfind(more).unwrap_or(0);
            let message = format!("\"{more}\" is one word too many");
            return Some(Err(FormError { span: start..line.len(), message, hint: None }));
        }
        Some(Ok(word))
    }
}

fn names_pane(pane: Pane, name: &str) -> bool {
    pane.word() == name
        || pane.title().eq_ignore_ascii_case(name)
        || pane.short().eq_ignore_ascii_case(name)
        || (pane == Pane::Stream && name == "streams")
}

/// Something the palette offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is shown.
    pub label: String,
    pub about: String,
    /// The line after taking it.
    pub line: String,
}

/// What may follow the words typed so far.
pub fn offers(line: &str, view: &View, names: &[String], history: &[String]) -> Vec<Offer> {
    let typed = line.trim_start();
    if typed.is_empty() {
        return opening(history);
    }
    if let Some((form, rest)) = form_of(typed) {
        return arguments(form.verb(), &next_argument(form, rest), typed, view, names);
    }
    if let Some((verb, rest)) = typed.split_once(' ')
        && let Some((usage, _)) = WORDS.iter().find(|(it, _)| it.split(' ').next() == Some(verb))
        && !rest.contains(' ')
    {
        return arguments(verb, usage.split(' ').nth(1).unwrap_or(""), typed, view, names);
    }
    verbs(typed)
}

/// An empty line offers what was typed last, then every verb in the order of the workshop.
fn opening(history: &[String]) -> Vec<Offer> {
    let last = history.iter().rev().take(3).map(|it| Offer {
        label: it.clone(),
        about: "typed before".to_owned(),
        line: it.clone(),
    });
    last.chain(verbs("")).collect()
}

fn verbs(typed: &str) -> Vec<Offer> {
    let mut found: Vec<(usize, Offer)> = Vec::new();
    let forms = FORMS.iter().map(|it| (it.usage, it.verb(), it.about));
    let words = WORDS.iter().map(|(usage, about)| {
        let verb = if *usage == "until done" { usage } else { usage.split(' ').next().unwrap_or(usage) };
        (*usage, verb, *about)
    });
    for (usage, verb, about) in forms.chain(words) {
        if let Some(score) = fuzzy(typed, verb) {
            let more = if usage == verb { "" } else { " " };
            let line = format!("{verb}{more}");
            found.push((score, Offer { label: usage.to_owned(), about: about.to_owned(), line }));
        }
    }
    found.sort_by_key(|(score, _)| *score);
    found.into_iter().map(|(_, offer)| offer).collect()
}

/// How far a verb is from what was typed; `None` if its letters do not occur in that order. Lower is nearer.
pub fn fuzzy(typed: &str, verb: &str) -> Option<usize> {
    let mut at = 0;
    let mut score = 0;
    let mut starts = true;
    for letter in typed.chars().filter(|it| !it.is_whitespace()).flat_map(char::to_lowercase) {
        let found = verb[at..].find(letter)?;
        let begins_word = at + found == 0 || verb[..at + found].ends_with(' ');
        score += if found == 0 {
            0
        } else if begins_word {
            1
        } else {
            3 + found
        };
        starts &= found == 0 || begins_word;
        at += found + letter.len_utf8();
    }
    Some(if starts { score } else { score + 20 })
}

/// The form whose verb the line starts with, and what follows the verb.
pub fn form_of(typed: &str) -> Option<(&'static Form, &str)> {
    let matching = FORMS.iter().filter_map(|form| {
        let rest = typed.get(form.verb().len()..)?;
        let same = typed[..form.verb().len()].eq_ignore_ascii_case(form.verb());
        (same && rest.starts_with(' ')).then_some((form, rest))
    });
    matching.max_by_key(|(form, _)| form.verb().len())
}

/// The name of the argument being typed, as the usage writes it; after a small word, that word.
fn next_argument(form: &Form, rest: &str) -> String {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let done = words.len() - usize::from(!rest.ends_with(' ') && !words.is_empty());
    let usage: Vec<&str> = form.usage[form.verb().len()..].split_whitespace().collect();
    let plain = usage.iter().take_while(|it| !it.starts_with('[')).count();
    if done < plain {
        let wanted = usage[done];
        // `bucket BUCKET`: the small word itself is offered first.
        return wanted.to_owned();
    }
    done.checked_sub(1).and_then(|it| words.get(it)).map_or(String::new(), |it| format!("after {it}"))
}

/// What the argument may be, from the world and the form.
fn arguments(verb: &str, wanted: &str, typed: &str, view: &View, names: &[String]) -> Vec<Offer> {
    let (head, start) = match typed.rfind(' ') {
        Some(at) => (&typed[..=at], &typed[at + 1..]),
        None => ("", typed),
    };
    let values = values_of(verb, wanted, head, view, names);
    let small = start.to_lowercase();
    values
        .into_iter()
        .filter(|(it, _)| it.to_lowercase().contains(&small) && it != start)
        .map(|(value, about)| Offer { line: format!("{head}{value}"), label: value, about })
        .collect()
}

fn values_of(verb: &str, wanted: &str, head: &str, view: &View, names: &[String]) -> Vec<(String, String)> {
    let list = |about: &str, of: Vec<String>| -> Vec<(String, String)> {
        of.into_iter().map(|it| (it, about.to_owned())).collect()
    };
    let words = |of: &[&str]| of.iter().map(|it| ((*it).to_owned(), String::new())).collect::<Vec<_>>();
    let streams = || list("stream", view.streams.iter().map(|it| it.name.clone()).collect());
    let users = || list("user", view.users.iter().map(|it| it.name.clone()).collect());
    let roles = || list("role", view.roles.iter().map(|it| it.name.clone()).collect());
    let apps = || list("application", view.apps.iter().map(|it| it.name.clone()).collect());
    let deliveries = || list("delivery stream", view.deliveries.iter().map(|it| it.name.clone()).collect());
    let buckets = || list("bucket", view.buckets.iter().map(|it| it.name.clone()).collect());
    // The argument before this one often decides: the application whose streams are meant.
    let before = head.split_whitespace().collect::<Vec<_>>();
    let app = before.iter().find_map(|name| view.apps.iter().find(|it| it.name == *name));
    match (verb, wanted) {
        ("delete stream" | "producer stream", "NAME") | (_, "STREAM") if !verb.contains("destination") => {
            streams()
        }
        ("delete user", "NAME") | (_, "USER") => users(),
        ("delete app", "NAME") | (_, "APP") => apps(),
        ("delete delivery", "NAME") | (_, "DELIVERY") => deliveries(),
        ("delete bucket" | "empty bucket", "NAME") | (_, "BUCKET" | "after bucket") => buckets(),
        ("graph", "NAME") => [streams(), deliveries(), apps()].concat(),
        (_, "STREAM") => {
            let of = app.map(|it| it.streams.iter().map(|it| it.name.clone()).collect());
            list("in-application stream", of.unwrap_or_default())
        }
        (_, "ROLE") => roles(),
        (_, "after role") => [words(&["new"]), roles()].concat(),
        ("detach policy" | "detach role policy", "POLICY") => {
            let of_users = view.users.iter().filter(|it| before.contains(&it.name.as_str()));
            let of_roles = view.roles.iter().filter(|it| before.contains(&it.name.as_str()));
            let policies = of_users.flat_map(|it| &it.policies).chain(of_roles.flat_map(|it| &it.policies));
            list("policy", policies.map(|it| it.name.clone()).collect())
        }
        (_, "POLICY") => words(&POLICIES),
        ("delete key", "KEY") => {
            let keys = view.users.iter().flat_map(|it| &it.keys);
            list("access key", keys.map(|it| it.id.clone()).collect())
        }
        (_, "KEY") => {
            let of = view.buckets.iter().filter(|it| before.contains(&it.name.as_str()));
            list("object", of.flat_map(|it| &it.objects).rev().map(|it| it.key.clone()).collect())
        }
        (_, "COLUMN") => {
            let schema = app.and_then(|it| it.discovered.as_ref());
            let columns = schema.map(|it| it.columns.iter().map(|it| it.name.clone()).collect());
            list("column", columns.unwrap_or_default())
        }
        (_, "TYPE") => words(&["INTEGER", "DOUBLE", "DECIMAL(16,2)", "VARCHAR(16)", "TIMESTAMP"]),
        (_, "CODE") | ("producer template", "TEXT") => {
            let wanted = |it: &&String| (verb == "producer template") == (it.as_str() == "workshop");
            list("the slide's text", names.iter().filter(wanted).map(|it| format!("@{it}")).collect())
        }
        ("paste", "NAME") => list("the slide's text", names.to_vec()),
        ("go", _) => Pane::ALL.iter().map(|it| (it.word().to_owned(), it.title().to_owned())).collect(),
        (_, "REGION") => words(&crate::base::name::REGIONS),
        (_, "FORMAT") => words(&["csv", "json"]),
        (_, "KIND") => words(&["random", "field", "constant"]),
        (_, "METRIC") => {
            let mut of: Vec<String> = view.metrics.iter().map(|it| it.name.clone()).collect();
            of.push("IncomingRecords".to_owned());
            of.sort();
            of.dedup();
            list("metric", of)
        }
        (_, "STATISTIC") => words(&["sum", "average", "minimum", "maximum", "samplecount"]),
        (_, "PERIOD") => words(&["1m", "5m", "1h"]),
        (_, "TIME") => words(&["1s", "10s", "60s", "5m"]),
        (_, "N") => words(&["1", "10", "60", "max"]),
        (_, "SHARE") => words(&["5%"]),
        (_, "FAULT") => words(&["duplicates"]),
        (_, "SHARDS") => words(&["2"]),
        (_, "bucket") => words(&["bucket"]),
        (_, "after compression") => words(&["none", "gzip"]),
        (_, "after encryption") => words(&["none"]),
        (_, "after log") => words(&["on", "off"]),
        (_, "after buffer") => words(&["5MB"]),
        (_, "after 5MB") => words(&["60s"]),
        (_, "after from") => words(&["now", "trim_horizon", "last_stopped_point"]),
        ("run app", _) => words(&["from"]),
        ("create delivery", wanted) if wanted.starts_with("after") => {
            let left = ["buffer", "compression", "encryption", "log", "role", "prefix"];
            let left: Vec<&str> = left.into_iter().filter(|it| !before.contains(it)).collect();
            words(&left)
        }
        _ => Vec::new(),
    }
}

/// What is still to be typed, shown dim after the line: the arguments that are missing.
pub fn rest_of_usage(line: &str) -> String {
    let Some((form, rest)) = form_of(line.trim_start()) else { return String::new() };
    let typed = rest.split_whitespace().count();
    let usage: Vec<&str> = form.usage[form.verb().len()..].split_whitespace().collect();
    let text = usage.get(typed..).unwrap_or(&[]).join(" ");
    if line.ends_with(' ') || text.is_empty() { text } else { format!(" {text}") }
}

/// Why the line cannot be carried out as it stands, if it cannot.
pub fn problem(line: &str, names: &[String]) -> Option<FormError> {
    match Word::parse(line) {
        Some(Ok(_)) => None,
        Some(Err(error)) => Some(error),
        None => {
            let text = |name: &str| names.iter().any(|it| it == name).then(String::new);
            Command::parse(line, &text).err()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(line: &str) -> Vec<String> {
        let names = ["workshop".to_owned(), "2-B".to_owned()];
        offers(line, &View::default(), &names, &[]).into_iter().map(|it| it.label).collect()
    }

    /// Letters in order find a verb; the beginnings of words come first.
    #[test]
    fn verbs_are_found_by_their_letters() {
        assert_eq!(labels("cs")[0], "create stream NAME SHARDS");
        assert_eq!(labels("prodsta")[0], "producer start");
        assert_eq!(labels("zzz"), Vec::<String>::new());
    }

    /// After a verb come values for the argument that is next.
    #[test]
    fn arguments_are_offered() {
        assert_eq!(labels("producer region us-w"), ["us-west-1", "us-west-2"]);
        assert_eq!(labels("save sql app @"), ["@2-B"]);
        assert_eq!(labels("create delivery x "), ["bucket"]);
        assert_eq!(labels("speed "), ["1", "10", "60", "max"]);
        assert_eq!(rest_of_usage("create stream iot"), " SHARDS");
    }

    #[test]
    fn words_about_time_are_read() {
        assert_eq!(Word::parse("wait 60s"), Some(Ok(Word::Run(Span::from_secs(60)))));
        assert_eq!(Word::parse("speed 10"), Some(Ok(Word::Speed(Speed::Times(10)))));
        assert_eq!(Word::parse("go s3"), Some(Ok(Word::Go(Pane::Bucket))));
        assert_eq!(Word::parse("create stream a 2"), None);
        let error = Word::parse("wait long").and_then(Result::err).map(|it| it.message);
        assert_eq!(error.as_deref(), Some("TIME is a length of time such as 1s or 60s, at most a day"));
    }
}
