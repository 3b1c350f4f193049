use std::error::Error;

use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// Parameters of the path, decoded.
#[derive(Debug, Clone)]
pub struct ApiPath<T>(pub T);

/// Parameters of the query, decoded. Unknown ones are ignored; one that is given twice is refused.
#[derive(Debug, Clone)]
pub struct ApiQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value))
            .map_err(|error| wrong("path", &error))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(value)| Self(value))
            .map_err(|error| wrong("query", &error))
    }
}

/// The innermost cause is what the caller can mend; what stands around it is about our code.
fn wrong(place: &str, error: &dyn Error) -> ApiError {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    ApiError::invalid(format!("{place}: {cause}"))
}
