//! Contacts, and lists of them.

mod contact;
mod delete;
mod delete_one;
mod export;
mod import;
mod list;
mod lists;
mod save;
mod show;
mod update;
mod values;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, save::save, delete::delete))
        .routes(routes!(show::show, update::update, delete_one::delete_one))
        .merge(lists::routes())
        .merge(import::routes())
        .merge(export::routes())
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
