//! Tenants, and what every request of one needs: the tenant with its channels.

mod change;
mod list;

use openwati_core::plan::Plan;
use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::channel::ChannelRecord;
use crate::error::StoreError;
use crate::item::{read, s, text};
use crate::keys::{CHANNEL, Key, names};
use crate::store::Store;

pub use change::{EndpointPause, TenantChange};
pub use list::TenantPage;

/// A tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TenantRecord {
    /// Its id.
    pub tenant: TenantId,
    /// What it is called.
    pub name: String,
    /// Its plan, with the figures that hold for it.
    pub plan: Plan,
    /// The country of local phone numbers, ISO 3166 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_country: Option<String>,
    /// Minutes after midnight UTC at which its day of messages begins.
    pub billing_anchor_minutes: u16,
    /// How many days it keeps its messages; none is for ever. While it is some, the tenant stands in the index
    /// `due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// The day that ran when its days were moved, as long as it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_day: Option<DayWindow>,
    /// Since when the operator lets nobody of it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<Moment>,
    /// How often it was changed.
    #[serde(default)]
    pub version: u32,
    /// When it came to be, in milliseconds.
    pub created_at: Moment,
}

/// A tenant and all its channels, oldest first.
#[derive(Debug, Clone)]
pub struct TenantWithChannels {
    /// The tenant.
    pub tenant: TenantRecord,
    /// Its channels.
    pub channels: Vec<ChannelRecord>,
}

impl TenantRecord {
    /// The tenant's day of messages that `now` falls into.
    pub fn day(&self, now: Moment) -> DayWindow {
        let moved = self.moved_day.filter(|day| now < day.ends());
        moved.unwrap_or_else(|| DayWindow::at(now, self.billing_anchor_minutes))
    }
}

impl Store {
    /// A tenant by itself.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn tenant(&self, tenant: &TenantId) -> Result<Option<TenantRecord>, StoreError> {
        let operation = "reading a tenant";
        let item = self.get(operation, &Key::tenant(tenant)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// A tenant with all its channels, as they are now, in one query.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn tenant_with_channels(
        &self,
        tenant: &TenantId,
    ) -> Result<Option<TenantWithChannels>, StoreError> {
        let operation = "reading a tenant";
        let mut found = None;
        let mut channels: Vec<ChannelRecord> = Vec::new();
        let mut start = None;
        loop {
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(tenant.as_str()))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            for item in page.items.unwrap_or_default() {
                if text(&item, names::SK).is_some_and(|sk| sk.starts_with(CHANNEL)) {
                    channels.push(read(operation, item)?);
                } else {
                    found = Some(read::<TenantRecord>(operation, item)?);
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(found.map(|tenant| TenantWithChannels { tenant, channels }))
    }
}
