//! Jobs that could not be worked, however often they were tried.

use openwati_store::delivery::{DeliveryKey, DeliveryState, NewDelivery};

use crate::error::Error;
use crate::events::DeliveryJob;
use crate::platform::Platform;

/// Why such a delivery is dropped, for programs.
const NOT_PROCESSED: &str = "not_processed";

/// Drops the delivery of a job that ended in a dead-letter queue, so that it is seen in the log and can be recovered.
///
/// # Errors
/// If the store did not answer.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let job = match serde_json::from_str(body) {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(%error, "a delivery job that cannot be read is given up");
            return Ok(());
        }
    };
    match job {
        DeliveryJob::First(first) => {
            let key = DeliveryKey {
                tenant: first.tenant,
                endpoint: first.endpoint,
                delivery: first.delivery,
            };
            let new = NewDelivery {
                key,
                event: first.event,
                kind: first.kind,
                body: first.body,
                state: DeliveryState::Dropped,
                round: 0,
                step: 0,
                attempts: 0,
                next_at: None,
                by_timers: false,
                reason: Some(NOT_PROCESSED.to_owned()),
                first: None,
            };
            settle_first(platform, new).await
        }
        DeliveryJob::Again(next) => {
            let key = DeliveryKey {
                tenant: next.tenant,
                endpoint: next.endpoint,
                delivery: next.delivery,
            };
            let store = platform.store();
            let dropped = store.drop_delivery(&key, NOT_PROCESSED).await?;
            if dropped {
                tracing::warn!(tenant = %key.tenant, delivery = %key.delivery, "dropped a delivery whose job could not be worked");
            }
            Ok(())
        }
        DeliveryJob::Recover(recovery) => {
            tracing::error!(tenant = %recovery.tenant, endpoint = %recovery.endpoint, "a recovery broke off");
            Ok(())
        }
    }
}

async fn settle_first(platform: &Platform, new: NewDelivery) -> Result<(), Error> {
    let key = new.key.clone();
    let store = platform.store();
    let now = platform.now();
    if store.create_delivery(new, now).await? {
        tracing::warn!(tenant = %key.tenant, delivery = %key.delivery, "dropped a delivery whose job could not be worked");
        return Ok(());
    }
    // It was tried, and the step after it may not have been enqueued.
    store.drop_delivery(&key, NOT_PROCESSED).await?;
    Ok(())
}
