//! Files that customers sent.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::net::TcpListener;
use url::Url;

use super::graph::{CREDENTIALS, Graph, Line, client};
use crate::cloud_api::{CallError, CloudApi, DownloadError, DownloadLimits, MediaInfo, Refusal};

const LIMITS: DownloadLimits = DownloadLimits {
    total_timeout: Duration::from_secs(30),
    idle_timeout: Duration::from_secs(30),
    max_bytes: 1000,
};

/// A request's path, and what it said of who asks.
type Seen = (String, Option<String>);

/// A Graph API whose files do what their names say. It notes what came with which token.
#[derive(Clone, Default)]
struct Files {
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Files {
    async fn start(&self) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url.parse().unwrap()
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(State(files): State<Files>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let header = |name| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let token = header(header::AUTHORIZATION);
    assert!(header(header::USER_AGENT).is_some());
    files.seen.lock().unwrap().push((path.clone(), token));
    let plain = Response::builder().header(header::CONTENT_TYPE, "image/png");
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 100])));
    match path.as_str() {
        "/whole" => plain.body("0123456789".into()).unwrap(),
        "/long" => plain.body(vec![0; 1001].into()).unwrap(),
        "/endless" => plain.body(Body::from_stream(endless)).unwrap(),
        "/silent" => {
            let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"0")) });
            let body = first.chain(stream::pending());
            plain.body(Body::from_stream(body)).unwrap()
        }
        "/round" => redirect("/round"),
        "/near" => redirect("/whole"),
        elsewhere if elsewhere.starts_with("/to/") => redirect(&elsewhere[4..]),
        _ => plain.status(404).body("gone".into()).unwrap(),
    }
}

fn redirect(to: &str) -> Response<Body> {
    let response = Response::builder().status(StatusCode::FOUND);
    response
        .header(header::LOCATION, to)
        .body(Body::empty())
        .unwrap()
}

fn file(url: &Url) -> MediaInfo {
    MediaInfo::at(url.clone())
}

async fn bytes(api: &CloudApi, url: &Url, limits: DownloadLimits) -> Result<usize, DownloadError> {
    let mut download = api.download(&CREDENTIALS, &file(url), limits).await?;
    assert_eq!(download.content_type(), Some("image/png"));
    let mut length = 0;
    while let Some(chunk) = download.chunk().await? {
        length += chunk.len();
    }
    Ok(length)
}

#[tokio::test]
async fn a_file_is_looked_up_in_either_of_metas_forms() {
    for size in ["303833", r#""303833""#] {
        let graph = Graph::new(
            200,
            format!(
                r#"{{"messaging_product":"whatsapp","url":"https://lookaside.fbsbx.com/x?hash=secret",
                "mime_type":"image/jpeg","sha256":"abc","file_size":{size},"id":"77"}}"#
            ),
        );
        let api = client(graph.start().await);
        let info = api.media(&CREDENTIALS, "77").await.unwrap();
        assert_eq!(info.file_size, Some(303_833));
        assert_eq!(info.mime_type.as_deref(), Some("image/jpeg"));
        assert_eq!(info.sha256.as_deref(), Some("abc"));
        assert!(!format!("{info:?}").contains("secret"));
        let [seen] = graph.seen().try_into().unwrap();
        assert_eq!(seen.path, "/graph/v23.0/77");
        assert_eq!(seen.headers["authorization"], "Bearer EAAB-secret");
    }
}

#[tokio::test]
async fn an_id_that_is_gone_is_told_by_its_code() {
    let gone = r#"{"error":{"message":"Unsupported get request. Object with ID '77' does not exist","type":"GraphMethodException",
        "code":100,"error_subcode":33,"fbtrace_id":"A"}}"#;
    let api = client(Graph::new(400, gone).start().await);
    match api.media(&CREDENTIALS, "77").await {
        Err(CallError::Refused(Refusal::Graph(error))) => {
            assert_eq!((error.code, error.subcode), (100, Some(33)));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_comes_with_the_token_over_redirects_at_home() {
    let files = Files::default();
    let base = files.start().await;
    let api = client(base.clone());
    let whole = bytes(&api, &base.join("/near").unwrap(), LIMITS).await;
    assert_eq!(whole, Ok(10));
    let token = Some("Bearer EAAB-secret".to_owned());
    let expected = [
        ("/near".to_owned(), token.clone()),
        ("/whole".into(), token),
    ];
    assert_eq!(files.seen(), expected);
}

#[tokio::test]
async fn the_token_goes_nowhere_else() {
    let files = Files::default();
    let base = files.start().await;
    let api = client(base.clone());
    let stranger = Line::start(|_| async {}).await;
    let led = base.join(&format!("/to/{}", stranger.url)).unwrap();
    for url in [&stranger.url, &led] {
        let refused = bytes(&api, url, LIMITS).await;
        assert_eq!(refused, Err(DownloadError::ForeignAddress), "{url}");
    }
    assert_eq!(stranger.connections(), 0);
}

#[test]
fn only_meta_and_graph_itself_get_the_token() {
    let production = client("https://graph.facebook.com".parse().unwrap());
    let simulated = client("http://127.0.0.1:3000/_sim/graph".parse().unwrap());
    for (url, expected) in [
        ("https://lookaside.fbsbx.com/whatsapp?x=y", true),
        ("https://fbsbx.com/", true),
        ("https://graph.facebook.com/v23.0/1", true),
        ("http://lookaside.fbsbx.com/", false),
        ("https://lookaside.fbsbx.com:8443/", false),
        ("https://lookaside.fbsbx.com.evil.example/", false),
        ("https://evilfbsbx.com/", false),
        ("https://lookaside.fbsbx.com@evil.example/", false),
        ("https://user:pass@lookaside.fbsbx.com/", false),
        ("https://evil.example/?fbsbx.com", false),
        ("https://127.0.0.1/", false),
        ("http://127.0.0.1:3000/_sim/media/1", false),
    ] {
        let url = url.parse().unwrap();
        assert_eq!(production.may_have_token(&url), expected, "{url}");
    }
    for (url, expected) in [
        ("http://127.0.0.1:3000/_sim/media/1", true),
        ("http://127.0.0.1:3001/_sim/media/1", false),
        ("http://localhost:3000/_sim/media/1", false),
        ("https://127.0.0.1:3000/_sim/media/1", false),
    ] {
        let url = url.parse().unwrap();
        assert_eq!(simulated.may_have_token(&url), expected, "{url}");
    }
}

#[tokio::test]
async fn what_is_no_file_says_why() {
    let base = Files::default().start().await;
    let api = client(base.clone());
    let get = |path: &str, limits| {
        let url = base.join(path).unwrap();
        let api = api.clone();
        async move { bytes(&api, &url, limits).await }
    };
    let too_large = Err(DownloadError::TooLarge { limit: 1000 });
    assert_eq!(get("/long", LIMITS).await, too_large);
    assert_eq!(get("/endless", LIMITS).await, too_large);
    assert_eq!(get("/gone", LIMITS).await, Err(DownloadError::Status(404)));
    assert_eq!(get("/round", LIMITS).await, Err(DownloadError::Status(310)));
    let short = Duration::from_millis(200);
    for limits in [
        DownloadLimits {
            idle_timeout: short,
            ..LIMITS
        },
        DownloadLimits {
            total_timeout: short,
            ..LIMITS
        },
    ] {
        assert_eq!(get("/silent", limits).await, Err(DownloadError::TimedOut));
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_no_whole_one() {
    let line = Line::start(|mut caller| async move {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 100\r\n\r\n0123";
        caller.say(head).await;
    })
    .await;
    let broken = bytes(&client(line.url.clone()), &line.url, LIMITS).await;
    assert_eq!(broken, Err(DownloadError::BrokenOff));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(listener);
    let error = bytes(&client(url.clone()), &url, LIMITS).await;
    assert!(matches!(error, Err(DownloadError::Unreachable { .. })));
}
