//! A tenant's team: who is in it, who is invited, and what they may do.

mod again;
mod delete;
mod invite;
mod list;
mod member;
mod password_reset;
mod show;
mod update;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(list::list))
        .routes(routes!(invite::invite))
        .routes(routes!(show::show, update::update, delete::delete))
        .routes(routes!(again::invite_again))
        .routes(routes!(password_reset::password_reset))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
