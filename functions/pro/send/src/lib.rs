//! WATI Pro: sending.

mod contacts;
mod interactive;
mod location;
mod mark_read;
mod reaction;
mod sending;
mod template;
mod text;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(text::send))
        .routes(routes!(template::send_template))
        .routes(routes!(interactive::send_interactive))
        .routes(routes!(location::send_location))
        .routes(routes!(contacts::send_contacts))
        .routes(routes!(reaction::send_reaction))
        .routes(routes!(mark_read::mark_read))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
