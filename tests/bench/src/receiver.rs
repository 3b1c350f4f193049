//! A tenant's own server, which takes every event at once and looks at it later.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use openwati_core::signature::verify_sha256;
use serde::Deserialize;
use serde_json::json;
use standardwebhooks::Webhook;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::{
    host::Host,
    load::{self, Request},
    tenant::Tenant,
};

/// The server, for as long as this lives, and the webhook that leads to it.
#[derive(Debug)]
pub(crate) struct Receiver {
    shared: Arc<Shared>,
    secret: String,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    seen: Mutex<Seen>,
    /// How many events came of which none had come before.
    distinct: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<String>,
    posts: Vec<Post>,
}

#[derive(Debug)]
struct Post {
    at: Instant,
    headers: HeaderMap,
    body: Bytes,
}

/// An event that came.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    /// WhatsApp's id of the message that it tells of.
    pub(crate) wamid: String,
}

impl Receiver {
    /// Begins to listen, and has the tenant's messages told here.
    pub(crate) async fn start(host: &Host, tenant: &Tenant) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}/events", listener.local_addr()?);
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            distinct: watch::Sender::new(0),
        });
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            // It ends with the benchmark, and what fails before is met by the events.
            let _ = axum::serve(listener, router).await;
        });
        let webhook = Request {
            path: "/api/webhooks".to_owned(),
            header: ("authorization", format!("Bearer {}", tenant.api_key)),
            body: Bytes::from(json!({"url": url, "events": ["message.received"]}).to_string()),
        };
        let made = load::post(host.base_url(), &webhook).await?;
        let secret = made["webhook"]["secret"].as_str();
        Ok(Self {
            shared,
            secret: secret.context("a new webhook has no secret")?.to_owned(),
            serving,
        })
    }

    /// Waits until so many different events have come since they were last taken.
    pub(crate) async fn gets(&self, count: usize, patience: Duration) -> anyhow::Result<()> {
        let mut distinct = self.shared.distinct.subscribe();
        let came = timeout(patience, distinct.wait_for(|distinct| *distinct >= count)).await;
        match came {
            Ok(_) => Ok(()),
            Err(_) => {
                let so_far = *self.shared.distinct.borrow();
                anyhow::bail!("{so_far} of {count} events came")
            }
        }
    }

    /// What came since this was last asked, each event when it came first. How often events came again is the second.
    ///
    /// # Errors
    /// If a signature does not hold.
    pub(crate) fn take(&self) -> anyhow::Result<(Vec<Arrival>, usize)> {
        let webhook = Webhook::new(&self.secret).context("the secret is none")?;
        let posts = std::mem::take(&mut *self.shared.seen()).posts;
        self.shared.distinct.send_replace(0);
        let (mut ids, mut arrivals, mut again) = (HashSet::new(), Vec::new(), 0);
        for post in posts {
            let header = |name| post.headers.get(name).and_then(|value| value.to_str().ok());
            webhook
                .verify(&post.body, &post.headers)
                .context("the standard signature does not hold")?;
            let signature = header("x-wati-signature").unwrap_or_default();
            anyhow::ensure!(
                verify_sha256(signature, &post.body, &self.secret),
                "the signature does not hold"
            );
            let event: Event = serde_json::from_slice(&post.body).context("an event is no JSON")?;
            anyhow::ensure!(event.event == "message.received", "it is {}", event.event);
            if ids.insert(header("webhook-id").unwrap_or_default().to_owned()) {
                arrivals.push(Arrival {
                    at: post.at,
                    wamid: event.message_id,
                });
            } else {
                again += 1;
            }
        }
        Ok((arrivals, again))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event: String,
    message_id: String,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Takes an event. What it takes to check it waits, so as not to be in the way of what is measured.
async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let distinct = {
        let mut seen = shared.seen();
        seen.ids.insert(id);
        seen.posts.push(Post { at, headers, body });
        seen.ids.len()
    };
    shared.distinct.send_replace(distinct);
    StatusCode::OK
}
