//! Counts the connections to a server.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::Context as _;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Stands before a server on this machine and counts the connections that are opened to it.
#[derive(Debug)]
pub(crate) struct Proxy {
    url: String,
    opened: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// A proxy before `upstream`, `http://host:port` with or without a path.
    pub(crate) async fn before(upstream: &str) -> anyhow::Result<Self> {
        let (address, path) = split(upstream).context("the server's address is no URL")?;
        let (address, path) = (address.to_owned(), path.to_owned());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}{path}", listener.local_addr()?);
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&opened);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(pass(client, address.clone()));
            }
        });
        Ok(Self {
            url,
            opened,
            serving,
        })
    }

    /// Where it listens, with the path that its server's address has.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many connections were opened.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// That either side ends it is not told: the client meets it.
async fn pass(mut client: TcpStream, upstream: String) {
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return;
    };
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

/// Address and path of an `http` URL.
pub(crate) fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let path = rest.find('/').unwrap_or(rest.len());
    Some(rest.split_at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_its_path() {
        assert_eq!(split("http://a:1/b/c"), Some(("a:1", "/b/c")));
        assert_eq!(split("http://a:1"), Some(("a:1", "")));
        assert_eq!(split("https://a"), None);
    }
}
