//! A platform in the test's own process.

use std::{
    sync::{Arc, OnceLock, mpsc},
    thread,
    time::Duration,
};

use aws_credential_types::Credentials;
use openwati::{DataDirError, Host, Options, Ready};
use openwati_channels::cloud_api::{CloudApi, CloudApiConfig};
use openwati_core::{
    api_key::ApiKey, entropy::Entropy, key_ring::KeyRing, pace::Pace, secret::Secret,
    session::SessionKeys, tenant::TenantId, time::Clock,
};
use openwati_services::{Parts, Platform, oidc::Oidc};
use openwati_sim::{Number, Simulator};
use openwati_store::{
    Blobs, Store,
    aws::{AwsConfig, Clients},
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    client::Client,
    phone::Simulated,
    tenant::{KeyBuilder, TenantBuilder},
    under_test::{Deployed, aws_endpoint, deployed},
    visitor::Visitor,
};

/// What everything that speaks to a platform shares.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) ready: Ready,
    secrets: Secrets,
    /// Clients of its own: connections do not outlive the runtime of the test that opened them.
    pub(crate) services: Platform,
    pub(crate) session_keys: SessionKeys,
    whatsapp: Whatsapp,
    pub(crate) http: reqwest::Client,
}

/// A platform that runs in this process.
#[derive(Debug)]
pub struct Running {
    core: Arc<Core>,
    own: Option<(Host, TempDir)>,
}

/// The platform that tests share which need no other than the usual one.
struct Shared {
    ready: Ready,
    secrets: Secrets,
    whatsapp: Whatsapp,
}

/// What stands behind its channels.
#[derive(Debug, Clone)]
enum Whatsapp {
    /// A simulator in this process.
    Here(Simulator),
    /// A simulator in a process of its own.
    Alone,
    /// Whatever the test put there.
    Other,
}

/// What `ready.json` does not show everywhere.
#[derive(Debug, Clone)]
struct Secrets {
    key_ring: Secret<String>,
    session_key: Secret<String>,
    aws_id: String,
    aws_secret: Secret<String>,
}

/// What the shared platform's policy waits are divided by.
const SHARED_SPEED: f64 = 20.0;

impl Running {
    /// The platform that tests of this process share. It runs in a thread of its own until the process ends.
    ///
    /// # Panics
    /// If it does not start.
    pub fn shared() -> Self {
        static SHARED: OnceLock<Shared> = OnceLock::new();
        let shared = SHARED.get_or_init(|| {
            if let Some(description) = deployed() {
                return Shared::deployed(Deployed::read(&description));
            }
            let (sender, receiver) = mpsc::channel();
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build();
                runtime.expect("a runtime starts").block_on(async {
                    let host = start_shared().await;
                    let shared = Shared {
                        ready: host.ready().clone(),
                        secrets: Secrets::of(&host),
                        whatsapp: Whatsapp::of(&host),
                    };
                    sender.send(shared).expect("somebody waits for it");
                    std::future::pending::<()>().await;
                });
            });
            receiver.recv().expect("the shared platform starts")
        });
        let core = Core::new(
            shared.ready.clone(),
            shared.secrets.clone(),
            shared.whatsapp.clone(),
        );
        Self {
            core: Arc::new(core),
            own: None,
        }
    }

    /// A platform of the test's own, on an empty folder, its options changed by `change`.
    ///
    /// # Panics
    /// If it does not start, or the tests are about a deployed platform.
    pub async fn start(change: impl FnOnce(&mut Options)) -> Self {
        assert!(
            deployed().is_none(),
            "a test of a deployed platform wants another: it has to ask lacks(Needs::OwnPlatform)"
        );
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut options = Options {
            port: 0,
            data_dir: folder.path().to_owned(),
            aws_endpoint: services_elsewhere(),
            ..Options::default()
        };
        change(&mut options);
        let host = Host::start(options).await.expect("the platform starts");
        let core = Core::new(
            host.ready().clone(),
            Secrets::of(&host),
            Whatsapp::of(&host),
        );
        Self {
            core: Arc::new(core),
            own: Some((host, folder)),
        }
    }

    /// Ends a platform of the test's own.
    pub async fn stop(mut self) {
        if let Some((host, _folder)) = self.own.take() {
            host.shutdown().await;
        }
    }

    /// What it said when it was ready.
    pub fn ready(&self) -> &Ready {
        &self.core.ready
    }

    /// The simulated WhatsApp.
    pub fn whatsapp(&self) -> Simulated {
        match self.core.whatsapp {
            Whatsapp::Alone => self.core.simulated(),
            _ => Simulated::new(self.core.http.clone(), &self.core.ready.base_url),
        }
    }

    /// A tenant to be.
    pub fn tenant(&self) -> TenantBuilder {
        TenantBuilder::new(Arc::clone(&self.core))
    }

    /// A key of a tenant that need not exist.
    pub fn key_of(&self, tenant: &TenantId) -> KeyBuilder {
        KeyBuilder::new(Arc::clone(&self.core), tenant.clone())
    }

    /// A program with the seeded key, or with this.
    ///
    /// # Panics
    /// If the platform shows no key.
    pub fn client(&self) -> Client {
        let key = self.core.ready.api_key.as_deref().and_then(ApiKey::parse);
        let key = key.expect("the platform shows its key");
        Client::new(self.core.http.clone(), &self.core.ready.base_url, key)
    }

    /// Somebody at a browser with an address of their own.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.core.ready.base_url)
    }

    /// What it signs people's tokens with.
    pub fn session_keys(&self) -> &SessionKeys {
        &self.core.session_keys
    }

    /// The clients of its services.
    pub fn aws(&self) -> Clients {
        aws(&self.core.ready, &self.core.secrets, None).clients()
    }

    /// The use cases over other endpoints: DynamoDB at `dynamodb` and Graph at `graph`.
    ///
    /// # Panics
    /// If the endpoints are none.
    pub fn services_over(&self, dynamodb: &str, graph: &str) -> Platform {
        Platform::new(parts(
            &self.core.ready,
            &self.core.secrets,
            Some(dynamodb),
            Some(graph),
        ))
    }

    /// The use cases over a connection of the test's own, their parts changed by `change`.
    pub fn services_with(&self, change: impl FnOnce(&mut Parts)) -> Platform {
        let mut parts = parts(&self.core.ready, &self.core.secrets, None, None);
        change(&mut parts);
        Platform::new(parts)
    }
}

/// Starts the shared platform on a folder that the next run empties, because statics are never dropped.
async fn start_shared() -> Host {
    for number in 0.. {
        let options = Options {
            port: 0,
            data_dir: std::env::temp_dir().join(format!("openwati-tests-{number}")),
            reset: true,
            speed: SHARED_SPEED,
            aws_endpoint: services_elsewhere(),
            ..Options::default()
        };
        match Host::start(options).await {
            Ok(host) => return host,
            // Another run of the tests is at it.
            Err(error)
                if error
                    .downcast_ref()
                    .is_some_and(|error| matches!(error, DataDirError::InUse(_))) => {}
            Err(error) => panic!("the shared platform does not start: {error:#}"),
        }
    }
    unreachable!("there are more numbers than runs")
}

impl Secrets {
    fn of(host: &Host) -> Self {
        let seed = host.seed();
        let copy = |secret: &Secret<String>| Secret::new(secret.expose().clone());
        let key_ring = copy(&seed.key_ring);
        let session_key = copy(&seed.session_key);
        match host.ready().aws.embedded {
            true => Self {
                key_ring,
                session_key,
                aws_id: seed.aws.access_key_id.clone(),
                aws_secret: copy(&seed.aws.secret_access_key),
            },
            false => Self::elsewhere(key_ring, session_key),
        }
    }

    /// For services elsewhere: an emulator's, which takes any keys.
    fn elsewhere(key_ring: Secret<String>, session_key: Secret<String>) -> Self {
        Self {
            key_ring,
            session_key,
            aws_id: "test".to_owned(),
            aws_secret: Secret::new("test".to_owned()),
        }
    }
}

impl Shared {
    fn deployed(deployed: Deployed) -> Self {
        Self {
            ready: deployed.ready,
            secrets: Secrets::elsewhere(
                Secret::new(deployed.key_ring),
                Secret::new(deployed.session_key),
            ),
            whatsapp: Whatsapp::Alone,
        }
    }
}

impl Whatsapp {
    fn of(host: &Host) -> Self {
        host.simulator().cloned().map_or(Self::Other, Self::Here)
    }
}

/// Where DynamoDB, SQS and S3 are for the platforms that tests start, if they are not embedded.
fn services_elsewhere() -> Option<reqwest::Url> {
    aws_endpoint().map(|url| url.parse().expect("the endpoint of AWS is a URL"))
}

impl Core {
    fn new(ready: Ready, secrets: Secrets, whatsapp: Whatsapp) -> Self {
        let services = Platform::new(parts(&ready, &secrets, None, None));
        let session_keys =
            SessionKeys::parse(secrets.session_key.expose()).expect("the key is one");
        let http = http_client();
        Self {
            ready,
            secrets,
            services,
            session_keys,
            whatsapp,
            http,
        }
    }

    /// The simulator in a process of its own.
    fn simulated(&self) -> Simulated {
        Simulated::of_graph(self.http.clone(), &self.ready.graph_base_url)
    }

    /// A program that nobody knows.
    pub(crate) fn stranger(&self) -> Client {
        let key = ApiKey::new(self.services.entropy());
        Client::new(self.http.clone(), &self.ready.base_url, key)
    }

    /// Adds a number to the simulated WhatsApp, if there is one.
    pub(crate) async fn add_number(&self, number: Number) {
        match &self.whatsapp {
            Whatsapp::Here(simulator) => simulator.add_number(number),
            Whatsapp::Other => {}
            Whatsapp::Alone => {
                let number = json!({
                    "phone_number_id": number.phone_number_id,
                    "waba_id": number.waba_id,
                    "phone_number": number.display_phone_number,
                    "name": number.verified_name,
                    "access_token": number.access_token,
                    "app_id": number.app_id,
                    "app_secret": number.app_secret,
                    "callback_url": number.callback_url,
                    "verify_token": number.verify_token,
                    "throughput_per_second": number.throughput_per_second,
                });
                self.simulated().add_number(&number).await;
            }
        }
    }
}

/// A client that waits longer than the platform may take.
pub(crate) fn http_client() -> reqwest::Client {
    client_builder().build().expect("a client can be made")
}

/// The same, to be changed.
pub(crate) fn client_builder() -> reqwest::ClientBuilder {
    let client = reqwest::Client::builder();
    let client = client
        .no_proxy()
        // The server ends a connection that is idle for ten seconds, maybe in the moment in which it is used again.
        .pool_idle_timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(60))
}

fn aws(ready: &Ready, secrets: &Secrets, dynamodb: Option<&str>) -> AwsConfig {
    let endpoints = &ready.aws.endpoints;
    let (id, secret) = (&secrets.aws_id, secrets.aws_secret.expose());
    AwsConfig {
        region: ready.aws.region.clone(),
        credentials: Credentials::new(id, secret, None, None, "seed.json"),
        dynamodb: Some(dynamodb.unwrap_or(&endpoints.dynamodb).to_owned()),
        sqs: Some(endpoints.sqs.clone()),
        s3: Some(endpoints.s3.clone()),
    }
}

fn parts(ready: &Ready, secrets: &Secrets, dynamodb: Option<&str>, graph: Option<&str>) -> Parts {
    let clients = aws(ready, secrets, dynamodb).clients();
    let graph = graph
        .unwrap_or(&ready.graph_base_url)
        .parse()
        .expect("it is a URL");
    let ring = KeyRing::parse(secrets.key_ring.expose()).expect("the ring is one");
    let keys = SessionKeys::parse(secrets.session_key.expose()).expect("the key is one");
    Parts {
        store: Store::new(clients.dynamodb, &ready.aws.table),
        queues: None,
        blobs: Some(Blobs::new(clients.s3, &ready.aws.bucket)),
        cloud_api: Some(CloudApi::new(CloudApiConfig::new(graph)).expect("the client can be made")),
        guarded: None,
        key_ring: Some(ring),
        link_keys: None,
        session_keys: Some(keys),
        oidc: Oidc::default(),
        accounts: openwati_services::accounts::Accounts::default(),
        clock: Clock::system(),
        entropy: Entropy::system(),
        pace: Pace::new(ready.speed),
        public_base_url: Some(ready.base_url.clone()),
        ai: openwati_services::ai::Ai::Off,
        function_timeout: Duration::from_secs(29),
    }
}
