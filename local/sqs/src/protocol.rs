//! The JSON protocol: the action stands in `x-amz-target`, its input and its output are JSON.

use std::{future::Future, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_TYPE, HOST},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Shared,
    actions::{delete, queues, receive, send, visibility},
    fault::{Fault, Kind},
    store::new_message_id,
};

/// The content type of every body.
pub(crate) const CONTENT_TYPE_JSON: &str = "application/x-amz-json-1.0";
const TARGET: &str = "x-amz-target";
const TARGET_PREFIX: &str = "AmazonSQS.";
/// The longest body that is read: a batch of 1 MiB whose every character is escaped is 6 MiB, and then the rest.
const MAX_REQUEST: usize = 8 * 1024 * 1024;

/// A request, beside its input.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    /// The address by which the caller knows this server.
    host: String,
}

impl Call {
    /// The URL of a queue, at the address that the caller used: none is ever stored.
    pub(crate) fn url(&self, queue: &str) -> String {
        format!(
            "http://{}/{}/{queue}",
            self.host, self.shared.config.account
        )
    }

    /// The ARN of a queue.
    pub(crate) fn arn(&self, queue: &str) -> String {
        let config = &self.shared.config;
        format!("arn:aws:sqs:{}:{}:{queue}", config.region, config.account)
    }
}

/// The name of the queue that a URL speaks of: its last segment, whatever the address before it.
pub(crate) fn queue_name(url: Option<String>) -> Result<String, Fault> {
    let url = url.ok_or_else(|| Fault::missing("QueueUrl"))?;
    let name = url
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    Ok(name.to_owned())
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", post(handle))
        .route("/{account}/{queue}", post(handle))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(shared)
}

async fn handle(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let call = Call {
        shared,
        host: text(HOST).unwrap_or("localhost").to_owned(),
    };
    let action = text(HeaderName::from_static(TARGET))
        .and_then(|target| target.strip_prefix(TARGET_PREFIX))
        .unwrap_or_default();
    let answer = dispatch(action, call, &body).await;
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    if let Ok(id) = HeaderValue::try_from(new_message_id()) {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}

async fn dispatch(action: &str, call: Call, body: &[u8]) -> Result<Response, Fault> {
    match action {
        "ChangeMessageVisibility" => run(call, body, visibility::change).await,
        "ChangeMessageVisibilityBatch" => run(call, body, visibility::change_batch).await,
        "CreateQueue" => run(call, body, queues::create).await,
        "DeleteMessage" => run(call, body, delete::delete).await,
        "DeleteMessageBatch" => run(call, body, delete::delete_batch).await,
        "DeleteQueue" => run(call, body, queues::delete).await,
        "GetQueueAttributes" => run(call, body, queues::attributes).await,
        "GetQueueUrl" => run(call, body, queues::url).await,
        "ListQueues" => run(call, body, queues::list).await,
        "PurgeQueue" => run(call, body, queues::purge).await,
        "ReceiveMessage" => run(call, body, receive::receive).await,
        "SendMessage" => run(call, body, send::send).await,
        "SendMessageBatch" => run(call, body, send::send_batch).await,
        "SetQueueAttributes" => run(call, body, queues::set_attributes).await,
        _ => Err(Fault::new(
            Kind::UnsupportedOperation,
            format!("The action {action} is not valid for this endpoint."),
        )),
    }
}

async fn run<Input, Output, Answer>(
    call: Call,
    body: &[u8],
    action: impl FnOnce(Call, Input) -> Answer,
) -> Result<Response, Fault>
where
    Input: DeserializeOwned,
    Output: Serialize,
    Answer: Future<Output = Result<Output, Fault>>,
{
    let input = serde_json::from_slice(body)
        .map_err(|error| Fault::new(Kind::MalformedBody, format!("invalid input: {error}")))?;
    let output = action(call, input).await?;
    let body = serde_json::to_vec(&output).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Fault::internal()
    })?;
    let content_type = (CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_JSON));
    Ok(([content_type], body).into_response())
}
