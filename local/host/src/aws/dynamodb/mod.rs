//! The embedded DynamoDB.
//!
//! It keeps one SQLite file in WAL mode: what was answered is not taken back by the killing of the process, and where
//! real customers are served not by a power cut either.

use std::{io, path::Path, thread, time::Duration};

use anyhow::Context as _;
use axum::Router;
use dynoxide::Database;
use openwati_sqs::Durability;
use tokio::{
    net::TcpListener,
    runtime,
    sync::{oneshot, watch},
    task::JoinSet,
};

use super::stopped;
use crate::{connections, data_dir::cannot_open};

mod front;

/// How often expired items are removed. DynamoDB itself takes up to days; nobody may rely on either.
const SWEEP_PERIOD: Duration = Duration::from_secs(60);

/// Threads that answer. They wait for the disk, one after the other, so that more would only wait too.
const THREADS: usize = 2;

/// Serves the table's file, behind what `before` puts before it, until `stop` turns true. It has threads of its own: it waits
/// for the disk on them, and nothing else is to wait with it.
pub(super) fn serve(
    listener: TcpListener,
    file: &Path,
    durability: Durability,
    before: impl FnOnce(Router) -> Router,
    stop: watch::Receiver<bool>,
    servers: &mut JoinSet<()>,
) -> anyhow::Result<()> {
    let path = file
        .to_str()
        .context("the data folder's path is no Unicode")?;
    let database = Database::new(path).with_context(|| cannot_open(file))?;
    match durability {
        // SQLite's own default, `synchronous = FULL`: each commit waits for the disk.
        Durability::Power => {}
        // What this calls the ordinary settings is `synchronous = NORMAL`, which leaves that wait out.
        Durability::Process => database
            .disable_bulk_loading()
            .with_context(|| cannot_open(file))?,
    }
    servers.spawn(sweep(database.clone(), stop.clone()));
    let listener = listener
        .into_std()
        .context("cannot hand the listener over")?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("dynamodb")
        .enable_all()
        .build()
        .context("cannot start the threads of the embedded DynamoDB")?;
    let (end, ended) = oneshot::channel::<()>();
    let router = before(front::router(database));
    let run = move || {
        if let Err(error) = runtime.block_on(answer(listener, router, stop)) {
            tracing::error!(%error, "the embedded DynamoDB failed");
        }
        drop(end);
    };
    let thread = thread::Builder::new().name("dynamodb".to_owned());
    thread
        .spawn(run)
        .context("cannot start the embedded DynamoDB")?;
    servers.spawn(async move {
        // Nothing is sent: this resolves when the thread is done.
        let _ = ended.await;
    });
    Ok(())
}

async fn answer(
    listener: std::net::TcpListener,
    router: Router,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    connections::serve(TcpListener::from_std(listener)?, router, stop).await;
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
