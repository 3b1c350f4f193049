//! What the template names, put together with what this binary holds.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use openwati_sim::Simulator;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    aws::{Aws, Deployed},
    data_dir::DataDir,
    functions::Resources,
    gateway::{HttpFunction, Routes},
    options::Options,
    provision::number,
    seed::Seed,
    template::{Template, Timeouts},
    triggers::{QueueTrigger, ScheduleTrigger, long_poll_client},
};

/// However fast time is set to run, a schedule leaves room for other work.
const SHORTEST_PERIOD: Duration = Duration::from_millis(10);

/// Batches of inbound messages that are worked on at once. The template's default leaves room in an AWS account that has
/// little; here nothing else waits for it, and with two at a time a flood of callbacks holds up what customers write.
const INBOUND_CONCURRENCY: u32 = 4;

/// The template with what the options change.
pub(crate) fn template(options: &Options, graph: &str) -> anyhow::Result<Template> {
    let timeouts = Timeouts {
        function: options.function_timeout,
    };
    let parameters = [
        ("GraphBaseUrl", graph.to_owned()),
        ("InboundConcurrency", INBOUND_CONCURRENCY.to_string()),
        ("SignUp", options.sign_up.clone()),
        ("SignUpPlan", options.sign_up_plan.clone()),
        ("SmtpUrl", options.smtp_url.expose().clone()),
        ("MailFrom", options.mail_from.clone()),
        ("AiApiKey", options.ai.api_key.expose().clone()),
        ("AiBaseUrl", options.ai.base_url.clone()),
        ("AiModel", options.ai.model.clone()),
    ];
    Template::embedded(timeouts, &parameters).context("cannot read the template")
}

/// The API's routes, each with its function.
pub(crate) fn routes(
    template: &Template,
    resources: &Resources,
) -> anyhow::Result<Routes<Arc<HttpFunction>>> {
    let mut routes = Vec::new();
    for function in template
        .functions
        .iter()
        .filter(|function| !function.routes.is_empty())
    {
        let target = Arc::new(HttpFunction {
            name: function.binary.clone(),
            timeout: function.timeout,
            router: resources.http(function)?,
        });
        routes.extend(function.routes.iter().map(|route| {
            (
                route.method.clone(),
                route.path.clone(),
                Arc::clone(&target),
            )
        }));
    }
    Ok(Routes::new(routes))
}

/// The simulated WhatsApp, whose faults reach the queues.
pub(crate) async fn simulator(
    options: &Options,
    data: &DataDir,
    seed: &Seed,
    base_url: &str,
    aws: &Aws,
    deployed: &Deployed,
) -> anyhow::Result<Simulator> {
    let callback_url = format!("{base_url}/api/public/cloud-api-webhook/{}", seed.tenant);
    let simulator = Simulator::open(openwati_sim::Config {
        data_dir: data.simulator(),
        numbers: vec![number(&seed.channel, callback_url)],
        window: options.window.into(),
        speed: options.speed,
        check_pair_rate: true,
    });
    let simulator = simulator
        .await
        .context("cannot open the simulated WhatsApp")?;
    if let Some(server) = aws.queue_server.clone() {
        let names: Vec<_> = deployed
            .queues
            .values()
            .map(|queue| queue.name.clone())
            .collect();
        let prefix = format!("{}-", aws.stack);
        simulator.on_queue_fault(move |queue, rate| {
            let meant = |name: &&String| {
                let short = name.strip_prefix(&prefix).unwrap_or(name);
                queue == "*"
                    || queue == *name
                    || queue == short
                    || Some(queue) == short.strip_suffix(".fifo")
            };
            for name in names.iter().filter(meant) {
                server.inject_duplicates(name, rate);
            }
        });
    }
    Ok(simulator)
}

/// What calls functions besides the API, running until `stop` turns true.
pub(crate) fn triggers(
    template: &Template,
    resources: &Resources,
    aws: &Aws,
    options: &Options,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<JoinSet<()>> {
    let mut triggers = JoinSet::new();
    for trigger in queue_triggers(template, resources, &aws.config.region)? {
        triggers.spawn(trigger.run(stop.clone()));
    }
    for function in &template.functions {
        for period in &function.schedules {
            let trigger = ScheduleTrigger {
                function: function.binary.clone(),
                period: period.div_f64(options.speed).max(SHORTEST_PERIOD),
                timeout: function.timeout,
                job: resources.job(function)?,
            };
            triggers.spawn(trigger.run(stop.clone()));
        }
    }
    Ok(triggers)
}

/// What works the queues.
pub(crate) fn queue_triggers(
    template: &Template,
    resources: &Resources,
    region: &str,
) -> anyhow::Result<Vec<QueueTrigger>> {
    let client = long_poll_client(&resources.clients.sqs);
    let mut triggers = Vec::new();
    for function in &template.functions {
        for source in &function.queues {
            let queue = resources.deployed.queues.get(&source.queue);
            triggers.push(QueueTrigger {
                function: function.binary.clone(),
                source: source.clone(),
                queue: queue
                    .with_context(|| format!("there is no queue {}", source.queue))?
                    .clone(),
                timeout: function.timeout,
                worker: resources.worker(function)?,
                client: client.clone(),
                region: region.to_owned(),
            });
        }
    }
    Ok(triggers)
}
