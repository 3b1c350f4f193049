//! Hosts that stand in for the internet, and names that lead to them.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as StdListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderMap;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::guarded::{
    Answer, Download, FetchError, GetLimits, Guarded, GuardedConfig, PostLimits, lookup::Lookup,
};

/// Long enough for a slow machine: tests that use it do not wait for it.
const PATIENT: Duration = Duration::from_secs(30);
/// For tests in which the time runs out.
pub(super) const IMPATIENT: Duration = Duration::from_millis(400);

pub(super) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Linux connects to this machine, and nobody may ask for it.
pub(super) const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
pub(super) const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 216, 34));

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A client as a deployment has it, or as a developer's machine does.
pub(super) fn client(allow_private: bool, names: &Names) -> Guarded {
    Guarded::with(config(allow_private), Arc::new(names.clone()), Vec::new())
}

/// The client of a developer's machine.
pub(super) fn private() -> Guarded {
    client(true, &Names::default())
}

pub(super) fn config(allow_private: bool) -> GuardedConfig {
    GuardedConfig {
        allow_private,
        connect_timeout: PATIENT,
    }
}

pub(super) const POST: PostLimits = PostLimits {
    total_timeout: PATIENT,
    keep_answer_bytes: 10,
    max_answer_bytes: 100_000,
};

pub(super) const GET: GetLimits = GetLimits {
    total_timeout: PATIENT,
    first_byte_timeout: PATIENT,
    idle_timeout: PATIENT,
    max_bytes: 100_000,
};

pub(super) async fn post(client: &Guarded, url: &str) -> Result<Answer, FetchError> {
    post_within(client, url, POST).await
}

pub(super) async fn post_within(
    client: &Guarded,
    url: &str,
    limits: PostLimits,
) -> Result<Answer, FetchError> {
    let url: Url = url.parse().unwrap();
    let body = Bytes::from_static(b"an event");
    client.post(&url, HeaderMap::new(), body, limits).await
}

pub(super) async fn get(client: &Guarded, url: &str) -> Result<Download, FetchError> {
    get_within(client, url, GET).await
}

pub(super) async fn get_within(
    client: &Guarded,
    url: &str,
    limits: GetLimits,
) -> Result<Download, FetchError> {
    client
        .get(&url.parse().unwrap(), HeaderMap::new(), limits)
        .await
}

/// Reads a body to its end.
pub(super) async fn body(mut download: Download) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What every name leads to, one answer after the other; the last one stays.
#[derive(Clone, Default)]
pub(super) struct Names {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    pub(super) fn new<const N: usize>(answers: [&[IpAddr]; N]) -> Self {
        let answers = answers.map(<[IpAddr]>::to_vec).into();
        Self {
            answers: Arc::new(Mutex::new(answers)),
            asked: Arc::default(),
        }
    }

    /// How often any name was looked up.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Lookup for Names {
    fn addresses(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            0 => Err(io::Error::other("no such name")),
            1 => Ok(answers[0].clone()),
            _ => Ok(answers.pop_front().unwrap()),
        };
        Box::pin(async move { answer })
    }
}

/// A host that nobody may reach.
pub(super) struct Untouched(StdListener);

impl Untouched {
    pub(super) fn start() -> Self {
        let listener = StdListener::bind((LOOPBACK, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(super) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// Whether somebody connected since the last call. The kernel keeps connections until they are accepted.
    pub(super) fn was_touched(&self) -> bool {
        let accepted = self.0.accept();
        assert!(
            accepted.is_ok() || accepted.as_ref().unwrap_err().kind() == io::ErrorKind::WouldBlock
        );
        accepted.is_ok()
    }
}

/// A host of a user: `serve` gets each connection.
pub(super) struct Host {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

/// A connection to a [`Host`].
pub(super) struct Caller {
    stream: Box<dyn Stream>,
    requests: Arc<Mutex<Vec<String>>>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Host {
    pub(super) async fn start<F>(serve: impl Fn(Caller) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::start_with(None, serve).await
    }

    /// Answers every request alike and keeps connections open.
    pub(super) async fn answering(answer: impl Into<String>) -> Self {
        Self::start(answer_all(answer.into())).await
    }

    /// The same over TLS.
    pub(super) async fn answering_safely(tls: TlsAcceptor, answer: &str) -> Self {
        Self::start_with(Some(tls), answer_all(answer.to_owned())).await
    }

    async fn start_with<F>(
        tls: Option<TlsAcceptor>,
        serve: impl Fn(Caller) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
        let host = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) = (host.connections.clone(), host.requests.clone());
        let serve = Arc::new(serve);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                let (requests, serve, tls) = (requests.clone(), serve.clone(), tls.clone());
                tokio::spawn(async move {
                    // A client that trusts nobody hangs up.
                    if let Some(stream) = shake_hands(stream, tls).await {
                        serve(Caller { stream, requests }).await;
                    }
                });
            }
        });
        host
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/path?secret=query", self.address)
    }

    pub(super) fn named(&self, scheme: &str, name: &str) -> String {
        format!("{scheme}://{name}:{}/", self.address.port())
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Requests that were read to their end.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn shake_hands(stream: TcpStream, tls: Option<TlsAcceptor>) -> Option<Box<dyn Stream>> {
    match tls {
        Some(tls) => Some(Box::new(tls.accept(stream).await.ok()?)),
        None => Some(Box::new(stream)),
    }
}

fn answer_all(answer: String) -> impl Fn(Caller) -> BoxFuture<'static, ()> {
    move |mut caller| {
        let answer = answer.clone();
        Box::pin(async move {
            while caller.hear().await {
                caller.say(&answer).await;
            }
        })
    }
}

impl Caller {
    /// Reads one request to its end; false if none comes.
    pub(super) async fn hear(&mut self) -> bool {
        let mut request = String::new();
        loop {
            if is_whole(&request) {
                self.requests.lock().unwrap().push(request);
                return true;
            }
            let mut piece = Vec::new();
            if self.stream.read_buf(&mut piece).await.unwrap_or(0) == 0 {
                return false;
            }
            request.push_str(&String::from_utf8_lossy(&piece));
        }
    }

    /// The last request that was read.
    pub(super) fn last(&self) -> String {
        let requests = self.requests.lock().unwrap();
        requests.last().cloned().unwrap_or_default()
    }

    /// Reads what comes first.
    pub(super) async fn hear_anything(&mut self) {
        let heard = self.stream.read(&mut [0; 4096]).await;
        assert!(heard.is_ok_and(|length| length > 0));
    }

    /// Whether the client is still there to be told.
    pub(super) async fn say(&mut self, text: &str) -> bool {
        self.stream.write_all(text.as_bytes()).await.is_ok() && self.stream.flush().await.is_ok()
    }

    /// Keeps the connection open until the client gives up.
    pub(super) async fn hang(mut self) {
        while self.hear().await {}
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}
