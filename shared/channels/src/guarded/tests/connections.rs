//! Connections: kept, refused, and safe ones.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

use super::host::{Caller, Host, IMPATIENT, LOOPBACK, Names, OK, POST, config, get, post, private};
use crate::guarded::{FetchError, Guarded, GuardedConfig, Waiting};

#[tokio::test]
async fn a_connection_serves_many_posts() {
    let long = "a".repeat(POST.max_answer_bytes);
    let host = Host::answering(format!(
        "HTTP/1.1 500 Oops\r\ncontent-length: {}\r\n\r\n{long}",
        long.len()
    ))
    .await;
    let client = private();
    for _ in 0..20 {
        assert_eq!(post(&client, &host.url()).await.unwrap().status, 500);
    }
    assert_eq!((host.connections(), host.requests().len()), (1, 20));
}

#[tokio::test]
async fn an_answer_that_is_too_long_costs_its_connection() {
    let long = "a".repeat(POST.max_answer_bytes * 20);
    let host = Host::answering(format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{long}",
        long.len()
    ))
    .await;
    let client = private();
    for _ in 0..2 {
        post(&client, &host.url()).await.unwrap();
    }
    assert_eq!(host.connections(), 2);
}

#[tokio::test]
async fn what_is_sent_is_what_was_said() {
    let host = Host::answering(OK).await;
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", HeaderValue::from_static("msg_1"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("ours"));
    headers.insert(header::HOST, HeaderValue::from_static("admin.example"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("1"));
    headers.insert(
        header::TRANSFER_ENCODING,
        HeaderValue::from_static("chunked"),
    );
    let url = host.url().parse().unwrap();
    let body = Bytes::from_static(b"an event");
    private().post(&url, headers, body, POST).await.unwrap();
    let [request] = host.requests().try_into().unwrap();
    let address = host.address;
    for part in [
        "POST /path?secret=query HTTP/1.1\r\n",
        "webhook-id: msg_1\r\n",
        "user-agent: ours\r\n",
        "content-length: 8\r\n",
        &format!("host: {address}\r\n"),
        "\r\n\r\nan event",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
    for part in [
        "admin.example",
        "transfer-encoding",
        "accept-encoding",
        "cookie",
    ] {
        assert!(!request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/?secret", listener.local_addr().unwrap());
    drop(listener);
    let error = post(&private(), &url).await.unwrap_err();
    assert_eq!(error.class(), "connect");
    let said = format!("{error} {error:?}");
    assert!(
        said.contains("refused") && !said.contains("secret"),
        "{said}"
    );
}

#[tokio::test]
async fn tls_that_hangs_hangs_up_or_is_none() {
    let hanging = Host::start(Caller::hang).await;
    let impatient = Guarded::with(
        GuardedConfig {
            connect_timeout: IMPATIENT,
            ..config(true)
        },
        Arc::new(Names::default()),
        Vec::new(),
    );
    let error = post(&impatient, &hanging.named("https", "127.0.0.1")).await;
    assert_eq!(error.unwrap_err(), FetchError::Timeout(Waiting::Connection));
    for says in ["", "HTTP/1.1 400 this is no TLS\r\n\r\n"] {
        let plain = Host::start(move |mut caller: Caller| async move {
            caller.hear_anything().await;
            caller.say(says).await;
        })
        .await;
        let error = post(&private(), &plain.named("https", "127.0.0.1")).await;
        assert_eq!(error.unwrap_err().class(), "tls", "{says}");
    }
}

/// A host's certificate for `name`, signed by itself.
fn certificate(name: &str) -> (TlsAcceptor, reqwest::Certificate) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let root = reqwest::Certificate::from_der(made.cert.der()).unwrap();
    (TlsAcceptor::from(Arc::new(config)), root)
}

#[tokio::test]
async fn certificates_are_checked() {
    let (tls, root) = certificate("hooks.example.com");
    let host = Host::answering_safely(tls, OK).await;
    let names = Arc::new(Names::new([&[LOOPBACK]]));
    let trusting = Guarded::with(config(true), names.clone(), vec![root]);
    let url = host.named("https", "hooks.example.com");
    assert_eq!(post(&trusting, &url).await.unwrap().status, 200);
    // The root's dot is not part of a certificate's name; and the connection is the same.
    let rooted = host.named("https", "hooks.example.com.");
    assert_eq!(get(&trusting, &rooted).await.unwrap().status(), 200);
    assert_eq!(host.connections(), 1);

    let wary = Guarded::with(config(true), names, Vec::new());
    let wrong_name = host.named("https", "other.example.com");
    for (client, url) in [(&wary, url), (&trusting, wrong_name)] {
        let error = post(client, &url).await.unwrap_err();
        assert_eq!(error.class(), "tls", "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    assert_eq!(host.requests().len(), 2);
}

#[test]
fn debug_shows_no_more_than_the_rules() {
    let said = format!("{:?}", Guarded::new(GuardedConfig::default()));
    assert!(said.contains("allow_private: false"), "{said}");
}
