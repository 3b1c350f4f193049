//! The whole OpenWATI platform on one machine.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// What the functions that are busiest have on Lambda too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    openwati::cli::main()
}
