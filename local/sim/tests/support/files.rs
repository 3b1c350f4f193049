//! A server of files, which links in messages lead to.

#![allow(dead_code, reason = "every test file uses a part of this")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{Response, StatusCode, header},
    routing::get,
};
use futures::stream;
use tokio::{net::TcpListener, sync::watch};

/// Serves a small file at every name, of the type that its ending tells. Some names lead to trouble: those that begin
/// with `missing`, `moved`, `loop`, `cut`, `endless`, `empty`, `untyped`, `large`, `long` (large without a length) and
/// `waits` (until it is let go).
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<String>>>,
    gate: watch::Sender<bool>,
}

impl Files {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let files = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            gate: watch::Sender::new(false),
        };
        let router = Router::new().route("/{name}", get(serve));
        let router = router.with_state(files.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        files
    }

    pub(crate) fn link(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    /// The names that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Lets what waits go.
    pub(crate) fn let_go(&self) {
        self.gate.send_replace(true);
    }
}

/// What a name leads to where nothing is wrong.
pub(crate) fn content(name: &str) -> String {
    format!("the file {name}")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("mp4") => "video/mp4",
        Some("ogg") => "audio/ogg; codecs=opus",
        Some("mp3") => "audio/mpeg",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        _ => "text/html; charset=utf-8",
    }
}

async fn serve(State(files): State<Files>, Path(name): Path<String>) -> Response<Body> {
    files.asked.lock().unwrap().push(name.clone());
    let start = name.split(['.', '-']).next().unwrap();
    let moved = |to: &str| {
        let answer = Response::builder().status(StatusCode::FOUND);
        let answer = answer.header(header::LOCATION, to);
        answer.body(Body::empty()).unwrap()
    };
    let answer = Response::builder().header(header::CONTENT_TYPE, content_type(&name));
    let megabyte = Bytes::from(vec![7; 1 << 20]);
    let body = match start {
        "missing" => {
            let answer = Response::builder().status(StatusCode::NOT_FOUND);
            return answer.body(Body::from("no")).unwrap();
        }
        "moved" => return moved(&format!("/{}", name.replace("moved", "a"))),
        "loop" => return moved(&format!("/{name}")),
        "untyped" => return Response::new(Body::from(Bytes::from_static(b"x"))),
        "empty" => Body::empty(),
        "cut" => {
            let parts = [Ok(megabyte), Err(io::Error::other("cut"))];
            let answer = answer.header(header::CONTENT_LENGTH, 2 << 20);
            return answer.body(Body::from_stream(stream::iter(parts))).unwrap();
        }
        "large" => Body::from(vec![7; 6 << 20]),
        "long" => {
            let parts = vec![megabyte; 6].into_iter().map(Ok::<_, io::Error>);
            Body::from_stream(stream::iter(parts))
        }
        "endless" => {
            let parts = stream::repeat_with(move || Ok::<_, io::Error>(megabyte.clone()));
            Body::from_stream(parts)
        }
        "waits" => {
            let mut gate = files.gate.subscribe();
            gate.wait_for(|open| *open).await.unwrap();
            Body::from(content(&name))
        }
        _ => Body::from(content(&name)),
    };
    answer.body(body).unwrap()
}
