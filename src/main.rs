//! Reads the command line, chooses a front end, prints the error; nothing else.

fn main() -> std::process::ExitCode {
    pumphouse::cli::main()
}
