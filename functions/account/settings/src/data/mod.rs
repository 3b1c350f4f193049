//! Exports and erasures.

mod erase;
mod export;
mod job;
mod list;
mod show;

use openwati_web::{Routes, routes};

/// The endpoints and their description.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(export::export))
        .routes(routes!(erase::erase))
        .routes(routes!(list::list))
        .routes(routes!(show::show))
}
