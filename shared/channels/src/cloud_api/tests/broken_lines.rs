//! Connections that are never made, break or hang.

use std::time::Duration;

use tokio::net::TcpListener;
use url::Url;

use super::graph::{ACCEPTED, Caller, IMPATIENT, Line, client, client_with, send};
use crate::cloud_api::{Outcome, Refusal, UnknownReason};

#[track_caller]
fn assert_unreachable(outcome: &Outcome) {
    let unreachable = matches!(outcome, Outcome::Refused(Refusal::Unreachable { .. }));
    assert!(unreachable, "{outcome:?}");
}

fn unknown(reason: UnknownReason) -> Outcome {
    Outcome::Unknown { reason }
}

fn is_accepted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Accepted { .. })
}

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(listener);
    let outcome = send(&client(url)).await;
    assert_unreachable(&outcome);
    let said = format!("{outcome:?}");
    assert!(
        said.contains("refused") && !said.contains("106540352242922"),
        "{said}"
    );
}

#[tokio::test]
async fn a_host_that_does_not_exist() {
    // A label may have 63 characters, so that no name server needs to be asked.
    let url = format!("http://{}.invalid", "a".repeat(64))
        .parse()
        .unwrap();
    assert_unreachable(&send(&client(url)).await);
}

#[tokio::test]
async fn tls_that_fails_and_tls_that_hangs() {
    for speaks in [true, false] {
        let line = Line::start(move |mut caller: Caller| async move {
            if speaks {
                caller.say("HTTP/1.1 400 this is no TLS\r\n\r\n").await;
            }
            caller.hang().await;
        })
        .await;
        let mut url = line.url.clone();
        url.set_scheme("https").unwrap();
        assert_unreachable(&send(&client_with(url, IMPATIENT)).await);
    }
}

#[tokio::test]
async fn no_answer_in_time() {
    let line = Line::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller.hang().await;
    })
    .await;
    let outcome = send(&client_with(line.url.clone(), IMPATIENT)).await;
    assert_eq!(outcome, unknown(UnknownReason::TimedOut));
    assert_eq!(line.requests(), 1);
}

#[tokio::test]
async fn headers_that_drip() {
    let line = Line::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller.say("HTTP/1.1 200 OK\r\n").await;
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        for i in 0..1000 {
            beat.tick().await;
            caller.say(&format!("x-{i}: drop\r\n")).await;
        }
    })
    .await;
    let outcome = send(&client_with(line.url.clone(), IMPATIENT)).await;
    assert_eq!(outcome, unknown(UnknownReason::TimedOut));
}

#[tokio::test]
async fn a_body_that_stops_coming() {
    let line = Line::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller
            .say("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":")
            .await;
        caller.hang().await;
    })
    .await;
    let outcome = send(&client_with(line.url.clone(), IMPATIENT)).await;
    assert_eq!(outcome, unknown(UnknownReason::TimedOut));
}

#[tokio::test]
async fn a_connection_that_ends_before_a_whole_answer() {
    for said in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":[{\"id\":\"wam",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"mes",
        "220 mail.example.com ESMTP\r\n",
    ] {
        let line = Line::start(move |mut caller: Caller| async move {
            caller.hear().await;
            caller.say(said).await;
        })
        .await;
        let outcome = send(&client(line.url.clone())).await;
        assert_eq!(outcome, unknown(UnknownReason::ConnectionLost), "{said}");
        assert_eq!(line.requests(), 1, "{said}");
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_after_the_request() {
    let line = Line::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller.stream.set_zero_linger().unwrap();
    })
    .await;
    let outcome = send(&client(line.url.clone())).await;
    assert_eq!(outcome, unknown(UnknownReason::ConnectionLost));
    assert_eq!(line.requests(), 1);
}

#[tokio::test]
async fn a_connection_that_ends_before_the_request_is_read() {
    let line = Line::start(|caller: Caller| async move { drop(caller.stream) }).await;
    let outcome = send(&client(line.url.clone())).await;
    assert_eq!(outcome, unknown(UnknownReason::ConnectionLost));
}

#[tokio::test]
async fn a_whole_answer_counts_even_if_the_connection_breaks_behind_it() {
    let length = ACCEPTED.len();
    for head in [
        format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n"),
        format!("content-length: {}\r\n\r\n", length + 1),
        "connection: close\r\n\r\n".to_owned(),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{head}{ACCEPTED}");
        let line = Line::start(move |mut caller: Caller| {
            let answer = answer.clone();
            async move {
                caller.hear().await;
                caller.say(&answer).await;
            }
        })
        .await;
        let outcome = send(&client(line.url.clone())).await;
        assert!(is_accepted(&outcome), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_kept_connection_is_used_again() {
    let line = Line::start(|mut caller: Caller| async move {
        while caller.hear().await {
            caller.accept().await;
        }
    })
    .await;
    let api = client(line.url.clone());
    for _ in 0..3 {
        assert!(is_accepted(&send(&api).await));
    }
    assert_eq!((line.connections(), line.requests()), (1, 3));
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_while_idle_costs_no_message() {
    let line = Line::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller.accept().await;
    })
    .await;
    let api = client(line.url.clone());
    let mut accepted = 0;
    for _ in 0..50 {
        match send(&api).await {
            Outcome::Accepted { .. } => accepted += 1,
            // The close was not seen before the request was written.
            Outcome::Unknown { reason } => assert_eq!(reason, UnknownReason::ConnectionLost),
            Outcome::Refused(refusal) => panic!("{refusal}"),
        }
    }
    assert_eq!(line.requests(), accepted);
    assert!(accepted > 0);
}

#[tokio::test]
async fn a_request_that_a_kept_connection_swallowed_is_not_sent_again() {
    for reads in [true, false] {
        let line = Line::start(move |mut caller: Caller| async move {
            caller.hear().await;
            caller.accept().await;
            if reads {
                caller.hear().await;
            } else {
                // The bytes arrive, but are left unread, so that the close becomes a reset.
                caller.stream.peek(&mut [0]).await.unwrap();
            }
        })
        .await;
        let api = client(line.url.clone());
        assert!(is_accepted(&send(&api).await));
        assert_eq!(send(&api).await, unknown(UnknownReason::ConnectionLost));
        assert_eq!(line.requests(), 1 + usize::from(reads));
        assert_eq!(line.connections(), 1, "the request was sent again");
    }
}
