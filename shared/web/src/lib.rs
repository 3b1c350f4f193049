//! What every function behind HTTP shares, and the glue between a function and Lambda.
//!
//! A handler names its extractors ([`extract`]) in the order in which a request is judged: who asks and whether they may,
//! then headers and path, and the body last. It returns `Result<_, `[`ApiError`]`>`, whose body is WATI Pro's. [`finish`]
//! turns a function's routes into a router that answers alike on Lambda, on the local host and in a test: CORS, limits,
//! panics, unknown paths, logs.

mod app;
mod error;
pub mod extract;
mod finish;
pub mod lambda;
mod layers;
pub mod openapi;
pub mod query;
mod routes;
pub mod sqs;
pub mod user;

pub use app::{App, BadEnvironment, Needs};
pub use error::{ApiError, ErrorBody, WhatsAppError, replayed};
pub use finish::finish;
pub use routes::{Endpoints, Routes};

#[doc(hidden)]
pub use utoipa_axum;
