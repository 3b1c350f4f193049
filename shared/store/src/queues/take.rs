//! Jobs taken from a queue by hand: dead letters, and what is done before the rest of its batch.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
};

use super::{BATCH, QueueName, Queues};
use crate::error::StoreError;

/// A job that was taken from a queue. It comes again unless it is deleted.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its text.
    pub body: String,
    /// What it is deleted by.
    pub receipt: String,
}

impl Queues {
    /// Takes up to ten jobs that wait on a queue.
    ///
    /// # Errors
    /// If the queue did not answer.
    pub async fn take(&self, queue: QueueName) -> Result<Vec<Taken>, StoreError> {
        let operation = "taking jobs from a queue";
        let request = self
            .client
            .receive_message()
            .queue_url(self.url(operation, queue)?)
            .max_number_of_messages(BATCH as i32);
        let answer = request.send().await.map_err(StoreError::sdk(operation))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        let taken = messages.map(|message| Taken {
            body: message.body.unwrap_or_default(),
            receipt: message.receipt_handle.unwrap_or_default(),
        });
        Ok(taken.collect())
    }

    /// Lets jobs that were taken from a queue come again after so many seconds, by their receipts.
    ///
    /// # Errors
    /// If one of them may not; it comes again once its visibility ends.
    pub async fn put_back(
        &self,
        queue: QueueName,
        jobs: Vec<(String, u16)>,
    ) -> Result<(), StoreError> {
        let operation = "putting jobs back on a queue";
        let url = self.url(operation, queue)?;
        for some in jobs.chunks(BATCH) {
            let entries = some.iter().enumerate().map(|(at, (receipt, seconds))| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(at.to_string())
                    .receipt_handle(receipt)
                    .visibility_timeout(i32::from(*seconds))
                    .build()
                    .expect("id and receipt are given")
            });
            let request = self.client.change_message_visibility_batch().queue_url(url);
            let request = request.set_entries(Some(entries.collect()));
            let answer = request.send().await.map_err(StoreError::sdk(operation))?;
            if !answer.failed.is_empty() {
                let reason = "some jobs were not put back".to_owned();
                return Err(StoreError::Unavailable { operation, reason });
            }
        }
        Ok(())
    }

    /// Deletes jobs that were taken from a queue, by their receipts.
    ///
    /// # Errors
    /// If one of them may not be deleted. Others may be.
    pub async fn delete(&self, queue: QueueName, receipts: Vec<String>) -> Result<(), StoreError> {
        let operation = "deleting jobs from a queue";
        let url = self.url(operation, queue)?;
        for some in receipts.chunks(BATCH) {
            let entries = some.iter().enumerate().map(|(at, receipt)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .receipt_handle(receipt)
                    .build()
                    .expect("id and receipt are given")
            });
            let request = self.client.delete_message_batch().queue_url(url);
            let request = request.set_entries(Some(entries.collect()));
            let answer = request.send().await.map_err(StoreError::sdk(operation))?;
            if !answer.failed.is_empty() {
                let reason = "some jobs were not deleted".to_owned();
                return Err(StoreError::Unavailable { operation, reason });
            }
        }
        Ok(())
    }
}
