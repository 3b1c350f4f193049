//! Where the caller reaches the API.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use lambda_http::request::RequestContext;

use crate::App;

/// The API's address without a slash at its end: the one that is configured, else the one that API Gateway says the request
/// came to. A function behind the API cannot be told the API's own address, which the API's description would wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(pub String);

impl FromRequestParts<App> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        if let Some(configured) = app.platform().known_base_url() {
            return Ok(Self(configured.to_owned()));
        }
        let domain = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.as_deref(),
            _ => None,
        };
        Ok(Self(domain.map_or_else(String::new, |domain| {
            format!("https://{domain}")
        })))
    }
}
