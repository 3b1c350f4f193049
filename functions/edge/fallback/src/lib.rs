//! What API Gateway has no route for: preflights, paths in another case, wrong methods, unknown paths.

mod answer;
mod known;

use axum::Router;
use openwati_web::Routes;

/// The function.
pub fn router() -> Router {
    openwati_web::finish(Routes::default().fallback(answer::answer), ())
}
