//! How receivers that wait learn that there may be something for them.
//!
//! Whatever changes a queue wakes one waiting receiver. It looks again, and if nothing is there yet it knows when the
//! next message becomes visible and sleeps until then. One waiter with the right alarm is enough, as long as a waiter
//! that leaves hands its watch to the next: [`Watch`] does that when it is dropped, whether its request was answered,
//! timed out, or lost its client.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

/// A bell for each queue.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    bells: Mutex<HashMap<i64, Arc<Notify>>>,
}

impl Signals {
    /// Wakes one receiver of the queue; with none waiting, the next one looks twice.
    pub(crate) fn ring(&self, queue: i64) {
        self.bell(queue).notify_one();
    }

    /// Begins to wait on the queue.
    pub(crate) fn watch(&self, queue: i64) -> Watch {
        Watch {
            bell: self.bell(queue),
        }
    }

    fn bell(&self, queue: i64) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(queue).or_default())
    }
}

/// A receiver's place among those that wait.
#[derive(Debug)]
pub(crate) struct Watch {
    bell: Arc<Notify>,
}

impl Watch {
    /// The bell; take `notified()` and enable it before looking, so that no ring between the look and the wait is lost.
    pub(crate) fn bell(&self) -> &Notify {
        &self.bell
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.bell.notify_one();
    }
}
