//! The machine: commands and the passing of virtual time go in, a changed world comes out.

pub mod command;
