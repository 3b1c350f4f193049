//! Contacts from a CSV file.

mod create;
mod errors;
mod job;
mod list;
mod sample;
mod show;
mod start;

use openwati_web::{Routes, routes};

pub(crate) use job::ContactJobStatus;

/// The endpoints and their description.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(sample::sample))
        .routes(routes!(show::show))
        .routes(routes!(start::start))
        .routes(routes!(errors::errors))
}
