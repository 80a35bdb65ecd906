//! Small values that every room may use: moments, chance, names and sizes.
//!
//! Nothing here knows a service. A [`Timestamp`](time::Timestamp) is given, never asked for; a draw
//! comes from a named stream of chance, never from the system.

pub mod name;
pub mod seed;
pub mod size;
pub mod time;
