//! The clients of AWS, made once per process.
//!
//! Built by hand from the environment that Lambda gives: the usual chain of credential providers costs a cold start and
//! finds the same. Each service can be elsewhere: an emulator, the local host.

mod document;
mod open;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{BehaviorVersion, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

pub use document::{DocumentError, Documents};

/// How AWS is reached.
#[derive(Debug, Clone)]
pub struct AwsConfig {
    /// The region, `us-east-1`.
    pub region: String,
    /// Who calls.
    pub credentials: Credentials,
    /// Where DynamoDB is, if not at AWS.
    pub dynamodb: Option<String>,
    /// Where SQS is, if not at AWS.
    pub sqs: Option<String>,
    /// Where S3 is, if not at AWS.
    pub s3: Option<String>,
}

/// What is missing in the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct Missing(pub &'static str);

impl AwsConfig {
    /// From the variables that AWS's own tools use: `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`, `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_{DYNAMODB,SQS,S3}`.
    ///
    /// # Errors
    /// If the region or the credentials are missing.
    pub fn from_environment() -> Result<Self, Missing> {
        let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let need = |name: &'static str| get(name).ok_or(Missing(name));
        let all = get("AWS_ENDPOINT_URL");
        let endpoint = |name: &str| get(name).or_else(|| all.clone());
        Ok(Self {
            region: get("AWS_REGION")
                .or_else(|| get("AWS_DEFAULT_REGION"))
                .ok_or(Missing("AWS_REGION"))?,
            credentials: Credentials::new(
                need("AWS_ACCESS_KEY_ID")?,
                need("AWS_SECRET_ACCESS_KEY")?,
                get("AWS_SESSION_TOKEN"),
                None,
                "environment",
            ),
            dynamodb: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
            sqs: endpoint("AWS_ENDPOINT_URL_SQS"),
            s3: endpoint("AWS_ENDPOINT_URL_S3"),
        })
    }

    /// All three clients.
    pub fn clients(&self) -> Clients {
        let base = self.base();
        Clients {
            dynamodb: base.dynamodb(),
            sqs: base.sqs(),
            s3: base.s3(),
        }
    }

    /// What clients are made from, one by one.
    pub fn base(&self) -> ClientBase {
        let endpoints = [&self.dynamodb, &self.sqs, &self.s3];
        let plain = endpoints.iter().all(|endpoint| {
            endpoint
                .as_ref()
                .is_some_and(|url| url.starts_with("http://"))
        });
        let connector = connector(plain);
        let http = connector.clone();
        let shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(self.credentials.clone()))
            .retry_config(retries())
            .timeout_config(timeouts())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .time_source(SharedTimeSource::default())
            .http_client(http_client_fn(move |_, _| http.clone()))
            .build();
        ClientBase {
            connector,
            plain,
            shared,
            dynamodb: self.dynamodb.clone(),
            sqs: self.sqs.clone(),
            s3: self.s3.clone(),
        }
    }
}

/// What clients are made from. They share one HTTP client, so that certificates are read once, and its connections.
/// Making a client takes a start a good part of its time, and its code a good part of the binary: a function makes those
/// that it needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ClientBase {
    connector: SharedHttpConnector,
    /// Whether the connector knows no TLS.
    plain: bool,
    shared: SdkConfig,
    dynamodb: Option<String>,
    sqs: Option<String>,
    s3: Option<String>,
}

impl ClientBase {
    /// The client of DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.shared);
        config.set_endpoint_url(self.dynamodb.clone());
        config.set_stalled_stream_protection(Some(stalls()));
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// The client of SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let mut config = aws_sdk_sqs::config::Builder::from(&self.shared);
        config.set_endpoint_url(self.sqs.clone());
        config.set_stalled_stream_protection(Some(stalls()));
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// The client of S3.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let mut config = aws_sdk_s3::config::Builder::from(&self.shared);
        config.set_endpoint_url(self.s3.clone());
        // Buckets as paths where there is no name for each: emulators and the local host.
        config.set_force_path_style(Some(self.s3.is_some()));
        aws_sdk_s3::Client::from_conf(config.build())
    }
}

/// The clients of a process.
#[derive(Debug, Clone)]
pub struct Clients {
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// SQS.
    pub sqs: aws_sdk_sqs::Client,
    /// S3.
    pub s3: aws_sdk_s3::Client,
}

/// What all clients connect with. Handed to them ready made, because each would else make its own settings of TLS of all
/// certificates.
fn connector(plain: bool) -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT);
    let connector = Connector::builder()
        .connector_settings(settings.build())
        .sleep_impl(TokioSleep::new());
    SharedHttpConnector::new(if plain {
        connector.build_http()
    } else {
        let tls = Provider::Rustls(CryptoMode::AwsLc);
        connector.tls_provider(tls).build()
    })
}

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);

/// Answers of DynamoDB and SQS are small, and each has its time: watching how fast they come costs every request and tells
/// nothing.
fn stalls() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::disabled()
}

/// Three tries in all: what lasts longer is the caller's to tell.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(50))
}

/// A single answer of AWS takes milliseconds. With these three tries end within 7 s, so that a send that meets a dead
/// store has still time to say so within API Gateway's 30 s.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(Duration::from_millis(2_500))
        .operation_timeout(Duration::from_secs(7))
        .build()
}
