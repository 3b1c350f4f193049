//! What changes of one channel.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::Serialize;

use super::{ChannelState, CheckedNumber};
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::at;
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

/// The parts of an update, as many as there are changes.
#[derive(Default)]
struct Parts {
    sets: Vec<String>,
    removes: Vec<String>,
    update: UpdateBuilder,
}

const OPERATION: &str = "changing a channel";

impl Parts {
    /// Names are given by place: some of them are DynamoDB's own words.
    fn name(&mut self, attribute: &str) -> String {
        let name = format!("#a{}", self.sets.len() + self.removes.len());
        let update = std::mem::take(&mut self.update);
        self.update = update.expression_attribute_names(&name, attribute);
        name
    }

    fn set(&mut self, attribute: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let name = self.name(attribute);
        let placeholder = format!(":v{}", self.sets.len());
        let value = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)
            .map_err(StoreError::corrupt(OPERATION))?;
        let update = std::mem::take(&mut self.update);
        self.update = update.expression_attribute_values(&placeholder, value);
        self.sets.push(format!("{name} = {placeholder}"));
        Ok(())
    }

    fn set_if<T: Serialize>(
        &mut self,
        attribute: &str,
        value: Option<&T>,
    ) -> Result<(), StoreError> {
        value.map_or(Ok(()), |value| self.set(attribute, value))
    }

    fn set_or_remove<T: Serialize>(
        &mut self,
        attribute: &str,
        value: Option<&T>,
    ) -> Result<(), StoreError> {
        if let Some(value) = value {
            return self.set(attribute, value);
        }
        let name = self.name(attribute);
        self.removes.push(name);
        Ok(())
    }

    fn of(change: &ChannelChange) -> Result<Self, StoreError> {
        let mut parts = Self::default();
        if let Some(name) = &change.name {
            parts.set_or_remove("name", name.as_ref())?;
        }
        parts.set_if("waba_id", change.waba_id.as_ref())?;
        parts.set_if("access_token", change.access_token.as_ref())?;
        parts.set_if("app_secret", change.app_secret.as_ref())?;
        parts.set_if("verify_token", change.verify_token.as_ref())?;
        if let Some((state, reason)) = &change.state {
            parts.set("state", state)?;
            parts.set_or_remove("state_reason", reason.as_ref())?;
        }
        parts.set_if("checked", change.checked.as_ref())?;
        parts.set_if("per_second", change.per_second.as_ref())?;
        Ok(parts)
    }
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
        let parts = Parts::of(change)?;
        let mut sets = parts.sets;
        sets.push("changed_at = :changed".to_owned());
        if change.state.is_some() {
            sets.push("state_changed_at = :changed".to_owned());
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !parts.removes.is_empty() {
            expression += &format!(" REMOVE {}", parts.removes.join(", "));
        }
        let update: Update = parts
            .update
            .table_name(&*self.table)
            .set_key(Some(Key::channel(tenant, channel).map()))
            .update_expression(expression)
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":changed", at(now))
            .build()
            .expect("table, key and expression are given");
        let mut items = vec![TransactWriteItem::builder().update(update).build()];
        if let Some(audit) = audit {
            items.push(self.audit_item(tenant, audit)?);
        }
        let made = self.transact(OPERATION, items).await?;
        Ok(matches!(made, Transacted::Done))
    }
}
