//! The numbers that a tenant sends and receives by.

mod callbacks;
mod channel;
mod check;
mod create;
mod delete;
mod list;
mod show;
mod update;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(show::show, update::update, delete::delete))
        .routes(routes!(check::check))
        .routes(routes!(callbacks::callbacks))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
