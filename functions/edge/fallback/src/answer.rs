use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{ALLOW, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use openwati_web::ApiError;

use crate::known::{self, Known};

/// 308 to the proper spelling of a known path, 405 for a method that it does not take, else 404. `OPTIONS` never comes
/// here: every function answers it alike.
pub(crate) async fn answer(request: Request) -> Response {
    let uri = request.uri();
    match known::find(uri.path()) {
        Some(known) if !known.takes(request.method()) => known.method_not_allowed(),
        Some(known) if known.path != uri.path() => redirect(&known.path, uri.query()),
        _ => ApiError::not_found("there is nothing at this path").into_response(),
    }
}

impl Known {
    fn takes(&self, method: &Method) -> bool {
        self.methods.contains(&method.as_str())
    }

    fn method_not_allowed(&self) -> Response {
        let methods = format!("{}, OPTIONS", self.methods.join(", "));
        let allow = HeaderValue::from_str(&methods).expect("names of methods fit a header");
        let error = format!("this path takes {}", self.methods.join(", "));
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", error)
            .header(ALLOW, allow)
            .into_response()
    }
}

/// 308 keeps method and body. The address is relative, because the API may be known by several names.
fn redirect(path: &str, query: Option<&str>) -> Response {
    let location = match query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    match HeaderValue::from_str(&location) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response(),
        Err(_) => ApiError::not_found("there is nothing at this path").into_response(),
    }
}
