//! What a tenant tells of its contacts, up to a thousand at once.

use std::collections::{BTreeMap, BTreeSet};

use openwati_core::contact;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_store::contact::ContactRecord;

use super::shown::weight;
use super::{Contact, MOST_AT_ONCE, Outcome, Row, invalid, show, upsert};
use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;

/// Contacts as their tenant tells of them.
#[derive(Debug, Clone)]
pub struct NewContacts {
    /// What is told of each; or why it cannot be read.
    pub given: Vec<Result<Given, String>>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// What is told of one contact.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Their number, as it was written.
    pub phone: String,
    /// What the tenant calls them.
    pub name: Option<String>,
    /// Tags to add.
    pub tags: Vec<String>,
    /// Attributes to set; `None` takes one away.
    pub attributes: BTreeMap<String, Option<String>>,
}

/// What became of them.
#[derive(Debug, Clone)]
pub struct Saved {
    /// How many contacts were made.
    pub created: usize,
    /// How many were there.
    pub updated: usize,
    /// What was not taken: its place in the request, counted from 0, and why.
    pub rejected: Vec<(usize, String)>,
    /// The contacts as they are now, each once, in the order of the request; as many as an answer holds.
    pub contacts: Vec<Contact>,
}

/// Makes contacts, and adds to those that are there by number.
///
/// # Errors
/// None or more than [`MOST_AT_ONCE`]. With an idempotency key also what became of its first try.
pub async fn save(
    platform: &Platform,
    caller: &Caller,
    new: NewContacts,
) -> Result<Made<Saved>, Error> {
    let count = new.given.len();
    if !(1..=MOST_AT_ONCE).contains(&count) {
        let error = format!("must hold 1 to {MOST_AT_ONCE} contacts, and not {count}");
        return Err(invalid(format!("contacts: {error}")));
    }
    let tenant = platform.store().tenant(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?;
    admit(caller, &tenant)?;
    let country = tenant.default_country.as_deref();
    let mut saving = Saving {
        platform,
        tenant: &caller.tenant,
        rows: Vec::new(),
        places: Vec::new(),
        rejected: Vec::new(),
    };
    for (place, given) in new.given.into_iter().enumerate() {
        match given.and_then(|given| row(given, country)) {
            Ok(row) => {
                saving.rows.push(row);
                saving.places.push(place);
            }
            Err(reason) => saving.rejected.push((place, reason)),
        }
    }
    once(platform, &caller.tenant, new.idempotency.as_ref(), &saving).await
}

/// What is told of one contact, once it is what it must be; else what is wrong with it.
fn row(given: Given, country: Option<&str>) -> Result<Row, String> {
    let phone = PhoneNumber::parse(&given.phone, country);
    let phone = phone.map_err(|error| format!("phone: {error}"))?;
    let name = given.name.filter(|name| !name.trim().is_empty());
    let name = name.map(|name| contact::name(&name)).transpose();
    let name = name.map_err(|error| error.to_string())?;
    let tags = contact::tags(&given.tags).map_err(|error| error.to_string())?;
    let attributes: BTreeMap<String, Option<String>> = given
        .attributes
        .into_iter()
        .map(|(name, value)| (name.trim().to_owned(), value))
        .collect();
    let set = attributes.iter().filter_map(|(name, value)| {
        let value = value.clone()?;
        Some((name.clone(), value))
    });
    let judged = contact::check_attributes(&set.collect());
    judged.map_err(|error| error.to_string())?;
    Ok(Row {
        phone,
        name,
        tags,
        attributes,
        lists: Vec::new(),
    })
}

/// Rows to save, under the id of the request.
struct Saving<'a> {
    platform: &'a Platform,
    tenant: &'a TenantId,
    rows: Vec<Row>,
    /// Where in the request each row stood.
    places: Vec<usize>,
    rejected: Vec<(usize, String)>,
}

/// About how many bytes of contacts one answer holds; Lambda answers 6 MB.
const MOST_BYTES: usize = 4_000_000;

impl Saving<'_> {
    /// The id of the contact that this row of the request makes.
    fn contact_id(&self, request: Id, row: usize) -> Id {
        let place = self.places[row].to_string();
        let parts = [self.tenant.as_str(), "contact", &request.hex(), &place];
        Id::derived(request.moment(), &parts)
    }

    async fn answer(
        &self,
        rejected: Vec<(usize, String)>,
        saved: impl Iterator<Item = (ContactRecord, bool)>,
    ) -> Result<Saved, Error> {
        let mut order = Vec::new();
        let mut made = BTreeSet::new();
        let mut records = BTreeMap::new();
        for (record, is_new) in saved {
            let id = record.id;
            if is_new {
                made.insert(id);
            }
            if records.insert(id, record).is_none() {
                order.push(id);
            }
        }
        let mut bytes = 0;
        let records = order.iter().filter_map(|id| records.remove(id));
        let records = records.take_while(|record| {
            bytes += weight(record);
            bytes <= MOST_BYTES
        });
        let contacts = show(self.platform, self.tenant, records.collect()).await?;
        Ok(Saved {
            created: made.len(),
            updated: order.len() - made.len(),
            rejected,
            contacts,
        })
    }
}

impl Creation for Saving<'_> {
    type Thing = Saved;

    /// One contact of many does not tell whether all of them were saved.
    async fn find(&self, _: Id) -> Result<Option<Saved>, Error> {
        Ok(None)
    }

    async fn find_first(&self, id: Id, done: bool) -> Result<Option<Saved>, Error> {
        if !done {
            return Ok(None);
        }
        let numbers = self.rows.iter().map(|row| &row.phone);
        let numbers: Vec<Recipient> = numbers.cloned().map(Recipient::Phone).collect();
        let store = self.platform.store();
        let found = store.contacts_of(self.tenant, &numbers).await?;
        let made: BTreeSet<Id> = (0..self.rows.len())
            .map(|row| self.contact_id(id, row))
            .collect();
        let saved = numbers.iter().filter_map(|number| {
            let record = found.get(number)?.clone();
            let is_new = made.contains(&record.id);
            Some((record, is_new))
        });
        let answer = self.answer(self.rejected.clone(), saved).await?;
        Ok(Some(answer))
    }

    async fn make(&self, id: Id) -> Result<Saved, Error> {
        let id_of = |row| self.contact_id(id, row);
        let upserted = upsert(self.platform, self.tenant, &self.rows, id_of).await?;
        let mut rejected = self.rejected.clone();
        let mut saved = Vec::new();
        for (row, upserted) in upserted.into_iter().enumerate() {
            match (upserted.outcome, upserted.contact) {
                (Outcome::Rejected(reason), _) => rejected.push((self.places[row], reason)),
                (outcome, Some(contact)) => saved.push((contact, outcome == Outcome::Created)),
                (_, None) => {}
            }
        }
        rejected.sort_unstable();
        let answer = self.answer(rejected, saved.into_iter()).await?;
        tracing::info!(
            tenant = %self.tenant,
            created = answer.created,
            updated = answer.updated,
            rejected = answer.rejected.len(),
            "saved contacts"
        );
        Ok(answer)
    }
}
