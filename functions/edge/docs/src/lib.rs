//! The description of the API, for programs and for people.

mod assets;
mod openapi_json;
mod page;
mod stored;

use axum::Router;
use openwati_web::{Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes<()> {
    Routes::default()
        .routes(routes!(openapi_json::show))
        .routes(routes!(page::show))
        .routes(routes!(assets::show))
}

/// The function.
pub fn router() -> Router {
    openwati_web::finish(routes(), ())
}
