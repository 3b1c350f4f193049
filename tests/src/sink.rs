//! A server that takes everything: where callbacks go that a test does not want to reach the platform.

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// The server; it ends when it is dropped.
#[derive(Debug)]
pub struct Sink {
    url: String,
    server: JoinHandle<()>,
}

impl Sink {
    /// Starts one.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let url = format!("http://{}/", listener.local_addr().expect("it listens"));
        let router = Router::new().fallback(async || ());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, server }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}
