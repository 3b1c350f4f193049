//! DynamoDB, SQS and S3: embedded, or elsewhere.

use std::net::SocketAddr;

use anyhow::Context as _;
use aws_credential_types::Credentials;
use openwati_sqs::{Durability, SqsServer};
use openwati_store::aws::{AwsConfig, Clients};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use self::{
    faults::{Faults, Service},
    guard::Guard,
};
use crate::{
    connections,
    data_dir::{DataDir, cannot_open},
    options::Options,
    seed::Seed,
    template::STACK,
};

mod dynamodb;
mod faults;
mod guard;
mod resources;
mod s3;

pub(crate) use faults::steer;
pub(crate) use resources::{Deployed, DeployedQueue, deploy};

/// The region, where the environment names none.
const REGION: &str = "us-east-1";
/// The account in the ARNs of embedded queues.
const ACCOUNT: &str = "000000000000";

/// The content type of the JSON protocol that DynamoDB and SQS speak.
const JSON: &str = "application/x-amz-json-1.0";

/// The services of AWS that the platform stands on.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) config: AwsConfig,
    /// What the names of queues, table and bucket begin with.
    pub(crate) stack: String,
    /// The queue server, if it is embedded.
    pub(crate) queue_server: Option<SqsServer>,
    /// What goes wrong with the embedded servers on demand, if they are embedded.
    pub(crate) faults: Option<Faults>,
    /// The embedded servers.
    servers: JoinSet<()>,
}

/// Where the three services are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: String,
    /// SQS.
    pub sqs: String,
    /// S3.
    pub s3: String,
}

impl Aws {
    /// Starts what is embedded. It stops when `stop` turns true, and finishes what runs.
    pub(crate) async fn start(
        options: &Options,
        data: &DataDir,
        seed: &Seed,
        stop: &watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        if let Some(endpoint) = &options.aws_endpoint {
            return Ok(Self::elsewhere(
                endpoint.as_str().trim_end_matches('/'),
                seed,
            ));
        }
        // With real customers no answer is to be taken back, not even by a power cut. The simulated ones are lost with it.
        let durability = match options.simulates() {
            true => Durability::Process,
            false => Durability::Power,
        };
        let mut servers = JoinSet::new();
        let guard = Guard::new(&seed.aws);
        let faults = Faults::default();
        let (dynamodb, at) = listen().await?;
        let dynamodb_url = format!("http://{at}");
        let table = data.dynamodb();
        let front = |router| {
            guard
                .clone()
                .before(faults.before(Service::DynamoDb, router))
        };
        dynamodb::serve(
            dynamodb,
            &table,
            durability,
            front,
            stop.clone(),
            &mut servers,
        )?;
        let (sqs, at) = listen().await?;
        let sqs_url = format!("http://{at}");
        let queue_server = SqsServer::open(openwati_sqs::Config {
            database: data.sqs(),
            region: REGION.to_owned(),
            account: ACCOUNT.to_owned(),
            speed: options.speed,
            durability,
        })
        .with_context(|| cannot_open(&data.sqs()))?;
        let guarded = guard.before(faults.before(Service::Sqs, queue_server.router()));
        servers.spawn(connections::serve(sqs, guarded, stop.clone()));
        servers.spawn({
            let (server, stopped) = (queue_server.clone(), stopped(stop.clone()));
            async move {
                stopped.await;
                server.close();
            }
        });
        let (s3, at) = listen().await?;
        let s3_url = format!("http://{at}");
        let front = |router| faults.before(Service::S3, router);
        s3::serve(s3, &data.s3(), &seed.aws, front, stop.clone(), &mut servers)?;
        let config = AwsConfig {
            region: REGION.to_owned(),
            credentials: credentials(&seed.aws.access_key_id, seed.aws.secret_access_key.expose()),
            dynamodb: Some(dynamodb_url),
            sqs: Some(sqs_url),
            s3: Some(s3_url),
        };
        Ok(Self {
            config,
            stack: STACK.to_owned(),
            queue_server: Some(queue_server),
            faults: Some(faults),
            servers,
        })
    }

    /// Services elsewhere, reached as the environment says, and as an emulator wants where it says nothing. Names are
    /// this data folder's own: an endpoint may serve several.
    fn elsewhere(endpoint: &str, seed: &Seed) -> Self {
        let of_service = |name: &str| Some(variable(name).unwrap_or_else(|| endpoint.to_owned()));
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        Self {
            config: AwsConfig {
                region: region.unwrap_or_else(|| REGION.to_owned()),
                credentials: credentials_elsewhere(),
                dynamodb: of_service("AWS_ENDPOINT_URL_DYNAMODB"),
                sqs: of_service("AWS_ENDPOINT_URL_SQS"),
                s3: of_service("AWS_ENDPOINT_URL_S3"),
            },
            stack: format!("{STACK}-{}", seed.stack_suffix),
            queue_server: None,
            faults: None,
            servers: JoinSet::new(),
        }
    }

    /// Clients of the three.
    pub(crate) fn clients(&self) -> Clients {
        self.config.clients()
    }

    /// Where they are.
    pub(crate) fn endpoints(&self) -> Endpoints {
        let url = |url: &Option<String>| url.clone().unwrap_or_default();
        Endpoints {
            dynamodb: url(&self.config.dynamodb),
            sqs: url(&self.config.sqs),
            s3: url(&self.config.s3),
        }
    }

    /// Waits until the embedded servers have stopped.
    pub(crate) async fn stopped(&mut self) {
        while self.servers.join_next().await.is_some() {}
    }
}

/// Credentials for the three services.
pub(crate) fn credentials(id: &str, secret: &str) -> Credentials {
    Credentials::new(id, secret, None, None, "openwati")
}

/// Credentials for services elsewhere: those of the environment, and `test` where it has none, as emulators want.
pub(crate) fn credentials_elsewhere() -> Credentials {
    match AwsConfig::from_environment() {
        Ok(config) => config.credentials,
        Err(_) => credentials("test", "test"),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A listener of this machine's own.
async fn listen() -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.context("cannot listen on 127.0.0.1")?;
    let at = listener
        .local_addr()
        .context("cannot tell the port of a listener")?;
    Ok((listener, at))
}

/// Resolves when `stop` turns true, or nobody can turn it any more.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
