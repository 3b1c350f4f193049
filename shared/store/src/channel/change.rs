//! What changes of one channel.

use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{ChannelState, CheckedNumber};
use crate::audit::AuditRecord;
use crate::changes::Changes;
use crate::error::StoreError;
use crate::keys::Key;
use crate::store::Store;
use crate::transaction::Transacted;

/// What changes of a channel. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct ChannelChange {
    /// What its owner calls it; none is by nothing.
    pub name: Option<Option<String>>,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: Option<String>,
    /// The token that sends.
    pub access_token: Option<Sealed>,
    /// The secret that signs what Meta posts to us.
    pub app_secret: Option<Sealed>,
    /// What Meta shows when it asks whether a callback URL is ours.
    pub verify_token: Option<Sealed>,
    /// Whether it can send, and why not.
    pub state: Option<(ChannelState, Option<String>)>,
    /// What Meta told of the number.
    pub checked: Option<CheckedNumber>,
    /// Messages a second that it may send when nothing slows it.
    pub per_second: Option<u32>,
}

const OPERATION: &str = "changing a channel";

fn changes(change: &ChannelChange, now: Moment) -> Result<Changes, StoreError> {
    let mut changes = Changes::new(OPERATION);
    if let Some(name) = &change.name {
        changes.set_or_remove("name", name.as_ref())?;
    }
    changes.set_if("waba_id", change.waba_id.as_ref())?;
    changes.set_if("access_token", change.access_token.as_ref())?;
    changes.set_if("app_secret", change.app_secret.as_ref())?;
    changes.set_if("verify_token", change.verify_token.as_ref())?;
    if let Some((state, reason)) = &change.state {
        changes.set("state", state)?;
        changes.set_or_remove("state_reason", reason.as_ref())?;
        changes.set("state_changed_at", &now)?;
    }
    changes.set_if("checked", change.checked.as_ref())?;
    changes.set_if("per_second", change.per_second.as_ref())?;
    changes.set("changed_at", &now)?;
    Ok(changes)
}

impl Store {
    /// Changes a channel, in one transaction with the act that this is, if it is one. Says whether the channel is there.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn change_channel(
        &self,
        tenant: &TenantId,
        channel: Id,
        change: &ChannelChange,
        now: Moment,
        audit: Option<&AuditRecord>,
    ) -> Result<bool, StoreError> {
        let key = Key::channel(tenant, channel);
        let mut items = vec![changes(change, now)?.of_existing(&self.table, &key)];
        if let Some(audit) = audit {
            items.push(self.audit_item(tenant, audit)?);
        }
        let made = self.transact(OPERATION, items).await?;
        Ok(matches!(made, Transacted::Done))
    }
}
