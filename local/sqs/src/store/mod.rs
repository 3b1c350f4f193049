//! The queues on file.
//!
//! One thread owns the only connection. It takes a piece of work, begins a transaction, and runs in it whatever else
//! waits by then, each in a savepoint of its own, so that a hundred callers share one commit; they are answered once
//! that is done. The order of the work is the order of its effects: nothing here is ever contended.

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{Arc, mpsc},
    thread,
};

use rusqlite::{Connection, Savepoint, TransactionBehavior};
use tokio::sync::oneshot;

use crate::{Durability, Error, clock, fault::Fault, signals::Signals};

mod handles;
mod queues;
mod receive;
mod schema;
mod send;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    queues::{Counts, Queue},
    receive::{Delivery, Received, Receiving},
    send::{Sending, new_message_id},
};

/// How many pieces of work share a transaction at most; the first of them waits for the last.
const GROUP: usize = 256;

/// Work on the queues: it runs at a moment, in a transaction.
pub(crate) struct Work<'a> {
    connection: &'a Connection,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    memory: &'a mut Memory,
}

/// What the thread keeps between transactions. Losing any of it costs order among groups, never a message.
#[derive(Debug, Default)]
struct Memory {
    /// For each queue the rank of the last message received: where groups that are new to it begin.
    reached: HashMap<i64, i64>,
    /// Queues that changed in this transaction.
    changed: Vec<i64>,
}

type Answer = Box<dyn FnOnce() + Send>;
type Job = Box<dyn FnOnce(Savepoint<'_>, &mut Memory) -> Option<Answer> + Send>;

/// The way to the thread that owns the database.
pub(crate) struct Store {
    jobs: mpsc::Sender<Job>,
    signals: Arc<Signals>,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Self, Error> {
        let connection = schema::open(path, durability)?;
        let signals = Arc::new(Signals::default());
        let (jobs, queue) = mpsc::channel();
        let bells = Arc::clone(&signals);
        thread::Builder::new()
            .name("sqs-store".to_owned())
            .spawn(move || run(connection, &queue, &bells))
            .map_err(Error::Thread)?;
        Ok(Self { jobs, signals })
    }

    /// The bells of the queues.
    pub(crate) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Runs a piece of work; its answer comes once its effects are on file. Work that fails leaves none. Work whose
    /// caller has gone before it began is not done.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |savepoint, memory| {
            if reply.is_closed() {
                return None;
            }
            let outcome = work(&mut Work {
                connection: &savepoint,
                now: clock::now(),
                memory,
            });
            let outcome = outcome.and_then(|answer| {
                savepoint.commit()?;
                Ok(answer)
            });
            // A caller that has gone meanwhile needs no answer.
            Some(Box::new(move || drop(reply.send(outcome))))
        });
        self.jobs.send(job).map_err(|_| Fault::internal())?;
        // The answer is dropped unsent when the transaction failed; the thread has logged why.
        answer.await.map_err(|_| Fault::internal())?
    }
}

fn run(mut connection: Connection, jobs: &mpsc::Receiver<Job>, signals: &Signals) {
    let mut memory = Memory::default();
    while let Ok(first) = jobs.recv() {
        match run_group(&mut connection, first, jobs, &mut memory) {
            Ok(answers) => answers.into_iter().for_each(|answer| answer()),
            Err(error) => tracing::error!(%error, "a transaction of the queue database failed"),
        }
        for queue in memory.changed.drain(..) {
            signals.ring(queue);
        }
    }
}

fn run_group(
    connection: &mut Connection,
    first: Job,
    jobs: &mpsc::Receiver<Job>,
    memory: &mut Memory,
) -> rusqlite::Result<Vec<Answer>> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut answers = Vec::new();
    let mut next = Some(first);
    let mut taken = 0;
    while let Some(job) = next {
        answers.extend(job(transaction.savepoint()?, memory));
        taken += 1;
        next = if taken < GROUP {
            jobs.try_recv().ok()
        } else {
            None
        };
    }
    transaction.commit()?;
    Ok(answers)
}

impl Work<'_> {
    /// Tells, once this is on file, one of those who wait at the queue.
    fn ring(&mut self, queue: i64) {
        if self.memory.changed.last() != Some(&queue) {
            self.memory.changed.push(queue);
        }
    }
}
