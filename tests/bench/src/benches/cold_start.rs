//! From the start of a bootstrap to its first question for an event, beside functions that do nothing: one that has
//! nothing either, and one that has the same clients and open connections. And whether anything that takes time is left
//! for the first request.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;

use crate::{
    Setting, event,
    function::{CONNECTED, EMPTY, Environment, Function, bootstrap, deployed},
    graph::Graph,
    host::{Endpoints, Host, Setup},
    proxy::Proxy,
    report::Report,
    stats::Sorted,
    tenant::Tenant,
    tls::Tls,
};

/// How many times the start of a function that does nothing, with the same clients and connections, a function's may
/// take.
const BAR: f64 = 1.5;

/// Requests after the first one, which it is compared with.
const LATER: usize = 20;

/// Starts with TLS, whose median is told.
const TLS_STARTS: usize = 11;

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Report> {
    let rounds = if setting.brief { 10 } else { 50 };
    let functions = deployed(&setting.root.join("template.yaml"))?;
    let graph = Graph::start().await?;
    let setup = Setup {
        graph_url: Some(graph.url()),
        ..Setup::default()
    };
    let host = Host::start(&setting.host, &setting.work, setup).await?;
    let tenant = Tenant::provision(&host).await?;
    let tls = Tls::new(&setting.work)?;
    let mut firsts = Vec::with_capacity(functions.len());
    for function in &functions {
        let event = event::load(&setting.root.join("events"), function, &tenant)?;
        let first = first(setting, function, &host, &graph, &tls, &event).await;
        firsts.push(first.with_context(|| format!("the first request of {function}"))?);
    }
    let plain = host.environment(host.endpoints(), graph.url())?;
    let rivals = functions
        .iter()
        .zip(&firsts)
        .map(|(function, first)| Rivals {
            function,
            connected: connected(
                function,
                &plain,
                &first.start_opened,
                host.endpoints(),
                graph.url(),
            ),
        });
    let rivals: Vec<_> = rivals.collect();
    let starts = starts(setting, &rivals, &plain, rounds).await?;
    let mut report = Report::new("cold-start");
    let mut rows = Vec::new();
    for ((function, first), starts) in functions.iter().zip(firsts).zip(starts) {
        let event = event::load(&setting.root.join("events"), function, &tenant)?;
        let ratio = starts.ratio.median();
        // Nobody waits for a job's first connection.
        let awaited = event.get("requestContext").is_some();
        // The start waits for a host to answer, which takes its time where it was built for tests.
        if !setting.brief {
            report.require(
                ratio <= BAR,
                format!(
                    "{function} starts in {ratio:.2} times the time of a function that does nothing"
                ),
            );
            report.require(
                first.opened == 0 || !awaited,
                format!(
                    "the first request of {function} opens {} connections",
                    first.opened
                ),
            );
        }
        rows.push(vec![
            format!("`{function}`"),
            format!("{:.1}", starts.function.median()),
            format!("{:.1}", starts.empty.median()),
            format!("{:.1}", starts.connected.median()),
            format!("{ratio:.2}"),
            format!("{:.1}", first.start),
            first.start_opened.all().to_string(),
            first.opened.to_string(),
            format!("{:.1}", first.took),
            format!("{:.1}", first.later),
        ]);
    }
    let head = [
        "function",
        "start, ms",
        "empty, ms",
        "empty and connected, ms",
        "ratio to it",
        "start with TLS, ms",
        "TLS connections of the start",
        "of the first request",
        "first request, ms",
        "later ones, ms",
    ];
    report.table(&head, &rows);
    report.say(&format!("Medians of {rounds} rounds; the ratio is the median of each round's ratio, and its bar is {BAR}."));
    Ok(report)
}

/// A function and what it is compared with.
struct Rivals<'a> {
    function: &'a str,
    /// The environment of the function that does nothing and has as many connections; none where the function has none,
    /// and no client either.
    connected: Option<Environment>,
}

struct Starts {
    function: Sorted,
    empty: Sorted,
    connected: Sorted,
    ratio: Sorted,
}

/// The connections that a start opened, by service.
struct Opened {
    dynamodb: usize,
    sqs: usize,
    others: usize,
}

impl Opened {
    fn all(&self) -> usize {
        self.dynamodb + self.sqs + self.others
    }
}

/// Functions that ask anybody's servers as soon as they have started, and have read the system's certificates by then.
const ASK_ANYBODY: [&str; 1] = ["webhook-delivery"];

/// What gives [`CONNECTED`] the clients of a function, and makes it open these connections.
fn connected(
    function: &str,
    plain: &Environment,
    opened: &Opened,
    endpoints: &Endpoints,
    graph: &str,
) -> Option<Environment> {
    if opened.all() == 0 {
        return None;
    }
    let to = |url: &str, connections: usize| vec![url.to_owned(); connections];
    let urls = [
        to(&endpoints.dynamodb, opened.dynamodb),
        to(&endpoints.sqs, opened.sqs),
        to(graph, opened.others),
    ];
    let mut environment = plain.clone();
    environment.push(("BENCH_CONNECTIONS", urls.concat().join(" ")));
    if ASK_ANYBODY.contains(&function) {
        environment.push(("BENCH_ROOTS", "1".to_owned()));
    }
    if opened.sqs > 0 {
        environment.push(("BENCH_SQS", "1".to_owned()));
    }
    Some(environment)
}

/// Starts every function and before each of them the ones that do nothing, round after round, so that whatever the
/// machine does besides is shared by all. A first round, which reads the files from the disk, does not count.
async fn starts(
    setting: &Setting,
    rivals: &[Rivals<'_>],
    environment: &Environment,
    rounds: usize,
) -> anyhow::Result<Vec<Starts>> {
    let empty = bootstrap(&setting.bootstraps, EMPTY)?;
    let connected = bootstrap(&setting.bootstraps, CONNECTED)?;
    let mut samples = vec![Vec::with_capacity(rounds); rivals.len()];
    for round in 0..=rounds {
        for (rivals, samples) in rivals.iter().zip(&mut samples) {
            let (_, nothing) = Function::start(&empty, environment).await?;
            let connections = match &rivals.connected {
                Some(environment) => Function::start(&connected, environment).await?.1,
                None => nothing,
            };
            let bootstrap = bootstrap(&setting.bootstraps, rivals.function)?;
            let (_, something) = Function::start(&bootstrap, environment).await?;
            if round > 0 {
                samples.push([something, nothing, connections]);
            }
        }
    }
    let sort = |samples: Vec<[Duration; 3]>| Starts {
        function: Sorted::milliseconds(samples.iter().map(|sample| sample[0])),
        empty: Sorted::milliseconds(samples.iter().map(|sample| sample[1])),
        connected: Sorted::milliseconds(samples.iter().map(|sample| sample[2])),
        ratio: Sorted::new(
            samples
                .iter()
                .map(|[function, _, connected]| function.as_secs_f64() / connected.as_secs_f64())
                .collect(),
        ),
    };
    Ok(samples.into_iter().map(sort).collect())
}

/// The first request of a process.
struct First {
    start: f64,
    start_opened: Opened,
    opened: usize,
    took: f64,
    later: f64,
}

/// Starts a function whose every way out is TLS to a proxy that counts, and hands it its event.
async fn first(
    setting: &Setting,
    function: &str,
    host: &Host,
    graph: &Graph,
    tls: &Tls,
    event: &Value,
) -> anyhow::Result<First> {
    let endpoints = host.endpoints();
    let dynamodb = Proxy::before(&endpoints.dynamodb, tls.acceptor()).await?;
    let sqs = Proxy::before(&endpoints.sqs, tls.acceptor()).await?;
    let s3 = Proxy::before(&endpoints.s3, tls.acceptor()).await?;
    let provider = Proxy::before(graph.url(), tls.acceptor()).await?;
    let opened = || {
        [&dynamodb, &sqs, &s3, &provider]
            .map(Proxy::opened)
            .iter()
            .sum::<usize>()
    };
    let through = Endpoints {
        dynamodb: dynamodb.url().to_owned(),
        sqs: sqs.url().to_owned(),
        s3: s3.url().to_owned(),
    };
    let mut environment = host.environment(&through, provider.url())?;
    environment.push(tls.variable());
    let bootstrap = bootstrap(&setting.bootstraps, function)?;
    let mut starts = Vec::with_capacity(TLS_STARTS);
    for _ in 1..TLS_STARTS {
        starts.push(Function::start(&bootstrap, &environment).await?.1);
    }
    let before = [&dynamodb, &sqs].map(Proxy::opened);
    let before_all = opened();
    let (mut function, start) = Function::start(&bootstrap, &environment).await?;
    starts.push(start);
    let opened_before = opened();
    let start_opened = {
        let dynamodb = dynamodb.opened() - before[0];
        let sqs = sqs.opened() - before[1];
        Opened {
            dynamodb,
            sqs,
            others: opened_before - before_all - dynamodb - sqs,
        }
    };
    let mut took = Vec::with_capacity(1 + LATER);
    let mut opened_first = 0;
    for number in 0..=LATER {
        let began = Instant::now();
        function.invoke(event).await?;
        took.push(began.elapsed());
        if number == 0 {
            opened_first = opened() - opened_before;
        }
    }
    let later = Sorted::milliseconds(took.split_off(1));
    Ok(First {
        start: Sorted::milliseconds(starts).median(),
        start_opened,
        opened: opened_first,
        took: Sorted::milliseconds(took).median(),
        later: later.median(),
    })
}
