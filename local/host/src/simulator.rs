//! The simulated WhatsApp alone, for a platform that runs elsewhere.

use std::sync::{Arc, atomic::AtomicBool};

use anyhow::Context as _;
use openwati_core::{entropy::Entropy, time::Clock};
use openwati_sim::Simulator;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    aws::stopped,
    data_dir::DataDir,
    host::listen,
    options::{Options, SimOptions},
    provision::number,
    seed::Seed,
    server::{Front, SIMULATOR},
};

/// A simulated WhatsApp that runs in this process.
#[derive(Debug)]
pub struct SimulatorHost {
    base_url: String,
    seed: Seed,
    _data: DataDir,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl SimulatorHost {
    /// Starts it; when this returns it listens.
    ///
    /// # Errors
    /// If it would be reached by others, the data folder is in use or cannot be used, or the port is taken.
    pub async fn start(options: Options, sim: SimOptions) -> anyhow::Result<Self> {
        anyhow::ensure!(
            options.bind.is_loopback(),
            "the simulated WhatsApp listens on this machine alone, not on {}",
            options.bind
        );
        let data = DataDir::open(&options.data_dir, options.reset)?;
        let seed = Seed::of(data.path(), &Entropy::system(), Clock::system().now())?;
        let (listener, base_url) = listen(options.bind, options.port).await?;
        let simulator = Simulator::open(openwati_sim::Config {
            data_dir: data.simulator(),
            numbers: vec![number(&seed.channel, sim.callback_url.to_string())],
            window: options.window.into(),
            speed: options.speed,
            check_pair_rate: true,
        });
        let simulator = simulator
            .await
            .context("cannot open the simulated WhatsApp")?;
        let (stop, stopping) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let front = Front {
            gateway: None,
            simulator: Some(simulator.router()),
            health: None,
            stopping: Arc::new(AtomicBool::new(false)),
        };
        tasks.spawn(front.serve(listener, stopping.clone()));
        let callbacks = simulator.start(stopped(stopping));
        tasks.spawn(async move {
            if callbacks.await.is_err() {
                tracing::error!("the simulator's callbacks ended early");
            }
        });
        Ok(Self {
            base_url,
            seed,
            _data: data,
            stop,
            tasks,
        })
    }

    /// The base URL of its Graph API.
    pub fn graph_url(&self) -> String {
        format!("{}{SIMULATOR}/graph", self.base_url)
    }

    /// Its number, and what the number is used with.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// Ends it; callbacks that are not delivered are kept.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}
