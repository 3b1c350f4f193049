//! What API Gateway has no route for: preflights, paths in another case, wrong methods, unknown paths.

mod answer;
mod known;

use axum::Router;
use axum::routing::any;
use openwati_web::Routes;

/// The function.
pub fn router() -> Router {
    let routes = Routes::default()
        .route("/", any(answer::answer))
        .route("/{*path}", any(answer::answer));
    openwati_web::finish(routes, ())
}
