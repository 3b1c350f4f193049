//! Counts of a day that need not be exact: what was dropped, for the operator to see.

use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use crate::error::StoreError;
use crate::item::{n, number, ttl};
use crate::keys::Key;
use crate::store::{Store, Update};

/// Statuses of WhatsApp for messages that nobody here knows, dropped after a wait.
pub const DROPPED_STATUSES: &str = "dropped_statuses";

/// How long tallies are kept.
const KEPT: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);

impl Store {
    /// Adds `count` to a tally of the day (UTC) of `now`.
    ///
    /// # Errors
    /// If the store did not answer; it may have been added.
    pub async fn add_tally(
        &self,
        tenant: &TenantId,
        what: &str,
        count: u32,
        now: Moment,
    ) -> Result<(), StoreError> {
        let key = Key::tally(tenant, DayWindow::at(now, 0), what);
        let update = Update::new(
            key,
            "ADD #count :count SET #ttl = if_not_exists(#ttl, :ttl)",
        )
        .name("#count", "count")
        .name("#ttl", "ttl")
        .value(":count", n(count))
        .value(":ttl", ttl(now.plus(KEPT)));
        self.update("adding to a tally", update).await?;
        Ok(())
    }

    /// A tally of the day (UTC) of `now`.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn tally(
        &self,
        tenant: &TenantId,
        what: &str,
        now: Moment,
    ) -> Result<u64, StoreError> {
        let key = Key::tally(tenant, DayWindow::at(now, 0), what);
        let item = self.get("reading a tally", &key).await?;
        let count = item.and_then(|item| number(&item, "count"));
        Ok(count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }
}
