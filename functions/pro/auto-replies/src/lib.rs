//! Rules that answer customers, and what else answers by itself.

mod ai;
mod answer;
mod create;
mod delete;
mod delete_many;
mod list;
mod log;
mod rule;
mod settings;
mod show;
mod show_ai;
mod show_settings;
mod update;
mod update_ai;
mod update_settings;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(
            list::list,
            create::create,
            delete_many::delete_many
        ))
        .routes(routes!(show_ai::show_ai, update_ai::update_ai))
        .routes(routes!(
            show_settings::show_settings,
            update_settings::update_settings
        ))
        .routes(routes!(log::log))
        .routes(routes!(show::show, update::update, delete::delete))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
