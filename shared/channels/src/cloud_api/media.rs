//! Files that customers sent: looked up at Graph, and downloaded from where Graph says.

use std::{fmt, time::Duration};

use bytes::Bytes;
use reqwest::{
    Response,
    header::{AUTHORIZATION, CONTENT_TYPE, LOCATION},
};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    answer::text,
    client::{CloudApi, below, call},
    config::Credentials,
    outcome::{CallError, Refusal},
    transport,
};

/// The domain from which Meta hands out files, by names like `lookaside.fbsbx.com`.
const FILES_OF_META: &str = "fbsbx.com";

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 3;

/// What WhatsApp tells of a file. All but the address may be missing.
#[derive(Clone)]
pub struct MediaInfo {
    /// Where it is for the next five minutes, for whoever shows the number's token.
    url: Url,
    /// Its type.
    pub mime_type: Option<String>,
    /// Its SHA-256, in hex or in base64.
    pub sha256: Option<String>,
    /// Its length in bytes.
    pub file_size: Option<u64>,
}

/// How long a download may take and be.
#[derive(Clone, Copy, Debug)]
pub struct DownloadLimits {
    /// From the first byte of the request to the last of the file.
    pub total_timeout: Duration,
    /// Until the answer begins, and between two pieces of it.
    pub idle_timeout: Duration,
    /// How long the file may be.
    pub max_bytes: u64,
}

/// Why a file did not come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// Its address is not Meta's: the token does not go there.
    #[error("WhatsApp names an address that is not its own")]
    ForeignAddress,
    /// The stored token can not be written into a request.
    #[error("the stored access token is malformed")]
    MalformedToken,
    /// Another answer came than the file: the link has ended, the token is not good, or Meta is out of order.
    #[error("WhatsApp's file server answered with status {0}")]
    Status(u16),
    /// No connection was made, or none could be used.
    #[error("WhatsApp's file server can not be reached: {detail}")]
    Unreachable {
        /// What failed, for logs; it holds no secret and no address of the call.
        detail: String,
    },
    /// Nothing came for too long, or the whole was not there in time.
    #[error("the file did not come in time")]
    TimedOut,
    /// The connection ended before the file did.
    #[error("the file broke off")]
    BrokenOff,
    /// It is longer than it may be.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// How long it may be.
        limit: u64,
    },
}

/// A file that is still coming.
pub struct MediaDownload {
    response: Response,
    limits: DownloadLimits,
    deadline: Instant,
    read: u64,
}

impl CloudApi {
    /// Asks where a file is. The address is good for five minutes.
    ///
    /// # Errors
    /// If WhatsApp does not know the file any more, the token may not read it, or no answer came.
    pub async fn media(
        &self,
        credentials: &Credentials<'_>,
        media_id: &str,
    ) -> Result<MediaInfo, CallError> {
        let request = self.http().get(below(self.base(), &[media_id]));
        call(request, credentials.access_token, MediaInfo::read).await
    }

    /// Begins to download a file. The token goes to Meta's file servers by `https`, to where Graph itself is, and nowhere
    /// else, whatever the address or a redirect says.
    ///
    /// # Errors
    /// If nothing begins to come, or it says that it is too long.
    pub async fn download(
        &self,
        credentials: &Credentials<'_>,
        file: &MediaInfo,
        limits: DownloadLimits,
    ) -> Result<MediaDownload, DownloadError> {
        let deadline = Instant::now() + limits.total_timeout;
        let token = transport::authorization(credentials.access_token)
            .map_err(|_: Refusal| DownloadError::MalformedToken)?;
        let mut url = file.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            if !self.may_have_token(&url) {
                return Err(DownloadError::ForeignAddress);
            }
            let request = self.http().get(url.clone());
            let request = request.timeout(limits.total_timeout);
            let request = request.header(AUTHORIZATION, token.clone());
            let response = timeout_at(limits.patience(deadline), request.send())
                .await
                .map_err(|_| DownloadError::TimedOut)?
                .map_err(DownloadError::of)?;
            match redirected(&url, &response) {
                Some(target) => url = target,
                None => return MediaDownload::new(response, limits, deadline),
            }
        }
        // What leads round in circles is no file.
        Err(DownloadError::Status(310))
    }

    pub(super) fn may_have_token(&self, url: &Url) -> bool {
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_metas = url.scheme() == "https"
            && url.port().is_none()
            && url.domain().is_some_and(|host| {
                let name = host.strip_suffix(FILES_OF_META);
                name.is_some_and(|name| name.is_empty() || name.ends_with('.'))
            });
        is_plain && (is_metas || url.origin() == self.base().origin())
    }
}

impl MediaInfo {
    /// A file of which nothing but its address is known.
    #[cfg(test)]
    pub(super) fn at(url: Url) -> Self {
        Self {
            url,
            mime_type: None,
            sha256: None,
            file_size: None,
        }
    }

    fn read(json: &Value) -> Option<Self> {
        let size = &json["file_size"];
        Some(Self {
            url: json["url"].as_str()?.parse().ok()?,
            mime_type: text(&json["mime_type"]),
            sha256: text(&json["sha256"]),
            // Documented as text, told as a number.
            file_size: size.as_u64().or_else(|| size.as_str()?.parse().ok()),
        })
    }
}

/// The address is left out: it is signed.
impl fmt::Debug for MediaInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MediaInfo")
            .field("mime_type", &self.mime_type)
            .field("file_size", &self.file_size)
            .finish_non_exhaustive()
    }
}

impl DownloadLimits {
    fn patience(&self, deadline: Instant) -> Instant {
        deadline.min(Instant::now() + self.idle_timeout)
    }
}

fn redirected(from: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

impl MediaDownload {
    fn new(
        response: Response,
        limits: DownloadLimits,
        deadline: Instant,
    ) -> Result<Self, DownloadError> {
        let status = response.status().as_u16();
        if status != 200 {
            return Err(DownloadError::Status(status));
        }
        let limit = limits.max_bytes;
        if response.content_length().is_some_and(|said| said > limit) {
            return Err(DownloadError::TooLarge { limit });
        }
        Ok(Self {
            response,
            limits,
            deadline,
            read: 0,
        })
    }

    /// What the server says it is, if it says so in ASCII. An error page says `text/html`, even with a status of success.
    pub fn content_type(&self) -> Option<&str> {
        self.response.headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The next piece of the file; `None` after its end. After an error no more is to be asked for.
    ///
    /// # Errors
    /// If none came in time, the file is too long, or it breaks off before its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, DownloadError> {
        let patience = self.limits.patience(self.deadline);
        let chunk = timeout_at(patience, self.response.chunk())
            .await
            .map_err(|_| DownloadError::TimedOut)?
            .map_err(DownloadError::of)?;
        let limit = self.limits.max_bytes;
        self.read += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if self.read > limit {
            return Err(DownloadError::TooLarge { limit });
        }
        Ok(chunk)
    }
}

impl fmt::Debug for MediaDownload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MediaDownload")
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

impl DownloadError {
    fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_connect() || error.is_builder() {
            let detail = transport::causes(error);
            Self::Unreachable { detail }
        } else {
            Self::BrokenOff
        }
    }
}
