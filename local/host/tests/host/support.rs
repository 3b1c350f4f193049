//! A platform of a test's own.

use std::{future::Future, path::Path, time::Duration};

use openwati::{Host, Options};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

pub(crate) fn options(folder: &Path) -> Options {
    Options {
        port: 0,
        data_dir: folder.to_owned(),
        ..Options::default()
    }
}

pub(crate) async fn start(folder: &Path) -> Host {
    Host::start(options(folder)).await.unwrap()
}

/// Asks until there is an answer.
pub(crate) async fn until<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what} did not come true");
        sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) async fn json_of(request: RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

/// Sends a text with the seeded key, or another; answers what the platform answered.
pub(crate) async fn send(base_url: &str, key: &str, to: &str) -> Value {
    let request = Client::new().post(format!("{base_url}/api/public/v1/send"));
    let body = json!({"to": to, "message": "Hello"});
    json_of(request.bearer_auth(key).json(&body)).await
}

/// A message by either of its ids.
pub(crate) async fn message(base_url: &str, key: &str, id: &str) -> Value {
    let request = Client::new().get(format!("{base_url}/api/public/v1/messages/{id}"));
    json_of(request.bearer_auth(key)).await["message"].clone()
}
