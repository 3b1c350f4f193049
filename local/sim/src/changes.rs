//! Tells whoever watches that something was written.

use tokio::sync::watch;

/// The news that something has changed, without what.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Whether the simulator has ended. It is set anew, to the same, at every change.
    ended: watch::Sender<bool>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            ended: watch::Sender::new(false),
        }
    }
}

impl Changes {
    /// Something has changed.
    pub(crate) fn tell(&self) {
        self.ended.send_modify(|_| ());
    }

    /// Nothing will change any more: who watches is let go, so that nobody holds up the end.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// A view on what changes from now on.
    pub(crate) fn watch(&self) -> Watch {
        Watch(self.ended.subscribe())
    }
}

/// One who watches.
#[derive(Debug)]
pub(crate) struct Watch(watch::Receiver<bool>);

impl Watch {
    /// Waits for the next change; answers whether there will be more.
    pub(crate) async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok() && !*self.0.borrow_and_update()
    }

    /// Whether the simulator has ended.
    pub(crate) fn has_ended(&self) -> bool {
        *self.0.borrow()
    }
}
