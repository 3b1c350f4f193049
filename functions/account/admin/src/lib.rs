//! The operator's tenants, for Super Admins alone.

mod create;
mod delete;
mod enter;
mod figures;
mod job;
mod keys;
mod list;
mod reseal;
mod show;
mod tenant;
mod update;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(show::show, update::update, delete::delete))
        .routes(routes!(enter::enter))
        .routes(routes!(keys::keys))
        .routes(routes!(reseal::reseal))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
