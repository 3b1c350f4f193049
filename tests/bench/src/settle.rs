//! Waits until what a load has set going has come to its end.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use aws_sdk_sqs::types::QueueAttributeName;

use crate::{host::Host, load};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// How often the queue is asked; rarely, because the question costs the host too.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until no callback of the simulator's and no status waits. Says how long it took.
pub(crate) async fn settle(host: &Host, simulates: bool) -> anyhow::Result<Duration> {
    let began = Instant::now();
    while (simulates && callbacks(host).await? > 0) || jobs(host, "statuses").await? > 0 {
        anyhow::ensure!(
            began.elapsed() < PATIENCE,
            "the statuses do not come to an end"
        );
        tokio::time::sleep(PAUSE).await;
    }
    Ok(began.elapsed())
}

/// Waits until nothing is on these queues.
pub(crate) async fn emptied(host: &Host, queues: &[&str]) -> anyhow::Result<()> {
    let began = Instant::now();
    for queue in queues {
        while jobs(host, queue).await? > 0 {
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "the queue {queue} does not come to its end"
            );
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

async fn callbacks(host: &Host) -> anyhow::Result<i64> {
    let answer = load::get(host.base_url(), "/_sim/callbacks?limit=1").await?;
    answer["pending"]
        .as_i64()
        .context("the simulator does not say how many callbacks wait")
}

/// The jobs of a queue that wait, are worked on, or are put off.
async fn jobs(host: &Host, queue: &str) -> anyhow::Result<i64> {
    let wanted = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let queue = host.queue(queue)?;
    let request = host.sqs().get_queue_attributes().queue_url(queue);
    let answer = request
        .set_attribute_names(Some(wanted.to_vec()))
        .send()
        .await?;
    let found = answer.attributes.unwrap_or_default();
    let count = |name| {
        found
            .get(name)
            .and_then(|text: &String| text.parse::<i64>().ok())
    };
    wanted
        .iter()
        .map(count)
        .sum::<Option<i64>>()
        .context("the queue does not say how much is in it")
}
