//! Webhook endpoints, their secrets and their deliveries.

mod create;
mod delete;
mod deliveries;
mod delivery;
mod list;
mod parameters;
mod recover;
mod resend;
mod rotate_secret;
mod show;
mod test_event;
mod update;
mod webhook;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(show::show, update::update, delete::delete))
        .routes(routes!(rotate_secret::rotate_secret))
        .routes(routes!(test_event::test_event))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(recover::recover))
        .routes(routes!(delivery::delivery))
        .routes(routes!(resend::resend))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
