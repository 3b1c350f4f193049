//! A simulator and a platform that receives its callbacks, both on loopback.

#![allow(dead_code, reason = "every test file uses a part of this")]

pub(crate) mod contract;
pub(crate) mod files;
pub(crate) mod refused;

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use openwati_sim::{Config, Number, Simulator, Window};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const WABA: &str = "102290129340398";
pub(crate) const BUSINESS: &str = "15550000001";
pub(crate) const TOKEN: &str = "token-of-the-first";
pub(crate) const SECRET: &str = "secret-of-the-app";
pub(crate) const VERIFY: &str = "verify-me";
pub(crate) const CUSTOMER: &str = "923001234567";

/// A callback as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) signature: String,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
}

impl Received {
    /// The `value` of its only change.
    pub(crate) fn value(&self) -> &Value {
        &self.body["entry"][0]["changes"][0]["value"]
    }

    /// Its only status, as (message, status).
    pub(crate) fn status(&self) -> Option<(&str, &str)> {
        let status = &self.value()["statuses"][0];
        Some((status["id"].as_str()?, status["status"].as_str()?))
    }
}

/// A platform: records callbacks, answers what it is told to.
#[derive(Clone, Default)]
pub(crate) struct Platform {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Platform {
    pub(crate) async fn start() -> (Self, String) {
        let platform = Self::default();
        let router = Router::new()
            .route("/callback", post(receive).get(handshake))
            .with_state(platform.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (platform, format!("http://{address}/callback"))
    }

    /// Answers the next callbacks with these statuses, and 200 from then on.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until `count` callbacks have come.
    pub(crate) async fn wait(&self, count: usize) -> Vec<Received> {
        until("callbacks", || async {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }

    /// Waits for `count` statuses of a message and answers their names in order of arrival.
    pub(crate) async fn statuses(&self, message: &str, count: usize) -> Vec<String> {
        until("statuses", || async {
            let statuses: Vec<String> = self
                .received()
                .iter()
                .filter_map(Received::status)
                .filter(|(id, _)| *id == message)
                .map(|(_, status)| status.to_owned())
                .collect();
            (statuses.len() >= count).then_some(statuses)
        })
        .await
    }
}

async fn receive(State(platform): State<Platform>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    platform.received.lock().unwrap().push(Received {
        signature: headers["x-hub-signature-256"].to_str().unwrap().to_owned(),
        body: serde_json::from_slice(&raw).unwrap_or_default(),
        raw: raw.to_vec(),
    });
    let answer = platform.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(answer.unwrap_or(200)).unwrap()
}

async fn handshake(RawQuery(query): RawQuery) -> (StatusCode, String) {
    let query = query.unwrap_or_default();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    if get("hub.verify_token").map(String::as_str) == Some(VERIFY) {
        return (
            StatusCode::OK,
            get("hub.challenge").cloned().unwrap_or_default(),
        );
    }
    (StatusCode::FORBIDDEN, String::new())
}

/// Asks until there is an answer, for ten seconds at most.
pub(crate) async fn until<T, F>(what: &str, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "no {what} within ten seconds");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub(crate) fn hmac(secret: &str, raw: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(raw);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub(crate) fn number(callback_url: &str) -> Number {
    Number {
        phone_number_id: NUMBER.into(),
        waba_id: WABA.into(),
        display_phone_number: BUSINESS.into(),
        verified_name: "Jasper's Market".into(),
        access_token: TOKEN.into(),
        app_id: "670843887433847".into(),
        app_secret: SECRET.into(),
        callback_url: callback_url.into(),
        verify_token: VERIFY.into(),
        throughput_per_second: 1_000,
    }
}

pub(crate) fn config(folder: &Path, callback_url: &str) -> Config {
    Config {
        data_dir: folder.into(),
        numbers: vec![number(callback_url)],
        window: Window::Lenient,
        speed: 50.0,
        check_pair_rate: false,
    }
}

/// A simulator that serves and delivers.
pub(crate) struct Whatsapp {
    pub(crate) simulator: Simulator,
    pub(crate) platform: Platform,
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) deliverer: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    _folder: Option<TempDir>,
}

impl Whatsapp {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts with a changed configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (platform, callback_url) = Platform::start().await;
        let folder = TempDir::new().unwrap();
        let mut config = config(folder.path(), &callback_url);
        change(&mut config);
        let mut whatsapp = Self::open(config, platform).await;
        whatsapp._folder = Some(folder);
        whatsapp
    }

    pub(crate) async fn open(config: Config, platform: Platform) -> Self {
        let simulator = Simulator::open(config).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = simulator.router();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let (stop, stopped) = oneshot::channel();
        let deliverer = simulator.start(async move { drop(stopped.await) });
        Self {
            simulator,
            platform,
            base,
            client: Client::builder().no_proxy().build().unwrap(),
            deliverer,
            stop: Some(stop),
            server,
            _folder: None,
        }
    }

    /// Ends what it does by itself; its server goes on.
    pub(crate) fn stop(&mut self) {
        self.stop = None;
    }

    /// Ends it without any farewell, as a crash would.
    pub(crate) async fn crash(self) {
        self.deliverer.abort();
        self.server.abort();
        drop(self.deliverer.await);
        drop(self.server.await);
        // Keeps the shutdown from being asked for.
        std::mem::forget(self.stop);
    }

    pub(crate) fn graph(&self, rest: &str) -> String {
        format!("{}/graph/v25.0/{rest}", self.base)
    }

    /// A send as the platform makes it.
    pub(crate) async fn send(&self, body: &Value) -> (u16, Value) {
        let answer = self
            .client
            .post(self.graph(&format!("{NUMBER}/messages")))
            .bearer_auth(TOKEN)
            .json(body)
            .send()
            .await;
        read(answer.unwrap()).await
    }

    /// Sends a text and answers its id.
    pub(crate) async fn send_text(&self, to: &str, text: &str) -> String {
        let (status, body) = self.send(&self::text(to, text)).await;
        assert_eq!(status, 200, "{body}");
        body["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await;
        read(answer.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.base);
        let answer = self.client.post(url).json(&body).send().await;
        read(answer.unwrap()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.base);
        let answer = self.client.put(url).json(&body).send().await;
        read(answer.unwrap()).await
    }

    /// Puts the templates here that the bodies below `fixtures/outgoing` name.
    pub(crate) async fn learn_templates(&self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/templates");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let template = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let (status, answer) = self.put(&format!("/templates/{name}"), template).await;
            assert_eq!(status, 200, "{name}: {answer}");
        }
    }

    /// A call of Graph's with the number's token.
    pub(crate) async fn ask(&self, method: &str, rest: &str) -> (u16, Value) {
        let method = method.parse().unwrap();
        let request = self.client.request(method, self.graph(rest));
        read(request.bearer_auth(TOKEN).send().await.unwrap()).await
    }

    /// Fetches a file with a token.
    pub(crate) async fn fetch(&self, url: &str, token: &str) -> Response {
        let request = self.client.get(url).bearer_auth(token);
        request.send().await.unwrap()
    }

    /// The customer writes; answers the message as the platform hears it.
    pub(crate) async fn hears(&self, request: Value) -> Value {
        let count = self.platform.received().len();
        let path = format!("/customers/{CUSTOMER}/messages");
        let (status, answer) = self.post(&path, request.clone()).await;
        assert_eq!(status, 200, "{request}: {answer}");
        let received = self.platform.wait(count + 1).await;
        received[count].value()["messages"][0].clone()
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        let answer = self
            .client
            .delete(format!("{}{path}", self.base))
            .send()
            .await;
        read(answer.unwrap()).await
    }

    /// What a customer's phone shows.
    pub(crate) async fn phone(&self, customer: &str) -> Vec<Value> {
        let (status, body) = self.get(&format!("/customers/{customer}/messages")).await;
        assert_eq!(status, 200, "{body}");
        body.as_array().unwrap().clone()
    }

    /// Waits until nothing is on its way to the platform.
    pub(crate) async fn quiet(&self) {
        until("quiet", || async {
            let (_, body) = self.get("/callbacks").await;
            (body["pending"] == 0).then_some(())
        })
        .await;
    }
}

pub(crate) fn text(to: &str, text: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": text}})
}

pub(crate) async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}
