//! A file of this function, with what a cache needs.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH,
};
use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

/// A file as it is sent.
#[derive(Debug)]
pub(crate) struct Stored {
    bytes: Cow<'static, [u8]>,
    etag: HeaderValue,
    content_type: HeaderValue,
    gzipped: bool,
}

impl Stored {
    /// A file of this type.
    pub(crate) fn new(bytes: impl Into<Cow<'static, [u8]>>, content_type: HeaderValue) -> Self {
        let bytes = bytes.into();
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
        Self {
            etag: HeaderValue::from_str(&etag).expect("hex digits and quotes fit a header"),
            bytes,
            content_type,
            gzipped: false,
        }
    }

    /// The same, whose bytes are compressed with gzip, or not. Every browser takes it.
    pub(crate) fn gzipped(mut self, gzipped: bool) -> Self {
        self.gzipped = gzipped;
        self
    }

    /// The answer to a request with these headers: 304 if the caller has the file.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let cached = [
            (ETAG, self.etag.clone()),
            // A deployment shows within five minutes.
            (
                CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=300"),
            ),
        ];
        if self.is_held(request) {
            return (StatusCode::NOT_MODIFIED, cached).into_response();
        }
        let content_type = [(CONTENT_TYPE, self.content_type.clone())];
        let mut response = (cached, content_type, self.bytes.to_vec()).into_response();
        if self.gzipped {
            response
                .headers_mut()
                .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }

    fn is_held(&self, request: &HeaderMap) -> bool {
        request
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag.as_bytes() == self.etag.as_bytes())
    }
}
