//! What the operator does to a tenant, for the logs of both.

use std::fmt;

use openwati_core::tenant::TenantId;
use openwati_store::audit::AuditRecord;
use serde_json::Value;

use crate::audit;
use crate::authenticate::{Actor, Caller};
use crate::platform::Platform;

/// One act, as the operator's own tenant and the other one keep it.
pub(super) struct Acts<'a> {
    own: &'a TenantId,
    here: AuditRecord,
    other: &'a TenantId,
    there: AuditRecord,
}

impl<'a> Acts<'a> {
    /// An act of the caller's at the tenant `other`, to its `target`.
    pub(super) fn new(
        platform: &Platform,
        caller: &'a Caller,
        other: &'a TenantId,
        act: &'static str,
        target: impl fmt::Display,
        details: Value,
    ) -> Self {
        // Of the operator's people the other tenant knows the ids alone.
        let abroad = match &caller.actor {
            Actor::User(user) => Actor::SuperAdmin {
                tenant: caller.tenant.clone(),
                user: *user,
            },
            actor => actor.clone(),
        };
        Self {
            own: &caller.tenant,
            here: audit::act(platform, caller, act, &target, details.clone()),
            other,
            there: audit::by(platform, abroad, act, &target, details),
        }
    }

    /// The logs that keep it: one where both tenants are one.
    pub(super) fn audits(&self) -> Vec<(&TenantId, &AuditRecord)> {
        let mut audits = vec![(self.own, &self.here)];
        if self.own != self.other {
            audits.push((self.other, &self.there));
        }
        audits
    }
}
