//! Channels: the numbers that a tenant sends and receives by.

mod change;
mod set;

use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{at, n, read, s, write};
use crate::keys::Key;
use crate::store::{Store, Update};

pub use change::ChannelChange;

/// Whether a channel can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelState {
    /// It sends and receives.
    Connected,
    /// WhatsApp refuses everything until somebody acts.
    Disconnected,
}

/// A number with what it takes to use it. Secrets are sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChannelRecord {
    /// Its id.
    pub id: Id,
    /// Whether it can send.
    pub state: ChannelState,
    /// Why it cannot: WhatsApp's code and words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Whether it is the one that sends where a caller names none.
    pub is_default: bool,
    /// Its number.
    pub phone_number: PhoneNumber,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// The token that sends.
    pub access_token: Sealed,
    /// The secret that signs what Meta posts to us.
    pub app_secret: Sealed,
    /// What Meta shows when it asks whether a callback URL is ours.
    pub verify_token: Sealed,
    /// Messages a second that it may send when nothing slows it.
    pub per_second: u32,
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What Meta told of it, if it was ever asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<CheckedNumber>,
    /// When it was connected first, in milliseconds.
    pub created_at: Moment,
}

/// What Meta told of a number when it was last asked, in Meta's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedNumber {
    /// When that was.
    pub checked_at: Moment,
    /// The number as people read it, like `+1 555-010-0000`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_phone_number: Option<String>,
    /// The name that customers see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_name: Option<String>,
    /// How the name's approval stands, like `APPROVED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN` or `NA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality_rating: Option<String>,
    /// How many customers it may write to first in 24 hours, like `TIER_2K`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_limit: Option<String>,
    /// `STANDARD` or `HIGH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<String>,
    /// `CONNECTED`, `PENDING`, `DISCONNECTED`, ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `VERIFIED`, `NOT_VERIFIED` or `EXPIRED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_verification_status: Option<String>,
    /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_type: Option<String>,
    /// `LIVE` or `SANDBOX`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_mode: Option<String>,
    /// Meta's id of the app that the token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// When the token ends; none where it never does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expires_at: Option<Moment>,
}

impl Store {
    /// Keeps a new channel and begins to hand out its slots. Says whether the channel was new.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_channel(
        &self,
        tenant: &TenantId,
        record: &ChannelRecord,
    ) -> Result<bool, StoreError> {
        let operation = "creating a channel";
        // Slots first: a channel without them could not send, slots without a channel harm nobody.
        let slots = [("per_second".to_owned(), n(record.per_second))].into();
        self.put_new(operation, &Key::slots(tenant, record.id), slots)
            .await?;
        let key = Key::channel(tenant, record.id);
        self.put_new(operation, &key, write(operation, record)?)
            .await
    }

    /// One channel.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn channel(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<ChannelRecord>, StoreError> {
        let operation = "reading a channel";
        let item = self.get(operation, &Key::channel(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Marks a channel as one that can send again.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn connect_channel(
        &self,
        tenant: &TenantId,
        channel: Id,
        now: Moment,
    ) -> Result<(), StoreError> {
        let expression = "SET #state = :state, state_changed_at = :now REMOVE state_reason";
        let update = Update::new(Key::channel(tenant, channel), expression)
            .condition("#state = :disconnected")
            .name("#state", "state")
            .value(":state", s("connected"))
            .value(":disconnected", s("disconnected"))
            .value(":now", at(now));
        self.update("connecting a channel", update).await?;
        Ok(())
    }

    /// Marks a channel as one that cannot send until somebody acts, with WhatsApp's reason.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn disconnect_channel(
        &self,
        tenant: &TenantId,
        channel: Id,
        reason: &str,
        now: Moment,
    ) -> Result<(), StoreError> {
        let expression = "SET #state = :state, state_reason = :reason, state_changed_at = :now";
        let update = Update::new(Key::channel(tenant, channel), expression)
            .condition("attribute_exists(pk)")
            .name("#state", "state")
            .value(":state", s("disconnected"))
            .value(":reason", s(reason))
            .value(":now", at(now));
        self.update("disconnecting a channel", update).await?;
        Ok(())
    }
}
