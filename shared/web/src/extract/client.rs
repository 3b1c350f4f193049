//! Where a request comes from, and what sends it.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use lambda_http::request::RequestContext;

/// Who sends a request, as API Gateway saw them. A header that names an address is anybody's to write, and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The address.
    pub address: Option<IpAddr>,
    /// The program, as it calls itself.
    pub agent: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
            _ => None,
        };
        let agent = parts.headers.get(USER_AGENT);
        Ok(Self {
            address: address.and_then(|address| address.parse().ok()),
            agent: agent.and_then(|agent| Some(agent.to_str().ok()?.to_owned())),
        })
    }
}
