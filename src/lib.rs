#![doc = include_str!("../ARCHITECTURE.md")]

pub mod base;
pub mod cloud;
pub mod guide;
pub mod lab;
pub mod sim;
pub mod sql;
pub mod template;
pub mod tui;
