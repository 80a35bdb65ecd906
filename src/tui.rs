//! The screen: keys in, cells out, in one direction.
//!
//! A terminal event becomes a [`Message`](update::Message), by the one table of keys where it is a key
//! ([`keys`]); [`update`](update::update) changes the [`Model`](model::Model) and says what the world
//! should do; [`Screen`](screen::Screen) has it done by its [`Host`](screen::Host) and takes a fresh
//! [`View`](crate::lab::view::View); [`draw`](view::draw) turns model and view into cells. Nothing here
//! but [`term`] touches a terminal or a clock, and without the feature `terminal` it is not there.

pub mod canvas;
pub mod editor;
pub mod form;
pub mod keys;
pub mod lesson;
pub mod model;
pub mod palette;
pub mod pane;
pub mod screen;
#[cfg(feature = "terminal")]
pub mod term;
pub mod text;
pub mod theme;
pub mod update;
pub mod view;
