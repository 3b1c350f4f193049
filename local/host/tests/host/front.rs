//! The one port.

use reqwest::{Client, Method};
use serde_json::Value;

use crate::support::{json_of, start, until};

#[tokio::test]
async fn what_the_template_does_not_name_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let ask = async |method: Method, path: &str| {
        let request = Client::new().request(method, format!("{}{path}", host.base_url()));
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or_default();
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    };
    for path in [
        "/api/nothing",
        "/api/public/v1/send%2Fx",
        "/_simulator",
        "/healthy",
    ] {
        assert_eq!(
            ask(Method::GET, path).await,
            (404, "not_found".to_owned()),
            "{path}"
        );
    }
    assert_eq!(ask(Method::GET, "/health").await.0, 200);
    assert_ne!(ask(Method::POST, "/health").await.0, 200);
    assert_eq!(
        ask(Method::GET, "/api/public/v1/messages").await,
        (401, "unauthorized".to_owned())
    );
    host.shutdown().await;
}

#[tokio::test]
async fn what_api_gateway_refuses_has_its_shape() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let url = format!("{}/api/public/v1/send", host.base_url());
    let large = Client::new()
        .post(&url)
        .body(vec![b' '; 10 * 1024 * 1024 + 1]);
    let answer = large.send().await.unwrap();
    assert_eq!(answer.status(), 413);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["message"], "Request Entity Too Large");
    let broken = json_of(Client::new().get(format!("{url}%zz"))).await;
    assert_eq!(broken["message"], "Bad Request");
    host.shutdown().await;
}

#[tokio::test]
async fn the_simulator_answers_this_machine_by_its_own_names_and_without_cors() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let ask = |host_header: &'static str| {
        let request = Client::new().get(format!("{}/_sim/requests", host.base_url()));
        request.header("Host", host_header).send()
    };
    let refused = ask("rebound.example:3000").await.unwrap();
    assert_eq!(refused.status(), 403);
    let answered = ask("localhost:3000").await.unwrap();
    assert_eq!(answered.status(), 200);
    let page = Client::new().get(format!("{}/_sim", host.base_url()));
    let stranger = page.try_clone().unwrap().header("Host", "rebound.example");
    assert_eq!(stranger.send().await.unwrap().status(), 403);
    let page = page.send().await.unwrap();
    assert_eq!((page.status().as_u16(), page.url().path()), (200, "/_sim/"));
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(
        answered
            .headers()
            .keys()
            .all(|name| !name.as_str().starts_with("access-control"))
    );
    host.shutdown().await;
}

#[tokio::test]
async fn table_and_queues_answer_those_alone_who_know_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let aws = &host.ready().aws;
    let key = aws.access_key_id.as_deref().unwrap();
    for (endpoint, target) in [
        (&aws.endpoints.dynamodb, "DynamoDB_20120810.ListTables"),
        (&aws.endpoints.sqs, "AmazonSQS.ListQueues"),
    ] {
        let ask = async |key: Option<&str>, origin: Option<&str>| {
            let mut request = Client::new().post(endpoint).body("{}");
            request = request.header("X-Amz-Target", target);
            if let Some(key) = key {
                let signed = format!("AWS4-HMAC-SHA256 Credential={key}/20270101/us-east-1/x");
                request = request.header("Authorization", signed);
            }
            if let Some(origin) = origin {
                request = request.header("Origin", origin);
            }
            let answer = request.send().await.unwrap();
            let mut names = answer.headers().keys();
            assert!(names.all(|name| !name.as_str().starts_with("access-control")));
            answer.status().as_u16()
        };
        assert_eq!(ask(Some(key), None).await, 200, "{target}");
        assert_eq!(ask(None, None).await, 403, "{target}");
        assert_eq!(ask(Some("AKIAIOSFODNN7EXAMPLE"), None).await, 403);
        assert_eq!(ask(Some(key), Some("https://evil.example")).await, 403);
        let preflight = Client::new().request(Method::OPTIONS, endpoint);
        let preflight = preflight.header("Origin", "https://evil.example").send();
        assert_eq!(preflight.await.unwrap().status(), 403, "{target}");
    }
    host.shutdown().await;
}

#[tokio::test]
async fn health_tells_when_nothing_is_kept_any_more() {
    let health = async |base_url: &str| {
        let answer = reqwest::get(format!("{base_url}/health")).await.unwrap();
        answer.status().as_u16()
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let host = start(&data).await;
    assert_eq!(health(host.base_url()).await, 200);
    std::fs::remove_dir_all(&data).unwrap();
    assert_eq!(health(host.base_url()).await, 503);
    host.shutdown().await;

    let host = start(&data).await;
    let ready = host.ready();
    let aws = &ready.aws;
    let key = aws.access_key_id.as_deref().unwrap();
    assert_eq!(health(host.base_url()).await, 200);
    let request = Client::new().post(&aws.endpoints.dynamodb);
    let request = request
        .header("X-Amz-Target", "DynamoDB_20120810.DeleteTable")
        .header(
            "Authorization",
            format!("AWS4-HMAC-SHA256 Credential={key}/x"),
        )
        .body(serde_json::json!({"TableName": aws.table}).to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
    until("the table is missed", || async {
        (health(host.base_url()).await == 503).then_some(())
    })
    .await;
    host.shutdown().await;
}

#[tokio::test]
async fn half_a_request_does_not_hold_up_the_end() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let endpoints = &host.ready().aws.endpoints;
    let all = [
        host.base_url(),
        &endpoints.dynamodb,
        &endpoints.sqs,
        &endpoints.s3,
    ];
    let head = "POST /api/public/v1/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{";
    let connect = |url: &str| {
        let at = url.strip_prefix("http://").unwrap();
        let mut client = std::net::TcpStream::connect(at).unwrap();
        client.write_all(head.as_bytes()).unwrap();
        client
    };
    let _clients = all.map(connect);
    let health = Client::new().get(format!("{}/health", host.base_url()));
    assert_eq!(json_of(health).await["status"], "ok");
    // Well before the ten seconds that what runs is given.
    let end = tokio::time::timeout(std::time::Duration::from_secs(7), host.shutdown());
    end.await.unwrap();
}
