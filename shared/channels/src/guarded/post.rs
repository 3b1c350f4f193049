use std::{
    fmt,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Request, Response};
use url::Url;

use super::{
    client::Guarded,
    error::{FetchError, Waiting},
    headers,
};

/// How long a POST may take and what of its answer is read.
#[derive(Clone, Copy, Debug)]
pub struct PostLimits {
    /// From the look-up of the name to the end of the answer.
    pub total_timeout: Duration,
    /// How much of the answer's body is handed back.
    pub keep_answer_bytes: usize,
    /// How much of the answer's body is read in all, so that the connection can be used again. A longer one costs the
    /// connection.
    pub max_answer_bytes: usize,
}

/// What a host answered to a POST. A redirect is an answer like any other.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// All headers: at most 100, and some 400 kB.
    pub headers: HeaderMap,
    /// The begin of the body.
    pub body_prefix: Vec<u8>,
    /// How the body ended. The status stands whatever became of it.
    pub end: AnswerEnd,
    /// How long it took.
    pub timings: Timings,
}

/// How an answer's body ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerEnd {
    /// It was read to its end.
    Whole,
    /// It is longer than [`PostLimits::max_answer_bytes`], and the rest was not waited for.
    Left,
    /// The time was up or the connection broke.
    Broken(FetchError),
}

/// How long a request took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// From the call to the answer's status and headers, with looking the name up and connecting if that was necessary.
    pub first_byte: Duration,
    /// From the call to the end of the body.
    pub total: Duration,
}

/// The headers' values and the body are left out.
impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_prefix", &format_args!("{} B", self.body_prefix.len()))
            .field("end", &self.end)
            .field("timings", &self.timings)
            .finish_non_exhaustive()
    }
}

impl Guarded {
    /// Sends `body` to a URL that a user gave, once.
    ///
    /// `headers` are sent as they are, but for those that say where a request goes and how long it is.
    ///
    /// # Errors
    /// If the URL may not be asked for, or no status came.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        limits: PostLimits,
    ) -> Result<Answer, FetchError> {
        let started = Instant::now();
        let url = self.policy().admit_url(url.clone())?;
        let mut request = Request::new(Method::POST, url);
        *request.headers_mut() = headers::without_reserved(headers);
        *request.body_mut() = Some(body.into());
        *request.timeout_mut() = Some(limits.total_timeout);
        let mut response = self
            .http()?
            .execute(request)
            .await
            .map_err(|error| FetchError::new(&error, Waiting::Answer))?;
        let first_byte = started.elapsed();
        let (body_prefix, end) = read(&mut response, limits).await;
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body_prefix,
            end,
            timings: Timings {
                first_byte,
                total: started.elapsed(),
            },
        })
    }
}

async fn read(response: &mut Response, limits: PostLimits) -> (Vec<u8>, AnswerEnd) {
    let mut prefix = Vec::new();
    let mut read = 0;
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                read += chunk.len();
                let room = limits.keep_answer_bytes - prefix.len();
                prefix.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if read > limits.max_answer_bytes {
                    break AnswerEnd::Left;
                }
            }
            Ok(None) => break AnswerEnd::Whole,
            Err(error) => break AnswerEnd::Broken(FetchError::new(&error, Waiting::Body)),
        }
    };
    (prefix, end)
}
