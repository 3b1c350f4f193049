//! Contacts that turn out to be one, and contacts that turn out to be known by more, or by something else.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use openwati_core::conversation::Summary;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;

use super::items::{MOST_CHANGES, whole};
use super::{ContactChange, ContactRecord, Saved};
use crate::conversation::ConversationRecord;
use crate::error::StoreError;
use crate::item::{n, write};
use crate::keys::Key;
use crate::store::Store;
use crate::transaction::Transacted;

impl Store {
    /// Puts `after` in the place of the contacts `before`, which were read before: one, that is known by more now, or
    /// two that are one. Their keys lead to it, their conversations lie under its peer with their numbers added up, and
    /// who does not stay leads to who does. All of it or nothing; says whether it was done, which it is not if anybody
    /// changed any of it meanwhile.
    ///
    /// # Errors
    /// If the store did not answer; it may be done then.
    pub async fn unite_contacts(
        &self,
        tenant: &TenantId,
        before: &[ContactRecord],
        after: &ContactRecord,
    ) -> Result<bool, StoreError> {
        let operation = "uniting contacts";
        let mut after = after.clone();
        // What was named where counts too: a contact's own item does not hear of a name that is still the same.
        let mut changes = self.moves(operation, tenant, before, &mut after).await?;
        let after = &after;
        // Whoever opted out by one address is not written to by another that is learnt later.
        let addresses = |contact: &ContactRecord| {
            let keys = contact.keys.iter().chain([&contact.peer]).cloned();
            keys.collect::<BTreeSet<_>>()
        };
        let (from, to): (BTreeSet<_>, _) = (
            before.iter().flat_map(addresses).collect(),
            addresses(after),
        );
        let (from, to): (Vec<_>, Vec<_>) = (from.iter().collect(), to.iter().collect());
        changes.extend(self.shared_consents(operation, tenant, &from, &to).await?);
        let mut terms = Vec::new();
        for contact in before {
            let record = match contact.id == after.id {
                true => after.clone(),
                false => left_behind(contact, after.id),
            };
            changes.push(self.contact_put(operation, tenant, Some(contact), &record)?);
            terms.extend(self.term_items(tenant, Some(contact), &record));
        }
        let leads_there = |key: &Recipient| {
            before.iter().any(|contact| {
                contact.id == after.id && contact.peer == after.peer && contact.keys.contains(key)
            })
        };
        for key in after.keys.iter().filter(|key| !leads_there(key)) {
            let known = before.iter().any(|contact| contact.keys.contains(key));
            // A key that is known changes with its contact alone, whose version is looked at above.
            let condition = match known {
                true => "attribute_exists(pk)",
                false => "attribute_not_exists(pk)",
            };
            let alias = Key::alias(tenant, key);
            changes.push(self.alias_put(operation, &alias, after, condition)?);
        }
        if changes.len() + terms.len() > MOST_CHANGES {
            self.hand_over(tenant, before, after).await?;
            return Ok(false);
        }
        changes.extend(terms);
        let made = self.transact(operation, changes).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Writes what two contacts are found by to the one who stays, and then takes it from the other, because it is more
    /// than one transaction takes. They are united when they are read again.
    async fn hand_over(
        &self,
        tenant: &TenantId,
        before: &[ContactRecord],
        after: &ContactRecord,
    ) -> Result<(), StoreError> {
        let (stays, goes): (Vec<_>, Vec<_>) =
            before.iter().partition(|contact| contact.id == after.id);
        let stays = stays.into_iter().map(|contact| ContactChange {
            after: ContactRecord {
                own_name: after.own_name.clone(),
                tags: after.tags.clone(),
                attributes: after.attributes.clone(),
                lists: after.lists.clone(),
                ..contact.clone()
            },
            before: Some(contact.clone()),
        });
        let saved = self
            .save_contacts(tenant, &stays.collect::<Vec<_>>())
            .await?;
        if saved.contains(&Saved::Conflict) {
            return Ok(());
        }
        let goes = goes.into_iter().map(|contact| ContactChange {
            after: ContactRecord {
                tags: Vec::new(),
                lists: Vec::new(),
                ..contact.clone()
            },
            before: Some(contact.clone()),
        });
        self.save_contacts(tenant, &goes.collect::<Vec<_>>())
            .await?;
        Ok(())
    }

    /// The conversations of `before` that do not lie under the peer of `after`, moved there. It gets the newest name.
    async fn moves(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        before: &[ContactRecord],
        after: &mut ContactRecord,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let others: BTreeSet<&Recipient> = before
            .iter()
            .map(|contact| &contact.peer)
            .filter(|peer| **peer != after.peer)
            .collect();
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let mut changes = Vec::new();
        let mut there: BTreeMap<Id, ConversationRecord> = BTreeMap::new();
        for conversation in self.conversations(tenant, after.peer.as_str()).await? {
            there.insert(conversation.channel, conversation);
        }
        let mut changed = BTreeSet::new();
        let mut versions = BTreeMap::new();
        for peer in others {
            for conversation in self.conversations(tenant, peer.as_str()).await? {
                if conversation.moved_to.is_some() {
                    continue;
                }
                let channel = conversation.channel;
                let left_behind = ConversationRecord {
                    moved_to: Some(after.peer.clone()),
                    ..ConversationRecord::new(channel)
                };
                changes.push(self.put_conversation(
                    operation,
                    &Key::conversation(tenant, peer.as_str(), channel),
                    &left_behind,
                    conversation.version,
                )?);
                let target = there
                    .entry(channel)
                    .or_insert_with(|| ConversationRecord::new(channel));
                versions.entry(channel).or_insert(target.version);
                if target.moved_to.take().is_some() {
                    target.summary = Summary::default();
                }
                target.contact = Some(after.id);
                target.assigned_to = target.assigned_to.or(conversation.assigned_to);
                target.take_brakes_of(&conversation);
                target.summary.join(conversation.summary);
                after.take_name_of(&target.summary);
                target.rests = target.rests.max(conversation.rests);
                target.rest_until = target.rest_until.max(conversation.rest_until);
                changed.insert(channel);
            }
        }
        for (channel, conversation) in there {
            if changed.contains(&channel) {
                let key = Key::conversation(tenant, after.peer.as_str(), channel);
                let version = versions.get(&channel).copied().unwrap_or_default();
                changes.push(self.put_conversation(operation, &key, &conversation, version)?);
            }
        }
        Ok(changes)
    }

    /// A conversation as it is from now on, if it has not changed since `version`.
    fn put_conversation(
        &self,
        operation: &'static str,
        key: &Key,
        conversation: &ConversationRecord,
        version: u32,
    ) -> Result<TransactWriteItem, StoreError> {
        let next = ConversationRecord {
            version: version + 1,
            ..conversation.clone()
        };
        let mut item = write(operation, &next)?;
        item.extend(key.map());
        let put = Put::builder().table_name(&*self.table).set_item(Some(item));
        Ok(whole(match version {
            0 => put.condition_expression("attribute_not_exists(version)"),
            version => put
                .condition_expression("version = :version")
                .expression_attribute_values(":version", n(version)),
        }))
    }
}

/// What is left of a contact who turned out to be another: where it went.
fn left_behind(contact: &ContactRecord, to: Id) -> ContactRecord {
    ContactRecord {
        own_name: None,
        name: None,
        username: None,
        keys: Vec::new(),
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        lists: Vec::new(),
        merged_into: Some(to),
        ..contact.clone()
    }
}
