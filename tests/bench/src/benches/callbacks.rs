//! How soon callbacks are acknowledged at a steady rate, and how many at most.

use std::time::Duration;

use crate::{
    Setting,
    graph::Graph,
    host::{Host, Setup},
    load::{self, Pace},
    report::Report,
    requests,
    settle::settle,
    stats::milliseconds,
    tenant::Tenant,
};

/// The rate, and how soon half and nearly all of the callbacks are to be acknowledged at it.
const PER_SECOND: u32 = 500;
const P50_BAR_MS: f64 = 20.0;
const P99_BAR_MS: f64 = 250.0;

/// Connections: Meta posts over many.
const CONNECTIONS: usize = 64;

/// The longest that the load at the greatest rate takes.
const AT_MOST: Duration = Duration::from_secs(10);

/// Callbacks of each message: sent, delivered, read.
const STAGES: usize = 3;

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Report> {
    let seconds = if setting.brief { 5 } else { 30 };
    let per_second = if setting.brief { 20 } else { PER_SECOND };
    let count = per_second as usize * seconds;
    let graph = Graph::start().await?;
    let setup = Setup {
        graph_url: Some(graph.url()),
        ..Setup::default()
    };
    let host = Host::start(&setting.host, &setting.work, setup).await?;
    let tenant = Tenant::provision(&host).await?;
    // What the callbacks are about has to be there: what nobody knows is put off.
    let sends = requests::sends(&tenant, Some(&tenant.channel), 0, count.div_ceil(STAGES));
    let patience = Pace::Closed(Duration::from_secs(120));
    let sent = load::run(host.base_url(), sends, 16, patience)
        .await?
        .all_answered()?;
    let sent = requests::sent(&sent.answers)?;
    let callbacks = requests::callbacks(&tenant, &sent, count);

    let before = host.process.cpu()?;
    let steady = load::run(
        host.base_url(),
        callbacks.clone(),
        CONNECTIONS,
        Pace::Open { per_second },
    )
    .await?;
    let steady = steady.all_answered()?;
    let recorded_after = settle(&host, false).await?;
    let cpu = host.process.cpu()? - before;

    let mut report = Report::new("callbacks");
    let (p50, p99) = (steady.latencies.median(), steady.latencies.percentile(99.0));
    // A host that was built for tests is not held to it.
    if !setting.brief {
        report.require(
            p50 <= P50_BAR_MS,
            format!("half were acknowledged within {p50:.1} ms"),
        );
        report.require(
            p99 <= P99_BAR_MS,
            format!("99 % were acknowledged within {p99:.1} ms"),
        );
    }
    let mut rows = vec![vec![
        format!("{per_second}/s for {seconds} s"),
        format!("{:.0}", steady.per_second()),
        format!("{p50:.1}"),
        format!("{p99:.1}"),
        format!("{:.1}", steady.latencies.largest()),
    ]];
    for connections in [16, CONNECTIONS] {
        let most = load::run(
            host.base_url(),
            callbacks.clone(),
            connections,
            Pace::Closed(AT_MOST),
        )
        .await?;
        let most = most.all_answered()?;
        rows.push(vec![
            format!("as many as {connections} connections make"),
            format!("{:.0}", most.per_second()),
            format!("{:.1}", most.latencies.median()),
            format!("{:.1}", most.latencies.percentile(99.0)),
            format!("{:.1}", most.latencies.largest()),
        ]);
    }
    report.table(
        &[
            "load",
            "acknowledged/s",
            "p50, ms",
            "p99, ms",
            "slowest, ms",
        ],
        &rows,
    );
    report.say(&format!(
        "The bars at the steady rate are a p50 of {P50_BAR_MS:.0} ms and a p99 of {P99_BAR_MS:.0} ms. A callback took \
         {:.2} ms of processor time, recording its status included; the last one was recorded {:.1} s after the last \
         acknowledgement.",
        milliseconds(cpu) / steady.latencies.count() as f64,
        recorded_after.as_secs_f64(),
    ));
    Ok(report)
}
