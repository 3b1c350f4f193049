//! Requests that no well-behaved client makes.

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{answer::Answer, wait::SOON};

/// A request, byte for byte.
#[derive(Debug, Clone)]
pub struct Raw {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Raw {
    /// A request line without its version: `GET /docs`.
    pub fn new(line: impl AsRef<[u8]>) -> Self {
        let mut head = line.as_ref().to_vec();
        head.extend(b" HTTP/1.1\r\nConnection: close\r\n");
        Self {
            head,
            body: Vec::new(),
        }
    }

    /// And this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head.extend(name.as_bytes());
        self.head.extend(b": ");
        self.head.extend(value.as_ref());
        self.head.extend(b"\r\n");
        self
    }

    /// And this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("Content-Length", length)
    }
}

/// Sends a request to the platform at `base_url`.
///
/// # Panics
/// If there is no answer to be read.
pub async fn raw(base_url: &str, request: Raw) -> Answer {
    let address = base_url.trim_start_matches("http://");
    // A deployed platform may be below a path.
    let (address, below) = address.split_at(address.find('/').unwrap_or(address.len()));
    let mut bytes = request.below(below).header("Host", address).into_bytes();
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        // A server may answer, and close, before it has read everything.
        let _ = stream.write_all(&bytes).await;
        bytes.clear();
        let _ = stream.read_to_end(&mut bytes).await;
        Ok::<_, std::io::Error>(())
    };
    timeout(SOON, exchange)
        .await
        .expect("there is an answer soon")
        .expect("the platform listens");
    parse(&bytes)
}

impl Raw {
    /// The same for a path below this one.
    fn below(mut self, path: &str) -> Self {
        let target = self.head.iter().position(|byte| *byte == b' ');
        if let Some(target) = target.map(|space| space + 1) {
            self.head.splice(target..target, path.bytes());
        }
        self
    }

    fn into_bytes(self) -> Vec<u8> {
        [self.head, b"\r\n".to_vec(), self.body].concat()
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value.trim()).ok()?))
    });
    let text = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    Answer {
        status: status.expect("an answer begins with its status"),
        headers: headers.collect::<HeaderMap>(),
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    }
}
