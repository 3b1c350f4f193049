//! What is made when it is first used.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A client that is made when it is first used, or was made before. Making one takes a function's start some of its
/// time, which is lost where the usual request has no need of it.
#[derive(Clone)]
pub struct OnUse<C>(Arc<LazyLock<C, Box<dyn FnOnce() -> C + Send>>>);

impl<C> OnUse<C> {
    /// What `make` makes, once.
    pub fn new(make: impl FnOnce() -> C + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<C: Send + 'static> From<C> for OnUse<C> {
    fn from(made: C) -> Self {
        Self::new(move || made)
    }
}

impl<C> Deref for OnUse<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C: fmt::Debug> fmt::Debug for OnUse<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
