//! Servers that stand in for Graph, and what the tests send to them.

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use openwati_core::message::{Outgoing, Recipient};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

use crate::cloud_api::{CloudApi, CloudApiConfig, Credentials, Outcome};

pub(super) const TOKEN: &str = "EAAB-secret";
pub(super) const CREDENTIALS: Credentials<'_> = Credentials {
    phone_number_id: "106540352242922",
    access_token: TOKEN,
};
pub(super) const ACCEPTED: &str = r#"{"messaging_product":"whatsapp",
    "contacts":[{"input":"923001234567","wa_id":"923001234567"}],
    "messages":[{"id":"wamid.A"}]}"#;

/// Long enough for a slow machine: tests that use it do not wait for it.
const PATIENT: Duration = Duration::from_secs(30);
/// For tests in which the time runs out.
pub(super) const IMPATIENT: Duration = Duration::from_millis(1500);

pub(super) fn client(url: Url) -> CloudApi {
    client_with(url, PATIENT)
}

pub(super) fn client_with(url: Url, timeout: Duration) -> CloudApi {
    let mut config = CloudApiConfig::new(url);
    config.timeout = timeout;
    config.connect_timeout = timeout / 2;
    CloudApi::new(config).unwrap()
}

pub(super) fn recipient() -> Recipient {
    Recipient::parse_peer("923001234567").unwrap()
}

pub(super) async fn send(api: &CloudApi) -> Outcome {
    let message = Outgoing::text("hello");
    api.send(&CREDENTIALS, &recipient(), &message, "our-id")
        .await
}

/// A request that Graph got.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// A server that answers everything alike and notes what it got.
#[derive(Clone)]
pub(super) struct Graph {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Graph {
    pub(super) fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.into(),
            seen: Arc::default(),
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(super) async fn start(&self) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graph", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url.parse().unwrap()
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(State(graph): State<Graph>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    graph.seen.lock().unwrap().push(Seen {
        method: parts.method,
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    (graph.status, graph.headers, graph.body).into_response()
}

/// A server without any HTTP of its own: `serve` gets each connection.
/// Connections and requests are counted.
pub(super) struct Line {
    pub(super) url: Url,
    requests: Arc<Mutex<usize>>,
    connections: Arc<Mutex<usize>>,
}

/// What a [`Line`] does with a connection.
pub(super) struct Caller {
    pub(super) stream: TcpStream,
    requests: Arc<Mutex<usize>>,
}

impl Line {
    pub(super) async fn start<F>(serve: impl Fn(Caller) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(0));
        let connections = Arc::new(Mutex::new(0));
        let counters = (requests.clone(), connections.clone());
        tokio::spawn(async move {
            let (requests, connections) = counters;
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                *connections.lock().unwrap() += 1;
                let requests = requests.clone();
                tokio::spawn(serve(Caller { stream, requests }));
            }
        });
        let url = url.parse().unwrap();
        Self {
            url,
            requests,
            connections,
        }
    }

    pub(super) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Requests that were read to their end.
    pub(super) fn requests(&self) -> usize {
        *self.requests.lock().unwrap()
    }
}

impl Caller {
    /// Reads one request to its end; false if none comes.
    pub(super) async fn hear(&mut self) -> bool {
        let mut request = Vec::new();
        loop {
            if whole_length(&request).is_some_and(|length| request.len() >= length) {
                *self.requests.lock().unwrap() += 1;
                return true;
            }
            if self.stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return false;
            }
        }
    }

    pub(super) async fn say(&mut self, text: &str) {
        // The client may have hung up, which is its right.
        let _ = self.stream.write_all(text.as_bytes()).await;
    }

    pub(super) async fn accept(&mut self) {
        let length = ACCEPTED.len();
        self.say(&format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{ACCEPTED}"
        ))
        .await;
    }

    /// Keeps the connection open until the client gives up.
    pub(super) async fn hang(&mut self) {
        while self
            .stream
            .read(&mut [0; 64])
            .await
            .is_ok_and(|read| read > 0)
        {}
    }
}

fn whole_length(request: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(request);
    let head = text.split_once("\r\n\r\n")?.0;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head.len() + 4 + length.parse::<usize>().unwrap())
}
