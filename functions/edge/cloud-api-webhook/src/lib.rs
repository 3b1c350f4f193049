//! What Meta's Cloud API calls: one callback URL for each tenant.

mod callback;
mod handshake;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default().routes(routes!(handshake::handshake, callback::callback))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
