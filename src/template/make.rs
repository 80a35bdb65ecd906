//! What a placeholder became: a maker with its arguments already read, so that making a value cannot fail.

use crate::base::seed::Chance;
use crate::base::time::Timestamp;
use crate::template::decimal::Number;
use crate::template::moment::{self, Format};

/// What a maker has at hand while one record is written.
pub struct Draw<'a> {
    pub chance: &'a mut Chance,
    /// The virtual moment at which the record is made.
    pub now: Timestamp,
    /// Where the value goes, as text.
    pub out: &'a mut Vec<u8>,
}

/// Makes one value.
#[derive(Clone, Debug)]
pub enum Maker {
    /// Always the same text.
    Text(Box<str>),
    /// A whole number from `low` on, `count` of them.
    Whole { low: i64, count: u64 },
    /// A number with decimals, or on a lattice.
    Number(Number),
    /// One of the choices written in the template.
    Choice(Box<[Box<str>]>),
    /// All the choices in any order, commas between them.
    Shuffle(Box<[Box<str>]>),
    /// One of the choices, some more often than others.
    Weighted(Weights),
    /// One word of a list of the catalogue.
    Word(&'static [&'static str]),
    /// The moment, as `date.now` prints it without a pattern.
    Now,
    /// The moment in a form of its own.
    Moment(Format),
    /// Anything without arguments.
    Plain(fn(&mut Draw)),
    /// Anything that takes a count.
    Sized(fn(&mut Draw, i64), i64),
    /// Anything that takes a text.
    Shaped(fn(&mut Draw, &str), Box<str>),
}

/// Choices with weights: a draw below `whole` wins the first choice whose limit is not below it.
#[derive(Clone, Debug)]
pub struct Weights {
    pub whole: u64,
    pub limits: Box<[(u64, Box<str>)]>,
    /// What comes out where no limit is high enough.
    pub otherwise: Box<str>,
}

impl Maker {
    /// Appends one value.
    #[inline]
    pub fn make(&self, draw: &mut Draw) {
        match self {
            Self::Whole { low, count } => {
                let value = low.wrapping_add(draw.chance.below(*count) as i64);
                draw.whole(value);
            }
            Self::Now => moment::write_now(draw.now, draw.out),
            Self::Text(text) => draw.put(text),
            Self::Choice(choices) => {
                let index = draw.chance.below(choices.len() as u64) as usize;
                if let Some(choice) = choices.get(index) {
                    draw.put(choice);
                }
            }
            Self::Word(words) => draw.word(words),
            Self::Number(number) => number.write(draw.chance, draw.out),
            Self::Shuffle(items) => {
                let mut left: Vec<&str> = items.iter().map(|it| &**it).collect();
                while !left.is_empty() {
                    let item = left.swap_remove(draw.chance.below(left.len() as u64) as usize);
                    draw.put(item);
                    if !left.is_empty() {
                        draw.out.push(b',');
                    }
                }
            }
            Self::Weighted(weights) => {
                let drawn = draw.chance.below(weights.whole);
                let winner = weights.limits.iter().find(|it| drawn <= it.0);
                draw.put(winner.map_or(&weights.otherwise, |it| &it.1));
            }
            Self::Moment(format) => format.write(draw.now, draw.out),
            Self::Plain(make) => make(draw),
            Self::Sized(make, count) => make(draw, *count),
            Self::Shaped(make, text) => make(draw, text),
        }
    }
}

impl Draw<'_> {
    /// Appends text.
    #[inline]
    pub fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Appends a whole number.
    #[inline]
    pub fn whole(&mut self, value: i64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// A whole number between two bounds, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.chance.below(low.abs_diff(high) + 1) as i64
    }

    /// One entry of a list of the catalogue.
    #[inline]
    pub fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words.get(self.chance.below(words.len() as u64) as usize).copied().unwrap_or_default()
    }

    /// Appends one entry of a list of the catalogue.
    #[inline]
    pub fn word(&mut self, words: &[&str]) {
        let word = self.pick(words);
        self.put(word);
    }

    /// Appends several entries, a blank between them.
    pub fn words(&mut self, lists: &[&[&str]]) {
        for (index, list) in lists.iter().enumerate() {
            if 0 < index {
                self.out.push(b' ');
            }
            self.word(list);
        }
    }

    /// Appends `count` characters out of `letters`.
    pub fn letters(&mut self, letters: &[u8], count: i64) {
        for _ in 0..count {
            let index = self.chance.below(letters.len() as u64) as usize;
            self.out.push(letters.get(index).copied().unwrap_or(b'0'));
        }
    }

    /// Appends a pattern, each `#` a digit and, with `letters`, each `?` a capital letter.
    pub fn pattern(&mut self, pattern: &str, letters: bool) {
        for character in pattern.chars() {
            match character {
                '#' => self.letters(b"0123456789", 1),
                '?' if letters => self.letters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
                other => self.put(other.encode_utf8(&mut [0; 4])),
            }
        }
    }
}
