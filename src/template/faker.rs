//! The catalogue: every placeholder, with its arguments, one line of explanation, an example and what
//! makes its values.
//!
//! Completion, help and the documentation are read from this table; a placeholder is added by adding a
//! row in one of the parts below. Modules and methods are those of the real page (faker.js 3.1.0 with
//! the additions of the Kinesis Data Generator); a few from later versions of faker.js work as well,
//! since learners copy them, and the rest of those are known by name so that the error can say more.

pub mod commerce;
pub mod date;
pub mod internet;
pub mod later;
pub mod lorem;
pub mod person;
pub mod place;
pub mod random;
pub mod system;

use crate::sql::diag::nearest;
use crate::template::args::{Args, Fault};
use crate::template::make::{Draw, Maker};
use crate::template::scan::shorten;

/// One placeholder of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Module and method, `random.number`.
    pub name: &'static str,
    /// What may stand between the parentheses, in words of the example; empty where nothing is taken.
    pub args: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// A placeholder that works as it stands.
    pub example: &'static str,
    pub origin: Origin,
    pub(crate) build: Build,
}

/// Where a placeholder comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The real page has it.
    Page,
    /// The workshop's template uses it; the real page rewrites it.
    Workshop,
    /// A later version of faker.js has it, and it works here in the tolerant mode.
    Later(&'static str),
}

/// How a placeholder's maker comes about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Build {
    Words(&'static [&'static str]),
    Plain(fn(&mut Draw)),
    With(fn(&Args) -> Result<Maker, Fault>),
}

impl Entry {
    const fn new(
        name: &'static str,
        args: &'static str,
        doc: &'static str,
        example: &'static str,
        build: Build,
    ) -> Self {
        Self { name, args, doc, example, origin: Origin::Page, build }
    }

    const fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The module alone, `random`.
    pub fn module(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |it| it.0)
    }

    /// What makes the values for these arguments.
    pub(crate) fn maker(&self, args: &Args) -> Result<Maker, Fault> {
        match self.build {
            Build::Words(words) => Ok(Maker::Word(words)),
            Build::Plain(make) => Ok(Maker::Plain(make)),
            Build::With(build) => build(args),
        }
    }
}

const PARTS: [&[Entry]; 9] = [
    random::ENTRIES,
    date::ENTRIES,
    person::ENTRIES,
    internet::ENTRIES,
    place::ENTRIES,
    commerce::ENTRIES,
    lorem::ENTRIES,
    system::ENTRIES,
    later::ENTRIES,
];

/// Every placeholder, modules together, the most used first.
pub fn catalogue() -> impl Iterator<Item = &'static Entry> {
    PARTS.into_iter().flatten()
}

/// The placeholder of this name; names are case sensitive.
pub fn find(name: &str) -> Option<&'static Entry> {
    catalogue().find(|it| it.name == name)
}

/// Whether some placeholder of the real page belongs to this module.
pub(crate) fn is_module(name: &str) -> bool {
    catalogue().any(|it| it.origin == Origin::Page && it.module() == name)
}

/// Longer names are no slips of the pen, and are not compared with those of the catalogue.
const NAME_MAX: usize = 80;

/// What to say about a name that is in no catalogue.
pub(crate) fn unknown(name: &str) -> Fault {
    let fault = Fault::new(format!("placeholder \"{}\" does not exist", shorten(name)));
    if NAME_MAX < name.len() {
        return fault;
    }
    if let Some(later) = later::find(name) {
        return fault
            .detail(format!(
                "It came with faker.js {}; the generator of the workshop stands on 3.1.0.",
                later.version
            ))
            .hint(format!("The nearest thing here is {{{{{}}}}}.", later.instead));
    }
    if let Some(entry) = catalogue().find(|it| it.name.eq_ignore_ascii_case(name)) {
        return fault
            .detail("Names of placeholders are case sensitive.")
            .hint(format!("Write {{{{{}}}}}.", entry.name));
    }
    if let Some(near) = nearest(name, catalogue().map(|it| it.name)) {
        return fault.hint(format!("Perhaps you meant {{{{{near}}}}}."));
    }
    let (module, method) = name.split_once('.').unwrap_or((name, ""));
    let methods: Vec<_> = catalogue().filter(|it| it.module() == module).map(|it| it.name).collect();
    if !methods.is_empty() {
        let near = methods.iter().find(|it| !method.is_empty() && it.contains(method));
        let shown = near.or(methods.first()).copied().unwrap_or_default();
        return fault
            .detail(format!("The module {module} exists and has {} placeholders.", methods.len()))
            .hint(format!("One of them is {{{{{shown}}}}}."));
    }
    match nearest(module, catalogue().map(Entry::module)) {
        Some(near) => fault.hint(format!("The nearest module is {near}.")),
        None => fault
            .detail("A placeholder is a module and a method with a point between them.")
            .hint("For example {{random.number(100)}} or {{name.firstName}}."),
    }
}
