//! Texts of a tenant's customers, all at once, and now and then one of somebody else's.

use std::{collections::HashMap, time::Duration};

use anyhow::Context as _;
use tokio::{
    sync::oneshot,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    host::Host,
    load::{self, Pace},
    receiver::Receiver,
    requests::{Texts, texts, wamid},
    settle::emptied,
    stats::Sorted,
    tenant::Tenant,
};

/// How often somebody else's customer writes.
const OTHERS_EVERY: Duration = Duration::from_millis(250);

/// Connections: WhatsApp posts over many.
pub(super) const CONNECTIONS: usize = 32;

/// How long all of it may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);

/// The queues on the way.
pub(super) const QUEUES: [&str; 2] = ["inbound.fifo", "webhook-delivery.fifo"];

/// A host with two tenants and their own servers.
pub(super) struct Bench<'a> {
    pub(super) host: &'a Host,
    customers: usize,
    pub(super) tenant: Tenant,
    receiver: Receiver,
    other: Tenant,
    others_receiver: Receiver,
    loads: usize,
}

/// What became of a load.
pub(super) struct Load {
    /// From the first callback to the last arrival.
    pub(super) elapsed: Duration,
    pub(super) latencies: Sorted,
    /// Those of the other tenant.
    pub(super) others: Sorted,
    /// The processor time of the host, until all jobs are deleted.
    pub(super) cpu: Duration,
}

impl Load {
    /// All events, the other tenant's too.
    pub(super) fn events(&self) -> f64 {
        (self.latencies.count() + self.others.count()) as f64
    }
}

/// When callbacks were posted, by the texts' ids.
type Posted = HashMap<String, Instant>;

impl<'a> Bench<'a> {
    /// Makes the tenants, and has every customer write once.
    pub(super) async fn new(host: &'a Host, customers: usize) -> anyhow::Result<Self> {
        let tenant = Tenant::provision(host).await?;
        let other = Tenant::another(host).await?;
        let mut bench = Self {
            host,
            customers,
            receiver: Receiver::start(host, &tenant).await?,
            others_receiver: Receiver::start(host, &other).await?,
            tenant,
            other,
            loads: 0,
        };
        bench.run(customers, 1).await?;
        Ok(bench)
    }

    pub(super) fn texts(&self, load: usize, count: usize, each: usize) -> Texts {
        Texts {
            load,
            count,
            customers: self.customers,
            each,
        }
    }

    /// Posts so many texts, as many at once as the connections hold, and waits until every one has arrived and nothing is
    /// left to do. Meanwhile somebody else's customer writes.
    pub(super) async fn run(&mut self, count: usize, each: usize) -> anyhow::Result<Load> {
        self.loads += 1;
        let before = self.host.process.cpu()?;
        let (stop, stopped) = oneshot::channel();
        let flood = async {
            let posted = self.flood(count, each).await;
            // Nobody listens if the others have failed, which is told instead.
            let _ = stop.send(());
            posted
        };
        let (posted, others) = tokio::try_join!(flood, self.others(stopped))?;
        self.others_receiver.gets(others.len(), PATIENCE).await?;
        emptied(self.host, &QUEUES).await?;
        let cpu = self.host.process.cpu()? - before;
        let began = posted.values().min().copied();
        let (own, last) = latencies(&posted, &self.receiver)?;
        let (others, _) = latencies(&others, &self.others_receiver)?;
        Ok(Load {
            elapsed: last
                .zip(began)
                .map_or(Duration::ZERO, |(last, began)| last - began),
            latencies: own,
            others,
            cpu,
        })
    }

    async fn flood(&self, count: usize, each: usize) -> anyhow::Result<Posted> {
        let callbacks = texts(&self.tenant, self.texts(self.loads, count, each));
        let pace = Pace::Closed(PATIENCE);
        let load = load::run(self.host.base_url(), callbacks, CONNECTIONS, pace).await?;
        let load = load.all_answered()?;
        self.receiver.gets(count, PATIENCE).await?;
        let texts = load.made.into_iter().flat_map(|(callback, at)| {
            let numbers = callback * each..count.min((callback + 1) * each);
            numbers.map(move |number| (number, at))
        });
        Ok(texts
            .map(|(number, at)| (wamid(self.loads, number), at))
            .collect())
    }

    /// One event after the other, until `stopped`.
    async fn others(&self, mut stopped: oneshot::Receiver<()>) -> anyhow::Result<Posted> {
        let most = PATIENCE.div_duration_f64(OTHERS_EVERY) as usize;
        let callbacks = texts(&self.other, self.texts(self.loads, most, 1));
        let mut posted = Posted::new();
        let mut due = interval(OTHERS_EVERY);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for (number, callback) in callbacks.iter().enumerate() {
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                _ = due.tick() => {}
            }
            posted.insert(wamid(self.loads, number), Instant::now());
            load::post(self.host.base_url(), callback).await?;
        }
        Ok(posted)
    }
}

/// From the post of each text to its arrival, and when the last one arrived.
///
/// # Errors
/// If one arrived twice or not at all, or is not signed as it should be.
fn latencies(posted: &Posted, receiver: &Receiver) -> anyhow::Result<(Sorted, Option<Instant>)> {
    let (arrivals, again) = receiver.take()?;
    anyhow::ensure!(again == 0, "{again} events came more than once");
    anyhow::ensure!(
        arrivals.len() == posted.len(),
        "other events came than were posted"
    );
    let mut latencies = Vec::with_capacity(arrivals.len());
    for arrival in &arrivals {
        let at = posted
            .get(&arrival.wamid)
            .context("an event is of nobody")?;
        latencies.push(arrival.at - *at);
    }
    let last = arrivals.iter().map(|arrival| arrival.at).max();
    Ok((Sorted::milliseconds(latencies), last))
}
