//! Sends a second through the local host, and what one costs, with a provider that answers at once.

use std::{sync::Arc, time::Duration};

use crate::{
    Setting,
    graph::Graph,
    host::{Host, Setup},
    load::{self, Load, Pace, Request},
    report::Report,
    requests,
    settle::settle,
    stats::milliseconds,
    tenant::Tenant,
};

/// More sends than any machine makes in the time.
const MOST: usize = 60_000;

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Report> {
    let graph = Graph::start().await?;
    let mut rows = Vec::new();
    // The seeded channel, because the simulator knows no other: 800 a second at most.
    let host = Host::start(&setting.host, &setting.work, Setup::default()).await?;
    let simulator = Bench {
        provider: "simulator",
        host: &host,
        database: None,
    };
    simulator.run(setting, &mut rows).await?;
    drop(host);
    let setup = Setup {
        graph_url: Some(graph.url()),
        ..Setup::default()
    };
    let host = Host::start(&setting.host, &setting.work, setup).await?;
    let stand_in = Bench {
        provider: "stand-in",
        host: &host,
        database: None,
    };
    stand_in.run(setting, &mut rows).await?;
    // The same again with the database in a process of its own, so that the kernel tells them apart.
    let setup = Setup {
        aws_of: Some(&host),
        ..setup
    };
    let other = Host::start(&setting.host, &setting.work, setup).await?;
    let apart = Bench {
        provider: "stand-in, database apart",
        host: &other,
        database: Some(&host),
    };
    apart.run(setting, &mut rows).await?;
    let mut report = Report::new("sends");
    let head = [
        "provider",
        "connections",
        "sends/s",
        "p50, ms",
        "p99, ms",
        "CPU, ms/send",
        "of it database, ms",
        "with all statuses, ms",
    ];
    report.table(&head, &rows);
    Ok(report)
}

/// One way to run the platform.
struct Bench<'a> {
    provider: &'static str,
    host: &'a Host,
    /// The host whose database it uses, if that is another.
    database: Option<&'a Host>,
}

impl Bench<'_> {
    async fn run(&self, setting: &Setting, rows: &mut Vec<Vec<String>>) -> anyhow::Result<()> {
        let (levels, limit): (&[usize], _) = match setting.brief {
            true => (&[16], Duration::from_secs(2)),
            false => (&[1, 16, 64], Duration::from_secs(10)),
        };
        let tenant = Tenant::provision(self.host).await?;
        let simulates = self.provider == "simulator";
        let channel = (!simulates).then_some(tenant.channel.as_str());
        let warm_up = requests::sends(&tenant, channel, 0, 100);
        self.load(warm_up, 4, limit, simulates).await?;
        for (level, connections) in levels.iter().copied().enumerate() {
            let first = 100 + level * MOST;
            let requests = requests::sends(&tenant, channel, first, MOST);
            let cost = self.load(requests, connections, limit, simulates).await?;
            rows.push(cost.row(self.provider, connections));
        }
        Ok(())
    }

    async fn load(
        &self,
        requests: Arc<[Request]>,
        connections: usize,
        limit: Duration,
        simulates: bool,
    ) -> anyhow::Result<Cost> {
        let cpu = || -> anyhow::Result<(Duration, Duration)> {
            let database = self.database.map(|host| host.process.cpu()).transpose()?;
            Ok((self.host.process.cpu()?, database.unwrap_or_default()))
        };
        let before = cpu()?;
        let load = load::run(
            self.host.base_url(),
            requests,
            connections,
            Pace::Closed(limit),
        )
        .await?;
        let after = cpu()?;
        settle(self.host, simulates).await?;
        let settled = cpu()?;
        Ok(Cost {
            load: load.all_answered()?,
            host: after.0 - before.0,
            database: self.database.map(|_| after.1 - before.1),
            settled: (settled.0 - before.0) + (settled.1 - before.1),
        })
    }
}

/// A load and the processor time that it took.
struct Cost {
    load: Load,
    host: Duration,
    database: Option<Duration>,
    settled: Duration,
}

impl Cost {
    fn row(&self, provider: &str, connections: usize) -> Vec<String> {
        let each =
            |time: Duration| format!("{:.2}", milliseconds(time) / self.load.answers.len() as f64);
        vec![
            provider.to_owned(),
            connections.to_string(),
            format!("{:.0}", self.load.per_second()),
            format!("{:.1}", self.load.latencies.median()),
            format!("{:.1}", self.load.latencies.percentile(99.0)),
            each(self.host + self.database.unwrap_or_default()),
            self.database.map_or_else(|| "–".to_owned(), each),
            each(self.settled),
        ]
    }
}
