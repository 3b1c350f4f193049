//! The benchmarks of OpenWATI. `tests/bench/run` builds what they measure and runs them.

mod benches;
mod counter;
mod event;
mod function;
mod graph;
mod host;
mod load;
mod machine;
mod polling;
mod process;
mod proxy;
mod receiver;
mod report;
mod requests;
mod runtime_api;
mod settle;
mod stats;
mod tenant;
mod tls;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use benches::Benchmark;

/// Measures OpenWATI, against its bars where it has some.
#[derive(Debug, Parser)]
#[command(name = "openwati-bench")]
struct Arguments {
    /// Which to run; all when none is named.
    benchmarks: Vec<Benchmark>,
    #[command(flatten)]
    setting: Setting,
    /// Put the findings into docs/performance.md.
    #[arg(long, conflicts_with = "brief")]
    write: bool,
}

/// What is measured, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Setting {
    /// Few rounds and little load, with any build of the host: shows that the benchmarks work.
    #[arg(long)]
    pub(crate) brief: bool,
    /// The repository.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// Folder with the functions' bootstraps and the empty one.
    #[arg(long, value_name = "DIR")]
    pub(crate) bootstraps: PathBuf,
    /// The local host's binary.
    #[arg(long, value_name = "FILE")]
    pub(crate) host: PathBuf,
    /// Folder for the data folders of the hosts, which go again. Its disk is measured too.
    #[arg(long, value_name = "DIR")]
    pub(crate) work: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("openwati-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Says whether every bar was met.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    let machine = machine::describe();
    println!("{machine}");
    let document = arguments.setting.root.join("docs/performance.md");
    let chosen = match arguments.benchmarks.as_slice() {
        [] => Benchmark::ALL.to_vec(),
        chosen => chosen.to_vec(),
    };
    let mut missed = Vec::new();
    for benchmark in chosen {
        let report = benchmark.run(&arguments.setting).await?;
        println!("\n## {}\n\n{}", report.name(), report.text());
        if arguments.write {
            report.write(&document, &machine)?;
        }
        missed.extend(
            report
                .missed()
                .iter()
                .map(|what| format!("{}: {what}", report.name())),
        );
    }
    for what in &missed {
        eprintln!("missed: {what}");
    }
    Ok(missed.is_empty())
}
