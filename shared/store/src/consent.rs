//! Whether customers want to be written to, beside their conversations.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState, Consents, Stated};
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::conversation::ConversationRecord;
use crate::error::StoreError;
use crate::item::{Item, n, read, s, text, write};
use crate::keys::place::CONSENT;
use crate::keys::{Key, names, peer_partition};
use crate::store::Store;
use crate::transaction::Transacted;

/// What is known of a peer.
#[derive(Debug, Default)]
pub struct PeerRecord {
    /// The conversations over all channels.
    pub conversations: Vec<ConversationRecord>,
    /// Whether they want to be written to.
    pub consents: Consents,
}

/// What a peer said, as it is kept: an update changes one scope alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ConsentItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all_state: Option<ConsentState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all_by: Option<ConsentBy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marketing_state: Option<ConsentState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marketing_by: Option<ConsentBy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marketing_at: Option<Moment>,
    /// How many times it was changed.
    #[serde(default)]
    pub(crate) version: u32,
}

impl ConsentItem {
    fn of(consents: &Consents, version: u32) -> Self {
        let (all, marketing) = (consents.all, consents.marketing);
        Self {
            all_state: all.map(|all| all.state),
            all_by: all.map(|all| all.by),
            all_at: all.map(|all| all.at),
            marketing_state: marketing.map(|marketing| marketing.state),
            marketing_by: marketing.map(|marketing| marketing.by),
            marketing_at: marketing.map(|marketing| marketing.at),
            version,
        }
    }

    pub(crate) fn consents(&self) -> Consents {
        let stated = |state, by, at| {
            Some(Stated {
                state: state?,
                by: by?,
                at: at?,
            })
        };
        Consents {
            all: stated(self.all_state, self.all_by, self.all_at),
            marketing: stated(self.marketing_state, self.marketing_by, self.marketing_at),
        }
    }
}

/// What an item says, where there is one.
pub(crate) fn consents_of(
    operation: &'static str,
    item: Option<&Item>,
) -> Result<Consents, StoreError> {
    let Some(item) = item else {
        return Ok(Consents::default());
    };
    let item: ConsentItem = read(operation, item.clone())?;
    Ok(item.consents())
}

impl Store {
    /// The conversations with a peer over all channels and whether they want to be written to, in one query.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn peer(&self, tenant: &TenantId, peer: &str) -> Result<PeerRecord, StoreError> {
        let operation = "reading a peer";
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(peer_partition(tenant, peer)))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let mut record = PeerRecord::default();
        for item in page.items.unwrap_or_default() {
            if text(&item, names::SK) == Some(CONSENT) {
                record.consents = consents_of(operation, Some(&item))?;
            } else {
                record.conversations.push(read(operation, item)?);
            }
        }
        Ok(record)
    }

    /// Whether each of these wants to be written to. Who is missing said nothing.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn consents(
        &self,
        tenant: &TenantId,
        peers: &[&Recipient],
    ) -> Result<HashMap<Recipient, Consents>, StoreError> {
        let operation = "reading consents";
        let keys = peers.iter().map(|peer| Key::consent(tenant, peer));
        let found = self.batch(operation, keys.collect()).await?;
        let mut consents = HashMap::with_capacity(found.len());
        for peer in peers {
            if let Some(item) = found.get(&Key::consent(tenant, peer)) {
                consents.insert((*peer).clone(), consents_of(operation, Some(item))?);
            }
        }
        Ok(consents)
    }

    /// Keeps what was said by or for a peer, unless something newer is known of the same scope. Says whether it changed
    /// anything. Who is known by several numbers or ids is written to by any of them: it is kept for each.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn set_consent(
        &self,
        tenant: &TenantId,
        peer: &Recipient,
        consent: &Consent,
    ) -> Result<bool, StoreError> {
        let operation = "keeping a consent";
        let listed = Put::builder().table_name(&*self.table);
        let listed = listed.set_item(Some(Key::consent_list_item(tenant, peer).map()));
        let changes = vec![
            self.consent_update(operation, tenant, peer, consent)?,
            whole(listed),
        ];
        let made = self.transact(operation, changes).await?;
        Ok(matches!(made, Transacted::Done))
    }

    fn consent_update(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        peer: &Recipient,
        consent: &Consent,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut said = Consents::default();
        said.take(consent);
        let scope = match consent.scope {
            ConsentScope::All => "all",
            ConsentScope::Marketing => "marketing",
        };
        let mut sets = vec![
            "peer = :peer".to_owned(),
            "version = if_not_exists(version, :zero) + :one".to_owned(),
        ];
        let mut update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::consent(tenant, peer).map()))
            .expression_attribute_values(":peer", s(peer.as_str()))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1));
        for (name, value) in write(operation, &ConsentItem::of(&said, 0))? {
            if let Some(part) = name.strip_prefix(scope) {
                sets.push(format!("{name} = :said{part}"));
                update = update.expression_attribute_values(format!(":said{part}"), value);
            }
        }
        // Of one moment the customer's peace counts, as where statements are taken in.
        let mut condition = format!("attribute_not_exists({scope}_at) OR {scope}_at < :said_at");
        if consent.state == ConsentState::Out {
            condition += &format!(" OR ({scope}_at = :said_at AND {scope}_state <> :said_state)");
        }
        let update = update
            .update_expression(format!("SET {}", sets.join(", ")))
            .condition_expression(condition)
            .build()
            .expect("table, key and expression are given");
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// What makes that which was said under any of `from` stand at each of `to`; nothing where that is known there.
    pub(crate) async fn shared_consents(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        from: &[&Recipient],
        to: &[&Recipient],
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let keys = from.iter().chain(to);
        let keys = keys.map(|peer| Key::consent(tenant, peer)).collect();
        let found = self.batch(operation, keys).await?;
        let mut consents = Consents::default();
        for item in found.values() {
            consents = consents.joined_with(consents_of(operation, Some(item))?);
        }
        let mut changes = Vec::new();
        for peer in to {
            let key = Key::consent(tenant, peer);
            let there: ConsentItem = match found.get(&key) {
                Some(item) => read(operation, item.clone())?,
                None => ConsentItem::default(),
            };
            if consents == there.consents() {
                continue;
            }
            let mut item = write(operation, &ConsentItem::of(&consents, there.version + 1))?;
            item.insert("peer".to_owned(), s(peer.as_str()));
            item.extend(key.map());
            let put = Put::builder().table_name(&*self.table).set_item(Some(item));
            let put = match there.version {
                0 => put.condition_expression("attribute_not_exists(version)"),
                version => put
                    .condition_expression("version = :version")
                    .expression_attribute_values(":version", n(version)),
            };
            let listed = Put::builder().table_name(&*self.table);
            let listed = listed.set_item(Some(Key::consent_list_item(tenant, peer).map()));
            changes.extend([whole(put), whole(listed)]);
        }
        Ok(changes)
    }
}

fn whole(put: PutBuilder) -> TransactWriteItem {
    let put = put.build().expect("table and item are given");
    TransactWriteItem::builder().put(put).build()
}
