//! How tenants change.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use openwati_core::id::Id;
use openwati_core::plan::Plan;
use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::TenantRecord;
use crate::audit::AuditRecord;
use crate::changes::Changes;
use crate::data::due;
use crate::error::StoreError;
use crate::item::{at, s};
use crate::keys::{Key, names};
use crate::store::Store;
use crate::transaction::Transacted;

/// What changes of a tenant. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TenantChange {
    /// What it is called.
    pub name: Option<String>,
    /// The country of local phone numbers.
    pub default_country: Option<Option<String>>,
    /// When its days begin, and the day that runs meanwhile.
    pub billing_anchor: Option<(u16, DayWindow)>,
    /// For how many days its messages are kept; none is for ever.
    pub retention_days: Option<Option<u32>>,
    /// Its plan.
    pub plan: Option<Plan>,
    /// Since when nobody of it is let in.
    pub suspended_at: Option<Option<Moment>>,
}

/// What a change of plan does to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointPause {
    /// It gets no events, for this reason, until the plan has webhooks again.
    Pause(Id, String),
    /// It was paused by a plan, and gets events again.
    Resume(Id),
}

impl Store {
    /// Changes a tenant as it was read, and with it what its plan does to endpoints, in one transaction with the acts that
    /// this is, each in the log of its tenant. Says whether all still was as it was read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn change_tenant(
        &self,
        tenant: &TenantRecord,
        change: &TenantChange,
        endpoints: &[EndpointPause],
        now: Moment,
        audits: &[(&TenantId, &AuditRecord)],
    ) -> Result<bool, StoreError> {
        let operation = "changing a tenant";
        let mut items = vec![self.tenant_update(operation, tenant, change, now)?];
        for endpoint in endpoints {
            items.push(self.endpoint_pause(&tenant.tenant, endpoint, now));
        }
        for (tenant, audit) in audits {
            items.push(self.audit_item(tenant, audit)?);
        }
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    fn tenant_update(
        &self,
        operation: &'static str,
        tenant: &TenantRecord,
        change: &TenantChange,
        now: Moment,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut changes = Changes::new(operation);
        changes.set_if("name", change.name.as_ref())?;
        if let Some(country) = &change.default_country {
            changes.set_or_remove("default_country", country.as_ref())?;
        }
        if let Some((minutes, day)) = &change.billing_anchor {
            changes.set("billing_anchor_minutes", minutes)?;
            changes.set("moved_day", day)?;
        }
        match change.retention_days {
            Some(Some(days)) => {
                let (shard, first) = due(&tenant.tenant, now);
                changes.set("retention_days", &days)?;
                changes.set(names::DUE_SHARD, &shard)?;
                changes.set_if_missing(names::DUE_AT, &first)?;
            }
            Some(None) => {
                for attribute in ["retention_days", names::DUE_SHARD, names::DUE_AT] {
                    changes.remove(attribute);
                }
            }
            None => {}
        }
        changes.set_if("plan", change.plan.as_ref())?;
        if let Some(since) = &change.suspended_at {
            changes.set_or_remove("suspended_at", since.as_ref())?;
        }
        changes.of_version(&self.table, &Key::tenant(&tenant.tenant), tenant.version)
    }

    fn endpoint_pause(
        &self,
        tenant: &TenantId,
        endpoint: &EndpointPause,
        now: Moment,
    ) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(&*self.table)
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":enabled", s("enabled"))
            .expression_attribute_values(":disabled", s("disabled"));
        let update = match endpoint {
            EndpointPause::Pause(id, reason) => update
                .set_key(Some(Key::endpoint(tenant, *id).map()))
                .update_expression(
                    "SET #state = :disabled, disabled_reason = :reason, disabled_at = :now, \
                     paused_by_plan = :yes",
                )
                .condition_expression("#state = :enabled")
                .expression_attribute_values(":reason", s(reason))
                .expression_attribute_values(":now", at(now))
                .expression_attribute_values(":yes", AttributeValue::Bool(true)),
            EndpointPause::Resume(id) => update
                .set_key(Some(Key::endpoint(tenant, *id).map()))
                .update_expression(
                    "SET #state = :enabled \
                     REMOVE disabled_reason, disabled_at, paused_by_plan, \
                     failures, failing_since, probe_after",
                )
                .condition_expression("attribute_exists(paused_by_plan) AND #state = :disabled"),
        };
        let update = update.build().expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }
}
