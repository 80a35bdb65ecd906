//! The record template: text with placeholders, compiled once, rendered a thousand times a second.
