//! `name` and `phone`: people, their work and their numbers.

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault};
use crate::template::make::{Draw, Maker};
use crate::template::words;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("name.firstName", "", "A first name.", "{{name.firstName}}", Words(words::FIRST_NAMES)),
    Entry::new("name.lastName", "", "A last name.", "{{name.lastName}}", Words(words::LAST_NAMES)),
    Entry::new("name.findName", "first name", "A whole name, now and then with a title or a suffix.", "{{name.findName}}", With(find_name)),
    Entry::new("name.prefix", "", "A title before a name.", "{{name.prefix}}", Words(words::NAME_PREFIXES)),
    Entry::new("name.suffix", "", "What may follow a name.", "{{name.suffix}}", Words(words::NAME_SUFFIXES)),
    Entry::new("name.jobTitle", "", "What somebody does: descriptor, area and type.", "{{name.jobTitle}}", Plain(job_title)),
    Entry::new("name.title", "", "The same, under another name.", "{{name.title}}", Plain(job_title)),
    Entry::new("name.jobDescriptor", "", "The first word of a job title.", "{{name.jobDescriptor}}", Words(words::JOB_DESCRIPTORS)),
    Entry::new("name.jobArea", "", "The second word of a job title.", "{{name.jobArea}}", Words(words::JOB_AREAS)),
    Entry::new("name.jobType", "", "The third word of a job title.", "{{name.jobType}}", Words(words::JOB_TYPES)),
    Entry::new("phone.phoneNumber", "pattern", "A telephone number; each # of the pattern becomes a digit.", "{{phone.phoneNumber(0##-###)}}", With(phone_number)),
    Entry::new("phone.phoneNumberFormat", "index", "A telephone number in one of twenty forms, counted from 0.", "{{phone.phoneNumberFormat(1)}}", With(phone_number_format)),
    Entry::new("phone.phoneFormats", "", "One of the twenty forms itself, with its #.", "{{phone.phoneFormats}}", Words(words::PHONE_FORMATS)),
];

pub fn job_title(draw: &mut Draw) {
    draw.words(&[words::JOB_DESCRIPTORS, words::JOB_AREAS, words::JOB_TYPES]);
}

/// The real page adds a title to one name of nine and a suffix to another.
pub fn full_name(draw: &mut Draw, first: &str) {
    let extra = draw.chance.below(9);
    if extra == 0 {
        draw.words(&[words::NAME_PREFIXES]);
        draw.put(" ");
    }
    if first.is_empty() {
        draw.word(words::FIRST_NAMES);
    } else {
        draw.put(first);
    }
    draw.put(" ");
    draw.word(words::LAST_NAMES);
    if extra == 1 {
        draw.put(" ");
        draw.word(words::NAME_SUFFIXES);
    }
}

fn find_name(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(full_name, args.text().unwrap_or_default().into()))
}

fn phone_number(args: &Args) -> Result<Maker, Fault> {
    Ok(match args.text().filter(|it| !it.is_empty()) {
        Some(pattern) => Maker::Shaped(|draw, text| draw.pattern(text, false), pattern.into()),
        None => Maker::Plain(|draw| {
            let pattern = draw.pick(words::PHONE_FORMATS);
            draw.pattern(pattern, false);
        }),
    })
}

fn phone_number_format(args: &Args) -> Result<Maker, Fault> {
    let last = words::PHONE_FORMATS.len() as i64 - 1;
    let index = args.count(0, 0, last)?;
    let pattern = words::PHONE_FORMATS.get(index as usize).copied().unwrap_or_default();
    Ok(Maker::Shaped(|draw, text| draw.pattern(text, false), pattern.into()))
}
