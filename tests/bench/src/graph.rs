//! A provider that answers at once: as much of Meta's Graph API as a send needs.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{Json, Router, http::Uri};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// The stand-in, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Graph {
    url: String,
    serving: JoinHandle<()>,
}

impl Graph {
    /// Begins to listen.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(answer);
        let serving = tokio::spawn(async move {
            // It ends with the benchmark, and what fails before is met by the requests.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, serving })
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

static SENT: AtomicU64 = AtomicU64::new(1);

/// Every message is taken. Anything else is answered too: a warm-up only looks whether somebody is there.
async fn answer(uri: Uri, body: axum::body::Bytes) -> Json<Value> {
    if !uri.path().ends_with("/messages") {
        return Json(json!({"success": true}));
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let number = SENT.fetch_add(1, Ordering::Relaxed);
    Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": body["to"], "wa_id": body["to"]}],
        "messages": [{"id": format!("wamid.BENCH{number:020}")}],
    }))
}
