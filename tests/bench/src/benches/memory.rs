//! The most memory that a function has had after many requests, one after the other as Lambda hands them over.

use anyhow::Context as _;

use crate::{
    Setting, event,
    function::{EMPTY, Function, bootstrap, deployed},
    graph::Graph,
    host::{Host, Setup},
    report::Report,
    tenant::Tenant,
};

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Report> {
    let requests = if setting.brief { 20 } else { 1_000 };
    let graph = Graph::start().await?;
    let setup = Setup {
        graph_url: Some(graph.url()),
        ..Setup::default()
    };
    let host = Host::start(&setting.host, &setting.work, setup).await?;
    let tenant = Tenant::provision(&host).await?;
    let environment = host.environment(host.endpoints(), graph.url())?;
    let mut rows = Vec::new();
    let events = setting.root.join("events");
    let mut functions = deployed(&setting.root.join("template.yaml"))?;
    functions.push(EMPTY.to_owned());
    for name in functions {
        // The empty one answers everything.
        let event = if name == EMPTY { "docs" } else { &name };
        let event = event::load(&events, event, &tenant)?;
        let bootstrap = bootstrap(&setting.bootstraps, &name)?;
        let (mut function, _) = Function::start(&bootstrap, &environment).await?;
        let started = function.peak_resident()?;
        for _ in 0..requests {
            function
                .invoke(&event)
                .await
                .with_context(|| format!("a request to {name}"))?;
        }
        rows.push(vec![
            format!("`{name}`"),
            mebibytes(started),
            mebibytes(function.peak_resident()?),
        ]);
    }
    let after = format!("after {requests} requests, MiB");
    let mut report = Report::new("memory");
    report.table(&["function", "started, MiB", &after], &rows);
    Ok(report)
}

fn mebibytes(kibibytes: u64) -> String {
    format!("{:.1}", kibibytes as f64 / 1_024.0)
}
