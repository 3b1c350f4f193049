//! The connections to the one port and to the embedded services. Whoever is slow to ask is hung up on, and nobody who
//! asked for nothing yet, or for half of it, holds up the end.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, serve::Listener};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::timeout,
};
use tower::ServiceExt as _;

use crate::aws::stopped;

/// How long the head of a request may take, from the connection or the answer before it on: so long a connection that is
/// idle is kept, too.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long answers may take to leave at the end. No function's call runs any more by then.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// Answers what comes in until `stop` turns true.
pub(crate) async fn serve(mut listener: TcpListener, router: Router, stop: watch::Receiver<bool>) {
    let mut stopping = std::pin::pin!(stopped(stop.clone()));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stopping => break,
            // Tries again by itself when a connection cannot be taken.
            (connection, peer) = Listener::accept(&mut listener) => {
                connections.spawn(answer(connection, peer, router.clone(), stop.clone()));
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(LAST_ANSWERS, ended).await.is_err() {
        tracing::debug!("connections that had not asked, or not read their answer, were cut");
    }
}

/// Answers one connection, which ends after the request that runs once `stop` turns true.
async fn answer(
    mut connection: TcpStream,
    peer: SocketAddr,
    router: Router,
    stop: watch::Receiver<bool>,
) {
    at_once(&mut connection);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(connection), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Lets small answers leave a connection at once.
fn at_once(connection: &mut TcpStream) {
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps Nagle's algorithm");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn half_a_head(stop: watch::Receiver<bool>) -> (TcpStream, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, Router::new(), stop));
        let mut client = TcpStream::connect(at).await.unwrap();
        client
            .write_all(b"GET /health HTTP/1.1\r\nHo")
            .await
            .unwrap();
        (client, server)
    }

    // Time that is paused goes on by itself when all wait: for the time-out here.
    #[tokio::test(start_paused = true)]
    async fn who_does_not_finish_asking_is_hung_up_on() {
        let (_stop, stopping) = watch::channel(false);
        let (mut client, server) = half_a_head(stopping).await;
        let mut answer = Vec::new();
        // An end, or a reset for what was not read.
        let _ = client.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(!answer.contains(" 200 "), "{answer}");
        server.abort();
    }

    #[tokio::test]
    async fn who_has_asked_half_does_not_hold_up_the_end() {
        let (stop, stopping) = watch::channel(false);
        let (_client, server) = half_a_head(stopping).await;
        stop.send_replace(true);
        timeout(HEAD_TIMEOUT / 2, server).await.unwrap().unwrap();
    }
}
