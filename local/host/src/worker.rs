//! A second process that works the queues of a running platform.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use openwati_core::{entropy::Entropy, key_ring::KeyRing, time::Clock};
use openwati_store::aws::AwsConfig;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    aws::{self, Deployed, DeployedQueue, credentials},
    data_dir,
    functions::{Resources, cloud_api},
    options::Options,
    ready::Ready,
    seed::Seed,
    template::Template,
    wiring::{queue_triggers, template},
};

/// A worker that runs in this process. It works the queues and nothing else: schedules stay with the platform.
#[derive(Debug)]
pub struct Worker {
    base_url: String,
    stop: watch::Sender<bool>,
    triggers: JoinSet<()>,
}

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
            cloud_api: cloud_api(&ready.graph_base_url, &template)?,
            clock: Clock::system(),
            entropy: Entropy::system(),
        };
        resources.whole(&template).warm().await;
        let (stop, stopping) = watch::channel(false);
        let mut triggers = JoinSet::new();
        for trigger in queue_triggers(&template, &resources, &config.region)? {
            triggers.spawn(trigger.run(stopping.clone()));
        }
        Ok(Self {
            base_url: ready.base_url,
            stop,
            triggers,
        })
    }

    /// The platform whose queues it works.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Ends it; batches that run are finished.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        while self.triggers.join_next().await.is_some() {}
    }
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
