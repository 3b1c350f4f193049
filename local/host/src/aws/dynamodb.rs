//! The embedded DynamoDB.
//!
//! It keeps one SQLite file in WAL mode and leaves `synchronous` at SQLite's default, `FULL`: what was answered is on
//! disk, so neither a killed process nor a lost machine takes it back.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use dynoxide::Database;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::stopped;

/// How often expired items are removed. DynamoDB itself takes up to days; nobody may rely on either.
const SWEEP_PERIOD: Duration = Duration::from_secs(60);

/// Serves the table's file until `stop` turns true.
pub(super) fn serve(
    listener: TcpListener,
    file: &Path,
    stop: watch::Receiver<bool>,
    servers: &mut JoinSet<()>,
) -> anyhow::Result<()> {
    let path = file
        .to_str()
        .context("the data folder's path is no Unicode")?;
    let database = Database::new(path).context("cannot open the table")?;
    servers.spawn(sweep(database.clone(), stop.clone()));
    servers.spawn(async move {
        let served = dynoxide::server::serve_with_shutdown(listener, database, stopped(stop));
        if let Err(error) = served.await {
            tracing::error!(error, "the embedded DynamoDB failed");
        }
    });
    Ok(())
}

async fn sweep(database: Database, stop: watch::Receiver<bool>) {
    let mut stop = std::pin::pin!(stopped(stop));
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(SWEEP_PERIOD) => {}
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(removed)) => tracing::debug!(removed, "removed expired items"),
            Ok(Err(error)) => tracing::warn!(%error, "expired items could not be removed"),
            Err(error) => tracing::warn!(%error, "removing expired items ended early"),
        }
    }
}
