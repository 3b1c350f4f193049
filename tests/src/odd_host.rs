//! A server that answers as no well-behaved one does, byte for byte.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

/// What the server does with a request. Its connection ends with it.
#[derive(Debug, Clone)]
pub enum Odd {
    /// It answers these bytes.
    Says(Vec<u8>),
    /// It answers the first bytes and then, after each pause, the others, for as long as somebody listens.
    GoesOn(Vec<u8>, Duration, Vec<u8>),
    /// It answers nothing, for as long as somebody waits.
    Silent,
}

/// The server; it ends when it is dropped. What it was not told of it answers with nothing at all.
#[derive(Debug)]
pub struct OddHost {
    address: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    told: Mutex<HashMap<String, Odd>>,
    sent: Mutex<HashMap<String, Vec<u64>>>,
}

impl Odd {
    /// An answer with this status, these headers and this body, which says nothing of its length but what they say.
    pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Self::Says([head(status, headers), body.to_vec()].concat())
    }

    /// A 200 with these headers whose body begins like this and does not end.
    pub fn endless(headers: &[(&str, &str)], begin: &[u8]) -> Self {
        let begin = [head(200, headers), begin.to_vec()].concat();
        Self::GoesOn(begin, Duration::ZERO, vec![0; 64 << 10])
    }

    /// A 200 whose body begins like this and goes on by a byte a second.
    pub fn slow(headers: &[(&str, &str)], begin: &[u8]) -> Self {
        let begin = [head(200, headers), begin.to_vec()].concat();
        Self::GoesOn(begin, Duration::from_secs(1), vec![0])
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} So\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    head.into_bytes()
}

impl OddHost {
    /// Starts one.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it listens").to_string();
        let shared = Arc::<Shared>::default();
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            server,
        }
    }

    /// From now on it does this with requests for this path. Answers the path's URL.
    pub fn does(&self, path: &str, odd: Odd) -> String {
        lock(&self.shared.told).insert(path.to_owned(), odd);
        format!("http://{}{path}", self.address)
    }

    /// How many bytes it got rid of in each of its answers at this path that have ended.
    pub fn sent(&self, path: &str) -> Vec<u64> {
        let sent = lock(&self.shared.sent);
        sent.get(path).cloned().unwrap_or_default()
    }
}

impl Drop for OddHost {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer(stream, Arc::clone(&shared)));
    }
}

async fn answer(mut stream: TcpStream, shared: Arc<Shared>) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let odd = lock(&shared.told).get(&path).cloned();
    let mut count = 0;
    // Whoever is answered may hang up at any time.
    let _ = send(&mut stream, odd, &mut count).await;
    lock(&shared.sent).entry(path).or_default().push(count);
    Ok(())
}

async fn send(
    stream: &mut TcpStream,
    odd: Option<Odd>,
    count: &mut u64,
) -> Result<(), std::io::Error> {
    match odd {
        None => {}
        Some(Odd::Silent) => {
            stream.read_to_end(&mut Vec::new()).await?;
        }
        Some(Odd::Says(bytes)) => {
            write(stream, &bytes, count).await?;
            stream.shutdown().await?;
        }
        Some(Odd::GoesOn(first, pause, then)) => {
            write(stream, &first, count).await?;
            loop {
                sleep(pause).await;
                write(stream, &then, count).await?;
            }
        }
    }
    Ok(())
}

async fn write(
    stream: &mut TcpStream,
    mut bytes: &[u8],
    count: &mut u64,
) -> Result<(), std::io::Error> {
    while !bytes.is_empty() {
        let written = stream.write(bytes).await?;
        *count += written as u64;
        bytes = &bytes[written..];
    }
    Ok(())
}
