//! Files that are asked for again.

use std::time::Duration;

use http::StatusCode;

use super::host::{Caller, GET, Host, body, get, private};
use crate::guarded::Validators;

const MARKED: &str = "HTTP/1.1 200 OK\r\netag: \"v1\"\r\nlast-modified: Tue, 02 Jun 2026 00:00:00 GMT\r\n\
                      cache-control: public, max-age=3600\r\nage: 600\r\ncontent-length: 4\r\n\r\nfile";
const UNCHANGED: &str = "HTTP/1.1 304 Not Modified\r\ncache-control: max-age=120\r\n\r\n";

/// A host that tells whoever has its file already that it is the same.
async fn marking() -> Host {
    Host::start(|mut caller: Caller| async move {
        while caller.hear().await {
            let asked = caller.last();
            let has_it = asked.contains("if-none-match: \"v1\"\r\n")
                && asked.contains("if-modified-since: Tue, 02 Jun 2026 00:00:00 GMT\r\n");
            caller.say(if has_it { UNCHANGED } else { MARKED }).await;
        }
    })
    .await
}

async fn marks(host: &Host) -> Validators {
    let download = get(&private(), &host.url()).await.unwrap();
    assert_eq!(download.status(), StatusCode::OK);
    assert_eq!(download.fresh_for(), Duration::from_secs(3000));
    let validators = download.validators();
    assert_eq!(validators.etag.as_deref(), Some("\"v1\""));
    assert_eq!(body(download).await.unwrap(), b"file");
    validators
}

#[tokio::test]
async fn a_file_that_is_the_same_does_not_come_again() {
    let host = marking().await;
    let validators = marks(&host).await;
    let url = host.url().parse().unwrap();
    let again = private().get(&url, validators.headers(), GET).await;
    let again = again.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.fresh_for(), Duration::from_secs(120));
    assert_eq!(body(again).await.unwrap(), b"");
}

#[tokio::test]
async fn a_file_that_lies_elsewhere_is_asked_for_there_by_its_marks() {
    let host = marking().await;
    let validators = marks(&host).await;
    let location = host.url();
    let front = Host::answering(format!(
        "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
    ))
    .await;
    let mut headers = validators.headers();
    headers.insert("x-secret", "secret".parse().unwrap());
    let url = front.url().parse().unwrap();
    let again = private().get(&url, headers, GET).await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(!host.requests().last().unwrap().contains("x-secret"));
}

#[tokio::test]
async fn a_mark_that_is_too_long_is_none() {
    let long = "a".repeat(2000);
    let answer = format!("HTTP/1.1 200 OK\r\netag: \"{long}\"\r\ncontent-length: 2\r\n\r\nok");
    let host = Host::answering(answer).await;
    let download = get(&private(), &host.url()).await.unwrap();
    assert!(download.validators().is_empty());
    assert!(download.validators().headers().is_empty());
    assert_eq!(download.fresh_for(), Duration::from_secs(60));
}

#[tokio::test]
async fn a_length_that_is_wrong_is_no_whole_file() {
    let host = Host::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller
            .say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nearly")
            .await;
    })
    .await;
    let download = get(&private(), &host.url()).await.unwrap();
    let error = body(download).await.unwrap_err();
    assert_eq!(error.class(), "protocol");
}
