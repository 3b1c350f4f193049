//! The gateway before small functions: what a client sees.

use std::net::Ipv4Addr;

use axum::{
    Router,
    extract::Path,
    http::Method,
    routing::{any, get, post},
};

use super::*;

const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 4_000);

fn gateway(router: Router, timeout: Duration) -> Gateway {
    let function = Arc::new(HttpFunction {
        name: "test".to_owned(),
        timeout,
        router,
    });
    let routes = [
        ("POST", "/send"),
        ("ANY", "/items/{id}"),
        ("ANY", "$default"),
    ];
    let routes =
        routes.map(|(method, path)| (method.to_owned(), path.to_owned(), Arc::clone(&function)));
    Gateway::new(Routes::new(routes), 3_000)
}

async fn answer(router: Router, request: Request<Body>) -> (StatusCode, String) {
    let gateway = gateway(router, Duration::from_secs(5));
    read_all(gateway.answer(request, PEER).await).await
}

async fn read_all(response: Response<Body>) -> (StatusCode, String) {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 24)
        .await
        .unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn get_request(path: &str) -> Request<Body> {
    let request = Request::get(path).header("host", "127.0.0.1:3000");
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_request_reaches_the_router_as_it_was_sent() {
    let router = Router::new().route(
        "/items/{id}",
        any(
            |method: Method, Path(id): Path<String>, uri: Uri, body: String| async move {
                format!("{method} {id} {} {body}", uri.query().unwrap_or_default())
            },
        ),
    );
    let request = Request::put("/items/a%20b+c?x=1&x=%2F")
        .header("host", "localhost:3000")
        .header("content-type", "application/octet-stream")
        .body(Body::from("héllo"));
    let (status, body) = answer(router, request.unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, "PUT a b+c x=1&x=%2F héllo");
}

#[tokio::test]
async fn a_slash_that_was_encoded_divides_the_path() {
    let router = Router::new()
        .route("/items/{id}", get(|| async { "item" }))
        .fallback(|| async { "fallback" });
    let (_, body) = answer(router, get_request("/items/a%2Fb")).await;
    assert_eq!(body, "fallback");
}

#[tokio::test]
async fn binary_answers_arrive_as_they_are() {
    let router = Router::new().fallback(|| async {
        let bytes: &[u8] = b"\xff\xfe";
        ([("content-type", "image/png")], bytes)
    });
    let gateway = gateway(router, Duration::from_secs(5));
    let response = gateway.answer(get_request("/"), PEER).await;
    let body = axum::body::to_bytes(response.into_body(), 100)
        .await
        .unwrap();
    assert_eq!(body, &b"\xff\xfe"[..]);
}

#[tokio::test]
async fn what_aws_refuses_itself_has_its_shape() {
    let router = Router::new().route("/send", post(|| async { "x".repeat(MAX_PAYLOAD_BYTES) }));
    let send = |body: Body| {
        let request = Request::post("/send").header("host", "localhost");
        request
            .header("content-type", "text/plain")
            .body(body)
            .unwrap()
    };
    let too_large = (
        StatusCode::PAYLOAD_TOO_LARGE,
        r#"{"message":"Request Entity Too Large"}"#.to_owned(),
    );
    let chunks = (0..11).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 20]));
    let chunks = futures::stream::iter(chunks);
    assert_eq!(
        answer(router.clone(), send(Body::from_stream(chunks))).await,
        too_large
    );
    let declared = vec![b'x'; MAX_BODY_BYTES + 1];
    assert_eq!(
        answer(router.clone(), send(Body::from(declared))).await,
        too_large
    );
    let event = vec![b'x'; MAX_PAYLOAD_BYTES];
    assert_eq!(
        answer(router.clone(), send(Body::from(event))).await,
        too_large
    );
    let failed = (
        StatusCode::INTERNAL_SERVER_ERROR,
        r#"{"message":"Internal Server Error"}"#.to_owned(),
    );
    assert_eq!(answer(router.clone(), send(Body::empty())).await, failed);
    let bad = answer(router.clone(), get_request("/a%zz")).await;
    assert_eq!(
        bad,
        (
            StatusCode::BAD_REQUEST,
            r#"{"message":"Bad Request"}"#.to_owned()
        )
    );
    let long = get_request(&format!("/{}", "a".repeat(MAX_HEAD_BYTES)));
    assert_eq!(
        answer(router, long).await.0,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
}

#[tokio::test]
async fn a_host_that_is_none_is_a_bad_request() {
    for host in ["[", "a b", "user@host", "host:99999", "%"] {
        let request = Request::get("/").header("host", host);
        let request = request.body(Body::empty()).unwrap();
        let (status, _) = answer(Router::new(), request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{host}");
    }
}

#[tokio::test]
async fn a_panic_is_the_functions_own() {
    let router = Router::new().fallback(|| async { panic!("on purpose") as &'static str });
    let (status, body) = answer(router, get_request("/")).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body, r#"{"message":"Internal Server Error"}"#);
}

/// Says when it is dropped.
struct Dropped(Option<tokio::sync::oneshot::Sender<()>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.take().map(|dropped| dropped.send(()));
    }
}

#[tokio::test]
async fn a_function_that_runs_into_its_timeout_is_ended() {
    let (sender, dropped) = tokio::sync::oneshot::channel();
    let guard = Arc::new(std::sync::Mutex::new(Some(Dropped(Some(sender)))));
    let router = Router::new().fallback(move || {
        let guard = guard.lock().unwrap().take();
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    });
    let gateway = gateway(router, Duration::from_millis(20));
    let (status, _) = read_all(gateway.answer(get_request("/"), PEER).await).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    dropped.await.unwrap();
}

#[tokio::test]
async fn a_call_goes_on_when_the_client_hangs_up_and_is_waited_for() {
    let (sender, ended) = tokio::sync::oneshot::channel();
    let sender = Arc::new(std::sync::Mutex::new(Some(sender)));
    let begun = Arc::new(tokio::sync::Notify::new());
    let go_on = Arc::new(tokio::sync::Notify::new());
    let router = {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        Router::new().fallback(move || async move {
            begun.notify_one();
            go_on.notified().await;
            let sender = sender.lock().unwrap().take().unwrap();
            sender.send(()).unwrap();
        })
    };
    let gateway = gateway(router, Duration::from_secs(5));
    let client = tokio::spawn({
        let gateway = gateway.clone();
        async move { gateway.answer(get_request("/"), PEER).await }
    });
    begun.notified().await;
    client.abort();
    go_on.notify_one();
    ended.await.unwrap();
    gateway.close().await;
    let (status, body) = read_all(gateway.answer(get_request("/"), PEER).await).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body, r#"{"message":"Service Unavailable"}"#);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_given_up() {
    let stream = futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
    let request = Request::post("/send").header("host", "localhost");
    let request = request.body(Body::from_stream(stream)).unwrap();
    let (status, body) = answer(Router::new(), request).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(body, r#"{"message":"Request Timeout"}"#);
}
