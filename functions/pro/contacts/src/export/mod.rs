//! Contacts into a CSV file.

mod create;
mod job;
mod list;
mod show;

use openwati_web::{Routes, routes};

/// The endpoints and their description.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(show::show))
}
