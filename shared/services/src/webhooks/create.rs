//! How an endpoint is made under an id.

use openwati_core::dialect::Dialect;
use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::webhook::WebhookSecret;
use openwati_store::endpoint::{EndpointRecord, EndpointState};

use super::{Endpoint, MOST_ENDPOINTS};
use crate::error::Error;
use crate::events::secret_context;
use crate::idempotency::Creation;
use crate::platform::Platform;

/// An endpoint to be, with everything but its id.
pub(super) struct Creating<'a> {
    pub(super) platform: &'a Platform,
    pub(super) tenant: &'a TenantId,
    pub(super) url: String,
    pub(super) events: Vec<EventType>,
    pub(super) secret: WebhookSecret,
}

impl Creation for Creating<'_> {
    type Thing = (Endpoint, WebhookSecret);

    async fn find(&self, id: Id) -> Result<Option<Self::Thing>, Error> {
        let Some(record) = self.platform.store().endpoint(self.tenant, id).await? else {
            return Ok(None);
        };
        let ring = self.platform.key_ring()?;
        let text = ring.open(&secret_context(self.tenant, id), &record.secret)?;
        let secret = WebhookSecret::parse(text.expose());
        let secret = secret.map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(Some((record.into(), secret)))
    }

    async fn make(&self, id: Id) -> Result<Self::Thing, Error> {
        let record = EndpointRecord {
            id,
            url: self.url.clone(),
            events: self.events.clone(),
            dialect: Dialect::WatiPro,
            secret: self.platform.key_ring()?.seal(
                &secret_context(self.tenant, id),
                self.secret.text().expose(),
                self.platform.entropy(),
            ),
            previous_secret: None,
            previous_until: None,
            state: EndpointState::Enabled,
            disabled_reason: None,
            disabled_at: None,
            paused_by_plan: false,
            failures: 0,
            failing_since: None,
            probe_after: None,
            created_at: self.platform.now(),
        };
        let store = self.platform.store();
        let made = store.create_endpoint(self.tenant, &record, MOST_ENDPOINTS);
        if !made.await? {
            return Err(Error::Conflict {
                message: format!("a tenant may have {MOST_ENDPOINTS} webhooks: delete one first"),
                code: "too_many_webhooks",
            });
        }
        tracing::info!(tenant = %self.tenant, endpoint = %id, "made an endpoint");
        Ok((record.into(), self.secret.clone()))
    }
}
