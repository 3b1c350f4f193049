//! WATI Pro: looking messages up.

mod list;
mod message;
mod revoke;
mod show;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list))
        .routes(routes!(show::show))
        .routes(routes!(revoke::revoke))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
