//! Files that are uploaded.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::Request};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use tokio::{net::TcpListener, sync::mpsc};
use url::Url;

use super::graph::{CREDENTIALS, Graph, IMPATIENT, Line, client};
use crate::cloud_api::{CallError, CloudApi, MediaUpload, Refusal, UnknownReason};

const PIECE: usize = 64 * 1024;

fn upload(length: u64) -> MediaUpload<'static> {
    MediaUpload {
        mime_type: "image/png",
        file_name: "file",
        length,
        timeout: Duration::from_secs(30),
    }
}

fn pieces(count: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::iter((0..count).map(|_| Ok(Bytes::from(vec![7; PIECE]))))
}

async fn upload_text(api: &CloudApi) -> Result<String, CallError> {
    let bytes = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"the bytes"))]);
    api.upload_media(&CREDENTIALS, upload(9), bytes).await
}

/// What came, and with which headers.
type Seen = Arc<Mutex<Option<(http::HeaderMap, String, Vec<u8>)>>>;

async fn noting(seen: Seen) -> Url {
    let answer = move |request: Request| {
        let seen = seen.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            *seen.lock().unwrap() = Some((parts.headers, parts.uri.to_string(), body.to_vec()));
            r#"{"id":"4490709327384033"}"#
        }
    };
    serve(Router::new().fallback(answer)).await
}

async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/graph", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url.parse().unwrap()
}

#[tokio::test]
async fn a_file_goes_up_as_a_form_with_its_type_and_length() {
    let seen = Seen::default();
    let api = client(noting(seen.clone()).await);
    assert_eq!(upload_text(&api).await.unwrap(), "4490709327384033");
    let (headers, path, body) = seen.lock().unwrap().take().unwrap();
    assert_eq!(path, "/graph/v23.0/106540352242922/media");
    assert_eq!(headers["authorization"], "Bearer EAAB-secret");
    assert_eq!(headers["content-length"], body.len().to_string().as_str());
    let kind = headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    let body = String::from_utf8(body).unwrap();
    for part in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n",
        "name=\"type\"\r\n\r\nimage/png\r\n",
        "name=\"file\"; filename=\"file\"\r\nContent-Type: image/png\r\n\r\nthe bytes\r\n",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
}

#[tokio::test]
async fn a_file_goes_up_as_it_comes() {
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let answer = move |request: Request| {
        let arrived = arrived.clone();
        async move {
            let mut body = request.into_body().into_data_stream();
            while let Some(piece) = body.next().await {
                let _ = arrived.send(piece.unwrap().len());
            }
            r#"{"id":"1"}"#
        }
    };
    let api = client(serve(Router::new().fallback(answer)).await);
    // The second piece comes once the first has arrived.
    let (give, given) = mpsc::unbounded_channel();
    let bytes = stream::unfold(given, |mut given| async {
        let piece: Bytes = given.recv().await?;
        Some((Ok::<_, io::Error>(piece), given))
    });
    let uploading = tokio::spawn(async move {
        let length = 2 * PIECE as u64;
        api.upload_media(&CREDENTIALS, upload(length), bytes).await
    });
    give.send(Bytes::from(vec![7; PIECE])).unwrap();
    let mut come = 0;
    while come < PIECE {
        come += arrivals.recv().await.unwrap();
    }
    give.send(Bytes::from(vec![7; PIECE])).unwrap();
    drop(give);
    assert_eq!(uploading.await.unwrap().unwrap(), "1");
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code() {
    let refusal = r#"{"error":{"message":"(#131053) Media upload error","type":"OAuthException","code":131053,
        "error_data":{"messaging_product":"whatsapp","details":"Unsupported"},"fbtrace_id":"A"}}"#;
    let api = client(Graph::new(400, refusal).start().await);
    match upload_text(&api).await {
        Err(CallError::Refused(Refusal::Graph(error))) => {
            assert_eq!(error.code, 131_053);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_breaks_off_or_takes_too_long_is_unknown() {
    let api = client(noting(Seen::default()).await);
    let broken = pieces(1).chain(stream::iter([Err(io::Error::other("gone"))]));
    let error = api
        .upload_media(&CREDENTIALS, upload(3 * PIECE as u64), broken)
        .await;
    assert!(matches!(error, Err(CallError::Unknown(_))), "{error:?}");
    let silent = Line::start(|mut caller| async move { caller.hang().await }).await;
    let slow = MediaUpload {
        timeout: IMPATIENT,
        ..upload(PIECE as u64)
    };
    let error = client(silent.url.clone())
        .upload_media(&CREDENTIALS, slow, pieces(1))
        .await;
    assert_eq!(error, Err(CallError::Unknown(UnknownReason::TimedOut)));
}
