//! Channels as they are shown.

use openwati_core::id::Id;
use openwati_core::phone::PhoneNumber;
use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_store::channel::{ChannelRecord, ChannelState, CheckedNumber};

use super::callback_url;
use super::problem::Problem;
use super::secrets::{SecretField, open};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// A channel.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its id.
    pub id: Id,
    /// What its owner calls it.
    pub name: Option<String>,
    /// Its number.
    pub phone_number: PhoneNumber,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// Whether it is the one that sends where a caller names none.
    pub is_default: bool,
    /// Whether it can send.
    pub connected: bool,
    /// Why it cannot.
    pub reason: Option<String>,
    /// Where Meta posts what concerns it.
    pub callback_url: String,
    /// What Meta shows when it asks whether that address is ours; in lists left out.
    pub verify_token: Option<Secret<String>>,
    /// What Meta told of the number when it was last asked.
    pub checked: Option<CheckedNumber>,
    /// When it was connected first.
    pub created_at: Moment,
}

/// A page of channels.
#[derive(Debug)]
pub struct ChannelPage {
    /// Oldest first.
    pub channels: Vec<Channel>,
    /// The last one's id, where more follow.
    pub next: Option<Id>,
}

/// A channel that was connected, or connected anew.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The channel.
    pub channel: Channel,
    /// Why nothing comes in over it yet, if so.
    pub problem: Option<Problem>,
}

impl Channel {
    /// Without its verify token.
    pub(super) fn new(record: ChannelRecord, callback_url: &str) -> Self {
        Self {
            id: record.id,
            name: record.name,
            phone_number: record.phone_number,
            phone_number_id: record.phone_number_id,
            waba_id: record.waba_id,
            is_default: record.is_default,
            connected: record.state == ChannelState::Connected,
            reason: record.state_reason,
            callback_url: callback_url.to_owned(),
            verify_token: None,
            checked: record.checked,
            created_at: record.created_at,
        }
    }

    /// With it.
    pub(super) fn with_token(
        platform: &Platform,
        caller: &Caller,
        record: ChannelRecord,
        base_url: &str,
    ) -> Result<Self, Error> {
        let ring = platform.key_ring()?;
        let token = open(ring, &caller.tenant, &record, SecretField::VerifyToken)?;
        let mut channel = Self::new(record, &callback_url(caller, base_url));
        channel.verify_token = Some(token);
        Ok(channel)
    }
}
