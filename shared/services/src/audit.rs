//! What is kept of acts that change how a tenant is set up.

use std::fmt;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::audit::AuditRecord;
use serde_json::Value;

use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// An act of the caller's at this moment: `key.created` of the key `target`. `details` name what changed and never hold
/// a secret; `Value::Null` is none.
pub(crate) fn act(
    platform: &Platform,
    caller: &Caller,
    act: &'static str,
    target: impl fmt::Display,
    details: Value,
) -> AuditRecord {
    by(platform, &caller.actor, act, target, details)
}

/// An act of somebody who is no caller: who logs in, or the operator at a terminal.
pub(crate) fn by(
    platform: &Platform,
    actor: impl fmt::Display,
    act: &'static str,
    target: impl fmt::Display,
    details: Value,
) -> AuditRecord {
    AuditRecord {
        id: Id::new(platform.now(), platform.entropy()),
        actor: actor.to_string(),
        act: act.to_owned(),
        target: Some(target.to_string()),
        details: (!details.is_null()).then(|| details.to_string()),
    }
}

/// Keeps an act beside what it is about, where both are not one transaction.
pub(crate) async fn keep(
    platform: &Platform,
    tenant: &TenantId,
    record: &AuditRecord,
) -> Result<(), Error> {
    tracing::info!(%tenant, actor = record.actor, act = record.act, "audited");
    Ok(platform.store().put_audit(tenant, record).await?)
}
