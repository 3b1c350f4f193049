//! Sign-up, log-in, passwords, and who calls.

mod change_password;
mod forgot_password;
mod login;
mod logout;
mod me;
mod refresh;
mod reset_password;
mod signup;
mod tokens;

use axum::Router;
use openwati_web::{App, Routes, routes};

/// The function's endpoints and their description.
pub fn routes() -> Routes {
    Routes::default()
        .routes(routes!(signup::signup))
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::logout))
        .routes(routes!(change_password::change_password))
        .routes(routes!(forgot_password::forgot_password))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(me::me))
}

/// The function.
pub fn router(app: App) -> Router {
    openwati_web::finish(routes(), app)
}
