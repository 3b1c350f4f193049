//! Messages that were accepted and wait for the files that their links lead to.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use super::rules::Use;
use crate::{
    graph::{Carried, Failure, Source, Times, Told},
    simulator::Inner,
    store::{Lost, insert_callback, remove_errand, settle_message},
    time::now_ms,
};

/// Messages whose files are fetched at once.
const AT_ONCE: usize = 16;

/// A message that waits for its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Errand {
    pub(crate) phone_number_id: String,
    pub(crate) told: Told,
    /// All its files, in the order in which they stand in it.
    pub(crate) files: Vec<Carried>,
}

/// The errands that wait. They are on disk too, and are begun anew after a crash.
#[derive(Debug)]
pub(crate) struct Errands {
    inbox: UnboundedSender<Errand>,
    pending: AtomicI64,
}

/// The receiving end, which whoever runs them takes.
pub(crate) type Taken = UnboundedReceiver<Errand>;

impl Errands {
    pub(crate) fn new(left: Vec<Errand>) -> (Self, Taken) {
        let (inbox, queue) = unbounded_channel();
        let errands = Self {
            inbox,
            pending: AtomicI64::new(0),
        };
        for errand in left {
            errands.add(errand);
        }
        (errands, queue)
    }

    /// Hands over an errand that is committed.
    pub(crate) fn add(&self, errand: Errand) {
        self.pending.fetch_add(1, Ordering::Relaxed);
        // The other end is gone only after a shutdown; the next start finds it on disk.
        let _ = self.inbox.send(errand);
    }

    pub(crate) fn pending(&self) -> i64 {
        self.pending.load(Ordering::Relaxed)
    }
}

/// Runs errands until `shutdown`; those under way then are left to the next start.
pub(crate) async fn run(
    inner: Arc<Inner>,
    mut queue: Taken,
    shutdown: impl Future<Output = ()> + Send,
) {
    let mut under_way = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            Some(errand) = queue.recv(), if under_way.len() < AT_ONCE => {
                let inner = Arc::clone(&inner);
                under_way.spawn(async move {
                    // What could not be written is begun anew at the next start.
                    let _ = errand.run(&inner).await;
                    inner.errands.pending.fetch_sub(1, Ordering::Relaxed);
                });
            }
            Some(_) = under_way.join_next() => {}
        }
    }
}

impl Errand {
    /// Fetches the files, and lets the message go its way or fail.
    async fn run(mut self, inner: &Inner) -> Result<(), Lost> {
        let id = self.told.id.clone();
        let Some(line) = inner.numbers.by_id(&self.phone_number_id) else {
            return inner
                .writer
                .write(move |db| remove_errand(db, &id).map(drop))
                .await;
        };
        let traits = &mut self.told.traits;
        for file in &self.files {
            let found = match &file.source {
                Source::Id(id) => Ok(id.clone()),
                Source::Link(url) => {
                    let (number, shown) = (&self.phone_number_id, Use::of(file));
                    inner.links.file(inner, number, url, shown).await
                }
            };
            match found {
                Ok(id) => traits.files.push(id),
                Err(problem) => {
                    Failure::of_file(problem).note(traits);
                    break;
                }
            }
        }
        let fails = traits.failure.is_some();
        let times = Times::of(inner, &self.told.kind, fails, now_ms());
        let callbacks = self.told.callbacks(inner, &line, times);
        let traits = self.told.traits;
        let callbacks = inner.writer.write(move |db| {
            // Whoever comes second finds nothing to settle.
            if !remove_errand(db, &id)? {
                return Ok(Vec::new());
            }
            settle_message(db, &id, times, &traits)?;
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok(callbacks)
        });
        inner.deliverer.enqueue(callbacks.await?);
        Ok(())
    }
}
