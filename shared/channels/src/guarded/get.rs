use std::{fmt, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use reqwest::{Request, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    client::Guarded,
    error::{FetchError, RedirectError, Waiting},
    headers,
};

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// How long a download may take and be.
#[derive(Clone, Copy, Debug)]
pub struct GetLimits {
    /// From the first look-up of a name to the end of the body, with all redirects.
    pub total_timeout: Duration,
    /// From a request, or the redirect before it, to its answer's headers.
    pub first_byte_timeout: Duration,
    /// Between two pieces of the body.
    pub idle_timeout: Duration,
    /// How long the body may be.
    pub max_bytes: u64,
}

/// An answer whose body is still coming. Its status may be any but a redirect's.
pub struct Download {
    response: Response,
    limits: GetLimits,
    deadline: Instant,
    read: u64,
}

impl Guarded {
    /// Asks for what a user's URL leads to, over at most five redirects. Each is checked like a first URL; another
    /// origin gets none of `headers` but `Accept`, `Range`, `User-Agent` and conditions, nor does any origin after it.
    ///
    /// From `https` to `http` leads no redirect, unless private URLs are allowed, and with them `http`.
    ///
    /// # Errors
    /// If a URL on the way may not be asked for, no answer came in time, or it says that it is too long.
    pub async fn get(
        &self,
        url: &Url,
        headers: HeaderMap,
        limits: GetLimits,
    ) -> Result<Download, FetchError> {
        let deadline = Instant::now() + limits.total_timeout;
        let mut url = self.policy().admit_url(url.clone())?;
        let mut headers = headers::without_reserved(headers);
        for _ in 0..=MOST_REDIRECTS {
            let response = self.get_once(&url, &headers, limits, deadline).await?;
            if !leads_elsewhere(response.status()) {
                return Download::new(response, limits, deadline);
            }
            let target = target(&url, response.headers())?;
            let target = self
                .policy()
                .admit_url(target)
                .map_err(RedirectError::Refused)?;
            if target.origin() != url.origin() {
                headers = headers::for_strangers(&headers);
            }
            url = target;
        }
        Err(RedirectError::TooMany.into())
    }

    async fn get_once(
        &self,
        url: &Url,
        headers: &HeaderMap,
        limits: GetLimits,
        deadline: Instant,
    ) -> Result<Response, FetchError> {
        let mut request = Request::new(Method::GET, url.clone());
        *request.headers_mut() = headers.clone();
        let patience = deadline.min(Instant::now() + limits.first_byte_timeout);
        timeout_at(patience, self.http()?.execute(request))
            .await
            .map_err(|_| FetchError::Timeout(Waiting::Answer))?
            .map_err(|error| FetchError::new(&error, Waiting::Answer))
    }
}

fn leads_elsewhere(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn target(from: &Url, headers: &HeaderMap) -> Result<Url, RedirectError> {
    headers
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| from.join(location).ok())
        .ok_or(RedirectError::NoLocation)
}

impl Download {
    fn new(response: Response, limits: GetLimits, deadline: Instant) -> Result<Self, FetchError> {
        let limit = limits.max_bytes;
        if response.content_length().is_some_and(|said| said > limit) {
            return Err(FetchError::TooLarge { limit });
        }
        Ok(Self {
            response,
            limits,
            deadline,
            read: 0,
        })
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// All headers: at most 100, and some 400 kB.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// What the host says the body is, if it says so in ASCII.
    pub fn content_type(&self) -> Option<&str> {
        self.headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// How long the host says the body is; at most [`GetLimits::max_bytes`].
    pub fn content_length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece of the body; `None` after its end. After an error no more is to be asked for.
    ///
    /// # Errors
    /// If none came in time, the body is too long, or it breaks off before its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        let patience = self.deadline.min(Instant::now() + self.limits.idle_timeout);
        let chunk = timeout_at(patience, self.response.chunk())
            .await
            .map_err(|_| FetchError::Timeout(Waiting::Body))?
            .map_err(|error| FetchError::new(&error, Waiting::Body))?;
        let limit = self.limits.max_bytes;
        self.read += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if self.read > limit {
            return Err(FetchError::TooLarge { limit });
        }
        Ok(chunk)
    }

    /// The body, piece by piece; it ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, FetchError>> + Send + 'static {
        stream::try_unfold(self, |mut download| async {
            let chunk = download.chunk().await?;
            Ok(chunk.map(|chunk| (chunk, download)))
        })
    }
}

/// The URL and the headers' values are left out.
impl fmt::Debug for Download {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Download")
            .field("status", &self.response.status())
            .field("content_length", &self.response.content_length())
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
