//! Lambda's Runtime API, as much of it as a function uses (AWS, "Using the Lambda runtime API").

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
    task::JoinHandle,
    time::timeout,
};

/// The Runtime API of one function, for as long as this lives.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    asked: mpsc::UnboundedReceiver<Instant>,
    events: mpsc::UnboundedSender<Bytes>,
    answers: mpsc::UnboundedReceiver<Answer>,
    serving: JoinHandle<()>,
}

/// What a function made of an event.
#[derive(Debug)]
enum Answer {
    Response(Bytes),
    Error(Bytes),
}

#[derive(Debug)]
struct Shared {
    asked: mpsc::UnboundedSender<Instant>,
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    answers: mpsc::UnboundedSender<Answer>,
    invocations: AtomicU64,
}

/// The longest that a start or an invocation is waited for, and what the deadline tells the function.
const PATIENCE: Duration = Duration::from_secs(30);

impl RuntimeApi {
    /// Begins to listen.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (asked_sender, asked) = mpsc::unbounded_channel();
        let (events, events_receiver) = mpsc::unbounded_channel();
        let (answers_sender, answers) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            asked: asked_sender,
            events: Mutex::new(events_receiver),
            answers: answers_sender,
            invocations: AtomicU64::new(0),
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(shared);
        let serving = tokio::spawn(async move {
            // It ends with the function, and what fails before is met by the function.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            asked,
            events,
            answers,
            serving,
        })
    }

    /// What a function finds in `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// When the function asked for its next event.
    pub(crate) async fn asked(&mut self) -> anyhow::Result<Instant> {
        let asked = timeout(PATIENCE, self.asked.recv()).await;
        let asked = asked.context("the function did not ask for an event")?;
        asked.context("the Runtime API has ended")
    }

    /// Hands the function an event, and waits for its answer and until it asks for the next.
    pub(crate) async fn invoke(&mut self, event: Bytes) -> anyhow::Result<Bytes> {
        self.events
            .send(event)
            .context("the Runtime API has ended")?;
        let answer = timeout(PATIENCE, self.answers.recv()).await;
        let answer = answer.context("the function did not answer")?;
        let answer = match answer.context("the Runtime API has ended")? {
            Answer::Response(body) => body,
            Answer::Error(body) => {
                anyhow::bail!("the function failed: {}", String::from_utf8_lossy(&body))
            }
        };
        self.asked().await?;
        Ok(answer)
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    // Nobody listens any more: the function is about to be ended.
    let _ = shared.asked.send(Instant::now());
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let number = shared.invocations.fetch_add(1, Ordering::Relaxed);
    let deadline = SystemTime::now() + PATIENCE;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let header = HeaderName::from_static;
    let headers = [
        (
            header("lambda-runtime-aws-request-id"),
            format!("8476a536-e9f4-11e8-9739-{number:012x}"),
        ),
        (
            header("lambda-runtime-deadline-ms"),
            deadline.as_millis().to_string(),
        ),
        (
            header("lambda-runtime-invoked-function-arn"),
            "arn:aws:lambda:us-east-1:123456789012:function:bench".to_owned(),
        ),
        (
            header("lambda-runtime-trace-id"),
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let _ = shared.answers.send(Answer::Response(body));
    StatusCode::ACCEPTED
}

async fn error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let _ = shared.answers.send(Answer::Error(body));
    StatusCode::ACCEPTED
}
