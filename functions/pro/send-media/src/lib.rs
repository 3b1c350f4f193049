//! WATI Pro: sending files, and taking them.

mod media;
mod uploads;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(media::send_media))
        .routes(routes!(uploads::create))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
