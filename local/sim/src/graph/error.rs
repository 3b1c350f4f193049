//! Graph's errors on the wire.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::validate::Problem;
use crate::error_table;

/// An error, before it has its trace id.
#[derive(Clone, Debug)]
pub(crate) struct GraphError {
    pub(crate) code: u32,
    pub(crate) subcode: Option<u32>,
    /// The text after `(#code)`, where the table's does not fit.
    message: Option<String>,
    /// `error_data.details`: only errors of messaging have it.
    details: Option<String>,
    /// Whether it is a `GraphMethodException` that has no code of its own.
    of_method: bool,
    /// A title and a text to be shown to a person: errors of templates have them.
    for_people: Option<(&'static str, String)>,
}

impl GraphError {
    /// An error of messaging with the table's texts.
    pub(crate) fn messaging(code: u32, details: Option<String>) -> Self {
        let known = error_table::lookup(code).details;
        Self {
            code,
            subcode: None,
            message: None,
            details: details.or_else(|| (!known.is_empty()).then(|| known.to_owned())),
            of_method: false,
            for_people: None,
        }
    }

    /// An error of Graph itself, with its own text.
    pub(crate) fn graph(code: u32, message: impl Into<String>) -> Self {
        Self {
            code,
            subcode: None,
            message: Some(message.into()),
            details: None,
            of_method: false,
            for_people: None,
        }
    }

    /// The same as a `GraphMethodException`, whose text comes without the number.
    pub(crate) fn of_method(self) -> Self {
        Self {
            of_method: true,
            ..self
        }
    }

    /// The error for an id that does not exist or that the token may not see.
    pub(crate) fn unknown_object(method: &str, id: &str) -> Self {
        let method = method.to_ascii_lowercase();
        let id: String = id.chars().take(100).collect();
        Self::graph(
            100,
            format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be \
                 loaded due to missing permissions, or does not support this operation"
            ),
        )
        .with_subcode(33)
    }

    /// The same with a title and a text to be shown to a person.
    pub(crate) fn for_people(self, title: &'static str, text: String) -> Self {
        Self {
            for_people: Some((title, text)),
            ..self
        }
    }

    pub(crate) fn with_subcode(self, subcode: u32) -> Self {
        Self {
            subcode: Some(subcode),
            ..self
        }
    }

    /// The status and the body.
    pub(crate) fn render(&self) -> (u16, Value) {
        let Self { code, subcode, .. } = self;
        let message = match &self.message {
            // Graph's own errors about tokens and objects come without the number.
            Some(message) if matches!(code, 104 | 190) || subcode.is_some() || self.of_method => {
                message.clone()
            }
            Some(message) => format!("(#{code}) {message}"),
            None => format!("(#{code}) {}", error_table::lookup(*code).title),
        };
        let kind = match (code, subcode) {
            (100, Some(33)) | (803, _) => "GraphMethodException",
            _ if self.of_method => "GraphMethodException",
            _ => "OAuthException",
        };
        let mut error = json!({"message": message, "type": kind, "code": code});
        if let Some(subcode) = subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if let Some((title, text)) = &self.for_people {
            error["is_transient"] = json!(false);
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(text);
        }
        if matches!(code, 2 | 4 | 80007 | 80008 | 130_429 | 131_016 | 131_056) {
            error["is_transient"] = json!(true);
        }
        error["fbtrace_id"] = json!(trace_id());
        (error_table::http_status(*code), json!({"error": error}))
    }
}

impl From<Problem> for GraphError {
    fn from(problem: Problem) -> Self {
        Self {
            // The schema's complaints stand in the message, as Graph words them.
            message: (problem.code == 100).then(|| problem.details.clone()),
            details: Some(problem.details),
            code: problem.code,
            subcode: None,
            of_method: false,
            for_people: None,
        }
    }
}

impl From<crate::store::Lost> for GraphError {
    fn from(_: crate::store::Lost) -> Self {
        Self::messaging(131_000, None)
    }
}

/// A trace id as Graph's look.
pub(super) fn trace_id() -> String {
    format!("A{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()))
}

/// A JSON answer with the headers that clients look at.
pub(super) fn answer(status: u16, version: &str, body: bytes::Bytes) -> Response {
    let mut response = Response::new(axum::body::Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    if let Ok(version) = HeaderValue::from_str(version) {
        headers.insert("facebook-api-version", version);
    }
    if let Ok(trace) = HeaderValue::from_str(&trace_id()) {
        headers.insert("x-fb-trace-id", trace);
    }
    response
}
