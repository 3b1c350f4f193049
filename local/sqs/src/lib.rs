//! A durable queue server that speaks the JSON protocol of Amazon SQS, for a platform that runs on one machine.
//!
//! The AWS SDKs work against it unchanged. Everything is kept in one SQLite file; what was answered with 200 is
//! still there after the process was killed. Its behaviour follows AWS's public documentation of SQS: the
//! `Amazon SQS API Reference` and the `Amazon SQS Developer Guide` are the source of every limit in this crate.
//!
//! How a request travels: [`SqsServer::router`] hands the body to one action (`actions`), the action checks it and
//! gives the store one piece of work, the store's thread (`store`) runs it in a transaction that it shares with
//! whatever else is waiting, and the answer leaves once that transaction is on file. Receivers that wait are woken by
//! `signals`.

use std::{
    future::{Future, IntoFuture},
    path::PathBuf,
    sync::Arc,
};

use axum::Router;
use tokio::{net::TcpListener, sync::watch};

mod actions;
mod attributes;
mod clock;
mod duplicates;
mod fault;
mod handle;
mod message;
mod protocol;
mod signals;
mod store;

use crate::{duplicates::Duplicates, store::Store};

/// What a queue server needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SQLite file; made if it is not there. SQLite keeps two more files beside it (`-wal`, `-shm`).
    pub database: PathBuf,
    /// The region in the ARNs of queues, such as `us-east-1`.
    pub region: String,
    /// The account in the ARNs and URLs of queues: 12 digits, such as `000000000000`.
    pub account: String,
    /// Divides the delays of messages and queues (`DelaySeconds`) and nothing else: 60 turns a minute into a second.
    /// 1 is real time.
    pub speed: f64,
    /// What an answer waits for.
    pub durability: Durability,
}

/// What has to be survived by what was answered with 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The killing of the process: what was committed is with the operating system.
    Process,
    /// A power cut too: every commit waits for the disk, which takes milliseconds.
    Power,
}

/// Why a queue server could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The speed is not a positive number.
    #[error("the speed must be a positive number, not {0}")]
    Speed(f64),
    /// The database could not be opened, or was written by a newer program.
    #[error("the queue database could not be opened")]
    Database(#[from] rusqlite::Error),
    /// The database has a layout that this program does not know.
    #[error("the queue database has layout {found}, this program knows {known}")]
    Layout {
        /// The layout in the file.
        found: i64,
        /// The layout that this program reads and writes.
        known: i64,
    },
    /// The thread that owns the database could not be started.
    #[error("the queue thread could not be started")]
    Thread(#[source] std::io::Error),
}

/// A queue server. Clones share one database; the last one to go closes it.
#[derive(Debug, Clone)]
pub struct SqsServer {
    shared: Arc<Shared>,
}

/// What every request can reach.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) duplicates: Duplicates,
    pub(crate) closing: watch::Sender<bool>,
}

impl SqsServer {
    /// Opens the database, or makes it.
    ///
    /// # Errors
    /// When the speed is not a positive number or the database cannot be opened.
    pub fn open(config: Config) -> Result<Self, Error> {
        if !config.speed.is_finite() || config.speed <= 0.0 {
            return Err(Error::Speed(config.speed));
        }
        let store = Store::open(&config.database, config.durability)?;
        let shared = Shared {
            config,
            store,
            duplicates: Duplicates::default(),
            closing: watch::Sender::new(false),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The server as a router: `POST /`, as the SDKs call it, and `POST /{account}/{queue}`, as older clients do.
    pub fn router(&self) -> Router {
        protocol::router(Arc::clone(&self.shared))
    }

    /// Answers what comes in on `listener` until `shutdown` resolves; then receivers that wait are answered at once,
    /// with nothing, and running requests are finished.
    ///
    /// # Errors
    /// Those of the listener.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let router = self.router();
        let shutdown = async move {
            shutdown.await;
            self.close();
        };
        axum::serve(listener, router)
            .with_graceful_shutdown(shutdown)
            .into_future()
            .await
    }

    /// Answers receivers that wait, now and from now on, at once: for whoever serves the router and wants to end.
    pub fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// A fault for tests of the platform: with the probability `rate` (0 to 1) a message that is received from the
    /// queue of this name is delivered a second time, at once, although it is in flight; 0 ends it.
    ///
    /// The second delivery has the same message id, its own receipt handle, and a life of its own: deleting through
    /// either handle leaves the other alone. It comes once and is not repeated when its visibility ends.
    pub fn inject_duplicates(&self, queue: &str, rate: f64) {
        self.shared.duplicates.set(queue, rate);
    }
}
