//! Contacts as they are shown.

use std::collections::{BTreeMap, BTreeSet};

use openwati_core::id::Id;
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::contact::ContactRecord;

use crate::error::Error;
use crate::platform::Platform;

/// A contact as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: Id,
    /// What the tenant calls them, else what they call themselves.
    pub name: Option<String>,
    /// Their number; none where WhatsApp never told it.
    pub phone: Option<PhoneNumber>,
    /// WhatsApp's id of them for the business, where it is known.
    pub user_id: Option<Bsuid>,
    /// What they call themselves.
    pub profile_name: Option<String>,
    /// The tenant's words for them.
    pub tags: Vec<String>,
    /// What else the tenant keeps of them.
    pub attributes: BTreeMap<String, String>,
    /// The lists that they are on.
    pub lists: Vec<Id>,
    /// Since when they want no messages: none at all, or none of marketing.
    pub opted_out_at: Option<Moment>,
    /// Since when they are a contact.
    pub created_at: Moment,
    /// When they were changed last.
    pub updated_at: Moment,
}

/// Contacts as they are shown, in their order: with what they said of messages, and without lists that are gone.
pub(crate) async fn show(
    platform: &Platform,
    tenant: &TenantId,
    records: Vec<ContactRecord>,
) -> Result<Vec<Contact>, Error> {
    let store = platform.store();
    let peers: Vec<&Recipient> = records.iter().map(|record| &record.peer).collect();
    let lists = async {
        match records.iter().all(|record| record.lists.is_empty()) {
            true => Ok(BTreeSet::new()),
            false => existing_lists(platform, tenant).await,
        }
    };
    let (consents, lists) = tokio::join!(store.consents(tenant, &peers), lists);
    let (consents, lists) = (consents?, lists?);
    let shown = records.into_iter().map(|record| {
        let said = consents.get(&record.peer);
        let opted_out_at = said.and_then(|said| said.out_since());
        shown(record, &lists, opted_out_at)
    });
    Ok(shown.collect())
}

/// The ids of the lists that the tenant has.
pub(crate) async fn existing_lists(
    platform: &Platform,
    tenant: &TenantId,
) -> Result<BTreeSet<Id>, Error> {
    let lists = platform.store().contact_lists(tenant).await?;
    Ok(lists.into_iter().map(|list| list.id).collect())
}

fn shown(record: ContactRecord, lists: &BTreeSet<Id>, opted_out_at: Option<Moment>) -> Contact {
    let on = record.lists.iter().copied();
    Contact {
        id: record.id,
        name: record.shown_name().map(ToOwned::to_owned),
        phone: record.phone().cloned(),
        user_id: record.user_id().cloned(),
        lists: on.filter(|list| lists.contains(list)).collect(),
        profile_name: record.name,
        tags: record.tags,
        attributes: record.attributes,
        opted_out_at,
        created_at: record.created_at,
        updated_at: record.updated_at,
    }
}

/// About how many bytes a contact takes in an answer.
pub(super) fn weight(record: &ContactRecord) -> usize {
    /// Braces, names of fields, ids and times.
    const FRAME: usize = 400;
    let attributes = record.attributes.iter();
    let attributes = attributes.map(|(name, value)| name.len() + value.len() + 8);
    let tags = record.tags.iter().map(|tag| tag.len() + 4);
    let names = [&record.own_name, &record.name].into_iter().flatten();
    let names = names.map(|name| 2 * name.len());
    let lists = record.lists.len() * 40;
    FRAME + lists + attributes.chain(tags).chain(names).sum::<usize>()
}
