//! The local host, with the crash point armed that the environment names, and with something that answers customers.

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Err(error) = openwati_core::crash::arm_from_environment() {
        eprintln!("openwati-crashable: {error}");
        return ExitCode::FAILURE;
    }
    openwati::cli::main_with(|options| options.automation = Some(openwati_tests::PING_PONG))
}
