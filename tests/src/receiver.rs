//! A tenant's own server, which gets events.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, response::IntoResponse};
use http::{HeaderValue, StatusCode, header::HeaderName};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::wait::{SOON, eventually};

/// What the server answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// This status.
    Status(u16),
    /// This status, with a header and a body.
    Full(u16, Option<(&'static str, String)>, String),
    /// A 200, after so long.
    Late(Duration),
    /// Nothing, ever.
    Never,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, to the byte.
    pub body: String,
}

/// The server; it ends when it is dropped. It answers 200 unless it is told otherwise.
#[derive(Debug)]
pub struct Receiver {
    url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    events: Mutex<Vec<Event>>,
    next: Mutex<VecDeque<Reply>>,
    then: Mutex<Reply>,
}

impl Event {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("an event is JSON")
    }

    /// A header, as text.
    ///
    /// # Panics
    /// If it is not there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let value = value.unwrap_or_else(|| panic!("there is no {name} in {:?}", self.headers));
        value.to_str().expect("headers are text")
    }
}

impl Receiver {
    /// Starts one.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let url = format!("http://{}/hook", listener.local_addr().expect("it listens"));
        let shared = Arc::new(Shared {
            events: Mutex::default(),
            next: Mutex::default(),
            then: Mutex::new(Reply::Status(200)),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self {
            url,
            shared,
            server,
        }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it answers these, one after the other, and then as before.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        let mut next = self.shared.next.lock().expect("nobody panics with it");
        next.extend(replies);
    }

    /// From now on it answers as always, whatever it was to answer before.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn recovers(&self) {
        self.shared
            .next
            .lock()
            .expect("nobody panics with it")
            .clear();
    }

    /// From now on it always answers this.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn always(&self, reply: Reply) {
        *self.shared.then.lock().expect("nobody panics with it") = reply;
    }

    /// What came, oldest first.
    ///
    /// # Panics
    /// If a thread that held the server's state panicked.
    pub fn events(&self) -> Vec<Event> {
        self.shared
            .events
            .lock()
            .expect("nobody panics with it")
            .clone()
    }

    /// What came, once it is so many.
    ///
    /// # Panics
    /// If that does not happen soon.
    pub async fn gets(&self, count: usize) -> Vec<Event> {
        eventually(&format!("{count} events come"), SOON, || async {
            let events = self.events();
            (events.len() >= count).then_some(events)
        })
        .await
    }

    /// The first event that is this.
    ///
    /// # Panics
    /// If it does not come soon.
    pub async fn gets_one(&self, what: &str, is: impl Fn(&Value) -> bool) -> Event {
        eventually(&format!("{what} comes"), SOON, || async {
            self.events().into_iter().find(|event| is(&event.json()))
        })
        .await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let event = Event {
        at: Instant::now(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    shared
        .events
        .lock()
        .expect("nobody panics with it")
        .push(event);
    let next = shared
        .next
        .lock()
        .expect("nobody panics with it")
        .pop_front();
    let reply = next.unwrap_or_else(|| shared.then.lock().expect("nobody panics with it").clone());
    let status = |code| StatusCode::from_u16(code).expect("tests name statuses that there are");
    match reply {
        Reply::Status(code) => (status(code), HeaderMap::new(), String::new()),
        Reply::Full(code, header, body) => {
            let header = header.map(|(name, value)| {
                let value =
                    HeaderValue::from_str(&value).expect("tests name headers that there are");
                (HeaderName::from_static(name), value)
            });
            (status(code), header.into_iter().collect(), body)
        }
        Reply::Late(wait) => {
            sleep(wait).await;
            (StatusCode::OK, HeaderMap::new(), String::new())
        }
        Reply::Never => std::future::pending().await,
    }
}
