//! Lists of contacts.

mod add;
mod create;
mod delete;
mod list;
mod members;
mod show;
mod shown;
mod take_off;
mod update;

use openwati_web::{Routes, routes};

/// The endpoints of lists.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(show::show, update::update, delete::delete))
        .routes(routes!(members::members, add::add, take_off::take_off))
}
