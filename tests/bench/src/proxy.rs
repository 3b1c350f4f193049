//! Makes TLS of the way to a server, and counts the connections.

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
use tokio_rustls::TlsAcceptor;

/// Stands before a server on this machine and counts the TLS connections that are opened to it.
#[derive(Debug)]
pub(crate) struct Proxy {
    url: String,
    opened: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// A proxy before `upstream`, `http://host:port`.
    pub(crate) async fn before(upstream: &str, tls: TlsAcceptor) -> anyhow::Result<Self> {
        let address = authority(upstream)
            .context("the server's address is no URL")?
            .to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("https://{}", listener.local_addr()?);
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&opened);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(pass(client, tls.clone(), address.clone()));
            }
        });
        Ok(Self {
            url,
            opened,
            serving,
        })
    }

    /// Where it listens.
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

/// That either side ends it, or does not trust it, is not told: the client meets it.
async fn pass(client: TcpStream, tls: TlsAcceptor, upstream: String) {
    let _ = client.set_nodelay(true);
    let (Ok(mut client), Ok(mut server)) =
        tokio::join!(tls.accept(client), TcpStream::connect(upstream))
    else {
        return;
    };
    let _ = server.set_nodelay(true);
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

/// Host and port of an `http` URL.
pub(crate) fn authority(url: &str) -> Option<&str> {
    url.strip_prefix("http://")?.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_its_path() {
        assert_eq!(authority("http://a:1/b/c"), Some("a:1"));
        assert_eq!(authority("http://a:1"), Some("a:1"));
        assert_eq!(authority("https://a"), None);
    }
}
