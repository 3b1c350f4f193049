//! The whole OpenWATI platform on one machine.

use std::process::ExitCode;

fn main() -> ExitCode {
    openwati::cli::main()
}
