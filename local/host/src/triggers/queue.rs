//! Queues: Lambda's event source mapping.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    config::timeout::TimeoutConfig,
    types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName},
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout},
};

use super::batch;
use crate::{
    aws::{DeployedQueue, stopped},
    functions::Worker,
    template::QueueSource,
};

/// A function that works a queue.
#[derive(Clone)]
pub(crate) struct QueueTrigger {
    /// The function's package.
    pub(crate) function: String,
    /// The queue and how it is worked.
    pub(crate) source: QueueSource,
    pub(crate) queue: DeployedQueue,
    /// After this time a call is ended.
    pub(crate) timeout: Duration,
    /// What is called.
    pub(crate) worker: Worker,
    /// A client that waits as long as a long poll does.
    pub(crate) client: Client,
    pub(crate) region: String,
}

/// The longest long poll: SQS's limit.
const LONG_POLL_SECONDS: i32 = 20;
/// Most messages of one request: SQS's limit.
const MOST_AT_ONCE: usize = 10;
/// A batch that holds more is not gathered further: another ten messages still fit into Lambda's 6 MB.
const FULL_BYTES: usize = 3 * 1024 * 1024;
/// Between short polls while a batch is gathered.
const GATHER_PAUSE: Duration = Duration::from_millis(50);
/// After SQS could not be asked.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// The client with the patience that a long poll needs.
pub(crate) fn long_poll_client(client: &Client) -> Client {
    let patience = Duration::from_secs(LONG_POLL_SECONDS as u64 + 5);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(patience)
        // What is not named here stays as it was: too short for a poll that finds nothing.
        .operation_timeout(patience);
    let config = client
        .config()
        .to_builder()
        .timeout_config(timeouts.build());
    Client::from_conf(config.build())
}

impl QueueTrigger {
    /// Works the queue until `stop` turns true, as many batches at once as the template says. What runs is finished.
    pub(crate) async fn run(self, stop: watch::Receiver<bool>) {
        let mut lanes = JoinSet::new();
        for _ in 0..self.source.concurrency {
            lanes.spawn(self.clone().lane(stop.clone()));
        }
        while lanes.join_next().await.is_some() {}
    }

    /// One batch after the other.
    async fn lane(self, stop: watch::Receiver<bool>) {
        let mut stop = std::pin::pin!(stopped(stop));
        loop {
            let gathered = tokio::select! {
                biased;
                () = &mut stop => return,
                // Nothing waits there when it is given up: messages would have come at once.
                first = self.receive(LONG_POLL_SECONDS, MOST_AT_ONCE) => first,
            };
            match gathered {
                Ok(first) if first.is_empty() => {}
                Ok(first) => {
                    let batch = self.gather(first).await;
                    self.work(batch).await;
                }
                Err(Failed) => tokio::select! {
                    () = &mut stop => return,
                    () = tokio::time::sleep(RETRY_PAUSE) => {}
                },
            }
        }
    }

    /// The batch that `first` begins: full, or after the batching window.
    async fn gather(&self, first: Vec<Message>) -> Vec<Message> {
        let deadline = Instant::now() + self.source.batching_window;
        let mut batch = first;
        let bytes = |batch: &[Message]| {
            batch
                .iter()
                .filter_map(Message::body)
                .map(str::len)
                .sum::<usize>()
        };
        while batch.len() < self.source.batch_size && bytes(&batch) < FULL_BYTES {
            if Instant::now() >= deadline {
                break;
            }
            let room = (self.source.batch_size - batch.len()).min(MOST_AT_ONCE);
            match self.receive(0, room).await {
                Ok(more) if more.is_empty() => tokio::time::sleep(GATHER_PAUSE).await,
                Ok(more) => batch.extend(more),
                Err(Failed) => break,
            }
        }
        batch
    }

    async fn receive(&self, wait_seconds: i32, most: usize) -> Result<Vec<Message>, Failed> {
        let request = self.client.receive_message().queue_url(&self.queue.url);
        let request = request
            .max_number_of_messages(most.min(self.source.batch_size) as i32)
            .wait_time_seconds(wait_seconds)
            .message_system_attribute_names(MessageSystemAttributeName::All);
        match request.send().await {
            Ok(output) => Ok(output.messages.unwrap_or_default()),
            Err(error) => {
                let queue = &self.queue.name;
                let error = causes(&error);
                tracing::warn!(%queue, error, "a queue could not be asked for messages");
                Err(Failed)
            }
        }
    }

    /// Calls the function with a batch and deletes what it has done. The rest comes again after its visibility.
    async fn work(&self, batch: Vec<Message>) {
        let (function, queue) = (&self.function, &self.queue.name);
        let event = match batch::event(&batch, &self.queue.arn, &self.region) {
            Ok(event) => event,
            Err(error) => {
                tracing::error!(%function, %queue, %error, "messages are not what a queue's are");
                return;
            }
        };
        // A task of its own, so that its panic is its own.
        let call = tokio::spawn(timeout(self.timeout, (self.worker)(event)));
        match call.await {
            Ok(Ok(response)) if self.source.reports_failures => {
                let failed = response.batch_item_failures.len();
                if failed > 0 {
                    tracing::warn!(%function, %queue, failed, of = batch.len(), "messages will come again");
                }
                self.delete(batch::done(batch, &response)).await;
            }
            Ok(Ok(_)) => self.delete(batch).await,
            Ok(Err(_elapsed)) => {
                tracing::error!(%function, %queue, "a function ran into its time-out and was ended");
            }
            Err(_panicked) => tracing::error!(%function, %queue, "a function panicked"),
        }
    }

    async fn delete(&self, done: Vec<Message>) {
        for some in done.chunks(MOST_AT_ONCE) {
            let entries = some.iter().enumerate().map(|(at, message)| {
                let entry = DeleteMessageBatchRequestEntry::builder().id(at.to_string());
                entry
                    .receipt_handle(message.receipt_handle().unwrap_or_default())
                    .build()
            });
            let entries = entries.collect::<Result<Vec<_>, _>>().unwrap_or_default();
            let request = self
                .client
                .delete_message_batch()
                .queue_url(&self.queue.url);
            let queue = &self.queue.name;
            match request.set_entries(Some(entries)).send().await {
                Ok(output) if output.failed.is_empty() => {}
                Ok(output) => {
                    let failed = output.failed.len();
                    tracing::warn!(%queue, failed, "messages that are done could not be deleted and will come again");
                }
                Err(error) => {
                    let error = causes(&error);
                    tracing::warn!(%queue, error, "messages that are done could not be deleted and will come again");
                }
            }
        }
    }
}

/// An error and what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// SQS could not be asked; it is logged.
struct Failed;

#[cfg(test)]
mod tests {
    use openwati_store::aws::AwsConfig;

    use super::*;
    use crate::aws::credentials;

    #[test]
    fn a_poll_that_finds_nothing_ends_before_the_clients_patience() {
        let config = AwsConfig {
            region: "us-east-1".to_owned(),
            credentials: credentials("id", "secret"),
            dynamodb: None,
            sqs: Some("http://127.0.0.1:1".to_owned()),
            s3: None,
        };
        let client = long_poll_client(&config.clients().sqs);
        let timeouts = client.config().timeout_config().unwrap();
        let poll = Duration::from_secs(LONG_POLL_SECONDS as u64);
        assert!(timeouts.operation_timeout().unwrap() > poll);
        assert!(timeouts.operation_attempt_timeout().unwrap() > poll);
    }
}
