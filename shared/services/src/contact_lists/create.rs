//! How a list is made under an id.

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::contact_list::ContactListRecord;

use super::{ContactList, saved_list};
use crate::error::Error;
use crate::idempotency::Creation;
use crate::platform::Platform;

/// A list to be, with everything but its id.
pub(super) struct Creating<'a> {
    pub(super) platform: &'a Platform,
    pub(super) tenant: &'a TenantId,
    pub(super) name: String,
}

impl Creation for Creating<'_> {
    type Thing = ContactList;

    async fn find(&self, id: Id) -> Result<Option<ContactList>, Error> {
        let list = self.platform.store().contact_list(self.tenant, id).await?;
        Ok(list.map(ContactList::from))
    }

    async fn make(&self, id: Id) -> Result<ContactList, Error> {
        let record = ContactListRecord {
            id,
            name: self.name.clone(),
            created_at: self.platform.now(),
            version: 0,
        };
        let store = self.platform.store();
        let list = saved_list(store.create_contact_list(self.tenant, &record).await?)?;
        tracing::info!(tenant = %self.tenant, list = %id, "made a contact list");
        Ok(list)
    }
}
