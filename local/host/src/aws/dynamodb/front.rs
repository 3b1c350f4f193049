//! The HTTP before the table: DynamoDB's JSON protocol, for the operations that a platform uses.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse as _, Response},
    routing::post,
};
use dynoxide::{Database, DynoxideError};
use http::{HeaderMap, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use super::super::JSON;

/// What the names of operations begin with in `x-amz-target`.
const TARGET: &str = "DynamoDB_20120810.";
/// The longest body that is read: DynamoDB's limit for the requests of a batch.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Answers for a table's file.
pub(super) fn router(database: Database) -> Router {
    Router::new()
        .route("/", post(answer))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(database)
}

async fn answer(State(database): State<Database>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    let operation = target.and_then(|target| target.strip_prefix(TARGET));
    let answer = operation.and_then(|operation| run(&database, operation, &body));
    let (status, body) = match answer {
        Some(Ok(body)) => (StatusCode::OK, body),
        Some(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if status.is_server_error() {
                tracing::error!(operation, %error, "the embedded DynamoDB failed");
            }
            (status, error.to_json().into_bytes())
        }
        None => {
            let unknown = br#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;
            (StatusCode::BAD_REQUEST, unknown.to_vec())
        }
    };
    (status, [(header::CONTENT_TYPE, JSON)], body).into_response()
}

/// Each operation by its name, and what does it.
macro_rules! operations {
    ($database:ident, $operation:ident, $body:ident, $($name:literal => $method:ident,)+) => {
        match $operation {
            $($name => Some(call($body, |request| $database.$method(request))),)+
            _ => None,
        }
    };
}

/// Runs an operation; `None` if there is none of that name.
fn run(
    database: &Database,
    operation: &str,
    body: &[u8],
) -> Option<Result<Vec<u8>, DynoxideError>> {
    operations!(database, operation, body,
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "CreateTable" => create_table,
        "DeleteItem" => delete_item,
        "DeleteTable" => delete_table,
        "DescribeTable" => describe_table,
        "DescribeTimeToLive" => describe_time_to_live,
        "GetItem" => get_item,
        "ListTables" => list_tables,
        "PutItem" => put_item,
        "Query" => query,
        "Scan" => scan,
        "TransactGetItems" => transact_get_items,
        "TransactWriteItems" => transact_write_items,
        "UpdateItem" => update_item,
        "UpdateTable" => update_table,
        "UpdateTimeToLive" => update_time_to_live,
    )
}

fn call<Request: DeserializeOwned, Answer: Serialize>(
    body: &[u8],
    run: impl FnOnce(Request) -> Result<Answer, DynoxideError>,
) -> Result<Vec<u8>, DynoxideError> {
    let request = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    let answer = run(request)?;
    serde_json::to_vec(&answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// A body that is no request. Its readers mark what DynamoDB calls invalid rather than malformed.
fn malformed(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    match text.split_once(':') {
        Some(("VALIDATION" | "VALIDATION_REQUEST" | "VALIDATION_AS_READ", rest)) => {
            DynoxideError::ValidationException(rest.to_owned())
        }
        Some(("SERIALIZATION" | "SERIALIZATION_AS_READ", rest)) => {
            DynoxideError::SerializationException(rest.to_owned())
        }
        _ if text.starts_with("missing field") || text.starts_with("unknown variant") => {
            DynoxideError::ValidationException(text.to_owned())
        }
        _ => DynoxideError::SerializationException(text.to_owned()),
    }
}

#[cfg(test)]
mod tests;
