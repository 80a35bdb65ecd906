//! The services side by side, and the calls between them.
