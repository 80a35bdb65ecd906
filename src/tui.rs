//! The screen: terminal in, terminal out, restored whatever happens.
