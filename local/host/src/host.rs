//! The platform, from its start to its end.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use openwati_core::{
    entropy::Entropy, key_ring::KeyRing, media_link::LinkKeys, pace::Pace, session::SessionKeys,
    time::Clock,
};
use openwati_sim::Simulator;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::{
    aws::{self, Aws, Deployed, stopped},
    data_dir::DataDir,
    functions::{Resources, cloud_api, guarded, oidc},
    gateway::Gateway,
    health::Health,
    options::Options,
    provision::{provision, reconnect},
    ready::{Ready, ReadyAdmin, ReadyAws, ReadyChannel},
    seed::Seed,
    server::{Front, SIMULATOR},
    wiring::{routes, simulator, template, triggers},
};

/// A platform that runs in this process: its servers, its functions and what calls them.
#[derive(Debug)]
pub struct Host {
    ready: Ready,
    seed: Seed,
    simulator: Option<Simulator>,
    data: DataDir,
    aws: Aws,
    gateway: Gateway,
    /// Turned true at the beginning of the end: `/health` says so.
    stopping: Arc<AtomicBool>,
    /// Turned true when no call is to begin any more.
    stop_triggers: watch::Sender<bool>,
    triggers: JoinSet<()>,
    /// Turned true when nothing is to be served any more.
    stop_servers: watch::Sender<bool>,
    servers: JoinSet<()>,
}

/// Meta's Graph API.
const META: &str = "https://graph.facebook.com";

/// How long what runs may take to finish when the platform is shut down.
const SHUTDOWN: Duration = Duration::from_secs(10);

impl Host {
    /// Starts a platform; when this returns it listens and is warm.
    ///
    /// # Errors
    /// If the data folder is in use or cannot be used, the port is taken, or the services of AWS do not answer.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let began = Instant::now();
        let data = DataDir::open(&options.data_dir, options.reset)?;
        // What an earlier start said, if it was killed, is no longer so.
        Ready::remove(data.path()).context("cannot remove ready.json")?;
        let (clock, entropy) = (Clock::system(), Entropy::system());
        let seed = Seed::of(data.path(), &entropy, clock.now())?;
        let (listener, base_url) = listen(options.bind, options.port).await?;
        let port = listener
            .local_addr()
            .context("cannot tell the port")?
            .port();
        let (stop_servers, stopping_servers) = watch::channel(false);
        let aws = Aws::start(&options, &data, &seed, &stopping_servers).await?;
        let clients = aws.clients();
        let graph = match &options.graph_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None if options.simulates() => format!("{base_url}{SIMULATOR}/graph"),
            None => META.to_owned(),
        };
        let template = template(&options, &graph)?;
        let deployed = aws::deploy(&template, &aws.stack, &clients).await?;
        let resources = Resources {
            key_ring: KeyRing::parse(seed.key_ring.expose())
                .context("seed.json has no key ring")?,
            link_keys: LinkKeys::parse(seed.link_key.expose())
                .context("seed.json has no key of links")?,
            session_keys: SessionKeys::parse(seed.session_key.expose())
                .context("seed.json has no key of sessions")?,
            oidc: oidc(&options.oidc_issuers, options.private_urls())?,
            cloud_api: cloud_api(&graph, &template)?,
            guarded: guarded(options.private_urls()),
            clients,
            deployed,
            clock,
            entropy,
            pace: Pace::new(options.speed),
            public_base_url: base_url.clone(),
        };
        let whole = resources.whole(&template);
        provision(&whole, &seed).await?;
        if options.simulates() {
            reconnect(&whole, &seed).await?;
        }
        let gateway = Gateway::new(routes(&template, &resources)?, port);
        let mut servers = JoinSet::new();
        let simulator = match options.simulates() {
            true => {
                Some(simulator(&options, &data, &seed, &base_url, &aws, &resources.deployed).await?)
            }
            false => None,
        };
        let stopping = Arc::new(AtomicBool::new(false));
        let front = Front {
            gateway: Some(gateway.clone()),
            simulator: simulator
                .as_ref()
                .map(|simulator| aws::steer(aws.faults.clone(), simulator.router())),
            health: Some(Arc::new(Health::new(
                resources.clients.dynamodb.clone(),
                resources.deployed.table.clone(),
                data.held(),
            ))),
            stopping: Arc::clone(&stopping),
        };
        servers.spawn(front.serve(listener, stopping_servers.clone()));
        whole.warm().await;
        let (stop_triggers, stopping_triggers) = watch::channel(false);
        let mut triggers = triggers(&template, &resources, &aws, &options, &stopping_triggers)?;
        if let Some(simulator) = &simulator {
            let callbacks = simulator.start(stopped(stopping_triggers));
            triggers.spawn(async move {
                if callbacks.await.is_err() {
                    tracing::error!("the simulator's callbacks ended early");
                }
            });
        }
        let ready = ready(&options, &seed, &aws, &resources.deployed, base_url, graph);
        ready.write(data.path())?;
        tracing::info!(
            milliseconds = began.elapsed().as_millis() as u64,
            private_urls = options.private_urls(),
            "listening at {}",
            ready.base_url
        );
        Ok(Self {
            simulator,
            ready,
            seed,
            data,
            aws,
            gateway,
            stopping,
            stop_triggers,
            triggers,
            stop_servers,
            servers,
        })
    }

    /// Where it is and what it may be used with.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The address of its API: `http://127.0.0.1:3000`.
    pub fn base_url(&self) -> &str {
        &self.ready.base_url
    }

    /// What its data folder was given once, secrets among it.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The folder with its data.
    pub fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Whether the simulated WhatsApp runs.
    pub fn simulates(&self) -> bool {
        self.simulator.is_some()
    }

    /// The simulated WhatsApp, where it runs: tests give it more numbers.
    pub fn simulator(&self) -> Option<&Simulator> {
        self.simulator.as_ref()
    }

    /// Ends it: takes no more requests, lets what runs finish for at most 10 seconds, and gives the folder back.
    pub async fn shutdown(mut self) {
        let deadline = Instant::now() + SHUTDOWN;
        self.stopping.store(true, Ordering::Relaxed);
        let gateway = self.gateway.clone();
        // Sends that run still need the simulator, and jobs the queues: so the servers stop last.
        let finished = async {
            gateway.close().await;
            self.stop_triggers.send_replace(true);
            while self.triggers.join_next().await.is_some() {}
            self.stop_servers.send_replace(true);
            while self.servers.join_next().await.is_some() {}
            self.aws.stopped().await;
        };
        if timeout_at(deadline, finished).await.is_err() {
            tracing::warn!("some of what ran was cut after {} s", SHUTDOWN.as_secs());
        }
        if let Err(error) = Ready::remove(self.data.path()) {
            tracing::warn!(%error, "ready.json could not be removed");
        }
        tracing::info!("stopped");
    }
}

#[cfg(test)]
impl Host {
    /// Leaves the queues to others, as a platform does whose triggers are busy.
    pub(crate) async fn stop_triggers(&mut self) {
        self.stop_triggers.send_replace(true);
        while self.triggers.join_next().await.is_some() {}
    }
}

/// A listener, and the address that programs of this machine reach it by.
pub(crate) async fn listen(bind: IpAddr, port: u16) -> anyhow::Result<(TcpListener, String)> {
    let wanted = SocketAddr::new(bind, port);
    let listener = TcpListener::bind(wanted).await;
    let listener =
        listener.with_context(|| format!("cannot listen on {wanted} (choose another --port)"))?;
    let mut at = listener.local_addr().context("cannot tell the port")?;
    if at.ip().is_unspecified() {
        at.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Ok((listener, format!("http://{at}")))
}

fn ready(
    options: &Options,
    seed: &Seed,
    aws: &Aws,
    deployed: &Deployed,
    base_url: String,
    graph_base_url: String,
) -> Ready {
    // Where others can come, or the real WhatsApp listens, the seed stays in its file.
    let shown = |secret: &str| options.simulates().then(|| secret.to_owned());
    let embedded = aws.queue_server.is_some();
    let prefix = format!("{}-", aws.stack);
    let queues = deployed.queues.values().map(|queue| {
        let short = queue.name.strip_prefix(&prefix).unwrap_or(&queue.name);
        (short.to_owned(), queue.url.clone())
    });
    let keys = embedded.then_some(&seed.aws);
    Ready {
        base_url,
        tenant_id: seed.tenant.to_string(),
        api_key: shown(seed.api_key.expose()),
        admin: shown(seed.admin.password.expose()).map(|password| ReadyAdmin {
            email: seed.admin.email.as_str().to_owned(),
            password,
        }),
        channel: ReadyChannel {
            id: seed.channel.id.uuid(),
            phone_number: seed.channel.phone_number.clone(),
            phone_number_id: seed.channel.phone_number_id.clone(),
            waba_id: seed.channel.waba_id.clone(),
            app_secret: shown(seed.channel.app_secret.expose()),
            verify_token: shown(seed.channel.verify_token.expose()),
        },
        aws: ReadyAws {
            endpoints: aws.endpoints(),
            region: aws.config.region.clone(),
            table: deployed.table.clone(),
            bucket: deployed.bucket.clone(),
            queues: queues.collect(),
            embedded,
            access_key_id: keys.and_then(|keys| shown(&keys.access_key_id)),
            secret_access_key: keys.and_then(|keys| shown(keys.secret_access_key.expose())),
        },
        graph_base_url,
        function_timeout_seconds: options.function_timeout.map(|timeout| timeout.as_secs()),
        private_urls: options.private_urls(),
        speed: options.speed,
    }
}
