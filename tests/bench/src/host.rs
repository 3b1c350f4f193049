//! The local host as a process.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use aws_credential_types::Credentials;
use openwati_store::aws::{AwsConfig, Clients};
use serde::{Deserialize, de::DeserializeOwned};
use tempfile::TempDir;

use crate::{function::Environment, process::Running};

/// A local host on a data folder of its own. Both go when this is dropped.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) process: Running,
    ready: Ready,
    seed: Seed,
    keys: AwsKeys,
    clients: Clients,
    _folder: TempDir,
}

/// What a host stands on, if not on what it holds itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setup<'a> {
    /// The Graph API; without it the built-in simulator.
    pub(crate) graph_url: Option<&'a str>,
    /// Another host, whose database, queues and bucket it uses; without it its own.
    pub(crate) aws_of: Option<&'a Host>,
    /// Other addresses of those, if something stands between.
    pub(crate) through: Option<&'a Endpoints>,
}

/// What a host says when it listens.
#[derive(Debug, Clone, Deserialize)]
struct Ready {
    base_url: String,
    aws: Aws,
}

#[derive(Debug, Clone, Deserialize)]
struct Aws {
    endpoints: Endpoints,
    region: String,
    table: String,
    bucket: String,
    queues: BTreeMap<String, String>,
}

/// Where a host's services and its provider are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Endpoints {
    /// DynamoDB.
    pub(crate) dynamodb: String,
    /// SQS.
    pub(crate) sqs: String,
    /// S3.
    pub(crate) s3: String,
}

/// What a data folder was given once.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Seed {
    /// The tenant.
    pub(crate) tenant_id: String,
    /// Its channel.
    pub(crate) channel: Channel,
    /// What seals secrets.
    pub(crate) key_ring: serde_json::Value,
    /// What signs links to files.
    link_key: String,
    /// What signs people's tokens.
    session_key: String,
    aws: AwsKeys,
}

/// The seeded channel.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Channel {
    pub(crate) phone_number: String,
    pub(crate) phone_number_id: String,
    pub(crate) waba_id: String,
    pub(crate) app_secret: String,
}

#[derive(Debug, Clone, Deserialize)]
struct AwsKeys {
    access_key_id: String,
    secret_access_key: String,
}

/// The queues, by the variables that name them to functions.
const QUEUES: [(&str, &str); 18] = [
    ("STATUSES_QUEUE_URL", "statuses"),
    ("INBOUND_QUEUE_URL", "inbound.fifo"),
    ("MEDIA_DOWNLOAD_QUEUE_URL", "media-download"),
    ("MEDIA_SEND_QUEUE_URL", "media-send"),
    ("MEDIA_SEND_DEAD_LETTERS_URL", "media-send-dead-letters"),
    ("AUTOMATION_STEP_QUEUE_URL", "automation-step"),
    (
        "AUTOMATION_STEP_DEAD_LETTERS_URL",
        "automation-step-dead-letters",
    ),
    ("SMART_REPLY_QUEUE_URL", "smart-reply"),
    ("SMART_REPLY_DEAD_LETTERS_URL", "smart-reply-dead-letters"),
    ("IMPORTS_QUEUE_URL", "imports"),
    ("IMPORTS_DEAD_LETTERS_URL", "imports-dead-letters"),
    ("WEBHOOK_DELIVERY_QUEUE_URL", "webhook-delivery.fifo"),
    ("WEBHOOK_RETRIES_QUEUE_URL", "webhook-retries"),
    ("DATA_QUEUE_URL", "data"),
    ("DATA_DEAD_LETTERS_URL", "data-dead-letters"),
    (
        "MEDIA_DOWNLOAD_DEAD_LETTERS_URL",
        "media-download-dead-letters",
    ),
    (
        "WEBHOOK_DELIVERY_DEAD_LETTERS_URL",
        "webhook-delivery-dead-letters.fifo",
    ),
    (
        "WEBHOOK_RETRIES_DEAD_LETTERS_URL",
        "webhook-retries-dead-letters",
    ),
];

/// How long a start may take, in whatever profile the host was built.
const PATIENCE: Duration = Duration::from_secs(30);

impl Host {
    /// Starts the binary `program` with a data folder in `folder`, and waits until it listens.
    pub(crate) async fn start(
        program: &Path,
        folder: &Path,
        setup: Setup<'_>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("openwati-bench-")
            .tempdir_in(folder)?;
        let mut command = Command::new(program);
        command
            .args(["--port", "0", "--data-dir"])
            .arg(folder.path())
            .env_clear()
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(url) = setup.graph_url {
            command.args(["--graph-url", url]);
        }
        if let Some(other) = setup.aws_of {
            let endpoints = setup.through.unwrap_or(other.endpoints());
            command
                .args(["--aws-endpoint", &endpoints.dynamodb])
                .envs(other.aws_environment(endpoints));
        }
        let mut process = Running::start(&mut command)?;
        let deadline = Instant::now() + PATIENCE;
        while !folder.path().join("ready.json").is_file() {
            anyhow::ensure!(Instant::now() < deadline, "the local host is not ready");
            process.check().context("the local host did not start")?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let ready: Ready = read(folder.path(), "ready.json")?;
        let seed: Seed = read(folder.path(), "seed.json")?;
        let keys = setup
            .aws_of
            .map_or_else(|| seed.aws.clone(), |other| other.keys.clone());
        Ok(Self {
            process,
            clients: clients(&ready.aws, &keys),
            ready,
            seed,
            keys,
            _folder: folder,
        })
    }

    /// The address of its API.
    pub(crate) fn base_url(&self) -> &str {
        &self.ready.base_url
    }

    /// What its data folder was given once.
    pub(crate) fn seed(&self) -> &Seed {
        &self.seed
    }

    /// Where its services are.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.ready.aws.endpoints
    }

    /// Its table.
    pub(crate) fn table(&self) -> &str {
        &self.ready.aws.table
    }

    /// The URL of one of its queues.
    pub(crate) fn queue(&self, name: &str) -> anyhow::Result<&str> {
        let url = self.ready.aws.queues.get(name);
        Ok(url.with_context(|| format!("the local host has no queue {name}"))?)
    }

    /// A client of its queues.
    pub(crate) fn sqs(&self) -> &aws_sdk_sqs::Client {
        &self.clients.sqs
    }

    /// A client of its table.
    pub(crate) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.clients.dynamodb
    }

    /// The environment of a function that works on this host, as the template gives it, by these addresses. No function
    /// reads more of it than its own part.
    pub(crate) fn environment(
        &self,
        endpoints: &Endpoints,
        graph_url: &str,
    ) -> anyhow::Result<Environment> {
        let mut environment = self.aws_environment(endpoints);
        environment.extend([
            ("TABLE_NAME", self.ready.aws.table.clone()),
            ("BUCKET_NAME", self.ready.aws.bucket.clone()),
            ("PUBLIC_BASE_URL", self.ready.base_url.clone()),
            ("LINK_KEY", self.seed.link_key.clone()),
            ("SESSION_KEY", self.seed.session_key.clone()),
            ("ALLOW_PRIVATE_URLS", "true".to_owned()),
            ("GRAPH_BASE_URL", graph_url.to_owned()),
            ("GRAPH_VERSION", "v23.0".to_owned()),
            ("KEY_RING", self.seed.key_ring.to_string()),
            ("FUNCTION_TIMEOUT_SECONDS", "29".to_owned()),
        ]);
        for (variable, name) in QUEUES {
            environment.push((variable, self.queue(name)?.to_owned()));
        }
        Ok(environment)
    }

    fn aws_environment(&self, endpoints: &Endpoints) -> Environment {
        vec![
            ("AWS_REGION", self.ready.aws.region.clone()),
            ("AWS_ACCESS_KEY_ID", self.keys.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.keys.secret_access_key.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_SQS", endpoints.sqs.clone()),
            ("AWS_ENDPOINT_URL_S3", endpoints.s3.clone()),
        ]
    }
}

fn clients(aws: &Aws, keys: &AwsKeys) -> Clients {
    let endpoints = aws.endpoints.clone();
    let config = AwsConfig {
        region: aws.region.clone(),
        credentials: Credentials::new(
            &keys.access_key_id,
            &keys.secret_access_key,
            None,
            None,
            "bench",
        ),
        dynamodb: Some(endpoints.dynamodb),
        sqs: Some(endpoints.sqs),
        s3: Some(endpoints.s3),
    };
    config.clients()
}

fn read<T: DeserializeOwned>(folder: &Path, name: &str) -> anyhow::Result<T> {
    let text =
        fs::read_to_string(folder.join(name)).with_context(|| format!("cannot read {name}"))?;
    // Without the cause, which would quote the file.
    let read = serde_json::from_str(&text).ok();
    read.with_context(|| format!("{name} is not what the benchmarks know"))
}
