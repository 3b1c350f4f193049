//! From a customer's text to the tenant's own server: how many a second, how soon, and what one costs.

mod traffic;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;

use crate::{
    Setting,
    counter::{Counter, Counts},
    host::{Endpoints, Host, Setup},
    load::{self, Pace, Request},
    polling,
    report::Report,
    requests::texts,
    stats::milliseconds,
};

use traffic::{Bench, CONNECTIONS, PATIENCE, QUEUES};

/// Half of what svix-server 1.100 with Redis and PostgreSQL takes in its own process for an event, accepted and delivered,
/// on two cores.
const CPU_BAR_MS: f64 = 0.475;

/// What svix-server takes and delivers in a second there: aimed at, not required.
const RATE_AIM: f64 = 850.0;

/// The longest that an event of somebody else's may take meanwhile.
const OTHERS_BAR_MS: f64 = 2_000.0;

/// Texts in a callback: WhatsApp mostly posts one, and several when it has to catch up.
const EACH: [usize; 2] = [1, 10];

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Report> {
    let count = if setting.brief { 50 } else { 5_000 };
    let mut report = Report::new("events");
    let host = Host::start(&setting.host, &setting.work, Setup::default()).await?;
    whole(&host, count, setting.brief, &mut report).await?;
    apart(setting, &host, count, &mut report).await?;
    counted(setting, &host, count / 5, &mut report).await?;
    Ok(report)
}

/// Everything in one process.
async fn whole(host: &Host, count: usize, brief: bool, report: &mut Report) -> anyhow::Result<()> {
    let mut bench = Bench::new(host, count / 10).await?;
    let mut rows = Vec::new();
    for each in EACH {
        let load = bench.run(count, each).await?;
        // A host that was built for tests is not held to it.
        if !brief {
            let slowest = load.others.largest();
            report.require(
                slowest <= OTHERS_BAR_MS,
                format!("an event of another tenant took {slowest:.0} ms"),
            );
        }
        rows.push(vec![
            each.to_string(),
            format!(
                "{:.0}",
                load.latencies.count() as f64 / load.elapsed.as_secs_f64()
            ),
            format!("{:.0}", load.latencies.median()),
            format!("{:.0}", load.latencies.percentile(99.0)),
            format!("{:.0}", load.latencies.largest()),
            format!("{:.0}", load.others.median()),
            format!("{:.0}", load.others.largest()),
        ]);
    }
    let head = [
        "texts a callback",
        "events/s",
        "p50, ms",
        "p99, ms",
        "slowest, ms",
        "another tenant's: p50, ms",
        "slowest, ms",
    ];
    report.table(&head, &rows);
    report.say(&format!(
        "{count} events, each from the post of its callback to its arrival. Aimed at are {RATE_AIM:.0} events a second; \
         the bar for another tenant's event is {:.0} s.",
        OTHERS_BAR_MS / 1_000.0
    ));
    Ok(())
}

/// The services of AWS in another process, so that the kernel tells them apart.
async fn apart(
    setting: &Setting,
    services: &Host,
    count: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let setup = Setup {
        aws_of: Some(services),
        ..Setup::default()
    };
    let host = Host::start(&setting.host, &setting.work, setup).await?;
    let mut bench = Bench::new(&host, count / 10).await?;
    let mut rows = Vec::new();
    for each in EACH {
        let before = services.process.cpu()?;
        let load = bench.run(count, each).await?;
        let of_services = services.process.cpu()? - before;
        let events = load.events();
        let gateway = gateway(&bench, count, each).await? / count as u32;
        let polling = polling(&bench, count).await? / count as u32;
        let all = load.cpu.div_f64(events);
        let own = all.saturating_sub(gateway + polling);
        if !setting.brief && each == 1 {
            let own = milliseconds(own);
            report.require(
                own <= CPU_BAR_MS,
                format!("an event takes {own:.3} ms of processor time"),
            );
        }
        let figures = [all, gateway, polling, own, of_services.div_f64(events)];
        let figures = figures.map(|time| format!("{:.3}", milliseconds(time)));
        rows.push(std::iter::once(each.to_string()).chain(figures).collect());
    }
    let head = [
        "texts a callback",
        "CPU, ms/event",
        "of it API Gateway's part, ms",
        "of it the queues' pollers, ms",
        "functions, ms/event",
        "services of AWS, ms/event",
    ];
    report.table(&head, &rows);
    report.say(&format!(
        "The bar for the functions is {CPU_BAR_MS} ms for an event that comes in a callback of its own."
    ));
    Ok(())
}

/// The processor time of everything before the function, for the callbacks of so many texts: what a path costs that leads
/// to the function for paths which nobody has.
async fn gateway(bench: &Bench<'_>, count: usize, each: usize) -> anyhow::Result<Duration> {
    let callbacks = texts(&bench.tenant, bench.texts(0, count, each));
    let nowhere = |callback: &Request| Request {
        path: "/nowhere/a/callback/goes/01234567-0123".to_owned(),
        ..callback.clone()
    };
    let nowhere: Arc<[Request]> = callbacks.iter().map(nowhere).collect();
    let before = bench.host.process.cpu()?;
    let pace = Pace::Closed(PATIENCE);
    let load = load::run(bench.host.base_url(), nowhere, CONNECTIONS, pace).await?;
    anyhow::ensure!(load.refused == callbacks.len(), "nowhere is somewhere");
    Ok(bench.host.process.cpu()? - before)
}

/// The processor time of fetching and deleting the jobs of so many events, from either queue.
async fn polling(bench: &Bench<'_>, count: usize) -> anyhow::Result<Duration> {
    let text = texts(&bench.tenant, bench.texts(0, 1, 1));
    let body = text.first().context("there is one text")?;
    let body = std::str::from_utf8(&body.body)?;
    Ok(polling::cost(bench.host, body, count).await? * QUEUES.len() as u32)
}

/// What is asked of the services, through counters.
async fn counted(
    setting: &Setting,
    services: &Host,
    count: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let endpoints = services.endpoints();
    let dynamodb = Counter::before(&endpoints.dynamodb).await?;
    let sqs = Counter::before(&endpoints.sqs).await?;
    let through = Endpoints {
        dynamodb: dynamodb.url().to_owned(),
        sqs: sqs.url().to_owned(),
        s3: endpoints.s3.clone(),
    };
    let setup = Setup {
        aws_of: Some(services),
        through: Some(&through),
        ..Setup::default()
    };
    let host = Host::start(&setting.host, &setting.work, setup).await?;
    let mut bench = Bench::new(&host, count / 10).await?;
    let mut rows = Vec::new();
    for each in EACH {
        // What made the host ready is not counted.
        let _ = (dynamodb.take(), sqs.take());
        let load = bench.run(count, each).await?;
        let (dynamodb, sqs) = (dynamodb.take(), sqs.take());
        let mut row = vec![each.to_string()];
        row.extend(counts(&dynamodb, &sqs).map(|n| format!("{:.2}", n / load.events())));
        rows.push(row);
    }
    let head = [
        "texts a callback",
        "reads",
        "writes",
        "items written",
        "write units",
        "jobs put, requests",
        "jobs fetched, requests",
        "jobs deleted, requests",
    ];
    report.table(&head, &rows);
    report.say("For each event: requests of DynamoDB, what it writes, and requests of SQS.");
    Ok(())
}

fn counts(dynamodb: &Counts, sqs: &Counts) -> [f64; 7] {
    [
        dynamodb.requests(|name| !Counts::writes(name)),
        dynamodb.requests(Counts::writes),
        dynamodb.written(),
        dynamodb.units(Counts::writes),
        sqs.requests(|name| name.starts_with("Send")),
        sqs.requests(|name| name.starts_with("Receive")),
        sqs.requests(|name| name.starts_with("Delete")),
    ]
}
