//! The outbound messages of a tenant's day: reserved before sending, never more than the plan allows.

use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;

use crate::error::StoreError;
use crate::item::{n, ttl};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

impl Store {
    /// Reserves one place of the day. `None` as `cap` is no limit. Says whether there was one.
    ///
    /// # Errors
    /// If the store did not answer; a place may be lost then until the day ends.
    pub async fn reserve_outbound(
        &self,
        tenant: &TenantId,
        day: DayWindow,
        cap: Option<u32>,
    ) -> Result<bool, StoreError> {
        if cap == Some(0) {
            return Ok(false);
        }
        let mut update = Update::new(
            Key::outbound_quota(tenant, day),
            "SET used = if_not_exists(used, :zero) + :one, #ttl = :ttl",
        )
        .name("#ttl", "ttl")
        .value(":zero", n(0))
        .value(":one", n(1))
        .value(":ttl", ttl(day.forgotten()));
        if let Some(cap) = cap {
            update = update
                .condition("attribute_not_exists(used) OR used < :cap")
                .value(":cap", n(cap));
        }
        let updated = self.update("reserving an outbound message", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// Gives a place back to the day that it came from. It is asked for once: asked again after a lost answer it might
    /// give back two, and a cap may be missed but never passed.
    ///
    /// # Errors
    /// If the store did not answer; the place is lost then until the day ends.
    pub async fn return_outbound(
        &self,
        tenant: &TenantId,
        day: DayWindow,
    ) -> Result<(), StoreError> {
        let key = Key::outbound_quota(tenant, day);
        let update = Update::new(key, "SET used = used - :one")
            .condition("used >= :one")
            .value(":one", n(1))
            .once();
        self.update("returning an outbound message", update).await?;
        Ok(())
    }

    /// How many places of the day are taken.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn outbound_used(
        &self,
        tenant: &TenantId,
        day: DayWindow,
    ) -> Result<u32, StoreError> {
        let item = self
            .get(
                "reading the outbound messages",
                &Key::outbound_quota(tenant, day),
            )
            .await?;
        let used = item.and_then(|item| crate::item::number(&item, "used"));
        Ok(used.and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
    }
}
