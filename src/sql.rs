//! The pump engine: SQL over streams, from text to rows.
//!
//! The life of a program: [`parse`] turns text into statements and every error it finds; [`bind`]
//! gives names columns, types and positions and yields a [`plan::Program`]; [`pump::Engine`] runs it:
//! rows with a ROWTIME go in, rows come out, and a bound of the clock closes windows. This room knows
//! no cloud. Records become rows in [`mapping`](crate::cloud::mapping), rows become text in
//! [`output`](crate::cloud::output).

pub mod assist;
pub mod ast;
pub mod bind;
pub mod cast;
pub mod column;
pub mod decimal;
pub mod diag;
pub mod dialect;
pub mod eval;
pub mod func;
pub mod inventory;
pub mod logline;
pub mod monotonic;
pub mod parse;
pub mod plan;
pub mod pump;
pub mod table;
pub mod value;
pub mod window;
pub mod write;
