//! An editor's intelligence behind the dialect: formatting, completion, hover, definitions, and a program
//! told in plain words.
//!
//! Every function here takes a text as it stands, however broken, with the places in it as bytes, and a
//! [`Catalog`] that says which sources the application has. Nothing is
//! remembered between calls, so an answer depends on what is seen alone. The screen, the command line and
//! the tests ask the same questions.

mod complete;
mod explain;
mod format;
mod help;
mod hover;
mod layout;
mod scene;
mod snippet;
mod words;

use crate::sql::bind::compile;
use crate::sql::diag::Diagnostic;

pub use crate::sql::bind::Catalog;
pub use complete::{Completion, CompletionKind, complete};
pub use explain::{Explanation, PumpStory, explain};
pub use format::{Formatted, format, format_with};
pub use hover::{Hover, definition, hover, references};

/// Everything to say about a program as it is being typed, in text order.
pub fn diagnose(text: &str, catalog: &Catalog) -> Vec<Diagnostic> {
    match compile(text, catalog) {
        Ok(program) => program.notes,
        Err(said) => said,
    }
}
