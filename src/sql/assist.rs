//! An editor's intelligence behind the dialect: formatting, completion, hover, definitions, and a program
//! told in plain words.
//!
//! Every function here takes a text as it stands, however broken, with the places in it as bytes, and a
//! [`Catalog`](crate::sql::bind::Catalog) that says which sources the application has. Nothing is
//! remembered between calls, so an answer depends on what is seen alone. The screen, the command line and
//! the tests ask the same questions.

mod format;
mod layout;
mod words;

pub use format::{Formatted, format, format_with};
