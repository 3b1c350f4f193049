use axum::extract::{FromRequest, OptionalFromRequest, Request};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::raw;
use crate::ApiError;

/// The most bytes of a JSON body, 256 KiB: the longest text of WhatsApp's fits 16 times, escaped to the last character.
pub const JSON_LIMIT: usize = 256 * 1024;

/// The most bytes of a JSON body that holds many things, 2 MiB. Lambda takes 6 MB a request, in which the body is a text
/// with its quotes escaped.
pub const LARGE_JSON_LIMIT: usize = 2 * 1024 * 1024;

/// A JSON object of at most `LIMIT` bytes. It is judged by its bytes and not by `Content-Type`, which many clients
/// forget. Unknown fields are ignored, `null` is as if the field were absent, and of repeated fields the last one counts.
#[derive(Debug, Clone)]
pub struct ApiJson<T, const LIMIT: usize = JSON_LIMIT> {
    /// What was read.
    pub value: T,
    /// The bytes it was read from, for an idempotency key's hash.
    pub raw: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned, const LIMIT: usize> FromRequest<S> for ApiJson<T, LIMIT> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let raw = raw::read(request, LIMIT).await?;
        let value = parse(&raw)?;
        Ok(Self { value, raw })
    }
}

/// An empty body is none, where none is needed.
impl<S: Send + Sync, T: DeserializeOwned, const LIMIT: usize> OptionalFromRequest<S>
    for ApiJson<T, LIMIT>
{
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Option<Self>, ApiError> {
        let raw = raw::read(request, LIMIT).await?;
        if raw.trim_ascii().is_empty() {
            return Ok(None);
        }
        let value = parse(&raw)?;
        Ok(Some(Self { value, raw }))
    }
}

/// Reads a field whose `null` is not the same as its absence, for `#[serde(default, deserialize_with = …)]`: absent it is
/// `None`, and `null` is `Some(None)`.
///
/// # Errors
/// If it is neither `null` nor a `T`.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(field).map(Some)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        broken(format!("the body is not UTF-8: byte {at} is wrong"))
    })?;
    if text.trim().is_empty() {
        return Err(broken(
            "the body is empty: a JSON object is expected".to_owned(),
        ));
    }
    // By way of a value, because a repeated field is an error to a struct and none to JSON. Nesting ends at 128.
    let value: Value = serde_json::from_str(text)
        .map_err(|error| broken(format!("the body is not valid JSON: {error}")))?;
    if !value.is_object() {
        return Err(broken("the body must be a JSON object".to_owned()));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let what = error.inner();
        ApiError::invalid(if path == "." {
            what.to_string()
        } else {
            format!("{path}: {what}")
        })
    })
}

fn broken(error: String) -> ApiError {
    ApiError::new(http::StatusCode::BAD_REQUEST, "invalid_json", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Body {
        to: Option<String>,
        #[serde(default)]
        people: Vec<Person>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Person {
        phone: String,
    }

    fn error(bytes: impl AsRef<[u8]>) -> String {
        let error = parse::<Body>(bytes.as_ref()).unwrap_err();
        format!("{} {}", error.body().code, error.body().error)
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        insta::assert_snapshot!(
            [
                error(""),
                error(" \n "),
                error("{\n  \"to\": \"1\",,\n}"),
                error("{\"to\": \"1\""),
                error("{} {}"),
                error("[]"),
                error("\"to\""),
                error("{\"to\": 923001234567}"),
                error("{\"people\": [{\"phone\": \"1\"}, {\"phone\": true}]}"),
                error("{\"people\": [{}]}"),
                error(b"{\"to\": \"\xff\"}"),
                error("{\"to\": \"\\ud800\"}"),
                error("'to'"),
            ]
            .join("\n"),
            @r#"
        invalid_json the body is empty: a JSON object is expected
        invalid_json the body is empty: a JSON object is expected
        invalid_json the body is not valid JSON: key must be a string at line 2 column 13
        invalid_json the body is not valid JSON: EOF while parsing an object at line 1 column 10
        invalid_json the body is not valid JSON: trailing characters at line 1 column 4
        invalid_json the body must be a JSON object
        invalid_json the body must be a JSON object
        invalid_request to: invalid type: integer `923001234567`, expected a string
        invalid_request people[1].phone: invalid type: boolean `true`, expected a string
        invalid_request people[0]: missing field `phone`
        invalid_json the body is not UTF-8: byte 8 is wrong
        invalid_json the body is not valid JSON: unexpected end of hex escape at line 1 column 15
        invalid_json the body is not valid JSON: expected value at line 1 column 1
        "#
        );
    }

    #[test]
    fn a_nesting_bomb_is_an_error() {
        for deep in ["[".repeat(100_000), "{\"a\":".repeat(40_000)] {
            assert!(error(&deep).contains("recursion limit"));
            assert!(error(format!("{{\"unknown\": {deep}")).contains("recursion limit"));
        }
    }

    #[test]
    fn null_clears_what_says_so() {
        #[derive(Deserialize)]
        struct Change {
            #[serde(default, deserialize_with = "nullable")]
            days: Option<Option<u32>>,
        }
        let days = |text: &str| parse::<Change>(text.as_bytes()).map(|change| change.days);
        assert_eq!(days("{}").unwrap(), None);
        assert_eq!(days("{\"days\": null}").unwrap(), Some(None));
        assert_eq!(days("{\"days\": 3}").unwrap(), Some(Some(3)));
        assert!(days("{\"days\": \"3\"}").is_err());
    }

    #[test]
    fn null_is_absent_and_unknown_and_repeated_fields_are_taken() {
        let body = |text: &str| parse::<Body>(text.as_bytes()).unwrap().to;
        assert_eq!(body("{\"to\": null}"), None);
        assert_eq!(body("{\"other\": {\"to\": 1}}"), None);
        assert_eq!(body("{\"to\": \"1\", \"to\": \"2\"}").as_deref(), Some("2"));
    }
}
