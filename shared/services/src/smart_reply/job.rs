use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::queues::{self, Job, QueueName};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::platform::Platform;

/// A message that the AI is to answer, as it waits on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmartReplyJob {
    /// Whose customer is answered.
    pub tenant: TenantId,
    /// The channel that the customer's message came over, and that answers it.
    pub channel: Id,
    /// The customer.
    pub peer: Recipient,
    /// The customer's message.
    pub message: Id,
    /// When the answer is due: its id is of this moment, and the same however often the job is worked.
    pub at: Moment,
}

impl SmartReplyJob {
    /// The id of the answer.
    pub(super) fn answer(&self) -> Id {
        let message = self.message.hex();
        Id::derived(self.at, &[self.tenant.as_str(), &message, "ai"])
    }

    fn queued(&self) -> Result<Job, Error> {
        let body = queues::body(self).map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(Job {
            body,
            // On a standard queue the group only shares the workers fairly between tenants.
            group: Some(self.tenant.to_string()),
            deduplication: None,
            delay_seconds: 0,
        })
    }
}

/// Has a message answered by the AI. It may be asked for again: a message is answered once.
///
/// # Errors
/// If the queue did not take it.
pub(crate) async fn enqueue(platform: &Platform, job: &SmartReplyJob) -> Result<(), Error> {
    let queues = platform.queues()?;
    queues
        .send(QueueName::SmartReply, vec![job.queued()?])
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_read_as_it_was_written() {
        let at = Moment::from_seconds(1_800_000_000);
        let job = SmartReplyJob {
            tenant: "1234567890".parse().unwrap(),
            channel: Id::from_bytes([1; 12]),
            peer: Recipient::parse_peer("923001234567").unwrap(),
            message: Id::from_bytes([2; 12]),
            at,
        };
        let queued = job.queued().unwrap();
        let read: SmartReplyJob = serde_json::from_str(&queued.body).unwrap();
        assert_eq!(read, job);
        assert_eq!(read.answer(), job.answer());
        assert_eq!(job.answer().moment(), at);
        assert_eq!(queued.group.as_deref(), Some("1234567890"));
    }
}
