//! Lists of contacts, which campaigns are sent to.

mod create;
mod members;

use openwati_core::contact;
use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::contact::ContactsBy;
use openwati_store::contact_list::{ContactListRecord, ListSaved};

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::contacts::invalid;
use crate::error::Error;
use crate::idempotency::{Idempotency, Made, once};
use crate::platform::Platform;

use create::Creating;

pub use members::{Added, add, members, take_off};

/// There is no such list in this tenant.
pub(crate) const NO_LIST: Error = Error::NotFound {
    what: "contact list",
};

/// A list as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactList {
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// Since when there is one.
    pub created_at: Moment,
}

/// A page of lists.
#[derive(Debug)]
pub struct ListPage {
    /// Newest first.
    pub lists: Vec<ContactList>,
    /// The id of the last one, where more follow.
    pub next: Option<Id>,
}

/// A list with what it adds up to.
#[derive(Debug)]
pub struct CountedList {
    /// The list.
    pub list: ContactList,
    /// How many contacts are on it, or how many were counted.
    pub contacts: u64,
    /// Whether these are all: very long lists are not counted to their end.
    pub is_all: bool,
}

impl From<ContactListRecord> for ContactList {
    fn from(record: ContactListRecord) -> Self {
        Self {
            id: record.id,
            name: record.name,
            created_at: record.created_at,
        }
    }
}

/// A page of the tenant's lists, newest first.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    after: Option<Id>,
) -> Result<ListPage, Error> {
    let store = platform.store();
    let (admitted, all) = tokio::join!(
        admission(platform, caller),
        store.contact_lists(&caller.tenant),
    );
    admitted?;
    let all = all?.into_iter().map(ContactList::from);
    let mut lists: Vec<ContactList> = all
        .filter(|list| after.is_none_or(|after| list.id < after))
        .take(limit + 1)
        .collect();
    let more = lists.len() > limit;
    lists.truncate(limit);
    let next = lists.last().map(|last| last.id).filter(|_| more);
    Ok(ListPage { lists, next })
}

/// One list, counted.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<CountedList, Error> {
    let id = parse(id)?;
    let store = platform.store();
    let (admitted, list, count) = tokio::join!(
        admission(platform, caller),
        store.contact_list(&caller.tenant, id),
        store.count_contacts(&caller.tenant, ContactsBy::List(id)),
    );
    admitted?;
    let list = list?.ok_or(NO_LIST)?;
    let count = count?;
    Ok(CountedList {
        list: list.into(),
        contacts: count.count,
        is_all: count.is_all,
    })
}

/// Makes a list.
///
/// # Errors
/// A name that is none, or another list's, whatever its spelling; too many lists. With an idempotency key also what became of
/// its first try.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    name: &str,
    idempotency: Option<Idempotency>,
) -> Result<Made<ContactList>, Error> {
    let name = contact::list_name(name).map_err(invalid)?;
    admission(platform, caller).await?;
    let creation = Creating {
        platform,
        tenant: &caller.tenant,
        name,
    };
    once(platform, &caller.tenant, idempotency.as_ref(), &creation).await
}

/// Calls a list something else.
///
/// # Errors
/// [`Error::NotFound`]; a name that is none, or another list's.
pub async fn rename(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    name: &str,
) -> Result<ContactList, Error> {
    let name = contact::list_name(name).map_err(invalid)?;
    admission(platform, caller).await?;
    let store = platform.store();
    let saved = store.rename_contact_list(&caller.tenant, parse(id)?, &name);
    saved_list(saved.await?)
}

/// Removes a list. The contacts stay, and are on it no more.
///
/// Only the list goes at once. Whatever shows a contact leaves lists out that are gone, and whatever changes the lists of
/// one forgets them: so the time that it takes does not depend on how many are on it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove(platform: &Platform, caller: &Caller, id: &str) -> Result<(), Error> {
    admission(platform, caller).await?;
    let store = platform.store();
    let removed = store
        .delete_contact_list(&caller.tenant, parse(id)?)
        .await?;
    match removed {
        true => Ok(()),
        false => Err(NO_LIST),
    }
}

async fn admission(platform: &Platform, caller: &Caller) -> Result<(), Error> {
    let tenant = platform.store().tenant(&caller.tenant).await?;
    admit(caller, &tenant.ok_or(Error::Unauthorized)?)
}

/// The list's id in a text.
fn parse(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| NO_LIST)
}

/// The list that was saved, or why it was not.
fn saved_list(saved: ListSaved) -> Result<ContactList, Error> {
    match saved {
        ListSaved::Yes(list) => Ok(list.into()),
        ListSaved::NameTaken => Err(Error::Conflict {
            message: "there is a list of this name".to_owned(),
            code: "contact_list_exists",
        }),
        ListSaved::TooMany => Err(Error::Conflict {
            message: format!(
                "a tenant may have {} contact lists: delete one first",
                openwati_store::contact_list::MOST_CONTACT_LISTS
            ),
            code: "too_many_contact_lists",
        }),
        ListSaved::Gone => Err(NO_LIST),
    }
}
