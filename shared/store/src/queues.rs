//! The queues.

mod take;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use crate::OnUse;
use crate::error::StoreError;

pub use take::Taken;

/// A queue, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueName {
    /// What WhatsApp reports of messages that were sent. Standard.
    Statuses,
    /// What customers write, and what else WhatsApp tells. FIFO by tenant and peer.
    Inbound,
    /// Events for tenants' own servers, tried for the first time. FIFO by endpoint and lane, so that an endpoint which
    /// does not answer holds no more workers than it has lanes.
    WebhookDelivery,
    /// Events that are tried again. Standard, each job with its delay.
    WebhookRetries,
    /// Files that customers sent. Standard.
    MediaDownload,
    /// Messages whose files took longer than a caller waits. Standard.
    MediaSend,
    /// Answers that automations send, step by step. Standard, each job with its delay.
    AutomationStep,
    /// Messages that the AI is to answer. Standard.
    SmartReply,
    /// Imports and exports of contacts. Standard.
    Imports,
    /// Works through tenants' data: exports, erasures. Standard.
    Data,
    /// Mails to people of a team. Standard.
    Mail,
    /// First tries that could not be worked.
    WebhookDeliveryDeadLetters,
    /// Next tries that could not be worked.
    WebhookRetriesDeadLetters,
    /// Downloads that could not be worked.
    MediaDownloadDeadLetters,
    /// Messages with files that could not be worked.
    MediaSendDeadLetters,
    /// Steps of answers that could not be worked.
    AutomationStepDeadLetters,
    /// Messages for the AI that could not be worked.
    SmartReplyDeadLetters,
    /// Imports and exports that could not be worked.
    ImportsDeadLetters,
    /// Works through data that could not be worked.
    DataDeadLetters,
}

impl QueueName {
    /// Every queue.
    pub const ALL: [Self; 19] = [
        Self::Statuses,
        Self::Inbound,
        Self::WebhookDelivery,
        Self::WebhookRetries,
        Self::MediaDownload,
        Self::MediaSend,
        Self::AutomationStep,
        Self::SmartReply,
        Self::Imports,
        Self::Data,
        Self::Mail,
        Self::WebhookDeliveryDeadLetters,
        Self::WebhookRetriesDeadLetters,
        Self::MediaDownloadDeadLetters,
        Self::MediaSendDeadLetters,
        Self::AutomationStepDeadLetters,
        Self::SmartReplyDeadLetters,
        Self::ImportsDeadLetters,
        Self::DataDeadLetters,
    ];

    /// The variable of a function's environment that has the queue's URL.
    pub const fn url_variable(self) -> &'static str {
        match self {
            Self::Statuses => "STATUSES_QUEUE_URL",
            Self::Inbound => "INBOUND_QUEUE_URL",
            Self::WebhookDelivery => "WEBHOOK_DELIVERY_QUEUE_URL",
            Self::WebhookRetries => "WEBHOOK_RETRIES_QUEUE_URL",
            Self::MediaDownload => "MEDIA_DOWNLOAD_QUEUE_URL",
            Self::MediaSend => "MEDIA_SEND_QUEUE_URL",
            Self::AutomationStep => "AUTOMATION_STEP_QUEUE_URL",
            Self::SmartReply => "SMART_REPLY_QUEUE_URL",
            Self::Imports => "IMPORTS_QUEUE_URL",
            Self::Data => "DATA_QUEUE_URL",
            Self::Mail => "MAIL_QUEUE_URL",
            Self::WebhookDeliveryDeadLetters => "WEBHOOK_DELIVERY_DEAD_LETTERS_URL",
            Self::WebhookRetriesDeadLetters => "WEBHOOK_RETRIES_DEAD_LETTERS_URL",
            Self::MediaDownloadDeadLetters => "MEDIA_DOWNLOAD_DEAD_LETTERS_URL",
            Self::MediaSendDeadLetters => "MEDIA_SEND_DEAD_LETTERS_URL",
            Self::AutomationStepDeadLetters => "AUTOMATION_STEP_DEAD_LETTERS_URL",
            Self::SmartReplyDeadLetters => "SMART_REPLY_DEAD_LETTERS_URL",
            Self::ImportsDeadLetters => "IMPORTS_DEAD_LETTERS_URL",
            Self::DataDeadLetters => "DATA_DEAD_LETTERS_URL",
        }
    }

    /// Whether jobs of one group are worked in order, and none has a delay of its own.
    const fn is_fifo(self) -> bool {
        matches!(self, Self::Inbound | Self::WebhookDelivery)
    }
}

/// A job as it goes on a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its text, at most [`LARGEST_BODY`] bytes.
    pub body: String,
    /// FIFO queues work the jobs of one group in order; others share themselves fairly between groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// FIFO queues take a job of the same id once within five minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduplication: Option<String>,
    /// Seconds until it is worked, at most 900; not on FIFO queues.
    #[serde(default)]
    pub delay_seconds: u16,
}

/// The largest body of one job. SQS takes four times as much since 2025; what is larger than this goes through the
/// bucket, because SQS charges for each 64 KiB.
pub const LARGEST_BODY: usize = 262_144 - 4_096;

/// A job as JSON that SQS takes. SQS refuses U+FFFE and U+FFFF, which anybody may write in a message and which JSON may
/// hold as they are; escaped they mean the same. Other characters that it refuses JSON escapes anyway.
///
/// # Errors
/// If the job is none that JSON can hold.
pub fn body(job: &impl Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(job)?;
    Ok(match json.contains(['\u{FFFE}', '\u{FFFF}']) {
        true => json
            .replace('\u{FFFE}', "\\ufffe")
            .replace('\u{FFFF}', "\\uffff"),
        false => json,
    })
}

/// SQS's limit of a batch: entries, and bytes together.
const BATCH: usize = 10;
const BATCH_BYTES: usize = 262_144;

/// Batches that are on their way at the same time.
const PARALLEL: usize = 8;

/// How often the entries of a batch that were not taken are sent again.
const TRIES: u32 = 3;

/// The client and the URLs of the queues that a function may use. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Queues {
    client: OnUse<Client>,
    urls: Arc<BTreeMap<QueueName, String>>,
}

impl Queues {
    /// The queues at these URLs, reached by `client`.
    pub fn new(client: impl Into<OnUse<Client>>, urls: BTreeMap<QueueName, String>) -> Self {
        Self {
            client: client.into(),
            urls: Arc::new(urls),
        }
    }

    /// Opens the connection, so that the first request does not have to.
    ///
    /// # Errors
    /// If SQS did not answer.
    pub async fn warm(&self) -> Result<(), StoreError> {
        // Refused for its empty batch, which needs no permission and changes nothing.
        let Some(url) = self.urls.values().next() else {
            return Ok(());
        };
        let request = self.client.send_message_batch().queue_url(url);
        match request.set_entries(Some(Vec::new())).send().await {
            Ok(_) | Err(SdkError::ServiceError(_)) => Ok(()),
            Err(error) => Err(StoreError::sdk("warming up")(error)),
        }
    }

    /// Puts jobs on a queue. Jobs of one group keep their order.
    ///
    /// # Errors
    /// If one of them may not be on the queue. Others may be.
    pub async fn send(&self, queue: QueueName, jobs: Vec<Job>) -> Result<(), StoreError> {
        let operation = "putting jobs on a queue";
        let url = self.url(operation, queue)?;
        // On a FIFO queue batches go one after the other: order within a group is the order of arrival.
        let parallel = if queue.is_fifo() { 1 } else { PARALLEL };
        futures::stream::iter(batches(jobs))
            .map(|batch| self.send_batch(operation, url, batch))
            .buffered(parallel)
            .try_collect::<()>()
            .await
    }

    fn url(&self, operation: &'static str, queue: QueueName) -> Result<&str, StoreError> {
        let url = self.urls.get(&queue).map(String::as_str);
        url.ok_or_else(|| {
            let reason = format!("this function knows no queue {queue:?}");
            StoreError::Unavailable { operation, reason }
        })
    }

    async fn send_batch(
        &self,
        operation: &'static str,
        url: &str,
        batch: Vec<Job>,
    ) -> Result<(), StoreError> {
        let mut left: Vec<SendMessageBatchRequestEntry> = batch
            .into_iter()
            .enumerate()
            .map(|(at, job)| entry(at, job))
            .collect();
        for attempt in 1..=TRIES {
            let request = self.client.send_message_batch().queue_url(url);
            let answer = request.set_entries(Some(left.clone())).send().await;
            let failed = answer.map_err(StoreError::sdk(operation))?.failed;
            left.retain(|entry| failed.iter().any(|failure| failure.id == entry.id));
            if left.is_empty() {
                return Ok(());
            }
            tracing::warn!(attempt, left = left.len(), "a queue did not take all jobs");
            crate::store::back_off(attempt).await;
        }
        let reason = "some jobs were not taken".to_owned();
        Err(StoreError::Unavailable { operation, reason })
    }
}

fn entry(at: usize, job: Job) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder()
        .id(at.to_string())
        .message_body(job.body)
        .set_message_group_id(job.group)
        .set_message_deduplication_id(job.deduplication)
        .set_delay_seconds((job.delay_seconds > 0).then(|| i32::from(job.delay_seconds)))
        .build()
        .expect("id and body are given")
}

/// Jobs in their order, in batches that SQS takes.
fn batches(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut batches: Vec<Vec<Job>> = Vec::new();
    let mut bytes = 0;
    for job in jobs {
        let full = batches
            .last()
            .is_none_or(|b| b.len() == BATCH || bytes + job.body.len() > BATCH_BYTES);
        if full {
            batches.push(Vec::with_capacity(BATCH));
            bytes = 0;
        }
        bytes += job.body.len();
        batches
            .last_mut()
            .expect("one was pushed if there was none")
            .push(job);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(bytes: usize) -> Job {
        Job {
            body: "x".repeat(bytes),
            group: None,
            deduplication: None,
            delay_seconds: 0,
        }
    }

    #[test]
    fn characters_that_sqs_refuses_are_escaped_and_mean_the_same() {
        let text = "a\u{0}\u{FFFE}\u{FFFF}\u{FFFD}\"";
        let json = body(&text).unwrap();
        assert!(!json.contains(['\u{0}', '\u{FFFE}', '\u{FFFF}']));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn batches_keep_the_limits_of_sqs_and_the_order() {
        let jobs: Vec<Job> = (0..25).map(|n| job(n + 1)).collect();
        let batches = batches(jobs.clone());
        assert_eq!(
            batches.iter().map(Vec::len).collect::<Vec<_>>(),
            [10, 10, 5]
        );
        assert_eq!(batches.concat(), jobs);
        let large = super::batches(vec![job(LARGEST_BODY), job(LARGEST_BODY), job(1)]);
        assert_eq!(large.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert!(super::batches(Vec::new()).is_empty());
    }
}
