//! One contact by its id.

use std::collections::{BTreeSet, HashMap};

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::contact::ContactRecord;

use super::{Contact, NO_CONTACT, show};
use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::reach;

/// The contact with this id, or the one that it turned out to be. An agent sees those of the own conversations.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for an agent.
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Contact, Error> {
    let record = admitted(platform, caller, id).await?;
    let mut shown = show(platform, &caller.tenant, vec![record]).await?;
    shown.pop().ok_or(NO_CONTACT)
}

/// The record of the contact with this id, which the caller may see and change.
///
/// # Errors
/// As [`find`].
pub(super) async fn admitted(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<ContactRecord, Error> {
    let (tenant, record) = tokio::join!(platform.store().tenant(&caller.tenant), async {
        match id.parse() {
            Ok(id) => current(platform, &caller.tenant, id).await,
            Err(_) => Ok(None),
        }
    });
    admit(caller, &tenant?.ok_or(Error::Unauthorized)?)?;
    let record = record?.ok_or(NO_CONTACT)?;
    reach::peers(platform, caller, &record.keys).await?;
    Ok(record)
}

/// How many contacts that turned out to be another one follow each other at the most. Each merge names the one that is
/// left, so that there is seldom more than one.
const STEPS: usize = 8;

/// The contact with this id as it is now: where it was merged with another, that one.
///
/// # Errors
/// If the store did not answer.
pub(crate) async fn current(
    platform: &Platform,
    tenant: &TenantId,
    id: Id,
) -> Result<Option<ContactRecord>, Error> {
    let mut next = id;
    for _ in 0..STEPS {
        let Some(record) = platform.store().contact(tenant, next).await? else {
            return Ok(None);
        };
        match record.merged_into {
            Some(other) => next = other,
            None => return Ok(Some(record)),
        }
    }
    Ok(None)
}

/// The contacts with these ids as they are now, each once, in the order asked for. Ids that are nobody's are skipped.
///
/// # Errors
/// If the store did not answer.
pub(crate) async fn resolved(
    platform: &Platform,
    tenant: &TenantId,
    ids: &[Id],
) -> Result<Vec<ContactRecord>, Error> {
    let store = platform.store();
    let mut read: HashMap<Id, ContactRecord> = store.contacts(tenant, ids).await?;
    for _ in 0..STEPS {
        let others: BTreeSet<Id> = read
            .values()
            .filter_map(|record| record.merged_into)
            .filter(|other| !read.contains_key(other))
            .collect();
        if others.is_empty() {
            break;
        }
        let others: Vec<Id> = others.into_iter().collect();
        let found = store.contacts(tenant, &others).await?;
        if found.is_empty() {
            break;
        }
        read.extend(found);
    }
    let mut seen = BTreeSet::new();
    let records = ids.iter().filter_map(|id| {
        let mut record = read.get(id)?;
        for _ in 0..STEPS {
            match record.merged_into {
                Some(other) => record = read.get(&other)?,
                None => break,
            }
        }
        let is_new = record.merged_into.is_none() && seen.insert(record.id);
        is_new.then(|| record.clone())
    });
    Ok(records.collect())
}
