//! The one error of every WATI Pro path, and its body.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use openwati_core::id::Id;
use openwati_core::message::written::Wrong;
use serde::Serialize;
use utoipa::ToSchema;

mod services;

/// Marks an answer that was given before, to the same `Idempotency-Key`.
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The header of an answer that was given before, if it was.
pub fn replayed(replayed: bool) -> Option<[(HeaderName, HeaderValue); 1]> {
    replayed.then(|| [(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"))])
}

/// Why a request was not done, as its caller is told: a status, a sentence for people and a code for programs.
#[derive(Debug)]
pub struct ApiError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    body: ErrorBody,
    headers: HeaderMap,
}

/// The body of every error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"error": "message: must have 1 to 4096 characters, not 5000", "code": "invalid_request"}))]
pub struct ErrorBody {
    /// What is wrong and where, for a person.
    pub error: String,
    /// The same for a program: codes stay as they are.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// The message that the request made, where it came to make one. Look it up under `/api/public/v1/messages/{id}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// What WhatsApp said, where it was WhatsApp that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub whatsapp: Option<WhatsAppError>,
}

/// A refusal in WhatsApp's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhatsAppError {
    /// The number of the error in Meta's table, for example 131030, where Meta said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<i64>,
    /// Meta's title of it.
    pub title: String,
    /// Meta's explanation, where it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub details: Option<String>,
    /// The same in plain words and what to do, where we know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>)]
    pub help: Option<&'static str>,
}

/// As Meta's own messages are written: `(#131030) Recipient phone number not in allowed list`.
impl fmt::Display for WhatsAppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) if !self.title.starts_with("(#") => write!(f, "(#{code}) {}", self.title),
            _ => f.write_str(&self.title),
        }
    }
}

impl ApiError {
    /// An error with this status, stable code and message.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        error: impl Into<String>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            body: ErrorBody {
                error: error.into(),
                code: code.into(),
                id: None,
                whatsapp: None,
            },
            headers: HeaderMap::new(),
        }))
    }

    /// 400 `invalid_request`: `error` says what is wrong and where.
    pub fn invalid(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", error)
    }

    /// 401 `unauthorized`: one same answer for every reason, so that nobody learns which keys exist.
    pub fn unauthorized() -> Self {
        let error =
            "a valid API key or access token is required: send it as `Authorization: Bearer …`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", error).header(
            http::header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer"),
        )
    }

    /// 404 `not_found`.
    pub fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", error)
    }

    /// 413 `payload_too_large` for a body of more than `limit` bytes.
    pub fn payload_too_large(limit: usize) -> Self {
        let error = format!("the body has more than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", error)
    }

    /// 500 `internal`, which tells nothing of the inside. The cause belongs into a log.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong on our side",
        )
    }

    /// The same with the id of the message that the request made.
    #[must_use]
    pub fn message(mut self, id: Id) -> Self {
        self.0.body.id = Some(id.uuid());
        self
    }

    /// The same with what WhatsApp said.
    #[must_use]
    pub fn whatsapp(mut self, whatsapp: WhatsAppError) -> Self {
        self.0.body.whatsapp = Some(whatsapp);
        self
    }

    /// The same, marked as an earlier answer that is given again if it is.
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        if replayed {
            self.header(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"))
        } else {
            self
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// The same with `Retry-After`, in whole seconds rounded up, at least 1.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
        self.header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The body.
    pub fn body(&self) -> &ErrorBody {
        &self.0.body
    }
}

impl From<Wrong> for ApiError {
    fn from(wrong: Wrong) -> Self {
        Self::new(StatusCode::BAD_REQUEST, wrong.code, wrong.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Parts {
            status,
            body,
            headers,
        } = *self.0;
        (status, headers, Json(body)).into_response()
    }
}
