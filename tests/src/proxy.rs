//! A slow way to DynamoDB and WhatsApp, which shows what was asked, when, and what it cost.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

use crate::running::http_client;

/// A request that went through.
#[derive(Debug, Clone)]
pub struct Call {
    /// DynamoDB's operation; nothing for a call of WhatsApp.
    pub operation: Option<String>,
    /// When it came and when it was answered.
    pub began: Instant,
    /// When it was answered.
    pub ended: Instant,
    /// Capacity units that DynamoDB says it consumed, with those of the indexes.
    pub units: f64,
}

/// The proxy; it ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    http: reqwest::Client,
    dynamodb: String,
    graph: String,
    delay: Duration,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// The most that a body of either side has.
const LIMIT: usize = 16 << 20;

/// Where Graph is, at the proxy.
const GRAPH: &str = "/graph";

impl Proxy {
    /// A proxy that keeps each request for `delay` before it goes on.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start(dynamodb: &str, graph: &str, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared {
            http: http_client(),
            dynamodb: dynamodb.trim_end_matches('/').to_owned(),
            graph: graph.trim_end_matches('/').to_owned(),
            delay,
            calls: Arc::clone(&calls),
        };
        let router = Router::new().fallback(pass).with_state(shared);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, calls, server }
    }

    /// DynamoDB behind it.
    pub fn dynamodb(&self) -> &str {
        &self.url
    }

    /// Graph behind it.
    pub fn graph(&self) -> String {
        format!("{}{GRAPH}", self.url)
    }

    /// What went through since it was last asked, by when it came.
    pub fn take(&self) -> Vec<Call> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut calls = std::mem::take(&mut *calls);
        calls.sort_by_key(|call| call.began);
        calls
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The most of these calls of which each began after the one before had ended.
pub fn in_sequence<'c>(calls: impl IntoIterator<Item = &'c Call>) -> usize {
    let mut calls: Vec<&Call> = calls.into_iter().collect();
    calls.sort_by_key(|call| call.ended);
    let mut last: Option<Instant> = None;
    let mut count = 0;
    for call in calls {
        if last.is_none_or(|last| last <= call.began) {
            last = Some(call.ended);
            count += 1;
        }
    }
    count
}

async fn pass(State(shared): State<Shared>, request: Request) -> Response {
    let began = Instant::now();
    sleep(shared.delay).await;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LIMIT)
        .await
        .expect("a request's body comes whole");
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let target = parts
        .headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    let operation = target
        .and_then(|target| target.rsplit('.').next())
        .map(str::to_owned);
    let (url, body) = match (&operation, path.strip_prefix(GRAPH)) {
        (None, Some(rest)) => (format!("{}{rest}", shared.graph), body.to_vec()),
        _ => (format!("{}{path}", shared.dynamodb), counted(&body)),
    };
    let mut forward = shared.http.request(parts.method, url).body(body);
    for (name, value) in &parts.headers {
        if !["host", "content-length"].contains(&name.as_str()) {
            forward = forward.header(name, value);
        }
    }
    let answer = forward.send().await.expect("the service answers");
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        // The SDK checks a checksum that was taken over the same bytes.
        if !["content-length", "transfer-encoding"].contains(&name.as_str()) {
            response = response.header(name, value);
        }
    }
    let bytes = answer.bytes().await.expect("an answer comes whole");
    let call = Call {
        operation,
        began,
        ended: Instant::now(),
        units: units(&bytes),
    };
    shared
        .calls
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(call);
    response
        .body(Body::from(bytes))
        .expect("the parts are a response's")
}

/// A request that asks for what it consumes.
fn counted(body: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return body.to_vec();
    };
    value["ReturnConsumedCapacity"] = json!("INDEXES");
    value.to_string().into_bytes()
}

/// What an answer says was consumed.
fn units(body: &[u8]) -> f64 {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let of = |consumed: &Value| consumed["CapacityUnits"].as_f64().unwrap_or_default();
    match &value["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(of).sum(),
        table => of(table),
    }
}
