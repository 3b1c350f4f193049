//! Small public documents from the web, over the client that AWS's clients have: a function needs no second one.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use super::{ClientBase, connector};
use crate::on_use::OnUse;

/// Gets small documents from addresses that the operator configured. It follows no redirect. Cheap to clone.
#[derive(Clone)]
pub struct Documents(OnUse<SharedHttpConnector>);

/// Why a document was not got. It names no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The address is none.
    #[error("the address is none")]
    Address,
    /// No connection came about, or it broke.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The answer took too long.
    #[error("there was no whole answer in time")]
    Timeout,
    /// Another status than 200.
    #[error("it answered with status {0}")]
    Status(u16),
    /// The document is longer than allowed.
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
}

impl ClientBase {
    /// What gets documents, over the connections of AWS's clients where these speak TLS.
    pub fn documents(&self) -> Documents {
        if self.plain {
            return Documents::new();
        }
        Documents(self.connector.clone().into())
    }
}

impl Documents {
    /// What gets documents, with connections of its own, which are prepared when the first one is asked for.
    pub fn new() -> Self {
        Self(OnUse::new(|| connector(false)))
    }

    /// The document at `url`, of at most `longest` bytes.
    ///
    /// # Errors
    /// If anything else than a whole answer with status 200 came within `patience`.
    pub async fn get(
        &self,
        url: &str,
        longest: usize,
        patience: Duration,
    ) -> Result<Vec<u8>, DocumentError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(url).map_err(|_| DocumentError::Address)?;
        let headers = request.headers_mut();
        headers.insert("accept", "application/json");
        headers.insert(
            "user-agent",
            concat!("openwati/", env!("CARGO_PKG_VERSION")),
        );
        tokio::time::timeout(patience, self.exchange(request, longest))
            .await
            .map_err(|_| DocumentError::Timeout)?
    }

    async fn exchange(
        &self,
        request: HttpRequest,
        longest: usize,
    ) -> Result<Vec<u8>, DocumentError> {
        let unreachable = |error: &dyn std::error::Error| {
            // The innermost cause knows what happened, and nothing of the address.
            let mut cause = error;
            while let Some(inner) = cause.source() {
                cause = inner;
            }
            DocumentError::Unreachable(cause.to_string())
        };
        let response = self.0.call(request).await.map_err(|e| unreachable(&e))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(DocumentError::Status(status));
        }
        let mut body = aws_smithy_types::byte_stream::ByteStream::new(response.into_body());
        let mut document = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|e| unreachable(&e))?;
            if document.len() + chunk.len() > longest {
                return Err(DocumentError::TooLong(longest));
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document)
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Documents")
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    /// Where everything is answered with these bytes; the connection stays open.
    async fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/document", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    while connection.read(&mut request).await.unwrap_or(0) > 0 {
                        connection.write_all(answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        url
    }

    async fn get(answer: &'static str, longest: usize) -> Result<Vec<u8>, DocumentError> {
        let url = server(answer).await;
        Documents::new().get(&url, longest, PATIENCE).await
    }

    #[tokio::test]
    async fn a_document_comes_whole_up_to_its_limit() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert_eq!(get(answer, 5).await, Ok(b"hello".to_vec()));
        assert_eq!(get(answer, 4).await, Err(DocumentError::TooLong(4)));
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n";
        assert_eq!(get(chunked, 10).await, Ok(b"helloworld".to_vec()));
        assert_eq!(get(chunked, 9).await, Err(DocumentError::TooLong(9)));
    }

    #[tokio::test]
    async fn another_status_is_no_document() {
        let redirect =
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(get(redirect, 100).await, Err(DocumentError::Status(302)));
        let missing = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(get(missing, 100).await, Err(DocumentError::Status(404)));
    }

    #[tokio::test]
    async fn an_answer_that_does_not_end_is_none() {
        let url = server("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello").await;
        let short = Duration::from_millis(100);
        let got = Documents::new().get(&url, 100, short).await;
        assert_eq!(got, Err(DocumentError::Timeout));
    }

    #[tokio::test]
    async fn nobody_there_is_said_without_the_address() {
        let got = Documents::new()
            .get("http://127.0.0.1:1/secret", 100, PATIENCE)
            .await;
        let Err(error @ DocumentError::Unreachable(_)) = got else {
            panic!("{got:?}");
        };
        assert!(!error.to_string().contains("secret"), "{error}");
        let got = Documents::new().get("no address", 100, PATIENCE).await;
        assert!(got.is_err(), "{got:?}");
    }
}
