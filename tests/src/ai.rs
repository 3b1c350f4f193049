//! An AI on this machine that speaks OpenAI's chat completions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use futures::stream;
use http::{StatusCode, header::AUTHORIZATION};
use openwati::AiOptions;
use openwati_core::secret::Secret;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// What the AI does with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AiDoes {
    /// It repeats the last message of a user's: `You wrote: hello`.
    Repeats,
    /// It says this.
    Says(String),
    /// It answers this status and OpenAI's shape of an error.
    Status(u16),
    /// It answers 200 with a page.
    Garbage,
    /// It says nothing.
    Empty,
    /// It declines, as OpenAI's models do.
    Refuses,
    /// What it says is withheld by a filter.
    Filtered,
    /// It breaks the connection off in the middle of its answer.
    BreaksOff,
}

/// A question that the AI was asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// What it came with to show who asks.
    pub authorization: String,
    /// Its body.
    pub body: Value,
}

/// The server; it ends when it is dropped. It repeats what users write until it is told otherwise.
#[derive(Debug)]
pub struct AiServer {
    base_url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    does: Mutex<AiDoes>,
    asked: Mutex<Vec<Question>>,
    /// Whether answers wait.
    held: watch::Sender<bool>,
}

impl AiServer {
    /// What it knows the platform by.
    pub const KEY: &str = "sk-the-key-of-the-operators-ai";
    /// The model that it is asked for.
    pub const MODEL: &str = "test/parrot-1";
    /// What it says that it is.
    pub const ANSWERS_AS: &str = "parrot-1-2026-11";

    /// Starts one.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let shared = Arc::new(Shared {
            does: Mutex::new(AiDoes::Repeats),
            asked: Mutex::default(),
            held: watch::Sender::new(false),
        });
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self {
            base_url: format!("http://{address}/v1"),
            shared,
            server,
        }
    }

    /// Where it is, as `AI_BASE_URL` takes it.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The options of a platform that asks it.
    pub fn options(&self) -> AiOptions {
        AiOptions {
            api_key: Secret::new(Self::KEY.to_owned()),
            base_url: self.base_url.clone(),
            model: Self::MODEL.to_owned(),
        }
    }

    /// The same as the environment of a process.
    pub fn environment(&self) -> [(&str, &str); 3] {
        [
            ("AI_API_KEY", Self::KEY),
            ("AI_BASE_URL", &self.base_url),
            ("AI_MODEL", Self::MODEL),
        ]
    }

    /// From now on it does this.
    pub fn does(&self, does: AiDoes) {
        *lock(&self.shared.does) = does;
    }

    /// From now on it takes questions and answers none, or, where `held` is false, all.
    pub fn holds(&self, held: bool) {
        self.shared.held.send_replace(held);
    }

    /// The questions, oldest first.
    pub fn asked(&self) -> Vec<Question> {
        lock(&self.shared.asked).clone()
    }

    /// The questions whose last message is this, oldest first.
    pub fn asked_about(&self, text: &str) -> Vec<Question> {
        let mut asked = self.asked();
        asked.retain(|question| last(&question.body) == text);
        asked
    }
}

impl Drop for AiServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn last(body: &Value) -> &str {
    let messages = body["messages"].as_array();
    let last = messages.and_then(|messages| messages.last());
    last.and_then(|last| last["content"].as_str())
        .unwrap_or_default()
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let text = format!("You wrote: {}", last(&body));
    let authorization = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    lock(&shared.asked).push(Question {
        authorization: authorization.unwrap_or_default().to_owned(),
        body,
    });
    let mut held = shared.held.subscribe();
    if held.wait_for(|held| !held).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let does = lock(&shared.does).clone();
    let says = |content: &str| completion(&json!({"content": content}), "stop");
    match does {
        AiDoes::Repeats => says(&text),
        AiDoes::Says(text) => says(&text),
        AiDoes::Status(status) => {
            let status = StatusCode::from_u16(status).expect("tests name statuses that there are");
            let error = json!({"error": {"message": "no", "type": "requests", "code": null}});
            (status, Json(error)).into_response()
        }
        AiDoes::Garbage => "<html>It works!</html>".into_response(),
        AiDoes::Empty => says(""),
        AiDoes::Refuses => completion(&json!({"content": null, "refusal": "I can not."}), "stop"),
        AiDoes::Filtered => completion(&json!({"content": "half of wh"}), "content_filter"),
        AiDoes::BreaksOff => {
            let parts = [Ok("{\"choices\":[{"), Err("the line is cut")];
            Body::from_stream(stream::iter(parts)).into_response()
        }
    }
}

fn completion(message: &Value, finish_reason: &str) -> Response {
    let mut message = message.clone();
    message["role"] = json!("assistant");
    let completion = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_800_000_000,
        "model": AiServer::ANSWERS_AS,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": null}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 2, "total_tokens": 42},
    });
    Json(completion).into_response()
}
