use axum::extract::FromRequestParts;
use http::request::Parts;
use openwati_services::Caller;

use super::authorized::authenticate;
use crate::{ApiError, App};

/// The caller of a request that everybody may make who is known: about themselves.
#[derive(Debug)]
pub struct Known {
    /// Who asks.
    pub caller: Caller,
}

impl FromRequestParts<App> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = authenticate(parts, app).await?;
        Ok(Self { caller })
    }
}
