//! What it costs to hand a function the jobs of its queue, which on AWS Lambda does.

use std::time::Duration;

use anyhow::Context as _;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use serde_json::{Value, json};

use crate::{host::Host, process};

/// Most messages of one request: SQS's limit.
const BATCH: usize = 10;

/// The processor time that it takes to fetch so many jobs with such a body, make the function's event of them, and delete
/// them, as a local host does it. Measured in this process, which does nothing else meanwhile.
pub(crate) async fn cost(host: &Host, body: &str, count: usize) -> anyhow::Result<Duration> {
    let sqs = host.sqs();
    let queue = sqs
        .create_queue()
        .queue_name("bench.fifo")
        .attributes(QueueAttributeName::FifoQueue, "true");
    let queue = queue
        .send()
        .await?
        .queue_url
        .context("a queue has no URL")?;
    for first in (0..count).step_by(BATCH) {
        let entries = (first..count.min(first + BATCH)).map(|number| {
            SendMessageBatchRequestEntry::builder()
                .id(number.to_string())
                .message_body(body)
                .message_group_id(format!("customer-{}", number % 100))
                .message_deduplication_id(number.to_string())
                .build()
        });
        let entries = entries.collect::<Result<_, _>>()?;
        let request = sqs.send_message_batch().queue_url(&queue);
        request.set_entries(Some(entries)).send().await?;
    }
    let before = process::own_cpu()?;
    let mut left = count;
    while left > 0 {
        left = left.saturating_sub(round(host, &queue).await?);
    }
    let after = process::own_cpu()?;
    sqs.delete_queue().queue_url(&queue).send().await?;
    Ok(after - before)
}

/// One batch. Says how many jobs it had.
async fn round(host: &Host, queue: &str) -> anyhow::Result<usize> {
    let request = host.sqs().receive_message().queue_url(queue);
    let request = request
        .max_number_of_messages(BATCH as i32)
        .wait_time_seconds(1)
        .message_system_attribute_names(MessageSystemAttributeName::All);
    let messages = request.send().await?.messages.unwrap_or_default();
    let records = messages.iter().map(|message| {
        let attributes = message.attributes().into_iter().flatten();
        let attributes = attributes.map(|(name, value)| (name.as_str().to_owned(), json!(value)));
        json!({
            "messageId": message.message_id(),
            "receiptHandle": message.receipt_handle(),
            "body": message.body(),
            "attributes": attributes.collect::<serde_json::Map<_, _>>(),
            "messageAttributes": {},
            "md5OfBody": message.md5_of_body(),
            "eventSource": "aws:sqs",
            "awsRegion": "us-east-1",
        })
    });
    let event = json!({"Records": records.collect::<Vec<_>>()}).to_string();
    let event: Value = serde_json::from_str(&event)?;
    let count = event["Records"].as_array().map_or(0, Vec::len);
    anyhow::ensure!(count > 0, "a queue with jobs gave none");
    let entries = messages.iter().enumerate().map(|(at, message)| {
        DeleteMessageBatchRequestEntry::builder()
            .id(at.to_string())
            .receipt_handle(message.receipt_handle().unwrap_or_default())
            .build()
    });
    let entries = entries.collect::<Result<_, _>>()?;
    let request = host.sqs().delete_message_batch().queue_url(queue);
    request.set_entries(Some(entries)).send().await?;
    Ok(count)
}
