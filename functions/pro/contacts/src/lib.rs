//! Contacts, and lists of them.

use axum::Router;
use openwati_web::{App, Routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
