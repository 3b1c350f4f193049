//! A server with files that users' URLs lead to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use http::{
    StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// A file as its server has it.
#[derive(Debug, Clone)]
pub struct HostedFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What its server says that it is.
    pub content_type: String,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// What its server says about keeping it.
    pub cache_control: Option<String>,
}

/// The server; it ends when it is dropped. What it does not have it answers with 404.
#[derive(Debug)]
pub struct FileHost {
    base: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    files: Mutex<HashMap<String, Told>>,
    asked: Mutex<Vec<(String, HeaderMap)>>,
    /// Whether answers wait.
    held: watch::Sender<bool>,
}

#[derive(Debug, Clone)]
enum Told {
    File(HostedFile),
    Status(u16),
}

impl HostedFile {
    /// A file of this type.
    pub fn new(content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            content_type: content_type.to_owned(),
            etag: None,
            cache_control: None,
        }
    }

    /// A picture by its first bytes, told from others by its last.
    pub fn png(end: &str) -> Self {
        let bytes = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), end.as_bytes()].concat();
        Self::new("image/png", bytes)
    }

    /// The same with an `ETag`.
    #[must_use]
    pub fn etag(mut self, etag: &str) -> Self {
        self.etag = Some(etag.to_owned());
        self
    }

    /// The same with a `Cache-Control`.
    #[must_use]
    pub fn cache_control(mut self, says: &str) -> Self {
        self.cache_control = Some(says.to_owned());
        self
    }
}

impl FileHost {
    /// Starts one.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it listens"));
        let shared = Arc::new(Shared {
            files: Mutex::default(),
            asked: Mutex::default(),
            held: watch::Sender::new(false),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self {
            base,
            shared,
            server,
        }
    }

    /// From now on it has this file at this path. Answers the file's address.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn has(&self, path: &str, file: HostedFile) -> String {
        self.tells(path, Told::File(file))
    }

    /// From now on it answers this status at this path. Answers the address.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn answers(&self, path: &str, status: u16) -> String {
        self.tells(path, Told::Status(status))
    }

    fn tells(&self, path: &str, told: Told) -> String {
        let mut files = self.shared.files.lock().expect("nobody panics with it");
        files.insert(path.to_owned(), told);
        format!("{}{path}", self.base)
    }

    /// From now on it takes requests and answers none, or, where `held` is false, all.
    pub fn holds(&self, held: bool) {
        self.shared.held.send_replace(held);
    }

    /// The headers of the requests for this path, oldest first.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn asked(&self, path: &str) -> Vec<HeaderMap> {
        let asked = self.shared.asked.lock().expect("nobody panics with it");
        let asked = asked.iter().filter(|(asked, _)| asked == path);
        asked.map(|(_, headers)| headers.clone()).collect()
    }
}

impl Drop for FileHost {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    shared
        .asked
        .lock()
        .expect("nobody panics with it")
        .push((path.clone(), headers.clone()));
    let mut held = shared.held.subscribe();
    if held.wait_for(|held| !held).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let told = shared
        .files
        .lock()
        .expect("nobody panics with it")
        .get(&path)
        .cloned();
    match told {
        Some(Told::File(file)) => file_answer(file, &headers),
        Some(Told::Status(status)) => StatusCode::from_u16(status)
            .expect("tests name statuses that there are")
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file_answer(file: HostedFile, asked: &HeaderMap) -> Response {
    let known = asked
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let mut answer = Response::builder().header(CONTENT_TYPE, file.content_type);
    if let Some(says) = &file.cache_control {
        answer = answer.header(CACHE_CONTROL, says);
    }
    if let Some(etag) = &file.etag {
        answer = answer.header(ETAG, etag);
        if known == Some(etag) {
            let unchanged = answer.status(StatusCode::NOT_MODIFIED).body(Body::empty());
            return unchanged.expect("tests name headers that there are");
        }
    }
    let body = Body::from(Bytes::from(file.bytes));
    answer
        .body(body)
        .expect("tests name headers that there are")
}
