//! Asking for imports and exports.

use std::collections::BTreeMap;
use std::time::Duration;

use openwati_core::contact;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::phone::is_country;
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_store::blobs::import_key;
use openwati_store::contact_job::{ContactJobKind, ContactJobRecord, ContactJobState};
use openwati_store::outbox::OutboxRecord;
use openwati_store::queues::QueueName;
use openwati_store::tenant::TenantRecord;
use serde_json::json;

use super::export;
use super::import::{self, LARGEST};
use super::job::{Slice, json as written};
use super::row::ForAll;
use super::show::{ContactJob, kept};
use crate::admit::admit;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;

/// A file that an import understands.
const SAMPLE: &str = "phone,name,tags,city\r\n\
    +923001234567,Ali Khan,vip;newsletter,Lahore\r\n\
    +15551234567,\"Smith, Sara\",newsletter,\"New York\"\r\n";

/// For how long a file may be put there.
const LINK_LIFE: Duration = Duration::from_secs(3600);

/// Most columns of which somebody says what they hold, or that somebody wants.
const MOST_COLUMNS: usize = 200;

/// The longest name of a column, in characters.
const LONGEST_COLUMN: usize = 200;

/// A file that somebody wants to import.
#[derive(Debug, Clone, Default)]
pub struct NewImport {
    /// Its length in bytes, 1 to [`LARGEST`].
    pub size: u64,
    /// The list that every contact is put on.
    pub list: Option<String>,
    /// Tags that every contact gets.
    pub tags: Vec<String>,
    /// What columns hold, by their names, where that is not what they are called.
    pub columns: BTreeMap<String, String>,
    /// Whose numbers local ones are (ISO 3166 alpha-2); none for the tenant's.
    pub country: Option<String>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// An import, and where its file is put.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The import.
    pub import: ContactJob,
    /// Where the file is put, by `PUT`, once or again.
    pub url: Secret<String>,
    /// The type that is said in `Content-Type` then.
    pub mime_type: &'static str,
    /// Until when.
    pub expires_at: Moment,
}

/// Contacts that somebody wants in a file.
#[derive(Debug, Clone, Default)]
pub struct NewExport {
    /// Those with this tag alone.
    pub tag: Option<String>,
    /// Those on this list alone.
    pub list: Option<String>,
    /// The columns, where not the usual ones are wanted.
    pub columns: Option<Vec<String>>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// The type of a file that is imported.
const CSV: &str = "text/csv";

/// Makes a place for a file whose rows are to be contacts.
///
/// # Errors
/// [`Error::Invalid`] for what is not what it must be, [`Error::NotFound`] for a list that there is not; or if the caller
/// may not.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    new: NewImport,
) -> Result<Made<Begun>, Error> {
    let tenant = admitted(platform, caller).await?;
    if !(1..=LARGEST).contains(&new.size) {
        return Err(invalid(format!("size: must be 1 to {LARGEST} bytes")));
    }
    let tags = contact::tags(&new.tags).map_err(|error| invalid(error.to_string()))?;
    let list = list(platform, caller, new.list.as_deref()).await?;
    let too_long = |name: &String| name.chars().count() > LONGEST_COLUMN;
    if new.columns.len() > MOST_COLUMNS
        || new.columns.iter().any(|(a, b)| too_long(a) || too_long(b))
    {
        let what = format!(
            "columns: at most {MOST_COLUMNS}, with names of at most {LONGEST_COLUMN} characters"
        );
        return Err(invalid(what));
    }
    let country = new.country.map(|country| country.to_ascii_uppercase());
    if country
        .as_deref()
        .is_some_and(|country| !is_country(country))
    {
        return Err(invalid(
            "default_country: must be a country like PK (ISO 3166)",
        ));
    }
    let wish = import::Wish {
        for_all: ForAll {
            tags,
            list,
            country: country.or(tenant.default_country),
        },
        columns: new.columns,
    };
    let importing = Importing {
        platform,
        caller,
        wish: written(&wish)?,
        size: new.size,
    };
    let idempotency = new.idempotency.as_ref();
    once(platform, &caller.tenant, idempotency, &importing).await
}

/// An import to be, with everything but its id.
struct Importing<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    wish: String,
    size: u64,
}

impl Creation for Importing<'_> {
    type Thing = Begun;

    async fn find(&self, id: Id) -> Result<Option<Begun>, Error> {
        let store = self.platform.store();
        let found = store.contact_job(&self.caller.tenant, ContactJobKind::Import, id);
        match found.await? {
            Some(record) => self.offered(record).await.map(Some),
            None => Ok(None),
        }
    }

    async fn make(&self, id: Id) -> Result<Begun, Error> {
        let kind = ContactJobKind::Import;
        let mut record = record(self.platform, self.caller, id, kind, self.wish.clone());
        record.bytes = self.size;
        record.cursor = written(&import::Cursor::default())?;
        let store = self.platform.store();
        if !store
            .create_contact_job(&self.caller.tenant, &record)
            .await?
        {
            return Err(Error::InProgress);
        }
        self.offered(record).await
    }
}

impl Importing<'_> {
    async fn offered(&self, record: ContactJobRecord) -> Result<Begun, Error> {
        let key = import_key(&self.caller.tenant, record.id);
        let expires_at = self.platform.now().plus(LINK_LIFE);
        let blobs = self.platform.blobs()?;
        let url = blobs
            .upload_link(&key, CSV, record.bytes, LINK_LIFE)
            .await?;
        Ok(Begun {
            import: record.into(),
            url: Secret::new(url),
            mime_type: CSV,
            expires_at,
        })
    }
}

/// Begins an import whose file is there. One that was begun goes on as it is.
///
/// # Errors
/// [`Error::NotFound`] where there is none of this id, [`Error::Conflict`] where its file is not there; or if the caller
/// may not.
pub async fn start(platform: &Platform, caller: &Caller, id: &str) -> Result<ContactJob, Error> {
    admitted(platform, caller).await?;
    let mut record = kept(platform, caller, ContactJobKind::Import, id).await?;
    if record.state != ContactJobState::Waiting {
        return Ok(record.into());
    }
    let key = import_key(&caller.tenant, record.id);
    if platform.blobs()?.media(&key).await?.is_none() {
        return Err(Error::Conflict {
            message: "the file was not put where the import said, or is not there any more"
                .to_owned(),
            code: "upload_not_found",
        });
    }
    record.state = ContactJobState::Running;
    record.started_at = Some(platform.now());
    record.version += 1;
    begin(platform, caller, record, "contacts.import_begun").await
}

/// Asks for contacts in a file.
///
/// # Errors
/// [`Error::Invalid`] for what is not what it must be, [`Error::NotFound`] for a list that there is not; or if the caller
/// may not.
pub async fn begin_export(
    platform: &Platform,
    caller: &Caller,
    new: NewExport,
) -> Result<Made<ContactJob>, Error> {
    admitted(platform, caller).await?;
    if new.tag.is_some() && new.list.is_some() {
        return Err(invalid("list: give a tag or a list, not both"));
    }
    let tag = new.tag.as_deref().map(|tag| contact::tags([tag]));
    let tag = tag
        .transpose()
        .map_err(|error| invalid(error.to_string()))?;
    let good = |name: &String| (1..=LONGEST_COLUMN).contains(&name.chars().count());
    let columns = new.columns.as_ref();
    if columns
        .is_some_and(|all| all.is_empty() || all.len() > MOST_COLUMNS || !all.iter().all(good))
    {
        let what = format!(
            "columns: must be 1 to {MOST_COLUMNS} names of 1 to {LONGEST_COLUMN} characters"
        );
        return Err(invalid(what));
    }
    let wish = export::Wish {
        tag: tag.and_then(|tags| tags.into_iter().next()),
        list: list(platform, caller, new.list.as_deref()).await?,
        columns: new.columns,
    };
    let exporting = Exporting {
        platform,
        caller,
        wish: written(&wish)?,
    };
    let idempotency = new.idempotency.as_ref();
    once(platform, &caller.tenant, idempotency, &exporting).await
}

/// An export to be, with everything but its id.
struct Exporting<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    wish: String,
}

impl Creation for Exporting<'_> {
    type Thing = ContactJob;

    async fn find(&self, id: Id) -> Result<Option<ContactJob>, Error> {
        let store = self.platform.store();
        let found = store.contact_job(&self.caller.tenant, ContactJobKind::Export, id);
        Ok(found.await?.map(ContactJob::from))
    }

    async fn make(&self, id: Id) -> Result<ContactJob, Error> {
        let kind = ContactJobKind::Export;
        let mut record = record(self.platform, self.caller, id, kind, self.wish.clone());
        record.state = ContactJobState::Running;
        record.started_at = Some(record.created_at);
        record.cursor = written(&export::Cursor::default())?;
        begin(self.platform, self.caller, record, "contacts.export_begun").await
    }
}

fn record(
    platform: &Platform,
    caller: &Caller,
    id: Id,
    kind: ContactJobKind,
    wish: String,
) -> ContactJobRecord {
    ContactJobRecord {
        id,
        kind,
        state: ContactJobState::Waiting,
        actor: caller.actor.to_string(),
        wish,
        cursor: String::new(),
        bytes: 0,
        bytes_done: 0,
        rows: 0,
        created: 0,
        updated: 0,
        rejected: 0,
        reason: None,
        version: 0,
        created_at: platform.now(),
        started_at: None,
        finished_at: None,
    }
}

/// Keeps that a job is worked from now on, and puts its first slice on the queue. One that was begun goes on as it is.
async fn begin(
    platform: &Platform,
    caller: &Caller,
    record: ContactJobRecord,
    act: &'static str,
) -> Result<ContactJob, Error> {
    let (store, tenant) = (platform.store(), &caller.tenant);
    let details = match record.kind {
        ContactJobKind::Import => json!({"bytes": record.bytes}),
        ContactJobKind::Export => serde_json::Value::Null,
    };
    let act = audit::act(platform, caller, act, record.id.uuid(), details);
    let job = Slice::of(tenant, &record).queued()?;
    let outbox = OutboxRecord {
        queue: QueueName::Imports,
        job: job.clone(),
    };
    let item = Id::derived(record.id.moment(), &[&record.id.hex(), "imports"]);
    let first = (item, outbox);
    let begun = store.begin_contact_job(tenant, &record, &act, &first, platform.now());
    if begun.await? {
        tracing::info!(%tenant, work = %record.id, kind = ?record.kind, "an import or export begins");
        crash_point!("imports.begun");
        // `timers` does it where this is cut.
        platform
            .queues()?
            .send(QueueName::Imports, vec![job])
            .await?;
        crash_point!("imports.first_enqueued");
        store.remove_outbox(tenant, item).await?;
    }
    let kept = store.contact_job(tenant, record.kind, record.id).await?;
    Ok(kept.unwrap_or(record).into())
}

/// A file that an import understands, for people who make their own.
///
/// # Errors
/// If the caller may not import.
pub async fn sample(platform: &Platform, caller: &Caller) -> Result<&'static str, Error> {
    admitted(platform, caller).await?;
    Ok(SAMPLE)
}

/// Lets in who may work with all of a tenant's contacts.
pub(super) async fn admitted(platform: &Platform, caller: &Caller) -> Result<TenantRecord, Error> {
    caller.require_role(Role::Manager)?;
    let tenant = platform.store().tenant(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?;
    admit(caller, &tenant)?;
    Ok(tenant)
}

/// The list that is named, if one is.
async fn list(
    platform: &Platform,
    caller: &Caller,
    named: Option<&str>,
) -> Result<Option<Id>, Error> {
    const NO_LIST: Error = Error::NotFound {
        what: "contact list",
    };
    let Some(named) = named else { return Ok(None) };
    let id: Id = named.parse().map_err(|_| NO_LIST)?;
    let found = platform.store().contact_list(&caller.tenant, id).await?;
    found.map(|list| Some(list.id)).ok_or(NO_LIST)
}

fn invalid(message: impl Into<String>) -> Error {
    Error::invalid("invalid_request", message)
}

#[cfg(test)]
mod tests {
    use super::super::{beginning, columns};
    use super::*;

    #[test]
    fn the_sample_is_a_file_that_is_understood() {
        let begins = beginning::beginning(SAMPLE.as_bytes()).unwrap();
        assert_eq!(begins.delimiter, b',');
        let header = SAMPLE.lines().next().unwrap();
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        assert!(columns::columns(&header, &BTreeMap::new()).is_ok());
    }
}
