//! What a tenant's plan counts by day: outbound messages, the AI's answers. A place is reserved before it is used, so there
//! are never more than the plan allows.

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
        let key = Key::outbound_quota(tenant, day);
        self.reserve("reserving an outbound message", key, day, cap)
            .await
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
        self.give_back("returning an outbound message", key).await
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
        let key = Key::outbound_quota(tenant, day);
        self.used("reading the outbound messages", &key).await
    }

    /// Reserves one of the AI's answers of the day, whose days begin at 00:00 UTC. `None` as `cap` is no limit. Says whether
    /// there was one.
    ///
    /// # Errors
    /// If the store did not answer; a place may be lost then until the day ends.
    pub async fn reserve_ai(
        &self,
        tenant: &TenantId,
        day: DayWindow,
        cap: Option<u32>,
    ) -> Result<bool, StoreError> {
        let key = Key::ai_quota(tenant, day);
        self.reserve("reserving an answer of the AI", key, day, cap)
            .await
    }

    /// Gives one of the AI's answers back to the day that it came from. It is asked for once, as
    /// [`return_outbound`](Self::return_outbound) is.
    ///
    /// # Errors
    /// If the store did not answer; the place is lost then until the day ends.
    pub async fn return_ai(&self, tenant: &TenantId, day: DayWindow) -> Result<(), StoreError> {
        let key = Key::ai_quota(tenant, day);
        self.give_back("returning an answer of the AI", key).await
    }

    /// How many of the AI's answers of the day are taken.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn ai_used(&self, tenant: &TenantId, day: DayWindow) -> Result<u32, StoreError> {
        let key = Key::ai_quota(tenant, day);
        self.used("reading the answers of the AI", &key).await
    }

    async fn reserve(
        &self,
        operation: &'static str,
        key: Key,
        day: DayWindow,
        cap: Option<u32>,
    ) -> Result<bool, StoreError> {
        if cap == Some(0) {
            return Ok(false);
        }
        let mut update = Update::new(
            key,
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
        let updated = self.update(operation, update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    async fn give_back(&self, operation: &'static str, key: Key) -> Result<(), StoreError> {
        let update = Update::new(key, "SET used = used - :one")
            .condition("used >= :one")
            .value(":one", n(1))
            .once();
        self.update(operation, update).await?;
        Ok(())
    }

    async fn used(&self, operation: &'static str, key: &Key) -> Result<u32, StoreError> {
        let item = self.get(operation, key).await?;
        let used = item.and_then(|item| crate::item::number(&item, "used"));
        Ok(used.and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
    }
}
