//! What the table functions compute (sql.md 5.1 and 5.9), apart from SQL: rows of numbers in, scores,
//! regions, ranks and counts out.
//!
//! [`forest`] finds rows unlike the others with the [`tree`]s and [`sample`]s of robust random cut forests,
//! [`hotspots`] finds where rows crowd, [`rank`] orders the rows of a moment, and [`items`] counts values.
//! All of it is state of the simulated world: it is copied, compared and saved with the world, and draws
//! its chance from a seed.

pub mod forest;
pub mod hotspots;
pub mod items;
mod log;
pub mod rank;
pub mod sample;
pub mod tree;
