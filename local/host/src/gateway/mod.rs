//! API Gateway (an HTTP API) and Lambda for one machine.
//!
//! Every request becomes the event that AWS would call the function with, is written as JSON, read by the code that
//! reads it on AWS, and answered through the same JSON. So what works here works there: decoding, limits, time-outs.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, Request, Response, StatusCode, Uri, header, request::Parts};
use tokio::{sync::Semaphore, time::timeout};

mod event;
mod function;
mod path;
mod response;
mod routes;

pub(crate) use function::HttpFunction;
pub(crate) use routes::Routes;

use event::{Received, Routed};
use function::MAX_PAYLOAD_BYTES;
use response::refusal;

/// Largest body of a request: API Gateway's quota for a payload.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
/// Largest request line and headers together: API Gateway's quota.
const MAX_HEAD_BYTES: usize = 10_240;
/// How long the body of a request may take to arrive: as long as its answer may.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long API Gateway waits for a function.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

/// The API: its routes and the functions behind them.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    routes: Routes<Arc<HttpFunction>>,
    port: u16,
    closed: AtomicBool,
    /// One permit for each call that may run at a time.
    calls: Arc<Semaphore>,
}

/// Calls that run at a time; more wait. An account of AWS begins with as many.
const CONCURRENCY: u32 = 1_000;

impl Gateway {
    /// An API with these routes, which is served on `port`.
    pub(crate) fn new(routes: Routes<Arc<HttpFunction>>, port: u16) -> Self {
        let shared = Arc::new(Shared {
            routes,
            port,
            closed: AtomicBool::new(false),
            calls: Arc::new(Semaphore::new(CONCURRENCY as usize)),
        });
        Self { shared }
    }

    /// Takes no more requests and waits until no call runs.
    pub(crate) async fn close(&self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        // All permits are free again when every call has ended. The semaphore itself is never closed.
        let _ = self.shared.calls.acquire_many(CONCURRENCY).await;
    }

    /// Answers a request that came from `peer`.
    pub(crate) async fn answer(&self, request: Request<Body>, peer: SocketAddr) -> Response<Body> {
        let id = request_id();
        let answer = self.call(request, peer, &id).await;
        answer.unwrap_or_else(|refused| {
            let message = match refused {
                // HTTP's own words for the others.
                StatusCode::INTERNAL_SERVER_ERROR => "Internal Server Error",
                StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
                other => other.canonical_reason().unwrap_or_default(),
            };
            refusal(refused, message, &id)
        })
    }

    async fn call(
        &self,
        request: Request<Body>,
        peer: SocketAddr,
        id: &str,
    ) -> Result<Response<Body>, StatusCode> {
        let (parts, body) = request.into_parts();
        check_head(&parts)?;
        let path = path::decode(parts.uri.path()).ok_or(StatusCode::BAD_REQUEST)?;
        let body = read(&parts.headers, body).await?;
        let matched = self.shared.routes.find(parts.method.as_str(), &path);
        let matched = matched.ok_or(StatusCode::NOT_FOUND)?;
        let received = Received {
            method: &parts.method,
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            body: &body,
            peer: peer.ip().to_canonical(),
            port: self.shared.port,
            id,
            at: jiff::Timestamp::now(),
        };
        let routed = Routed {
            key: matched.key,
            path: &path,
            parameters: &matched.parameters,
        };
        let event = event::event(&received, &routed);
        if event.len() > MAX_PAYLOAD_BYTES {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let answer = self.invoke(Arc::clone(matched.target), event, id).await?;
        response::decode(&answer, id).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Calls a function in a task of its own: on AWS it runs on when the client hangs up, and its panic is its own.
    async fn invoke(
        &self,
        function: Arc<HttpFunction>,
        event: Vec<u8>,
        id: &str,
    ) -> Result<Vec<u8>, StatusCode> {
        let permit = Arc::clone(&self.shared.calls).acquire_owned().await;
        if self.shared.closed.load(Ordering::Relaxed) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let called = Arc::clone(&function);
        let request_id = id.to_owned();
        let call = tokio::spawn(async move {
            let _permit = permit;
            timeout(called.timeout, called.call(&event, &request_id)).await
        });
        let name = &function.name;
        match timeout(INTEGRATION_TIMEOUT, call).await {
            Ok(Ok(Ok(Ok(answer)))) => return Ok(answer),
            Ok(Ok(Ok(Err(failure)))) => {
                tracing::error!(function = %name, request = %id, error = &failure as &dyn std::error::Error, "a function failed");
            }
            Ok(Ok(Err(_elapsed))) => {
                tracing::error!(function = %name, request = %id, "a function ran into its time-out and was ended");
            }
            Ok(Err(_panicked)) => {
                tracing::error!(function = %name, request = %id, "a function panicked");
            }
            Err(_elapsed) => {
                tracing::error!(function = %name, request = %id, "a function ran longer than the API waits");
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
        }
        Err(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Refuses what API Gateway refuses by the head alone, and a request without a proper `Host`, which would not reach it.
fn check_head(parts: &Parts) -> Result<(), StatusCode> {
    let head = parts
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    let line = parts
        .uri
        .path_and_query()
        .map_or(0, |line| line.as_str().len());
    if head.sum::<usize>() + line > MAX_HEAD_BYTES {
        return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match host.is_some_and(is_host) {
        true => Ok(()),
        false => Err(StatusCode::BAD_REQUEST),
    }
}

/// Whether a function can build the address of its request on this `Host`.
fn is_host(host: &str) -> bool {
    let address = format!("http://{host}/");
    let plain = !host.is_empty() && !host.contains(['@', '%', '/', '?', '#', '\\']);
    plain && address.parse::<Uri>().is_ok() && url::Url::parse(&address).is_ok()
}

async fn read(headers: &HeaderMap, body: Body) -> Result<bytes::Bytes, StatusCode> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    timeout(BODY_TIMEOUT, axum::body::to_bytes(body, MAX_BODY_BYTES))
        .await
        .map_err(|_elapsed| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|error| {
            let inner = std::error::Error::source(&error);
            match inner.is_some_and(|inner| inner.is::<http_body_util::LengthLimitError>()) {
                true => StatusCode::PAYLOAD_TOO_LARGE,
                false => StatusCode::BAD_REQUEST,
            }
        })
}

/// An id of the form that API Gateway gives: 15 characters of Base64 and its padding.
fn request_id() -> String {
    STANDARD.encode(rand::random::<[u8; 11]>())
}

#[cfg(test)]
mod tests;
