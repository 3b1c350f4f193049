use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use openwati_services::authenticate::bearer;
use openwati_services::{Caller, Error, Gate};

use super::{Permission, key};
use crate::layers::rate_limit;
use crate::{ApiError, App};

/// The caller of a request, who may do `P`. Comes first among a handler's extractors, so that a request is judged 401
/// and 403 before anything else of it is.
#[derive(Debug)]
pub struct Authorized<P> {
    /// Who asks.
    pub caller: Caller,
    permission: PhantomData<P>,
}

impl<P: Permission> FromRequestParts<App> for Authorized<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = authenticate(parts, app).await?;
        match P::OWN {
            true => caller.require_scope(P::AREA, P::ACCESS)?,
            false => caller.require(P::AREA, P::ACCESS)?,
        }
        caller.require_role(P::LEAST)?;
        Ok(Self {
            caller,
            permission: PhantomData,
        })
    }
}

/// Who asks, by the key or token that the request carries.
pub(super) async fn authenticate(parts: &mut Parts, app: &App) -> Result<Caller, ApiError> {
    let key = key::presented(&parts.headers).ok_or_else(ApiError::unauthorized)?;
    let caller = match bearer(app.platform(), key, Gate::RestApi).await {
        Ok(caller) => caller,
        Err(error) => {
            if let Error::RateLimited(rate) = &error {
                rate_limit::note(parts, *rate);
            }
            return Err(error.into());
        }
    };
    rate_limit::note(parts, caller.rate);
    tracing::Span::current()
        .record("tenant", caller.tenant.as_str())
        .record("actor", caller.actor.to_string());
    Ok(caller)
}
