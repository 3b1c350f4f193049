//! Answers that lead elsewhere.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use openwati_core::address::AddressKind;

use super::host::{GET, Host, OK, Untouched, body, get, post, private};
use crate::guarded::{FetchError, GuardError, RedirectError};

fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}

async fn refusal(location: &str) -> FetchError {
    let host = Host::answering(redirect(302, location)).await;
    let error = get(&private(), &host.url()).await.unwrap_err();
    assert_eq!(error.class(), "redirect");
    assert!(!error.to_string().contains("secret"), "{error}");
    error
}

#[tokio::test]
async fn a_redirect_to_where_nobody_may_be_let() {
    let untouched = Untouched::start();
    let port = untouched.port();
    for (target, kind) in [
        (
            format!("http://0.0.0.0:{port}/?secret"),
            AddressKind::Unspecified,
        ),
        (format!("//0:{port}/?secret"), AddressKind::Unspecified),
        (
            format!("http://[::ffff:127.0.0.1]:{port}/"),
            AddressKind::Embedded,
        ),
        (
            "http://169.254.169.254/latest".to_owned(),
            AddressKind::LinkLocal,
        ),
    ] {
        let refused = RedirectError::Refused(GuardError::Address(kind));
        assert_eq!(refusal(&target).await, refused.into(), "{target}");
        assert!(!untouched.was_touched());
    }
}

#[tokio::test]
async fn a_redirect_to_another_scheme_or_with_a_log_in() {
    for (target, error) in [
        ("file:///etc/passwd", GuardError::Scheme),
        ("gopher://example.com/", GuardError::Scheme),
        ("http://a:secret@127.0.0.1/", GuardError::UserInfo),
        ("http://127.0.0.1:25/", GuardError::Port(25)),
    ] {
        let refused = RedirectError::Refused(error);
        assert_eq!(refusal(target).await, refused.into(), "{target}");
    }
}

#[tokio::test]
async fn a_redirect_without_a_target() {
    let host = Host::answering("HTTP/1.1 301 Elsewhere\r\ncontent-length: 0\r\n\r\n").await;
    let error = get(&private(), &host.url()).await.unwrap_err();
    assert_eq!(error, RedirectError::NoLocation.into());
    assert_eq!(refusal("http://[").await, RedirectError::NoLocation.into());
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let host = Host::answering(redirect(307, "/again")).await;
    let error = get(&private(), &host.url()).await.unwrap_err();
    assert_eq!(error, RedirectError::TooMany.into());
    assert_eq!(host.requests().len(), 6);
}

#[tokio::test]
async fn a_post_follows_nothing() {
    let untouched = Untouched::start();
    let target = format!("http://127.0.0.1:{}/", untouched.port());
    let host = Host::answering(redirect(307, &target)).await;
    let answer = post(&private(), &host.url()).await.unwrap();
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert!(!untouched.was_touched());
}

#[tokio::test]
async fn another_origin_gets_no_secrets() {
    let last = Host::answering(OK).await;
    let first = Host::start({
        let elsewhere = redirect(302, &last.url());
        move |mut caller| {
            let elsewhere = elsewhere.clone();
            async move {
                caller.hear().await;
                caller.say(&redirect(302, "/again")).await;
                caller.hear().await;
                caller.say(&elsewhere).await;
                caller.hang().await;
            }
        }
    })
    .await;
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, HeaderValue::from_static("s3cret"));
    headers.insert(header::COOKIE, HeaderValue::from_static("s3cret"));
    headers.insert("x-api-key", HeaderValue::from_static("s3cret"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("image/png"));
    headers.insert(header::HOST, HeaderValue::from_static("admin.example"));
    let url = first.url().parse().unwrap();
    let download = private().get(&url, headers, GET).await.unwrap();
    assert_eq!(body(download).await.unwrap(), b"ok");
    for request in first.requests() {
        assert_eq!(request.matches("s3cret").count(), 3, "{request}");
        assert!(!request.contains("admin.example"), "{request}");
    }
    let told = last.requests().concat().to_lowercase();
    assert!(
        !told.contains("s3cret") && !told.contains("referer"),
        "{told}"
    );
    assert!(told.contains("accept: image/png"), "{told}");
}
