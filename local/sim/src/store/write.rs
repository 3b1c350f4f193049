//! The one thread that writes.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::{Callback, MessageRow};
use crate::changes::Changes;

/// Jobs that share one commit at most.
const GROUP: usize = 256;

/// Tells whoever waits for a job that it is committed.
type Notify = Box<dyn FnOnce() + Send>;

/// One job of the writer: runs inside the group's transaction.
type Job = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Notify> + Send>;

/// A write that was not committed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the simulator could not write to its database")]
pub(crate) struct Lost;

/// The way to the writing thread, which ends when the last of these is gone.
#[derive(Clone, Debug)]
pub(crate) struct Writer(Sender<Job>);

impl Writer {
    /// Starts the thread, which tells of all that it has written.
    pub(crate) fn start(connection: Connection, changes: Arc<Changes>) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        thread::Builder::new()
            .name("sim-writer".into())
            .spawn(move || run(&connection, &queue, &changes))?;
        Ok(Self(jobs))
    }

    /// Runs `work` and answers once it is committed.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Lost> {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let value = work(connection)?;
            Ok(Box::new(move || drop(done.send(value))) as Notify)
        });
        self.0.send(job).map_err(|_| Lost)?;
        answer.await.map_err(|_| Lost)
    }

    /// Runs `work` some time soon; nobody waits for it.
    pub(crate) fn write_later(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) {
        let job: Job = Box::new(move |connection| {
            work(connection)?;
            Ok(Box::new(|| ()) as Notify)
        });
        // The thread lives as long as this sender, so that this fails only while all goes down.
        let _ = self.0.send(job);
    }
}

fn run(connection: &Connection, queue: &Receiver<Job>, changes: &Changes) {
    while let Ok(first) = queue.recv() {
        let group = std::iter::once(first).chain(queue.try_iter().take(GROUP - 1));
        match commit(connection, group) {
            Ok(notify) => {
                notify.into_iter().for_each(|notify| notify());
                changes.tell();
            }
            Err(error) => tracing::error!(%error, "a group of writes was lost"),
        }
    }
}

fn commit(
    connection: &Connection,
    group: impl Iterator<Item = Job>,
) -> rusqlite::Result<Vec<Notify>> {
    let transaction = connection.unchecked_transaction()?;
    let notify = group
        .map(|job| job(&transaction))
        .collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    Ok(notify)
}

/// Reads with a connection of its own, off the async threads.
pub(crate) async fn block<T: Send + 'static>(
    work: impl FnOnce() -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Lost> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "a read failed");
            Err(Lost)
        }
        Err(_) => Err(Lost),
    }
}

pub(crate) fn insert_message(db: &Connection, row: &MessageRow) -> rusqlite::Result<()> {
    let traits = serde_json::to_string(&row.traits)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    db.prepare_cached(
        "INSERT INTO messages (id, phone_number_id, customer, direction, kind, raw, at_ms, sent_ms,
            delivered_ms, failed_ms, traits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        row.id,
        row.phone_number_id,
        row.customer,
        row.direction.as_str(),
        row.kind,
        row.raw,
        row.at_ms,
        row.sent_ms,
        row.delivered_ms,
        row.failed_ms,
        traits,
    ])?;
    Ok(())
}

/// Notes until when a customer sees under a message that the business types.
pub(crate) fn show_typing(
    db: &Connection,
    message: &str,
    until_ms: Option<i64>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE messages SET traits = json_set(traits, '$.typing_until_ms', ?2) WHERE id = ?1",
    )?
    .execute(params![message, until_ms])?;
    Ok(())
}

pub(crate) fn insert_callback(db: &Connection, callback: &Callback) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO callbacks (id, lane, phone_number_id, kind, body, created_ms, due_ms,
            attempts, delivers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        callback.id,
        callback.lane,
        callback.phone_number_id,
        callback.kind,
        &callback.body[..],
        callback.created_ms,
        callback.due_ms,
        callback.attempts,
        callback.delivers,
    ])?;
    Ok(())
}
