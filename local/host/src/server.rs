//! The one port: the API, its health, and the simulated WhatsApp.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};
use serde_json::json;
use tokio::{net::TcpListener, sync::watch};
use tower::ServiceExt as _;

use crate::{connections, gateway::Gateway, health::Health, sim_guard};

/// Where the simulator is.
pub(crate) const SIMULATOR: &str = "/_sim";

/// What answers on the port.
#[derive(Clone)]
pub(crate) struct Front {
    /// The API; a simulator alone has none.
    pub(crate) gateway: Option<Gateway>,
    /// The simulator's router.
    pub(crate) simulator: Option<Router>,
    /// What a platform keeps; a simulator alone is healthy if it answers.
    pub(crate) health: Option<Arc<Health>>,
    /// Whether it is being shut down.
    pub(crate) stopping: Arc<AtomicBool>,
}

impl Front {
    /// Serves until `stop` turns true.
    pub(crate) async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let front = Self {
            simulator: self
                .simulator
                .map(|router| Router::new().nest_service(SIMULATOR, router)),
            ..self
        };
        let router = Router::new().fallback(answer).with_state(Arc::new(front));
        connections::serve(listener, router, stop).await;
    }

    async fn health(&self) -> Response {
        let body =
            |status: &str| Json(json!({"status": status, "version": env!("CARGO_PKG_VERSION")}));
        if self.stopping.load(Ordering::Relaxed) {
            return (StatusCode::SERVICE_UNAVAILABLE, body("stopping")).into_response();
        }
        match &self.health {
            Some(health) if !health.keeps().await => {
                (StatusCode::SERVICE_UNAVAILABLE, body("no store")).into_response()
            }
            _ => body("ok").into_response(),
        }
    }

    async fn simulate(&self, simulator: &Router, peer: SocketAddr, request: Request) -> Response {
        if !sim_guard::allows(peer, request.headers()) {
            let error = "the simulated WhatsApp answers programs on this machine, by a name of this machine";
            return (StatusCode::FORBIDDEN, Json(json!({ "error": error }))).into_response();
        }
        let answer = simulator.clone().oneshot(request).await;
        answer.unwrap_or_else(|never| match never {})
    }
}

async fn answer(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if path == "/health" && reads {
        return front.health().await;
    }
    if let Some(simulator) = &front.simulator {
        let rest = path.strip_prefix(SIMULATOR);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return front.simulate(simulator, peer, request).await;
        }
    }
    match &front.gateway {
        Some(gateway) => gateway.answer(request, peer).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
