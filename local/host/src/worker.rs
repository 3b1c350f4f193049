//! A second process that works the queues of a running platform.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::Context as _;
use openwati_core::{
    entropy::Entropy, key_ring::KeyRing, media_link::LinkKeys, pace::Pace, session::SessionKeys,
    time::Clock,
};
use openwati_services::oidc::Oidc;
use openwati_store::aws::AwsConfig;
use tokio::{
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    aws::{self, Deployed, DeployedQueue, credentials},
    data_dir,
    functions::{Resources, cloud_api, guarded},
    options::Options,
    ready::Ready,
    seed::Seed,
    template::Template,
    wiring::{queue_triggers, template},
};

/// A worker that runs in this process. It works the queues and nothing else: schedules stay with the platform.
#[derive(Debug)]
pub struct Worker {
    folder: PathBuf,
    ready: Ready,
    stop: watch::Sender<bool>,
    triggers: JoinSet<()>,
}

/// From one look at whether the platform is still there to the next, and how long it may take to take a connection.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

impl Worker {
    /// Starts working the queues of the platform that runs on the data folder of `options`.
    ///
    /// # Errors
    /// If no platform runs there.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let folder = &options.data_dir;
        let nobody = || format!("no openwati runs on {}", folder.display());
        anyhow::ensure!(data_dir::is_in_use(folder), nobody());
        let ready = Ready::read(folder).with_context(nobody)?;
        let seed = Seed::read(folder)?;
        let options = Options {
            function_timeout: ready.function_timeout_seconds.map(Duration::from_secs),
            ..options
        };
        let template = template(&options, &ready.graph_base_url)?;
        let config = config(&ready, &seed)?;
        let resources = Resources {
            clients: config.clients(),
            deployed: deployed(&template, &ready)?,
            key_ring: KeyRing::parse(seed.key_ring.expose())
                .context("seed.json has no key ring")?,
            link_keys: LinkKeys::parse(seed.link_key.expose())
                .context("seed.json has no key of links")?,
            session_keys: SessionKeys::parse(seed.session_key.expose())
                .context("seed.json has no key of sessions")?,
            // Nobody comes to a worker with a token.
            oidc: Oidc::default(),
            cloud_api: cloud_api(&ready.graph_base_url, &template)?,
            guarded: guarded(ready.private_urls),
            clock: Clock::system(),
            entropy: Entropy::system(),
            pace: Pace::new(ready.speed),
            public_base_url: ready.base_url.clone(),
        };
        resources.whole(&template).warm().await;
        let (stop, stopping) = watch::channel(false);
        let mut triggers = JoinSet::new();
        for trigger in queue_triggers(&template, &resources, &config.region)? {
            triggers.spawn(trigger.run(stopping.clone()));
        }
        Ok(Self {
            folder: options.data_dir,
            ready,
            stop,
            triggers,
        })
    }

    /// The platform whose queues it works.
    pub fn base_url(&self) -> &str {
        &self.ready.base_url
    }

    /// Resolves, with the reason, when the platform whose queues it works is gone. There is nothing to work then: whoever
    /// supervises the worker starts it again, and it finds the platform that runs by then.
    pub fn left_alone(&self) -> impl Future<Output = anyhow::Error> + Send + use<> {
        left_alone(self.folder.clone(), self.ready.clone())
    }

    /// Ends it; batches that run are finished.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        while self.triggers.join_next().await.is_some() {}
    }
}

async fn left_alone(folder: PathBuf, ready: Ready) -> anyhow::Error {
    loop {
        sleep(LOOK_PAUSE).await;
        match Ready::read(&folder) {
            Ok(now) if !is_same(&now, &ready) => {
                return anyhow::anyhow!(
                    "openwati was started anew on {}: start its worker anew too",
                    folder.display()
                );
            }
            Ok(now) if listens(&now).await => {}
            // It is starting or ending, or was killed.
            _ if data_dir::is_in_use(&folder) => {}
            _ => return anyhow::anyhow!("no openwati runs on {} any more", folder.display()),
        }
    }
}

/// Whether two starts are one. Ports are picked anew at every start.
fn is_same(one: &Ready, other: &Ready) -> bool {
    one.base_url == other.base_url && one.aws.endpoints == other.aws.endpoints
}

async fn listens(ready: &Ready) -> bool {
    let at = ready.base_url.strip_prefix("http://").unwrap_or_default();
    let connected = timeout(LOOK_PAUSE, TcpStream::connect(at)).await;
    connected.is_ok_and(|connected| connected.is_ok())
}

fn config(ready: &Ready, seed: &Seed) -> anyhow::Result<AwsConfig> {
    let endpoints = ready.aws.endpoints.clone();
    let config = AwsConfig {
        region: ready.aws.region.clone(),
        credentials: credentials(&seed.aws.access_key_id, seed.aws.secret_access_key.expose()),
        dynamodb: Some(endpoints.dynamodb),
        sqs: Some(endpoints.sqs),
        s3: Some(endpoints.s3),
    };
    Ok(match ready.aws.embedded {
        true => config,
        false => AwsConfig {
            credentials: aws::credentials_elsewhere(),
            ..config
        },
    })
}

fn deployed(template: &Template, ready: &Ready) -> anyhow::Result<Deployed> {
    let mut queues = BTreeMap::new();
    for queue in &template.queues {
        let url = ready.aws.queues.get(&queue.short_name);
        let url = url.with_context(|| format!("the platform has no queue {}", queue.short_name))?;
        let name = url.rsplit('/').next().unwrap_or_default().to_owned();
        let arn = format!("arn:aws:sqs:{}:000000000000:{name}", ready.aws.region);
        let queue_there = DeployedQueue {
            name,
            url: url.clone(),
            arn,
        };
        queues.insert(queue.logical_id.clone(), queue_there);
    }
    Ok(Deployed {
        table: ready.aws.table.clone(),
        bucket: ready.aws.bucket.clone(),
        queues,
    })
}

#[cfg(test)]
mod tests;
