//! WATI Pro: sending.

mod text;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default().routes(routes!(text::send))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
