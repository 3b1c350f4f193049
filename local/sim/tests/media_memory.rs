//! The largest files: they pass through without ever being in memory whole. It is the only test here, because it
//! measures the whole process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{
    fs, io,
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, http::header::CONTENT_TYPE, routing::get};
use futures::{Stream, StreamExt as _, stream};
use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use support::{refused::of, *};
use tokio::net::TcpListener;

const MIB: u64 = 1 << 20;
/// The largest document.
const LARGEST: u64 = 100 * MIB;
/// What may come on top of what the process had when it was ready.
const GROWTH: u64 = 48 * MIB;

/// So many bytes, made as they go.
fn bytes(length: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let chunk = Bytes::from(vec![7; 64 << 10]);
    let whole = length / chunk.len() as u64;
    let rest = usize::try_from(length % chunk.len() as u64).unwrap();
    let last = (rest > 0).then(|| chunk.slice(..rest));
    let chunks = stream::repeat(chunk).take(usize::try_from(whole).unwrap());
    chunks.chain(stream::iter(last)).map(Ok)
}

/// The most memory that this process ever had.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kib.parse::<u64>().unwrap() << 10
}

/// Waits until all statuses are told, for as long as a busy machine may take for so much.
async fn quiet(whatsapp: &Whatsapp) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while whatsapp.get("/callbacks").await.1["pending"] != 0 {
        assert!(Instant::now() < deadline, "the statuses do not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn upload(whatsapp: &Whatsapp, length: u64) -> (u16, Value) {
    let file = Part::stream_with_length(Body::wrap_stream(bytes(length)), length);
    let file = file.file_name("plan.pdf").mime_str("application/pdf");
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", file.unwrap());
    let url = whatsapp.graph(&format!("{NUMBER}/media"));
    let request = whatsapp.client.post(url).bearer_auth(TOKEN);
    read(request.multipart(form).send().await.unwrap()).await
}

#[tokio::test]
async fn a_document_of_a_hundred_megabytes_is_never_held_whole() {
    let file = || async {
        let body = axum::body::Body::from_stream(bytes(LARGEST));
        ([(CONTENT_TYPE, "application/pdf")], body)
    };
    let router = Router::new().route("/plan.pdf", get(file));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = format!("http://{}/plan.pdf", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let whatsapp = Whatsapp::start().await;
    whatsapp.send_text(CUSTOMER, "ready").await;
    whatsapp.quiet().await;
    let before = peak();

    let (status, made) = upload(&whatsapp, LARGEST).await;
    assert_eq!(status, 200, "{made}");
    for source in [made, json!({"link": link})] {
        let (status, answer) = whatsapp.send(&of("document", source)).await;
        assert_eq!(status, 200, "{answer}");
        quiet(&whatsapp).await;
        let phone = whatsapp.phone(CUSTOMER).await;
        let url = phone.last().unwrap()["media_url"].as_str().unwrap();
        let answer = whatsapp.client.get(url).send().await.unwrap();
        assert_eq!(answer.content_length(), Some(LARGEST));
    }
    let (status, answer) = upload(&whatsapp, LARGEST + 1).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_053)));
    let growth = peak() - before;
    assert!(growth < GROWTH, "{} MiB more", growth / MIB);
}
