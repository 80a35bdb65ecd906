//! `lorem` and `hacker`: words without a meaning.

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault};
use crate::template::make::{Draw, Maker};
use crate::template::words;

/// More words or lines than this in one value are refused: a record holds at most a megabyte.
const COUNT_MAX: i64 = 1000;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("lorem.word", "", "One word of Latin.", "{{lorem.word}}", Plain(word)),
    Entry::new("lorem.words", "count", "Words of Latin, three unless told.", "{{lorem.words(5)}}", With(some_words)),
    Entry::new("lorem.sentence", "count of words", "A sentence of three to ten words unless told.", "{{lorem.sentence}}", With(one_sentence)),
    Entry::new("lorem.sentences", "count", "Sentences, two to six unless told.", "{{lorem.sentences(2)}}", With(some_sentences)),
    Entry::new("lorem.paragraph", "count of sentences", "A paragraph of three to six sentences unless told.", "{{lorem.paragraph}}", With(one_paragraph)),
    Entry::new("lorem.paragraphs", "count", "Paragraphs with line feeds between them, three unless told: one record becomes several lines.", "{{lorem.paragraphs(2)}}", With(some_paragraphs)),
    Entry::new("lorem.lines", "count", "Sentences with line feeds between them, one to five unless told: one record becomes several lines.", "{{lorem.lines(2)}}", With(some_lines)),
    Entry::new("lorem.text", "", "Any of these.", "{{lorem.text}}", Plain(text)),
    Entry::new("hacker.abbreviation", "", "Capital letters of the trade.", "{{hacker.abbreviation}}", Words(words::HACKER_ABBREVIATIONS)),
    Entry::new("hacker.adjective", "", "An adjective of the trade.", "{{hacker.adjective}}", Words(words::HACKER_ADJECTIVES)),
    Entry::new("hacker.noun", "", "A noun of the trade.", "{{hacker.noun}}", Words(words::HACKER_NOUNS)),
    Entry::new("hacker.verb", "", "A verb of the trade.", "{{hacker.verb}}", Words(words::HACKER_VERBS)),
    Entry::new("hacker.ingverb", "", "A verb of the trade, going on.", "{{hacker.ingverb}}", Words(words::HACKER_INGVERBS)),
    Entry::new("hacker.phrase", "", "A sentence somebody in a film would say.", "{{hacker.phrase}}", Plain(phrase)),
];

pub fn word(draw: &mut Draw) {
    draw.word(words::LOREM);
}

fn words_in_a_row(draw: &mut Draw, count: i64) {
    repeated(draw, count, " ", word);
}

fn repeated(draw: &mut Draw, count: i64, between: &str, make: fn(&mut Draw)) {
    for index in 0..count {
        if 0 < index {
            draw.put(between);
        }
        make(draw);
    }
}

fn sentence_of(draw: &mut Draw, count: i64) {
    let count = if count == 0 { draw.between(3, 10) } else { count };
    let start = draw.out.len();
    words_in_a_row(draw, count);
    if let Some(first) = draw.out.get_mut(start) {
        first.make_ascii_uppercase();
    }
    draw.put(".");
}

fn sentence(draw: &mut Draw) {
    sentence_of(draw, 0);
}

fn sentences(draw: &mut Draw, count: i64) {
    let count = if count == 0 { draw.between(2, 6) } else { count };
    repeated(draw, count, " ", sentence);
}

fn paragraph_of(draw: &mut Draw, count: i64) {
    let more = draw.between(0, 3);
    repeated(draw, count + more, " ", sentence);
}

fn paragraph(draw: &mut Draw) {
    paragraph_of(draw, 3);
}

/// Parted by a line feed, a blank and a carriage return, as on the real page.
fn paragraphs(draw: &mut Draw, count: i64) {
    repeated(draw, count, "\n \r", paragraph);
}

fn lines(draw: &mut Draw, count: i64) {
    let count = if count == 0 { draw.between(1, 5) } else { count };
    repeated(draw, count, "\n", sentence);
}

fn text(draw: &mut Draw) {
    match draw.chance.below(7) {
        0 => word(draw),
        1 => words_in_a_row(draw, 3),
        2 => sentence(draw),
        3 => sentences(draw, 0),
        4 => paragraph(draw),
        5 => paragraphs(draw, 3),
        _ => lines(draw, 0),
    }
}

fn some_words(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(words_in_a_row, args.count(0, 3, COUNT_MAX)?))
}

fn one_sentence(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(sentence_of, args.count(0, 0, COUNT_MAX)?))
}

fn some_sentences(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(sentences, args.count(0, 0, COUNT_MAX)?))
}

fn one_paragraph(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(paragraph_of, args.count(0, 3, COUNT_MAX)?))
}

fn some_paragraphs(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(paragraphs, args.count(0, 3, COUNT_MAX)?))
}

fn some_lines(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(lines, args.count(0, 0, COUNT_MAX)?))
}

/// Eight sentences; a, n, v, i and j stand for abbreviation, noun, verb, ingverb and adjective.
fn phrase(draw: &mut Draw) {
    let pattern = draw.pick(&[
        "Somebody left the {j} {n} open, so I could {v} the {a} {n}.",
        "First {v} the {a} {n}, then we {v} their {j} {n}!",
        "Nobody gets in by {i} the {n}; it takes a {j} {a} {n}.",
        "The {a} {n} is down again. Try {i} the {j} {n}!",
        "{i} the {j} {n} buys us a minute; {v} the {a} {n} now!",
        "Give me the {a} {n} and I will {v} any {j} {n}.",
        "Without the {j} {n} we cannot {v} the {a} {n}.",
        "It is only a {j} {n}: {v} it before the {a} {n} wakes up!",
    ]);
    let start = draw.out.len();
    for (index, piece) in pattern.split(['{', '}']).enumerate() {
        match piece {
            text if index % 2 == 0 => draw.put(text),
            "a" => draw.word(words::HACKER_ABBREVIATIONS),
            "n" => draw.word(words::HACKER_NOUNS),
            "v" => draw.word(words::HACKER_VERBS),
            "i" => draw.word(words::HACKER_INGVERBS),
            _ => draw.word(words::HACKER_ADJECTIVES),
        }
    }
    if let Some(first) = draw.out.get_mut(start) {
        first.make_ascii_uppercase();
    }
}
