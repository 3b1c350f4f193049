//! The address under which the simulator is called, which the addresses of files begin with.

use std::{
    convert::Infallible,
    sync::{PoisonError, RwLock},
};

use axum::extract::{FromRequestParts, OriginalUri};
use http::{header::HOST, request::Parts};

/// The address of the simulator's router as the caller of a request wrote it, such as
/// `http://127.0.0.1:3000/_sim`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base(String);

impl Base {
    /// The address of a path below the router, which starts with a slash.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let outer = parts.extensions.get::<OriginalUri>();
        let outer = outer.map_or(parts.uri.path(), |OriginalUri(uri)| uri.path());
        let prefix = outer.strip_suffix(parts.uri.path()).unwrap_or_default();
        Ok(Self(format!(
            "http://{}{prefix}",
            host.unwrap_or("localhost")
        )))
    }
}

/// Where the simulator was last called, in memory alone: an address of an earlier start leads
/// nowhere.
#[derive(Debug, Default)]
pub(crate) struct LastBase(RwLock<Option<Base>>);

impl LastBase {
    pub(crate) fn learn(&self, base: &Base) {
        if self.get().as_ref() != Some(base) {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(base.clone());
        }
    }

    pub(crate) fn get(&self) -> Option<Base> {
        let base = self.0.read().unwrap_or_else(PoisonError::into_inner);
        base.clone()
    }
}
