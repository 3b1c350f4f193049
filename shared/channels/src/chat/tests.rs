//! What the client sends, and what it makes of every answer.

use std::time::Duration;

use openwati_core::secret::Secret;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use url::Url;

use super::{BadChatConfig, Chat, ChatAnswer, ChatConfig, ChatFailure, ChatMessage, Role};

const KEY: &str = "sk-very-secret";
/// Long enough for a slow machine: tests that use it do not wait for it.
const PATIENT: Duration = Duration::from_secs(30);
/// For tests in which the time runs out.
const IMPATIENT: Duration = Duration::from_millis(500);

/// What a server does with a connection, once it has heard the request.
#[derive(Clone)]
enum Does {
    Says(Vec<u8>),
    /// It says this and nothing more, and keeps the connection.
    Hangs(Vec<u8>),
}

/// A server that hears requests and does the same with each.
struct Server {
    url: Url,
    heard: mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (hears, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                hears.send(hear(&mut stream).await).unwrap();
                match does.clone() {
                    Does::Says(bytes) => {
                        // Whoever asked may hang up early.
                        let _ = stream.write_all(&bytes).await;
                    }
                    Does::Hangs(bytes) => {
                        let _ = stream.write_all(&bytes).await;
                        let _ = stream.read_to_end(&mut Vec::new()).await;
                    }
                }
            }
        });
        let url = url.parse().unwrap();
        Self { url, heard }
    }

    async fn says(status: &str, body: &[u8]) -> Self {
        Self::start(Does::Says(answer(status, body))).await
    }

    async fn asked(&self, timeout: Duration) -> Result<ChatAnswer, ChatFailure> {
        ask(self.url.clone(), timeout).await
    }
}

/// A whole request; its length is declared.
async fn hear(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&heard).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap();
            let length = length.lines().next().unwrap();
            if body.len() >= length.parse().unwrap() {
                return text;
            }
        }
        assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
    }
}

fn answer(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn config(base_url: Url, timeout: Duration) -> ChatConfig {
    ChatConfig {
        base_url,
        api_key: Secret::new(KEY.to_owned()),
        model: "a-model".to_owned(),
        timeout,
    }
}

async fn ask(url: Url, timeout: Duration) -> Result<ChatAnswer, ChatFailure> {
    let chat = Chat::new(config(url, timeout)).unwrap();
    let messages = [
        ChatMessage::new(Role::System, "Be brief."),
        ChatMessage::new(Role::User, "Hello"),
        ChatMessage::new(Role::Assistant, "Hi!"),
    ];
    chat.complete(&messages).await
}

async fn of(body: &Value) -> Result<ChatAnswer, ChatFailure> {
    let server = Server::says("200 OK", body.to_string().as_bytes()).await;
    server.asked(PATIENT).await
}

fn saying(message: Value) -> Value {
    json!({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
}

#[tokio::test]
async fn a_request_is_one_of_openais_and_its_answer_is_read() {
    let body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "a-model-7",
        "choices": [{"index": 0, "logprobs": null, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "\n Good morning! ", "refusal": null}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    });
    let mut server = Server::says("200 OK", body.to_string().as_bytes()).await;
    let answer = server.asked(PATIENT).await.unwrap();
    assert_eq!(answer.text, "Good morning!");
    assert_eq!(answer.model.as_deref(), Some("a-model-7"));
    assert_eq!(answer.tokens, Some(12));

    let heard = server.heard.recv().await.unwrap();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1"));
    let lower = head.to_lowercase();
    assert!(lower.contains(&format!("authorization: bearer {KEY}")));
    assert!(lower.contains("content-type: application/json"));
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = json!({"model": "a-model", "stream": false, "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi!"},
    ]});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_answer_in_parts_is_one_text() {
    let parts = json!([{"type": "text", "text": "Good "}, {"type": "text", "text": "morning!"}]);
    let answer = of(&saying(json!({"role": "assistant", "content": parts}))).await;
    let answer = answer.unwrap();
    assert_eq!(
        (answer.text.as_str(), answer.tokens),
        ("Good morning!", None)
    );
}

#[tokio::test]
async fn an_answer_without_text_is_empty() {
    for message in [
        json!({"role": "assistant", "content": ""}),
        json!({"role": "assistant", "content": " \n"}),
        json!({"role": "assistant", "content": null, "tool_calls": []}),
        json!({"role": "assistant"}),
    ] {
        assert_eq!(of(&saying(message)).await, Err(ChatFailure::Empty));
    }
    assert_eq!(of(&json!({"choices": []})).await, Err(ChatFailure::Empty));
}

#[tokio::test]
async fn a_refusal_is_no_answer() {
    let refusal = json!({"role": "assistant", "content": null, "refusal": "I will not."});
    assert_eq!(of(&saying(refusal)).await, Err(ChatFailure::Refused));
    let part = json!({"content": [{"type": "refusal", "refusal": "I will not."}]});
    assert_eq!(of(&saying(part)).await, Err(ChatFailure::Refused));
    let filtered =
        json!({"choices": [{"message": {"content": "half a"}, "finish_reason": "content_filter"}]});
    assert_eq!(of(&filtered).await, Err(ChatFailure::Refused));
}

#[tokio::test]
async fn what_is_no_completion_is_garbage() {
    for body in [
        &b"<html>It works!</html>"[..],
        b"",
        b"{\"choices\":[{\"mess",
        b"{\"error\":{\"message\":\"no\"}}",
        b"\xff\xfe",
        b"data: {\"choices\":[]}\n\ndata: [DONE]\n\n",
        b"{\"choices\":[{\"message\":{\"content\":7}}]}",
    ] {
        let server = Server::says("200 OK", body).await;
        assert_eq!(server.asked(PATIENT).await, Err(ChatFailure::Garbage));
    }
}

#[tokio::test]
async fn another_status_is_a_failure_and_429_is_one_of_its_own() {
    let error = json!({"error": {"message": format!("wrong key {KEY}")}}).to_string();
    for status in [301, 400, 401, 402, 404, 500, 503] {
        let server = Server::says(&format!("{status} So"), error.as_bytes()).await;
        let failed = server.asked(PATIENT).await;
        let expected = ChatFailure::Status {
            http_status: status,
        };
        assert_eq!(failed, Err(expected));
        assert!(!format!("{failed:?}").contains(KEY));
    }
    let server = Server::says("429 Too Many Requests", error.as_bytes()).await;
    assert_eq!(server.asked(PATIENT).await, Err(ChatFailure::TooBusy));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut elsewhere = Server::says("200 OK", b"{}").await;
    let location = &elsewhere.url;
    let redirect = format!("HTTP/1.1 307 So\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
    let server = Server::start(Does::Says(redirect.into_bytes())).await;
    let failed = ChatFailure::Status { http_status: 307 };
    assert_eq!(server.asked(PATIENT).await, Err(failed));
    assert!(elsewhere.heard.try_recv().is_err());
}

#[tokio::test]
async fn the_time_counts_from_the_first_byte_to_the_last() {
    let begun = answer("200 OK", b"{\"choices\":[]}");
    for said in [&b""[..], b"HTTP/1.1 200 OK\r\n", &begun[..begun.len() - 2]] {
        let mut server = Server::start(Does::Hangs(said.to_vec())).await;
        assert_eq!(server.asked(IMPATIENT).await, Err(ChatFailure::TimedOut));
        assert!(server.heard.try_recv().is_ok());
        assert!(server.heard.try_recv().is_err(), "it was asked twice");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_from_one_that_was_never_made() {
    let begun = answer("200 OK", b"{\"choices\":[]}");
    for said in [&b""[..], &begun[..begun.len() - 2]] {
        let server = Server::start(Does::Says(said.to_vec())).await;
        assert_eq!(
            server.asked(PATIENT).await,
            Err(ChatFailure::ConnectionLost)
        );
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let failed = ask(url.parse().unwrap(), PATIENT).await.unwrap_err();
    assert_eq!(failed.code(), "unreachable");
    assert!(!failed.to_string().contains("/v1"), "{failed}");
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let long = "x".repeat(2 << 20);
    let body = saying(json!({"content": long})).to_string();
    let server = Server::says("200 OK", body.as_bytes()).await;
    assert_eq!(server.asked(PATIENT).await, Err(ChatFailure::TooLong));
}

#[test]
fn what_can_not_work_is_refused() {
    let good = || config("https://ai.example/v1".parse().unwrap(), PATIENT);
    assert!(Chat::new(good()).is_ok());
    for url in [
        "ftp://ai.example/v1",
        "data:text/plain,hi",
        "https://me@ai.example/v1",
        "https://ai.example/v1?key=k",
        "https://ai.example/v1#k",
    ] {
        let base_url = url.parse().unwrap();
        let made = Chat::new(ChatConfig { base_url, ..good() });
        assert!(matches!(made, Err(BadChatConfig::BaseUrl)), "{url}");
    }
    for key in ["", " ", "two\nlines"] {
        let api_key = Secret::new(key.to_owned());
        let made = Chat::new(ChatConfig { api_key, ..good() });
        assert!(matches!(made, Err(BadChatConfig::ApiKey)), "{key:?}");
    }
    let model = String::new();
    let made = Chat::new(ChatConfig { model, ..good() });
    assert!(matches!(made, Err(BadChatConfig::Model)));
}

#[test]
fn the_key_is_not_shown() {
    let config = config("https://ai.example/v1/".parse().unwrap(), PATIENT);
    assert!(!format!("{config:?}").contains(KEY));
    let chat = Chat::new(config).unwrap();
    let shown = format!("{chat:?}");
    assert!(!shown.contains(KEY), "{shown}");
    assert!(shown.contains("/v1/chat/completions"), "{shown}");
}
