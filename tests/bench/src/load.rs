//! The load generator: many requests over a few connections that stay open.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use bytes::Bytes;
use http::{Method, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{proxy::authority, stats::Sorted};

/// A request with a JSON body.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) header: (&'static str, String),
    pub(crate) body: Bytes,
}

/// When requests are made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// Each connection makes the next when the last is answered, for at most this long.
    Closed(Duration),
    /// So many a second, whether the ones before are answered or not.
    Open { per_second: u32 },
}

/// What became of the requests.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// Answers with 200, in no order.
    pub(crate) answers: Vec<Bytes>,
    /// Milliseconds to each of them. With an open pace they count from when the request was due, so that a server that
    /// makes requests wait does not hide it.
    pub(crate) latencies: Sorted,
    /// When each of these was made, by its number, in no order.
    pub(crate) made: Vec<(usize, Instant)>,
    /// How many were answered otherwise.
    pub(crate) refused: usize,
    /// The first of those.
    pub(crate) first_refusal: Option<String>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
}

impl Load {
    /// Answers with 200 in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.answers.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Fails if anything was refused.
    pub(crate) fn all_answered(self) -> anyhow::Result<Self> {
        match &self.first_refusal {
            Some(refusal) => anyhow::bail!(
                "{} requests were refused, the first with {refusal}",
                self.refused
            ),
            None => Ok(self),
        }
    }
}

/// Makes the requests, each once, until all are made or the time is up.
pub(crate) async fn run(
    base_url: &str,
    requests: Arc<[Request]>,
    connections: usize,
    pace: Pace,
) -> anyhow::Result<Load> {
    let authority = authority(base_url).context("the base URL is none")?;
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(authority).await?);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for connection in open {
        workers.spawn(work(
            connection,
            Arc::clone(&requests),
            Arc::clone(&next),
            start,
            pace,
        ));
    }
    let mut load = Load::default();
    let mut latencies = Vec::with_capacity(requests.len());
    while let Some(worked) = workers.join_next().await {
        let worked = worked.context("a worker ended early")??;
        load.answers.extend(worked.answers);
        latencies.extend(worked.latencies);
        load.made.extend(worked.made);
        load.refused += worked.refused;
        load.first_refusal = load.first_refusal.or(worked.first_refusal);
    }
    load.elapsed = start.elapsed();
    load.latencies = Sorted::milliseconds(latencies);
    Ok(load)
}

#[derive(Debug, Default)]
struct Worked {
    answers: Vec<Bytes>,
    latencies: Vec<Duration>,
    made: Vec<(usize, Instant)>,
    refused: usize,
    first_refusal: Option<String>,
}

async fn work(
    mut connection: Connection,
    requests: Arc<[Request]>,
    next: Arc<AtomicUsize>,
    start: Instant,
    pace: Pace,
) -> anyhow::Result<Worked> {
    let mut worked = Worked::default();
    while let Some(request) = {
        let number = next.fetch_add(1, Ordering::Relaxed);
        requests.get(number).map(|request| (number, request))
    } {
        let (number, request) = request;
        let due = match pace {
            Pace::Closed(limit) if start.elapsed() > limit => break,
            Pace::Closed(_) => Instant::now(),
            Pace::Open { per_second } => {
                let due =
                    start + Duration::from_secs(1).mul_f64(number as f64 / f64::from(per_second));
                sleep_until(due).await;
                due
            }
        };
        let (status, body) = connection.post(request).await?;
        if status == StatusCode::OK {
            worked.latencies.push(due.elapsed());
            worked.made.push((number, due));
            worked.answers.push(body);
        } else {
            worked.refused += 1;
            let refusal = || format!("{status}: {}", String::from_utf8_lossy(&body));
            worked.first_refusal.get_or_insert_with(refusal);
        }
    }
    Ok(worked)
}

/// What a path answers, as JSON.
pub(crate) async fn get(base_url: &str, path: &str) -> anyhow::Result<Value> {
    let authority = authority(base_url).context("the base URL is none")?;
    let mut connection = Connection::open(authority).await?;
    let request = http::Request::get(path).header(header::HOST, authority);
    let (status, body) = connection.exchange(request.body(Full::default())?).await?;
    anyhow::ensure!(status == StatusCode::OK, "{path} answered {status}");
    serde_json::from_slice(&body).with_context(|| format!("{path} answered no JSON"))
}

/// Makes one request, over a connection of its own. Gives the answer as JSON.
pub(crate) async fn post(base_url: &str, request: &Request) -> anyhow::Result<Value> {
    let authority = authority(base_url).context("the base URL is none")?;
    let (status, body) = Connection::open(authority).await?.post(request).await?;
    anyhow::ensure!(
        status.is_success(),
        "{} answered {status}: {}",
        request.path,
        String::from_utf8_lossy(&body)
    );
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body).with_context(|| format!("{} answered no JSON", request.path))
}

/// A connection that stays open, for one request after another.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
}

impl Connection {
    /// Opens one to this host and port.
    pub(crate) async fn open(authority: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its end is met by the next request.
        tokio::spawn(connection);
        Ok(Self {
            sender,
            authority: authority.to_owned(),
        })
    }

    async fn post(&mut self, request: &Request) -> anyhow::Result<(StatusCode, Bytes)> {
        let (name, value) = &request.header;
        let built = http::Request::builder()
            .method(Method::POST)
            .uri(&request.path)
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header(*name, value)
            .body(Full::new(request.body.clone()))?;
        self.exchange(built).await
    }

    /// Makes a request, and reads the whole answer.
    pub(crate) async fn exchange(
        &mut self,
        request: http::Request<Full<Bytes>>,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}
