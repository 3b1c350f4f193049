//! Paths, methods and headers, well spelled and not.

use http::Method;
use openwati_tests::{Client, Needs, Raw, Running, lacks, raw, someone};
use serde_json::json;

#[tokio::test]
async fn unknown_paths_wrong_methods_and_other_spellings_are_told_apart() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let doubled = match lacks(Needs::ExactGateway("two slashes count as one there")) {
        true => "/api",
        false => "//api/public/v1/send",
    };
    for path in [
        "/",
        "/api",
        "/api/public/v1",
        "/api/public/v2/send",
        "/api/public/v1/send/x",
        doubled,
        "/api/public/v1/messages/a/b",
        "/api/public/v1/.env",
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = Client::answer(client.request(method.clone(), path)).await;
            let what = format!("{method} {path}");
            assert_eq!(
                (answer.status, answer.str("code")),
                (404, "not_found"),
                "{what}: {}",
                answer.text
            );
        }
    }
    let wrong = [
        (Method::GET, "/api/public/v1/send", "POST"),
        (Method::DELETE, "/api/public/v1/send", "POST"),
        (Method::PATCH, "/api/public/v1/send", "POST"),
        (Method::POST, "/api/public/v1/messages", "GET"),
        (Method::DELETE, "/api/public/v1/messages/1", "GET"),
        (Method::PUT, "/api/public/cloud-api-webhook/1", "POST"),
    ];
    for (method, path, allowed) in wrong {
        let answer = Client::answer(client.request(method.clone(), path)).await;
        let answer = answer.refused(405, "method_not_allowed");
        let allow = answer.header("allow").unwrap_or_default();
        let methods: Vec<&str> = allow.split(", ").collect();
        assert!(
            methods.contains(&allowed) && methods.contains(&"OPTIONS"),
            "{method} {path}: {allow}"
        );
        assert!(
            !methods.contains(&method.as_str()),
            "{method} {path}: {allow}"
        );
    }
    let spelled = [
        ("/API/Public/V1/Send", "/api/public/v1/send"),
        ("/api/public/v1/send/", "/api/public/v1/send"),
        ("/api/PUBLIC/v1/send?a=B", "/api/public/v1/send?a=B"),
    ];
    for (path, proper) in spelled {
        let answer = Client::answer(client.request(Method::POST, path)).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (308, Some(proper)),
            "{path}"
        );
    }
    let answer = Client::answer(client.request(Method::GET, "/api/Public/v1/Messages/aB")).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some("/api/public/v1/messages/aB"))
    );
}

#[tokio::test]
async fn requests_that_no_client_makes_are_no_fault_of_ours() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let key = tenant.client.key();
    let body = json!({"to": to, "message": "Hello"}).to_string();
    let send = || Raw::new("POST /api/public/v1/send");
    let list =
        |path: &[u8]| Raw::new([b"GET ".as_slice(), path].concat()).header("Authorization", key);
    let table: Vec<(&str, Raw)> = vec![
        (
            "two keys",
            send()
                .header("Authorization", key)
                .header("Authorization", key)
                .body(body.clone()),
        ),
        (
            "a key of another alphabet",
            send()
                .header("Authorization", "Bearer wati_ß".as_bytes())
                .body(body.clone()),
        ),
        (
            "a key that is not text",
            send()
                .header("Authorization", b"Bearer \xff\xfe")
                .body(body.clone()),
        ),
        (
            "a long header",
            send()
                .header("Authorization", key)
                .header("X-Long", "x".repeat(20_000))
                .body(body.clone()),
        ),
        (
            "a long path",
            list(format!("/api/public/v1/messages/{}", "x".repeat(20_000)).as_bytes()),
        ),
        (
            "a path that is not UTF-8",
            list(b"/api/public/v1/messages/%ff%fe"),
        ),
        (
            "a path with raw bytes",
            list("/api/public/v1/messages/ü".as_bytes()),
        ),
        ("a broken escape", list(b"/api/public/v1/messages/%zz")),
        (
            "dots",
            list(b"/api/public/v1/messages/../../../../etc/passwd"),
        ),
        (
            "escaped dots",
            list(b"/api/public/v1/messages/%2e%2e%2f%2e%2e"),
        ),
        ("a plus", list(b"/api/public/v1/messages/a+b")),
        ("a space", list(b"/api/public/v1/messages/a%20b")),
        (
            "an unknown method",
            Raw::new("BREW /api/public/v1/send").header("Authorization", key),
        ),
        (
            "a long idempotency key",
            send()
                .header("Authorization", key)
                .header("Idempotency-Key", "k".repeat(256))
                .body(body.clone()),
        ),
        (
            "an empty idempotency key",
            send()
                .header("Authorization", key)
                .header("Idempotency-Key", "")
                .body(body.clone()),
        ),
        (
            "an idempotency key of bytes",
            send()
                .header("Authorization", key)
                .header("Idempotency-Key", b"\xff")
                .body(body.clone()),
        ),
    ];
    for (what, request) in table {
        if what == "a long header" && lacks(Needs::ExactGateway("it takes longer headers")) {
            continue;
        }
        let answer = raw(&platform.ready().base_url, request).await;
        assert!(
            (400..500).contains(&answer.status),
            "{what}: {} {}",
            answer.status,
            answer.text
        );
    }
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn every_path_answers_a_preflight_and_lets_every_page_read_its_answers() {
    if lacks(Needs::ExactGateway("it answers every OPTIONS itself")) {
        return;
    }
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    for path in [
        "/api/public/v1/send",
        "/api/public/v1/messages",
        "/api/public/v1/messages/1",
        "/api/public/cloud-api-webhook/1",
        "/nowhere",
    ] {
        let answer = Client::answer(client.stranger(Method::OPTIONS, path)).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
        let headers = answer
            .header("access-control-allow-headers")
            .unwrap_or_default()
            .to_lowercase();
        assert!(
            ["authorization", "content-type", "idempotency-key"]
                .iter()
                .all(|name| headers.contains(name))
        );
        assert!(
            answer
                .header("access-control-allow-methods")
                .is_some_and(|methods| methods.contains("POST"))
        );
        for (method, key) in [
            (Method::GET, true),
            (Method::POST, true),
            (Method::POST, false),
        ] {
            let request = match key {
                true => client.request(method, path),
                false => client.stranger(method, path),
            };
            let answer = Client::answer(request).await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{path}: {}",
                answer.text
            );
            assert_eq!(
                answer.header("access-control-allow-credentials"),
                None,
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn an_escaped_slash_is_a_slash_as_at_api_gateway() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let request = Raw::new("GET /api%2Fpublic%2Fv1%2Fmessages");
    let request = request.header("Authorization", tenant.client.key());
    raw(&platform.ready().base_url, request).await.ok();
}
