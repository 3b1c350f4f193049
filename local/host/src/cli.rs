//! The program: what `openwati` does on a command line.

use std::{future::pending, io::Write as _, process::ExitCode, time::Duration};

use anyhow::Context as _;
use tokio::{sync::mpsc, time::Instant};
use tracing_subscriber::EnvFilter;

use crate::{
    banner::Banner,
    host::Host,
    openapi,
    options::{Cli, Command, Options, SimOptions},
    simulator::SimulatorHost,
    super_admin::{self, SuperAdminOptions},
    worker::Worker,
};

/// Quiet unless `RUST_LOG` says otherwise: the embedded servers report each refused condition.
const LOGS: &str = "info,dynoxide=error,s3s=warn,s3s_fs=warn,aws_smithy_runtime=warn,hyper=warn";

/// Whatever `RUST_LOG` says: the client of AWS logs whole answers of the table, hashes of passwords and customers' texts
/// among them, and the embedded S3 logs signed links.
const NEVER_MORE: [&str; 2] = ["aws_smithy_runtime=warn", "s3s=warn"];

/// How long what is left may take to end once all is shut down.
const LEFT_OVERS: Duration = Duration::from_millis(200);

/// Signals that come within this time of each other are one wish.
const SAME_WISH: Duration = Duration::from_millis(500);

/// Runs the program with the arguments and the environment of the process.
pub fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    if matches!(cli.command, Some(Command::Openapi)) {
        return finish(print_openapi());
    }
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(error).context("cannot start the runtime")),
    };
    let result = runtime.block_on(run(cli));
    runtime.shutdown_timeout(LEFT_OVERS);
    finish(result)
}

/// Says what went wrong as a person reads it.
fn finish(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("openwati: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn log() {
    let filter = match EnvFilter::try_from_default_env() {
        Ok(wanted) => NEVER_MORE.iter().fold(wanted, |filter, bound| {
            filter.add_directive(bound.parse().expect("a target and a level"))
        }),
        Err(_) => EnvFilter::new(LOGS),
    };
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // Another program that embeds this one may log already.
    let _ = logs.with_ansi(colours).with_target(false).try_init();
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    // Before anything else, so that a signal during the start ends the start.
    let mut signals = signals()?;
    match cli.command {
        None => platform(cli.options, &mut signals).await,
        Some(Command::Worker) => worker(cli.options, &mut signals).await,
        Some(Command::Sim(sim)) => simulator(cli.options, sim, &mut signals).await,
        Some(Command::Openapi) => print_openapi(),
        Some(Command::SuperAdmin(super_admin)) => make_super_admin(cli.options, super_admin).await,
    }
}

async fn platform(options: Options, signals: &mut mpsc::Receiver<()>) -> anyhow::Result<()> {
    let host = tokio::select! {
        host = Host::start(options) => host?,
        _ = signals.recv() => return Ok(()),
    };
    let banner = Banner {
        ready: host.ready(),
        simulates: host.simulates(),
        folder: host.folder(),
    };
    print(&banner.to_string())?;
    until_end(signals, pending(), host.shutdown()).await
}

async fn worker(options: Options, signals: &mut mpsc::Receiver<()>) -> anyhow::Result<()> {
    let worker = Worker::start(options).await?;
    print(&format!("working the queues of {}\n", worker.base_url()))?;
    until_end(signals, worker.left_alone(), worker.shutdown()).await
}

async fn simulator(
    options: Options,
    sim: SimOptions,
    signals: &mut mpsc::Receiver<()>,
) -> anyhow::Result<()> {
    let simulator = SimulatorHost::start(options, sim).await?;
    let channel = &simulator.seed().channel;
    print(&format!(
        "\nThe simulated WhatsApp runs. Stop it with Ctrl-C.\n\n  \
         Graph API          {}\n  \
         Phone number       {}\n  \
         Phone number id    {}\n  \
         Account (WABA) id  {}\n  \
         Access token       {}\n  \
         App secret         {}\n  \
         Verify token       {}\n",
        simulator.graph_url(),
        channel.phone_number,
        channel.phone_number_id,
        channel.waba_id,
        channel.access_token.expose(),
        channel.app_secret.expose(),
        channel.verify_token.expose(),
    ))?;
    until_end(signals, pending(), simulator.shutdown()).await
}

async fn make_super_admin(options: Options, wanted: SuperAdminOptions) -> anyhow::Result<()> {
    let outcome = super_admin::make(wanted, options.aws_endpoint.as_ref()).await?;
    print(&outcome.to_string())
}

fn print_openapi() -> anyhow::Result<()> {
    print(&openapi::document().context("cannot write the description of the API")?)
}

/// Prints to the standard output; that nobody reads it any more is no fault.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}

/// Waits for a signal or for `failure`, then for `shutdown`. Another signal ends the process at once.
async fn until_end(
    signals: &mut mpsc::Receiver<()>,
    failure: impl Future<Output = anyhow::Error>,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let result = tokio::select! {
        _ = signals.recv() => {
            tracing::info!("stopping; once more to stop at once");
            Ok(())
        }
        failure = failure => Err(failure),
    };
    tokio::select! {
        () = shutdown => result,
        () = impatience(signals) => anyhow::bail!("stopped before all was finished"),
    }
}

/// Resolves when somebody asks once more. A terminal sends its signal to the whole group, and so may whoever started
/// this: what follows at once is the same wish.
async fn impatience(signals: &mut mpsc::Receiver<()>) {
    let asked = Instant::now();
    while signals.recv().await.is_some() {
        if asked.elapsed() >= SAME_WISH {
            return;
        }
    }
    pending().await
}

/// One message for each SIGINT or SIGTERM.
fn signals() -> anyhow::Result<mpsc::Receiver<()>> {
    let (sender, receiver) = mpsc::channel(2);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let mut stream = signal(kind).context("cannot listen for signals")?;
            let sender = sender.clone();
            tokio::spawn(async move {
                while stream.recv().await.is_some() && sender.send(()).await.is_ok() {}
            });
        }
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && sender.send(()).await.is_ok() {}
    });
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_wish_that_comes_twice_is_no_impatience() {
        let (sender, mut signals) = mpsc::channel(2);
        sender.send(()).await.unwrap();
        sender.send(()).await.unwrap();
        let shutdown = sleep(Duration::from_secs(5));
        until_end(&mut signals, pending(), shutdown).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_again_is_heard() {
        let (sender, mut signals) = mpsc::channel(2);
        sender.send(()).await.unwrap();
        let again = async {
            sleep(Duration::from_secs(1)).await;
            sender.send(()).await.unwrap();
            pending::<()>().await
        };
        let end = until_end(&mut signals, pending(), pending());
        tokio::select! {
            result = end => assert!(result.is_err()),
            () = again => {}
        }
    }
}
