//! Answers that are slow, endless or broken.

use std::time::{Duration, Instant};

use futures::TryStreamExt;

use super::host::{
    Caller, GET, Host, IMPATIENT, POST, body, get, get_within, post, post_within, private,
};
use crate::guarded::{AnswerEnd, FetchError, GetLimits, PostLimits, Waiting};

const BODY_TIMED_OUT: FetchError = FetchError::Timeout(Waiting::Body);

/// A host that says `text` and then nothing.
async fn saying(text: &'static str) -> Host {
    Host::start(move |mut caller: Caller| async move {
        caller.hear().await;
        caller.say(text).await;
        caller.hang().await;
    })
    .await
}

/// A host whose answer never ends: one piece after the other, as fast as the client takes them or slowly.
async fn endless(pause: Option<Duration>) -> Host {
    Host::start(move |mut caller: Caller| async move {
        caller.hear().await;
        caller
            .say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        while caller.say("a\r\n0123456789\r\n").await {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
        }
    })
    .await
}

fn impatient_post() -> PostLimits {
    PostLimits {
        total_timeout: IMPATIENT,
        ..POST
    }
}

#[tokio::test]
async fn no_answer_in_time() {
    let host = saying("").await;
    let error = post_within(&private(), &host.url(), impatient_post()).await;
    let error = error.unwrap_err();
    assert_eq!(error, FetchError::Timeout(Waiting::Answer));
    assert_eq!((error.class(), host.requests().len()), ("timeout", 1));
    for limits in [
        GetLimits {
            total_timeout: IMPATIENT,
            ..GET
        },
        GetLimits {
            first_byte_timeout: IMPATIENT,
            ..GET
        },
    ] {
        let error = get_within(&private(), &host.url(), limits).await;
        assert_eq!(
            error.unwrap_err(),
            FetchError::Timeout(Waiting::Answer),
            "{limits:?}"
        );
    }
}

#[tokio::test]
async fn a_status_stands_though_its_body_does_not_come() {
    let host = saying("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nearly").await;
    let answer = post_within(&private(), &host.url(), impatient_post())
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body_prefix, b"early");
    assert_eq!(answer.end, AnswerEnd::Broken(BODY_TIMED_OUT));
    assert!(answer.timings.first_byte <= answer.timings.total);
    assert!(answer.timings.total >= IMPATIENT);
    assert!(!format!("{answer:?}").contains("early"));
}

#[tokio::test]
async fn a_body_that_pauses_or_drips() {
    let host = saying("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nearly").await;
    let idle = GetLimits {
        idle_timeout: IMPATIENT,
        ..GET
    };
    let download = get_within(&private(), &host.url(), idle).await.unwrap();
    assert_eq!(body(download).await, Err(BODY_TIMED_OUT));

    let host = endless(Some(IMPATIENT / 20)).await;
    let total = GetLimits {
        total_timeout: IMPATIENT,
        ..GET
    };
    let started = Instant::now();
    let download = get_within(&private(), &host.url(), total).await.unwrap();
    assert_eq!(body(download).await, Err(BODY_TIMED_OUT));
    assert!(started.elapsed() >= IMPATIENT);
    let answer = post_within(&private(), &host.url(), impatient_post()).await;
    assert_eq!(answer.unwrap().end, AnswerEnd::Broken(BODY_TIMED_OUT));
}

#[tokio::test]
async fn an_endless_body_is_cut() {
    let host = endless(None).await;
    let answer = post(&private(), &host.url()).await.unwrap();
    assert_eq!(answer.end, AnswerEnd::Left);
    assert_eq!(answer.body_prefix, b"0123456789");
    let download = get(&private(), &host.url()).await.unwrap();
    assert_eq!(download.content_length(), None);
    let limit = GET.max_bytes;
    let read: Result<Vec<_>, _> = download.into_stream().try_collect().await;
    let error = read.unwrap_err();
    assert_eq!(error, FetchError::TooLarge { limit });
    assert_eq!(error.class(), "too_large");
}

#[tokio::test]
async fn a_length_that_is_too_long_is_believed() {
    let host = saying("HTTP/1.1 200 OK\r\ncontent-length: 100001\r\n\r\n").await;
    let error = get(&private(), &host.url()).await.unwrap_err();
    let limit = GET.max_bytes;
    assert_eq!(error, FetchError::TooLarge { limit });
}

#[tokio::test]
async fn a_body_of_the_greatest_size_is_read() {
    let size = usize::try_from(GET.max_bytes).unwrap();
    let text = "a".repeat(size);
    let host = Host::answering(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {size}\r\n\r\n{text}"
    ))
    .await;
    let download = get(&private(), &host.url()).await.unwrap();
    assert_eq!(download.content_type(), Some("text/plain"));
    assert_eq!(download.content_length(), Some(GET.max_bytes));
    assert_eq!(body(download).await.unwrap().len(), size);
    let answer = post(&private(), &host.url()).await.unwrap();
    assert_eq!(
        (answer.end, answer.body_prefix.len()),
        (AnswerEnd::Whole, 10)
    );
}

#[tokio::test]
async fn a_body_that_is_shorter_than_it_says() {
    let host = Host::start(|mut caller: Caller| async move {
        caller.hear().await;
        caller
            .say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nearly")
            .await;
    })
    .await;
    let download = get(&private(), &host.url()).await.unwrap();
    assert_eq!(body(download).await.unwrap_err().class(), "protocol");
    let answer = post(&private(), &host.url()).await.unwrap();
    assert!(matches!(
        answer.end,
        AnswerEnd::Broken(FetchError::Protocol(_))
    ));
}

#[tokio::test]
async fn what_is_not_http() {
    for text in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    ] {
        let host = saying(text).await;
        let error = post(&private(), &host.url()).await.unwrap_err();
        assert_eq!(error.class(), "protocol", "{text}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("secret") && !said.contains("127."), "{said}");
    }
}
