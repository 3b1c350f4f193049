use axum::extract::FromRequestParts;
use http::Method;
use http::request::Parts;
use openwati_core::idempotency::{MAX_KEY_LENGTH, request_hash};
use openwati_services::idempotency::Idempotency;

use crate::ApiError;

/// The header `Idempotency-Key`, if the request has one, with the method and path that it stands for.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(Option<Given>);

#[derive(Debug, Clone)]
struct Given {
    key: String,
    method: Method,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let key = value
            .to_str()
            .ok()
            .filter(|key| (1..=MAX_KEY_LENGTH).contains(&key.len()))
            .ok_or_else(|| {
                let error = format!(
                    "Idempotency-Key: must have 1 to {MAX_KEY_LENGTH} printable ASCII characters"
                );
                ApiError::invalid(error)
            })?;
        Ok(Self(Some(Given {
            key: key.to_owned(),
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
        })))
    }
}

impl IdempotencyKey {
    /// The key with the hash of the whole request, whose body is `body`.
    pub fn over(self, body: &[u8]) -> Option<Idempotency> {
        let Given { key, method, path } = self.0?;
        let request_hash = request_hash(method.as_str(), &path, body);
        Some(Idempotency { key, request_hash })
    }
}
