//! The catalogue of templates.

mod create;
mod delete;
mod delete_named;
mod list;
mod preview;
mod preview_named;
mod show;
mod sync;
mod template;
mod update;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(
            list::list,
            create::create,
            delete_named::delete_named
        ))
        .routes(routes!(sync::sync))
        .routes(routes!(preview_named::preview_named))
        .routes(routes!(show::show, update::update, delete::delete))
        .routes(routes!(preview::preview))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
