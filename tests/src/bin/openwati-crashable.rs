//! The local host, with the crash point armed that the environment names.

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Err(error) = openwati_core::crash::arm_from_environment() {
        eprintln!("openwati-crashable: {error}");
        return ExitCode::FAILURE;
    }
    openwati::cli::main()
}
