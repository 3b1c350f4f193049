//! Somebody at a browser, who has nothing to show yet.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU32, Ordering},
};

use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{answer::Answer, client::Client, running::client_builder};

/// Somebody at a browser with an address of their own: tries are counted by it.
#[derive(Debug, Clone)]
pub struct Visitor {
    http: reqwest::Client,
    base_url: String,
}

impl Visitor {
    /// A visitor of the API at `base_url`.
    ///
    /// # Panics
    /// If this machine has no such addresses: all of 127.0.0.0/8 are Linux's own.
    pub(crate) fn new(base_url: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0x7f_01_00_01);
        let address = Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let client = client_builder().local_address(IpAddr::from(address));
        Self {
            http: client.build().expect("a client can be made"),
            base_url: base_url.to_owned(),
        }
    }

    /// A request without anything to show.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base_url))
    }

    /// Posts a body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Client::answer(self.request(Method::POST, path).json(body)).await
    }

    /// Tries to log in.
    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.post("/api/auth/login", &body).await
    }

    /// Asks with an access token.
    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        Client::answer(self.request(Method::GET, path).bearer_auth(token)).await
    }

    /// Posts with an access token.
    pub async fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).bearer_auth(token);
        Client::answer(request.json(body)).await
    }

    /// Puts, or deletes, with an access token.
    pub async fn call_as(&self, token: &str, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).bearer_auth(token);
        Client::answer(request.json(body)).await
    }
}
