//! A program of a tenant's.

use http::Method;
use openwati_core::{api_key::ApiKey, secret::Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    wait::{SOON, eventually},
};

/// A program that calls the API with a key, or with the token of a person.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    key: Secret<String>,
}

impl Client {
    /// A program with this key.
    pub fn new(http: reqwest::Client, base_url: &str, key: ApiKey) -> Self {
        Self {
            http,
            base_url: base_url.to_owned(),
            key: Secret::new(key.expose().to_owned()),
        }
    }

    /// The same program with this token instead.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            key: Secret::new(token.into()),
            ..self.clone()
        }
    }

    /// The key, or the token.
    pub fn key(&self) -> &str {
        self.key.expose()
    }

    /// A request without the key.
    pub fn stranger(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base_url))
    }

    /// A request with the key.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.stranger(method, path).bearer_auth(self.key())
    }

    /// Sends what a request is so far.
    ///
    /// # Panics
    /// If nobody answers.
    pub async fn answer(request: RequestBuilder) -> Answer {
        Answer::of(request.send().await.expect("the platform answers")).await
    }

    /// Sends a text.
    pub async fn send(&self, to: &str, message: &str) -> Answer {
        self.send_body(&json!({"to": to, "message": message})).await
    }

    /// Sends a text by one of the tenant's devices.
    pub async fn send_by(&self, device: &str, to: &str, message: &str) -> Answer {
        self.send_body(&json!({"to": to, "message": message, "deviceId": device}))
            .await
    }

    /// Sends a text under an idempotency key.
    pub async fn send_once(&self, idempotency_key: &str, to: &str, message: &str) -> Answer {
        let body = json!({"to": to, "message": message});
        Self::answer(
            self.sending(&body)
                .header("idempotency-key", idempotency_key),
        )
        .await
    }

    /// Posts a body to `send`.
    pub async fn send_body(&self, body: &Value) -> Answer {
        Self::answer(self.sending(body)).await
    }

    /// Posts these bytes to `send`.
    pub async fn send_bytes(&self, body: impl Into<reqwest::Body>) -> Answer {
        Self::answer(self.request(Method::POST, SEND).body(body)).await
    }

    /// A request to `send`, to be changed.
    pub fn sending(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, SEND).json(body)
    }

    /// Looks a message up by either id.
    pub async fn message(&self, id: &str) -> Answer {
        let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
        Self::answer(self.request(Method::GET, &format!("{MESSAGES}/{id}"))).await
    }

    /// The list of messages with this query.
    pub async fn messages(&self, query: &[(&str, &str)]) -> Answer {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = query
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        Self::answer(self.request(Method::GET, &format!("{MESSAGES}?{query}"))).await
    }

    /// All messages that a query names, page by page, newest first.
    pub async fn all(&self, query: &[(&str, &str)]) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut query = query.to_vec();
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let answer = self.messages(&query).await.ok();
            all.extend(
                answer.body["messages"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default(),
            );
            cursor = answer.body["nextCursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return all;
            }
        }
    }

    /// The messages from and to a customer, newest first.
    pub async fn with(&self, customer: &str) -> Vec<Value> {
        self.all(&[("peer", customer)]).await
    }

    /// A message once it has this status.
    ///
    /// # Panics
    /// If that does not happen soon.
    pub async fn reaches(&self, id: &str, status: &str) -> Value {
        eventually(&format!("{id} is {status}"), SOON, || async {
            let message = self.message(id).await.ok().body["message"].take();
            (message["status"] == status).then_some(message)
        })
        .await
    }
}

/// Where texts are sent.
const SEND: &str = "/api/public/v1/send";

/// Where messages are looked up.
const MESSAGES: &str = "/api/public/v1/messages";
