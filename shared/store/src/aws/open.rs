use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use futures::future::join_all;

use super::ClientBase;

impl ClientBase {
    /// Opens so many connections to DynamoDB, which the first requests then find. Failures are left to them.
    pub async fn open_dynamodb(&self, connections: usize) {
        use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

        if let Some(url) = &self.dynamodb {
            return self.open(url, connections).await;
        }
        let params = Params::builder().set_region(self.region()).build();
        if let Ok(params) = params
            && let Ok(endpoint) = DefaultResolver::new().resolve_endpoint(&params).await
        {
            self.open(endpoint.url(), connections).await;
        }
    }

    /// Opens a connection to SQS, which the first request then finds. Failures are left to it.
    pub async fn open_sqs(&self) {
        use aws_sdk_sqs::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

        if let Some(url) = &self.sqs {
            return self.open(url, 1).await;
        }
        let params = Params::builder().set_region(self.region()).build();
        if let Ok(params) = params
            && let Ok(endpoint) = DefaultResolver::new().resolve_endpoint(&params).await
        {
            self.open(endpoint.url(), 1).await;
        }
    }

    fn region(&self) -> Option<String> {
        self.shared.region().map(ToString::to_string)
    }

    /// Asks for the service's root, all at the same time, so that each finds the connections of the others busy. It
    /// needs no signature, whose making would take longer than all the rest, and no permission: whatever is answered,
    /// the connection is open.
    async fn open(&self, url: &str, connections: usize) {
        let ask = |_| async {
            let mut request = HttpRequest::new(SdkBody::empty());
            if request.set_uri(url).is_err() {
                return;
            }
            match self.connector.call(request).await {
                // A connection whose answer was not read to its end is closed.
                Ok(response) => drop(ByteStream::new(response.into_body()).collect().await),
                Err(error) => tracing::debug!(%error, url, "no connection could be opened"),
            }
        };
        join_all((0..connections).map(ask)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_credential_types::Credentials;
    use futures::future::join_all;
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    use crate::aws::AwsConfig;

    #[tokio::test]
    async fn requests_find_the_connections_that_were_opened() {
        let (url, opened) = server().await;
        let config = AwsConfig {
            region: "us-east-1".to_owned(),
            credentials: Credentials::new("id", "key", None, None, "test"),
            dynamodb: Some(url.clone()),
            sqs: Some(url.clone()),
            s3: Some(url),
        };
        let clients = config.base();
        let client = clients.dynamodb();
        clients.open_dynamodb(3).await;
        assert_eq!(opened.load(Ordering::SeqCst), 3);
        let answers = join_all((0..3).map(|_| client.list_tables().send())).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(opened.load(Ordering::SeqCst), 3);
    }

    /// A server that answers everything with `{}`, and how many connections were made to it.
    async fn server() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let opened = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&opened);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(connection));
            }
        });
        (url, opened)
    }

    async fn answer(connection: TcpStream) {
        let mut connection = BufReader::new(connection);
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if connection.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return;
                }
                if line == "\r\n" {
                    break;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            connection.read_exact(&mut body).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            connection.write_all(answer).await.unwrap();
        }
    }
}
