//! Dead letters: jobs that could not be worked, however often they were tried. Each is settled with its reason, so that
//! nothing stays under way for ever. Those of `inbound` and `statuses` are not settled: they wait for the operator, who
//! mends the cause and moves them back.

use openwati_core::crash_point;
use openwati_core::time::Moment;
use openwati_store::queues::{QueueName, Taken};

use super::Report;
use crate::error::Error;
use crate::platform::Platform;
use crate::{automate, data, deliver, imports, media, media_send, smart_reply};

/// The queues, and what is settled in each.
const SETTLED: [(QueueName, What); 8] = [
    (QueueName::WebhookDeliveryDeadLetters, What::Delivery),
    (QueueName::WebhookRetriesDeadLetters, What::Delivery),
    (QueueName::MediaDownloadDeadLetters, What::Media),
    (QueueName::MediaSendDeadLetters, What::MediaSend),
    (QueueName::AutomationStepDeadLetters, What::AutomationStep),
    (QueueName::SmartReplyDeadLetters, What::SmartReply),
    (QueueName::ImportsDeadLetters, What::Imports),
    (QueueName::DataDeadLetters, What::Data),
];

#[derive(Debug, Clone, Copy)]
enum What {
    Delivery,
    Media,
    MediaSend,
    AutomationStep,
    SmartReply,
    Imports,
    Data,
}

/// Settles dead letters until there are none or the time is over.
pub(super) async fn run(platform: &Platform, until: Moment, report: &mut Report) {
    for (queue, what) in SETTLED {
        loop {
            match some(platform, queue, what, report).await {
                Ok(0) => break,
                Ok(_) if platform.now() >= until => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(?queue, %error, source = ?std::error::Error::source(&error), "dead letters could not be settled");
                    report.failed += 1;
                    break;
                }
            }
        }
    }
}

/// Settles up to ten of a queue. Answers how many were taken; what fails comes again.
async fn some(
    platform: &Platform,
    queue: QueueName,
    what: What,
    report: &mut Report,
) -> Result<usize, Error> {
    let queues = platform.queues()?;
    let taken = queues.take(queue).await?;
    let count = taken.len();
    let mut settled = Vec::with_capacity(count);
    for Taken { body, receipt } in taken {
        let result = match what {
            What::Delivery => deliver::settle(platform, &body).await,
            What::Media => media::settle(platform, &body).await,
            What::MediaSend => media_send::settle(platform, &body).await,
            What::AutomationStep => automate::settle(platform, &body).await,
            What::SmartReply => smart_reply::settle(platform, &body).await,
            What::Imports => imports::settle(platform, &body).await,
            What::Data => data::settle(platform, &body).await,
        };
        match result {
            Ok(()) => settled.push(receipt),
            Err(error) => {
                tracing::error!(?queue, %error, source = ?std::error::Error::source(&error), "a dead letter could not be settled");
                report.failed += 1;
            }
        }
    }
    report.settled += u32::try_from(settled.len()).unwrap_or(u32::MAX);
    if !settled.is_empty() {
        crash_point!("timers.dead_letters_settled");
        queues.delete(queue, settled).await?;
    }
    Ok(count)
}
