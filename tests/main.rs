//! The one test binary: behaviour shown through the command line, the lab, pumps and the screen.

mod assist;
mod cli;
mod diagnostics;
mod differential;
mod forest;
mod guide;
mod inventory;
mod joins;
mod laws;
mod lineage;
mod mapping;
mod pumps;
mod recorded;
mod routines;
mod screens;
mod services;
mod slices;
mod slide;
mod support;
mod templates;
mod tidy;
mod walks;
mod workspaces;
