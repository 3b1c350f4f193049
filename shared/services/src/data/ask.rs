//! Asking for a work.

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::scope::{Access, Area};
use openwati_core::tenant::TenantId;
use openwati_store::audit::AuditRecord;
use openwati_store::data::{DataJobKind, DataJobRecord, DataJobState, Place};
use openwati_store::outbox::OutboxRecord;
use openwati_store::queues::QueueName;
use serde_json::{Value, json};

use super::job::Slice;
use super::show::Job;
use super::subject::{self, Subject};
use super::walk::Cursor;
use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;

/// Asks for an export of the tenant's data, or of one contact's.
///
/// # Errors
/// If the caller may not, as one whose key reads not all that an export holds; or there is no such contact. With an
/// idempotency key also what became of its first try.
pub async fn export(
    platform: &Platform,
    caller: &Caller,
    contact: Option<&str>,
    idempotency: Option<&Idempotency>,
) -> Result<Made<Job>, Error> {
    let tenant = admit_admin(platform, caller).await?;
    may_read_exports(caller)?;
    let (kind, subject, act) = match contact {
        Some(named) => {
            let subject = subject::contact(platform, &tenant, named).await?;
            (DataJobKind::ExportContact, subject, "contact.export_begun")
        }
        None => {
            let subject = Subject::of_tenant(caller.tenant.clone(), platform.now());
            (DataJobKind::ExportTenant, subject, "tenant.export_begun")
        }
    };
    made(platform, caller, kind, subject, act, idempotency).await
}

/// Whether the caller may read what exports hold: a key of few scopes must not get by a file what it is refused elsewhere.
///
/// # Errors
/// [`Error::Forbidden`], naming the scope that is missing, or the role.
pub(super) fn may_read_exports(caller: &Caller) -> Result<(), Error> {
    let areas = [
        Area::Account,
        Area::Contacts,
        Area::Messages,
        Area::Webhooks,
    ];
    areas
        .into_iter()
        .try_for_each(|area| caller.require(area, Access::Read))
}

/// Asks for a contact to be erased with everything that was said with them.
///
/// # Errors
/// If the caller may not, or there is no such contact. With an idempotency key also what became of its first try.
pub async fn erase_contact(
    platform: &Platform,
    caller: &Caller,
    contact: &str,
    idempotency: Option<&Idempotency>,
) -> Result<Made<Job>, Error> {
    let tenant = admit_admin(platform, caller).await?;
    caller.require(Area::Contacts, Access::Write)?;
    let mut subject = subject::contact(platform, &tenant, contact).await?;
    subject.endpoints = endpoints(platform, &caller.tenant).await?;
    let kind = DataJobKind::EraseContact;
    made(
        platform,
        caller,
        kind,
        subject,
        "contact.erasure_begun",
        idempotency,
    )
    .await
}

/// Asks for a tenant that is not the caller's own to be erased. The work is kept in the caller's.
///
/// # Errors
/// If the caller is no Super Admin, the tenant is their own, or there is none.
pub async fn erase_tenant(
    platform: &Platform,
    caller: &Caller,
    tenant: &TenantId,
) -> Result<Job, Error> {
    caller.require_role(Role::SuperAdmin)?;
    if *tenant == caller.tenant {
        return Err(Error::Conflict {
            message:
                "this is your own tenant: another Super Admin's may be erased by you, not yours"
                    .to_owned(),
            code: "own_tenant",
        });
    }
    let store = platform.store();
    if store.tenant(tenant).await?.is_none() {
        return Err(Error::NotFound { what: "tenant" });
    }
    let mut subject = Subject::of_tenant(tenant.clone(), platform.now());
    subject.endpoints = endpoints(platform, tenant).await?;
    let kind = DataJobKind::EraseTenant;
    let made = made(
        platform,
        caller,
        kind,
        subject,
        "tenant.erasure_begun",
        None,
    );
    Ok(made.await?.thing)
}

/// Asks for every tenant's secrets to be sealed by the current key of the ring. The work is kept in the caller's tenant.
///
/// # Errors
/// If the caller is no Super Admin.
pub async fn reseal_all(platform: &Platform, caller: &Caller) -> Result<Job, Error> {
    caller.require_role(Role::SuperAdmin)?;
    let subject = Subject::of_tenant(caller.tenant.clone(), platform.now());
    let kind = DataJobKind::Reseal;
    let made = made(
        platform,
        caller,
        kind,
        subject,
        "key_ring.reseal_begun",
        None,
    );
    Ok(made.await?.thing)
}

/// The endpoints to which something may have been delivered that is still kept.
pub(super) async fn endpoints(platform: &Platform, tenant: &TenantId) -> Result<Vec<Id>, Error> {
    let store = platform.store();
    let mut ids: Vec<Id> = Vec::new();
    for place in [Place::Endpoints, Place::GoneEndpoints] {
        let things = store.walk_whole(tenant, &place).await?;
        ids.extend(things.iter().filter_map(|thing| thing.id()));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

async fn made(
    platform: &Platform,
    caller: &Caller,
    kind: DataJobKind,
    subject: Subject,
    act: &'static str,
    idempotency: Option<&Idempotency>,
) -> Result<Made<Job>, Error> {
    let asking = Asking {
        platform,
        caller,
        kind,
        subject,
        act,
    };
    once(platform, &caller.tenant, idempotency, &asking).await
}

/// A work to be, with everything but its id.
struct Asking<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    kind: DataJobKind,
    subject: Subject,
    act: &'static str,
}

impl Creation for Asking<'_> {
    type Thing = Job;

    async fn find(&self, id: Id) -> Result<Option<Job>, Error> {
        let found = self.platform.store().data_job(&self.caller.tenant, id);
        Ok(found.await?.map(Job::from))
    }

    async fn make(&self, id: Id) -> Result<Job, Error> {
        let details = match self.kind {
            DataJobKind::EraseTenant => json!({"tenant": self.subject.tenant}),
            // Of a contact the id alone: what is erased must not stay in the log.
            _ => match self.subject.contacts.first() {
                Some(contact) => json!({"contact": contact.uuid()}),
                None => Value::Null,
            },
        };
        let act = audit::act(self.platform, self.caller, self.act, id, details);
        let actor = self.caller.actor.to_string();
        let tenant = &self.caller.tenant;
        let job = begin_job(
            self.platform,
            tenant,
            id,
            self.kind,
            &actor,
            &self.subject,
            &act,
        );
        Ok(job.await?.into())
    }
}

/// Keeps a new work and puts its first slice on the queue. One that is there already goes on as it is.
pub(super) async fn begin_job(
    platform: &Platform,
    tenant: &TenantId,
    id: Id,
    kind: DataJobKind,
    actor: &str,
    subject: &Subject,
    act: &AuditRecord,
) -> Result<DataJobRecord, Error> {
    let now = platform.now();
    let store = platform.store();
    let cursor = serde_json::to_string(&Cursor::default());
    let record = DataJobRecord {
        id,
        kind,
        state: DataJobState::Running,
        actor: actor.to_owned(),
        subject: Some(subject.json()?),
        cursor: cursor.map_err(|error| Error::Internal(Box::new(error)))?,
        counts: Default::default(),
        parts: 0,
        reason: None,
        version: 0,
        created_at: now,
        finished_at: None,
    };
    let slice = Slice {
        tenant: tenant.clone(),
        job: id,
        version: 0,
    };
    let job = slice.queued(std::time::Duration::ZERO)?;
    let outbox = OutboxRecord {
        queue: QueueName::Data,
        job: job.clone(),
    };
    let item = Id::derived(id.moment(), &[&id.hex(), "data"]);
    let first = (item, outbox);
    let begun = store.begin_data_job(tenant, &record, act, &first, now);
    if begun.await? {
        tracing::info!(%tenant, work = %id, ?kind, actor, "a work through data begins");
        crash_point!("data.begun");
        // `timers` does it where this is cut.
        platform.queues()?.send(QueueName::Data, vec![job]).await?;
        crash_point!("data.first_enqueued");
        store.remove_outbox(tenant, item).await?;
    }
    let kept = store.data_job(tenant, id).await?;
    Ok(kept.unwrap_or(record))
}
