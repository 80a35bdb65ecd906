#![doc = include_str!("../ARCHITECTURE.md")]

pub mod base;
#[cfg(feature = "terminal")]
pub mod cli;
pub mod cloud;
pub mod guide;
pub mod lab;
#[cfg(feature = "terminal")]
pub mod session;
pub mod sim;
pub mod sql;
#[cfg(feature = "terminal")]
pub mod surroundings;
pub mod template;
pub mod tui;
#[cfg(feature = "terminal")]
pub mod workspace;
