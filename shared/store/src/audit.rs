//! The audit log of a tenant: who did what to its set-up, and when.

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, read, s, write};
use crate::keys::{Key, audit_partition};
use crate::store::Store;

/// An act. It never holds a secret, nor what was written to or by a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its id, which tells when it was.
    #[serde(rename = "sk", skip_serializing)]
    pub id: Id,
    /// Who did it: `key:<id>`, `user:<id>`, `super_admin:<tenant>/<id>`; `operator` at a terminal, `timers` by the clock,
    /// `anybody` who asked for a mail.
    pub actor: String,
    /// What was done: a thing and a verb, `key.created`.
    pub act: String,
    /// The thing it was done to, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What changed, as a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// Which acts a page shows.
#[derive(Debug, Clone, Copy)]
pub struct AuditSelection {
    /// Only those before this one.
    pub before: Id,
    /// How far back there may be any.
    pub oldest: Moment,
    /// How many, at least 1.
    pub limit: usize,
}

/// A page of acts.
#[derive(Debug)]
pub struct AuditPage {
    /// Newest first. A page may be short, or empty, although more follow.
    pub acts: Vec<AuditRecord>,
    /// What to give for the next page; none when there is nothing more.
    pub next_before: Option<Id>,
}

/// Months that one page looks into, each by a query.
const MONTHS: usize = 24;

impl Store {
    /// A page of a tenant's acts, newest first.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn audits(
        &self,
        tenant: &TenantId,
        selection: &AuditSelection,
    ) -> Result<AuditPage, StoreError> {
        let operation = "listing acts";
        let oldest = selection.oldest.month_begins();
        let mut acts: Vec<AuditRecord> = Vec::new();
        let mut before = selection.before;
        for _ in 0..MONTHS {
            let wanted = selection.limit - acts.len();
            // All that is before the first id of a month is of the months before it.
            let month = match before == Id::first_at(before.moment()) {
                true => before.moment().minus(Duration::from_millis(1)),
                false => before.moment(),
            };
            if month < oldest {
                return Ok(AuditPage {
                    acts,
                    next_before: None,
                });
            }
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk AND sk < :before")
                .expression_attribute_values(":pk", s(audit_partition(tenant, month)))
                .expression_attribute_values(":before", s(before.hex()))
                .scan_index_forward(false)
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            for item in page.items.unwrap_or_default() {
                acts.push(read(operation, item)?);
            }
            let left = page.last_evaluated_key.is_some();
            before = match acts.last().filter(|_| left) {
                Some(last) => last.id,
                None => Id::first_at(month.month_begins()),
            };
            if acts.len() >= selection.limit {
                break;
            }
        }
        Ok(AuditPage {
            acts,
            next_before: (before.moment() > oldest).then_some(before),
        })
    }

    /// The change that keeps an act, for the transaction that the act is.
    ///
    /// # Errors
    /// If it cannot be written as an item.
    pub(crate) fn audit_item(
        &self,
        tenant: &TenantId,
        record: &AuditRecord,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut item: Item = write("keeping an act", record)?;
        item.extend(Key::audit(tenant, record.id).map());
        Ok(self.put_if_new(item))
    }

    /// Keeps an act that is no transaction of its own. One with the same id is the same.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn put_audit(
        &self,
        tenant: &TenantId,
        record: &AuditRecord,
    ) -> Result<(), StoreError> {
        let operation = "keeping an act";
        let item = write(operation, record)?;
        self.put_new(operation, &Key::audit(tenant, record.id), item)
            .await?;
        Ok(())
    }
}
