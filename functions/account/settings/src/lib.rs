//! A tenant's settings, its plan and what is used of it, what was done to its set-up, exports and erasures.

mod audit;
mod data;
mod figures;
mod plan;
mod settings;
mod show;
mod update;
mod usage;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(show::show, update::update))
        .routes(routes!(plan::plan))
        .routes(routes!(usage::usage))
        .routes(routes!(audit::audit))
        .merge(data::routes())
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
