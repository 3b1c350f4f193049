//! Somebody who works with contacts through the API.

use anyhow::Context as _;
use bytes::Bytes;
use http::{Method, StatusCode, header};
use http_body_util::Full;
use serde_json::Value;

use crate::{load::Connection, proxy::authority};

/// Whoever holds a key.
#[derive(Debug)]
pub(super) struct Client<'a> {
    base_url: &'a str,
    api_key: String,
}

impl<'a> Client<'a> {
    /// With this key, at this address.
    pub(super) fn new(base_url: &'a str, api_key: &str) -> Self {
        Self {
            base_url,
            api_key: api_key.to_owned(),
        }
    }

    /// A connection that stays open.
    pub(super) async fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.authority()?).await
    }

    /// What a path answers.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.get_over(&mut self.connect().await?, path).await
    }

    /// The same, over a connection.
    pub(super) async fn get_over(
        &self,
        connection: &mut Connection,
        path: &str,
    ) -> anyhow::Result<Value> {
        self.call(connection, Method::GET, path, None).await
    }

    /// Posts JSON, or nothing.
    pub(super) async fn post(&self, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let connection = &mut self.connect().await?;
        self.call(connection, Method::POST, path, body).await
    }

    async fn call(
        &self,
        connection: &mut Connection,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.authority()?)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.api_key));
        let request = match body {
            Some(json) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Full::new(Bytes::from(json.to_string())))?,
            None => request.body(Full::default())?,
        };
        let (status, body) = connection.exchange(request).await?;
        said(path, status, &body)?;
        serde_json::from_slice(&body).with_context(|| format!("{path} answered no JSON"))
    }

    fn authority(&self) -> anyhow::Result<&'a str> {
        authority(self.base_url).context("the base URL is none")
    }
}

/// Puts a file where a link leads, as the link's giver says.
pub(super) async fn put(link: &Value, file: Bytes) -> anyhow::Result<()> {
    let url = link["url"].as_str().context("a link has no URL")?;
    let authority = authority(url).context("a link leads elsewhere")?;
    let path = url.split_once(authority).map_or("/", |(_, path)| path);
    let mut request = http::Request::put(path).header(header::HOST, authority);
    for (name, value) in link["headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().unwrap_or_default());
    }
    let request = request.body(Full::new(file))?;
    let mut connection = Connection::open(authority).await?;
    let (status, body) = connection.exchange(request).await?;
    said("the link", status, &body)
}

fn said(path: &str, status: StatusCode, body: &[u8]) -> anyhow::Result<()> {
    let words = String::from_utf8_lossy(body);
    anyhow::ensure!(status.is_success(), "{path} answered {status}: {words}");
    Ok(())
}
