//! The journal: seed, opening moment, and every command with its moment and who gave it, as text.
//!
//! It is the truth of a workspace: the same journal gives the same world. Saving is appending a line;
//! resuming, undoing, branching and sharing are reading lines.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::seed::Seed;
use crate::base::time::Timestamp;
use crate::sim::command::Command;

/// The first line of every journal.
const HEADER: &str = "# pumphouse journal 1";
/// Who gives commands: the person at the console, an administrator of the account.
pub const LEARNER: &str = "root";

/// One command with its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Timestamp,
    pub principal: String,
    pub command: Command,
}

/// A whole journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    pub seed: Seed,
    pub start: Timestamp,
    pub entries: Vec<Entry>,
}

/// A line of a journal that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalError {
    /// Counted from 1.
    pub line: usize,
    pub message: String,
}

impl Journal {
    pub fn new(seed: Seed, start: Timestamp) -> Self {
        Self { seed, start, entries: Vec::new() }
    }

    /// Reads a journal's text. A last line without its line end was cut off while it was written, and is
    /// left out.
    ///
    /// # Errors
    /// The first line that is not what a journal holds.
    pub fn parse(text: &str) -> Result<Self, JournalError> {
        let whole = &text[..text.rfind('\n').map_or(0, |it| it + 1)];
        let mut journal = Journal::new(Seed::default(), Timestamp::OPENING);
        for (at, line) in whole.lines().enumerate() {
            let refuse = |message: String| JournalError { line: at + 1, message };
            if at == 0 && line != HEADER {
                return Err(refuse(format!("a journal starts with `{HEADER}`")));
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            match first {
                "seed" => {
                    journal.seed = Seed(rest.parse().map_err(|_| refuse(format!("{rest} is no seed")))?)
                }
                "start" => journal.start = moment(rest).map_err(refuse)?,
                _ => {
                    let entry = Entry::parse(first, rest).map_err(refuse)?;
                    if journal.entries.last().is_some_and(|it| entry.at < it.at) {
                        return Err(refuse("moments may not go back".to_owned()));
                    }
                    journal.entries.push(entry);
                }
            }
        }
        Ok(journal)
    }

    /// The lines before the first command.
    pub fn head(&self) -> String {
        format!("{HEADER}\nseed {}\nstart {}\n", self.seed.0, self.start)
    }
}

impl Entry {
    fn parse(moment_text: &str, rest: &str) -> Result<Self, String> {
        let at = moment(moment_text)?;
        let (principal, line) =
            rest.split_once(' ').ok_or("a moment, a principal and a command belong here")?;
        let command = Command::parse(line, &|_| None).map_err(|error| error.message)?;
        Ok(Self { at, principal: principal.to_owned(), command })
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| format!("{text} is no moment"))
}

/// The line of the journal, without its line end.
impl fmt::Display for Entry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {}", self.at, self.principal, self.command)
    }
}

/// The whole text; [`Journal::parse`] reads it back.
impl fmt::Display for Journal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.head())?;
        for entry in &self.entries {
            writeln!(out, "{entry}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let mut journal = Journal::new(Seed(7), Timestamp::OPENING);
        let code = Command::SaveSql { app: "a".into(), code: "SELECT 'x'\n-- \"é\"".into() };
        for (secs, command) in [(0, Command::ProducerStart), (5, code)] {
            let at = Timestamp::OPENING + crate::base::time::Span::from_secs(secs);
            journal.entries.push(Entry { at, principal: LEARNER.into(), command });
        }
        journal
    }

    #[test]
    fn a_journal_reads_back() {
        assert_eq!(Journal::parse(&journal().to_string()), Ok(journal()));
    }

    /// A program killed while it wrote leaves half a line; everything before it counts.
    #[test]
    fn half_a_line_is_left_out() {
        let text = journal().to_string();
        let cut = Journal::parse(&text[..text.len() - 3]).expect("a journal");
        assert_eq!(cut.entries, journal().entries[..1]);
    }

    #[test]
    fn a_bad_line_is_named() {
        let text = journal().to_string().replace("producer start", "producer sing");
        let error = Journal::parse(&text).unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (4, "no command reads \"producer sing\""));
        assert_eq!(Journal::parse("hello\n").unwrap_err().line, 1);
    }
}
