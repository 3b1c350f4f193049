//! Removing contacts.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;

use super::items::MOST_CHANGES;
use super::{ContactChange, ContactRecord, TRIES, contended};
use crate::error::StoreError;
use crate::item::n;
use crate::keys::Key;
use crate::store::Store;
use crate::transaction::Transacted;

impl Store {
    /// Removes a contact with what it is found by, what leads to it, and what is left of those who turned out to be the
    /// same one. Their messages and conversations stay, and whether they want to be written to does. Says whether there
    /// was one.
    ///
    /// # Errors
    /// If the store did not answer, or others change the contact all the time. The same may be asked again.
    pub async fn delete_contact(&self, tenant: &TenantId, id: Id) -> Result<bool, StoreError> {
        let operation = "removing a contact";
        for _ in 0..TRIES {
            let Some(contact) = self.contact(tenant, id).await? else {
                return Ok(false);
            };
            // First, because nothing leads to them without it.
            let absorbed = contact.absorbed.iter();
            let absorbed = absorbed.map(|id| Key::contact(tenant, *id)).collect();
            self.forget_keys(absorbed).await?;
            let terms = contact.terms();
            if terms.len() + contact.keys.len() >= MOST_CHANGES {
                let after = ContactRecord {
                    tags: Vec::new(),
                    lists: Vec::new(),
                    ..contact.clone()
                };
                let before = Some(contact);
                self.save_contacts(tenant, &[ContactChange { before, after }])
                    .await?;
                continue;
            }
            let mut changes = vec![self.contact_removal(tenant, &contact)];
            let aliases = contact.keys.iter().map(|key| Key::alias(tenant, key));
            let terms = terms.iter().map(|term| Key::contact_term(tenant, term, id));
            changes.extend(aliases.chain(terms).map(|key| self.removal(&key)));
            if let Transacted::Done = self.transact(operation, changes).await? {
                return Ok(true);
            }
        }
        Err(contended(operation))
    }

    /// The removal of a contact as it was read.
    fn contact_removal(&self, tenant: &TenantId, contact: &ContactRecord) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::contact(tenant, contact.id).map()))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", n(contact.version))
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }
}
