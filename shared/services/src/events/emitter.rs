//! From an event to the jobs that tell it.

use std::collections::HashMap;
use std::sync::Arc;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::delivery::EventBody;
use openwati_store::endpoint::EndpointRecord;
use openwati_store::queues::{Job, QueueName};
use sha2::{Digest as _, Sha256};

use super::dialects::telling;
use super::job::{DeliveryJob, FirstTry, delivery_id};
use super::{Event, What};
use crate::error::Error;
use crate::platform::Platform;

/// A body of more bytes goes through the bucket: SQS charges for each 64 KiB of a job.
const LARGEST_BODY: usize = 48 * 1024;

/// Puts events on their way to the endpoints that want them. Made for one batch of jobs, it asks once for the endpoints of
/// a tenant, and not at all for those of tenants that nothing happens to.
///
/// What is emitted again, because a job is run again, arrives again at most while it is not known to have arrived: an
/// event's id follows from its cause, and a delivery's id from the event and the endpoint.
#[derive(Debug)]
pub struct Emitter<'a> {
    platform: &'a Platform,
    endpoints: HashMap<TenantId, Arc<[EndpointRecord]>>,
}

impl<'a> Emitter<'a> {
    /// An emitter for one batch.
    pub fn new(platform: &'a Platform) -> Self {
        Self {
            platform,
            endpoints: HashMap::new(),
        }
    }

    /// Reads the endpoints of a tenant to whom something may be about to happen, so that nobody waits for them then. What
    /// cannot be read now is read when it is needed.
    pub async fn prepare(&mut self, tenant: &TenantId) {
        if let Err(error) = self.endpoints(tenant).await {
            tracing::debug!(%tenant, %error, "endpoints are read again when they are needed");
        }
    }

    /// Puts events of a tenant on their way, in their order. Once it returns without an error they arrive, whatever dies.
    ///
    /// # Errors
    /// If one of them may not be on its way; others may be. Emit all of them again.
    pub async fn emit(&mut self, tenant: &TenantId, events: Vec<Event>) -> Result<(), Error> {
        let jobs = self.jobs(tenant, &events).await?;
        self.send(jobs).await
    }

    /// Puts events of several tenants on their way, in their order.
    ///
    /// # Errors
    /// If one of them may not be on its way; others may be. Emit all of them again.
    pub async fn emit_all(
        &mut self,
        events: impl IntoIterator<Item = (TenantId, Vec<Event>)>,
    ) -> Result<(), Error> {
        let mut jobs = Vec::new();
        for (tenant, events) in events {
            jobs.extend(self.jobs(&tenant, &events).await?);
        }
        self.send(jobs).await
    }

    async fn send(&self, jobs: Vec<Job>) -> Result<(), Error> {
        if jobs.is_empty() {
            return Ok(());
        }
        let queues = self.platform.queues()?;
        Ok(queues.send(QueueName::WebhookDelivery, jobs).await?)
    }

    async fn jobs(&mut self, tenant: &TenantId, events: &[Event]) -> Result<Vec<Job>, Error> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let endpoints = self.endpoints(tenant).await?;
        let mut jobs = Vec::new();
        for event in events {
            for endpoint in endpoints.iter().filter(|e| e.wants(event.what.kind())) {
                jobs.extend(job(self.platform, tenant, endpoint, event).await?);
            }
        }
        Ok(jobs)
    }

    /// The tenant's endpoints, none of them where its plan has no webhooks.
    async fn endpoints(&mut self, tenant: &TenantId) -> Result<Arc<[EndpointRecord]>, Error> {
        if let Some(known) = self.endpoints.get(tenant) {
            return Ok(Arc::clone(known));
        }
        let store = self.platform.store();
        let mut endpoints = store.endpoints(tenant).await?;
        if !endpoints.is_empty() {
            let owner = store.tenant(tenant).await?;
            if !owner.is_some_and(|owner| owner.plan.signed_webhooks) {
                endpoints.clear();
            }
        }
        let endpoints: Arc<[_]> = endpoints.into();
        self.endpoints
            .insert(tenant.clone(), Arc::clone(&endpoints));
        Ok(endpoints)
    }
}

/// The job that tells one endpoint of an event; none where its dialect has no words for it.
pub(crate) async fn job(
    platform: &Platform,
    tenant: &TenantId,
    endpoint: &EndpointRecord,
    event: &Event,
) -> Result<Option<Job>, Error> {
    let Some(text) = (telling(endpoint.dialect).render)(event) else {
        return Ok(None);
    };
    let delivery = delivery_id(endpoint.id, event.at, event.id);
    queued(platform, tenant, endpoint.id, delivery, event, text)
        .await
        .map(Some)
}

async fn queued(
    platform: &Platform,
    tenant: &TenantId,
    endpoint: Id,
    delivery: Id,
    event: &Event,
    text: String,
) -> Result<Job, Error> {
    let body = match text.len() > LARGEST_BODY {
        false => EventBody::Text(text),
        true => {
            // Under a name that follows from the delivery: emitted again it is put again, and not beside it.
            let name = format!("{tenant}/events/{delivery}");
            let blobs = platform.blobs()?;
            blobs.put_spilled(&name, text.into_bytes()).await?;
            EventBody::Spilled(name)
        }
    };
    let first = FirstTry {
        tenant: tenant.clone(),
        endpoint,
        delivery,
        event: event.id,
        kind: event.what.kind(),
        body,
    };
    DeliveryJob::First(first).queued(subject(event), 0)
}

/// What an event is about: events of one subject go one after the other.
fn subject(event: &Event) -> Id {
    match &event.what {
        What::MessageReceived(message) => {
            let digest = Sha256::digest(&message.from);
            let mut bytes = [0; 12];
            bytes.copy_from_slice(&digest[..12]);
            Id::from_bytes(bytes)
        }
        What::MessageStatus(status) => status.id,
        What::EndpointDisabled(endpoint) => endpoint.endpoint,
    }
}
