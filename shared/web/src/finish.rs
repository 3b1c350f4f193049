use axum::Router;
use axum::middleware;
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;

use crate::layers::{answer, log, panic, path, rate_limit};
use crate::{ApiError, Routes};

/// Makes a function's router of its routes and the state that they share.
///
/// Every answer of the router, whatever the request, has CORS headers and, unless the handler chose another, WATI Pro's
/// error body.
pub fn finish<S: Clone + Send + Sync + 'static>(routes: Routes<S>, state: S) -> Router {
    let routes: Router<S> = routes.into();
    let routes = routes
        .fallback(async || ApiError::not_found("there is nothing at this path"))
        .method_not_allowed_fallback(async || method_not_allowed())
        .with_state(state)
        .layer(middleware::from_fn(rate_limit::show))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(middleware::from_fn(log::trace))
        .layer(middleware::from_fn(answer::mark));
    // A router routes before its layers run, so what changes the path has to stand around it.
    Router::new().fallback_service(
        tower::ServiceBuilder::new()
            .map_request(path::restore)
            .service(routes),
    )
}

fn method_not_allowed() -> ApiError {
    let error = "this path does not take that method";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", error)
}
