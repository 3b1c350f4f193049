//! A function that does nothing, with what AWS's SDK gives to the others: clients, and connections that are open. How
//! long a start takes beyond this one's is what our own code takes.
//!
//! `BENCH_SQS` is set where it has a client of SQS beside the one of DynamoDB, `BENCH_ROOTS` where it has one for anybody's
//! servers, which reads the system's certificates. `BENCH_CONNECTIONS` holds the URLs that it connects to, one for each
//! connection, with spaces between them.

use std::env;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::BehaviorVersion;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use futures::future::join_all;
use lambda_http::{Body, Error, Request, Response, run, service_fn, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let urls = env::var("BENCH_CONNECTIONS").unwrap_or_default();
    let http = connector(urls.contains("https://"));
    let config = config(&http)?;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let sqs = env::var_os("BENCH_SQS").map(|_| aws_sdk_sqs::Client::new(&config));
    let anybody = env::var_os("BENCH_ROOTS").map(|_| reqwest::Client::new());
    join_all(urls.split_whitespace().map(|url| connect(&http, url))).await;
    run(service_fn(async |_: Request| {
        // The clients live as long as requests come.
        let _ = (&dynamodb, &sqs, &anybody);
        Ok::<_, Error>(Response::new(Body::Empty))
    }))
    .await
}

fn connector(tls: bool) -> SharedHttpConnector {
    let connector = Connector::builder();
    SharedHttpConnector::new(if tls {
        let rustls = Provider::Rustls(CryptoMode::AwsLc);
        connector.tls_provider(rustls).build()
    } else {
        connector.build_http()
    })
}

fn config(http: &SharedHttpConnector) -> Result<SdkConfig, env::VarError> {
    let (id, secret) = (
        env::var("AWS_ACCESS_KEY_ID")?,
        env::var("AWS_SECRET_ACCESS_KEY")?,
    );
    let credentials = Credentials::new(id, secret, None, None, "environment");
    let http = http.clone();
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(env::var("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client_fn(move |_, _| http.clone()))
        .build())
}

async fn connect(http: &SharedHttpConnector, url: &str) {
    let mut request = HttpRequest::new(SdkBody::empty());
    if request.set_uri(url).is_ok() {
        // Whatever is answered, the connection was made.
        let _ = http.call(request).await;
    }
}
