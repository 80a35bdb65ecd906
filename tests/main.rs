//! The one test binary: behaviour shown through the command line, the lab, pumps and the screen.

mod diagnostics;
mod guide;
mod pumps;
mod screens;
mod services;
mod templates;
mod tidy;
mod walks;
