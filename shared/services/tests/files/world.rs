//! A platform, and what is around it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use openwati_channels::cloud_api::{CloudApi, CloudApiConfig};
use openwati_channels::guarded::{Guarded, GuardedConfig};
use openwati_core::entropy::Entropy;
use openwati_core::media::MediaKind;
use openwati_core::pace::Pace;
use openwati_core::plan;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::{Clock, Moment};
use openwati_services::accounts::{Accounts, SignUpMode};
use openwati_services::files::{self, Brought, Given, Source, Trouble, Wanted};
use openwati_services::oidc::Oidc;
use openwati_services::{Parts, Platform};
use openwati_store::Blobs;
use openwati_store::channel::ChannelRecord;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::bucket::blobs;
use crate::table::{NOW, store, tenant};

/// Long enough for a slow machine: tests do not wait for it.
pub(crate) const PATIENT: Duration = Duration::from_secs(60);

/// A real picture's beginning; a file is what its first bytes say.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// A platform with a host of files and a Graph API.
pub(crate) struct World {
    pub(crate) platform: Platform,
    pub(crate) blobs: Blobs,
    pub(crate) host: Server,
    pub(crate) graph: Server,
    tenant: TenantId,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// What a server answers on a path.
#[derive(Clone, Default)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    pub(crate) how: How,
}

/// How a body comes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum How {
    /// Whole, with its length.
    #[default]
    Whole,
    /// In pieces, without a length.
    Pieces,
    /// Without an end.
    Endless,
    /// Not after its beginning.
    Stuck,
}

/// A server that notes what it is asked for.
#[derive(Clone, Default)]
pub(crate) struct Server {
    base: String,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Page {
    pub(crate) fn file(body: impl Into<Bytes>) -> Self {
        Self {
            status: 200,
            body: body.into(),
            ..Self::default()
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn come(mut self, how: How) -> Self {
        self.how = how;
        self
    }
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// What came, with whether it would do without the file.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let page = server.pages.lock().unwrap().get(&path).cloned();
    let marked = parts.headers.get("if-none-match").cloned();
    let conditional = if marked.is_some() { " if changed" } else { "" };
    // A file that goes up is read to its end.
    let _ = axum::body::to_bytes(body, usize::MAX).await;
    let number = {
        let mut asked = server.asked.lock().unwrap();
        asked.push(format!("{path}{conditional}"));
        asked.len()
    };
    let Some(page) = page else {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    };
    let same = |(name, value): &(&str, String)| {
        *name == "etag"
            && marked
                .as_ref()
                .is_some_and(|marked| marked == value.as_str())
    };
    let status = if page.headers.iter().any(same) {
        304
    } else {
        page.status
    };
    let mut response = Response::builder().status(status);
    for (name, value) in &page.headers {
        response = response.header(*name, value);
    }
    let text = String::from_utf8_lossy(&page.body);
    let body = if text.contains("{number}") {
        Bytes::from(text.replace("{number}", &number.to_string()))
    } else {
        page.body.clone()
    };
    let whole = Body::from(body.clone());
    let first = stream::once(async move { Ok::<_, std::io::Error>(body) });
    let body = match (status, page.how) {
        (304, _) => Body::empty(),
        (_, How::Whole) => whole,
        (_, How::Pieces) => Body::from_stream(first),
        (_, How::Endless) => Body::from_stream(first.chain(stream::repeat_with(|| {
            Ok(Bytes::from_static(&[0; 64 * 1024]))
        }))),
        (_, How::Stuck) => Body::from_stream(first.chain(stream::pending())),
    };
    response.body(body).unwrap()
}

impl World {
    pub(crate) async fn start() -> Self {
        let (host, graph) = (Server::start().await, Server::start().await);
        graph.put(
            "/v23.0/106540352242922/media",
            Page::file(r#"{"id":"media-{number}"}"#),
        );
        let (store, (blobs, folder)) = (store().await, blobs().await);
        let clock = Arc::new(AtomicI64::new(NOW.millis()));
        let hands = clock.clone();
        let parts = Parts {
            store,
            queues: None,
            blobs: Some(blobs.clone()),
            cloud_api: Some(
                CloudApi::new(CloudApiConfig::new(graph.base.parse().unwrap())).unwrap(),
            ),
            guarded: Some(Guarded::new(GuardedConfig {
                allow_private: true,
                ..GuardedConfig::default()
            })),
            key_ring: None,
            link_keys: None,
            session_keys: None,
            oidc: Oidc::default(),
            accounts: Accounts {
                sign_up: SignUpMode::Closed,
                plan: plan::named("Unlimited").unwrap(),
                mails: false,
            },
            clock: Clock::new(move || Moment::from_millis(hands.load(Ordering::SeqCst))),
            entropy: Entropy::system(),
            pace: Pace::new(1.0),
            public_base_url: None,
            ai: openwati_services::ai::Ai::Off,
            function_timeout: Duration::from_secs(30),
        };
        Self {
            platform: Platform::new(parts),
            blobs,
            host,
            graph,
            tenant: tenant(),
            clock,
            _folder: folder,
        }
    }

    /// Time passes.
    pub(crate) fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    /// A source at the host.
    pub(crate) fn at(&self, path: &str) -> Source {
        Source::url(&self.platform, &self.host.url(path)).unwrap()
    }

    pub(crate) fn wanted<'a>(&'a self, source: &'a Source, kind: MediaKind) -> Wanted<'a> {
        Wanted {
            tenant: &self.tenant,
            source,
            kind,
            mime_type: None,
            patience: PATIENT,
            deadline: Instant::now() + PATIENT,
        }
    }

    pub(crate) async fn bring(&self, path: &str, kind: MediaKind) -> Result<Brought, Trouble> {
        let source = self.at(path);
        files::bring(&self.platform, self.wanted(&source, kind)).await
    }

    pub(crate) async fn give(&self, file: &Brought) -> Result<Given, Trouble> {
        self.give_by(&channel("106540352242922"), file).await
    }

    pub(crate) async fn give_by(
        &self,
        channel: &ChannelRecord,
        file: &Brought,
    ) -> Result<Given, Trouble> {
        let source = self.at("/");
        let wanted = self.wanted(&source, MediaKind::Image);
        let token = Secret::new("EAAB-secret".to_owned());
        files::provider_id(&self.platform, wanted, channel, &token, file).await
    }

    /// What is in the bucket where a file lies.
    pub(crate) async fn stored(&self, file: &Brought) -> Vec<u8> {
        let mut opened = self.blobs.open(&file.key).await.unwrap().unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = opened.chunk().await.unwrap() {
            bytes.extend_from_slice(&chunk);
        }
        bytes
    }
}

/// A number of the tenant's.
pub(crate) fn channel(phone_number_id: &str) -> ChannelRecord {
    serde_json::from_value(json!({
        "id": "030303030303030303030303",
        "state": "connected",
        "is_default": true,
        "phone_number": "15550000001",
        "phone_number_id": phone_number_id,
        "waba_id": "215",
        "access_token": "sealed",
        "app_secret": "sealed",
        "verify_token": "sealed",
        "per_second": 60,
        "created_at": 0,
    }))
    .unwrap()
}
