//! Endpoints: the addresses of tenants' own servers that events go to.

mod state;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update as TransactUpdate};
use openwati_core::dialect::Dialect;
use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::delivery::KEPT as DELIVERIES_KEPT;
use crate::error::StoreError;
use crate::item::{n, read, s, text, ttl, write};
use crate::keys::{ENDPOINT_COUNT, Key, endpoint_partition, names};
use crate::store::Store;
use crate::transaction::Transacted;

pub use state::Change;

/// Whether an endpoint gets events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointState {
    /// It does.
    Enabled,
    /// It does not, until somebody enables it.
    Disabled,
}

/// An endpoint. Its secrets are sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointRecord {
    /// Its id.
    #[serde(rename = "sk", skip_serializing)]
    pub id: Id,
    /// Where its events are posted.
    pub url: String,
    /// The kinds of events that it gets; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventType>,
    /// The language in which it is told.
    pub dialect: Dialect,
    /// What signs its events.
    pub secret: Sealed,
    /// What signed them before, and signs beside for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<Sealed>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_until: Option<Moment>,
    /// Whether it gets events.
    pub state: EndpointState,
    /// Why not, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// Since when not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Moment>,
    /// Whether its tenant's plan has no webhooks any more, and it is enabled again when one has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused_by_plan: bool,
    /// Attempts that failed in a row.
    #[serde(default)]
    pub failures: u32,
    /// When the first of them was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Moment>,
    /// From when on one event may be tried although many failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe_after: Option<Moment>,
    /// When it came to be.
    pub created_at: Moment,
}

impl EndpointRecord {
    /// Whether it is to be told of events of this kind.
    pub fn wants(&self, kind: EventType) -> bool {
        self.state == EndpointState::Enabled
            && (self.events.is_empty() || self.events.contains(&kind))
    }
}

impl Store {
    /// Keeps a new endpoint, unless the tenant has `most` already. Says whether it is kept.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_endpoint(
        &self,
        tenant: &TenantId,
        record: &EndpointRecord,
        most: u32,
    ) -> Result<bool, StoreError> {
        let operation = "creating an endpoint";
        let mut item = write(operation, record)?;
        item.extend(Key::endpoint(tenant, record.id).map());
        let count = self
            .endpoint_count(tenant, 1)
            .condition_expression("attribute_not_exists(endpoints) OR endpoints < :most")
            .expression_attribute_values(":most", n(most))
            .build()
            .expect("table, key and expression are given");
        let items = vec![
            self.put_if_new(item),
            TransactWriteItem::builder().update(count).build(),
        ];
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Removes an endpoint. Says whether it was there.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn delete_endpoint(
        &self,
        tenant: &TenantId,
        id: Id,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::endpoint(tenant, id).map()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .expect("table and key are given");
        let count = self
            .endpoint_count(tenant, -1)
            .build()
            .expect("table, key and expression are given");
        // What was delivered to it is forgotten later than it is: until then somebody may have to find it.
        let mut gone = Key::gone_endpoint(tenant, id).map();
        gone.insert("ttl".to_owned(), ttl(now.plus(DELIVERIES_KEPT * 2)));
        let items = vec![
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().update(count).build(),
            self.put_if_new(gone),
        ];
        let made = self.transact("deleting an endpoint", items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    fn endpoint_count(
        &self,
        tenant: &TenantId,
        by: i64,
    ) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        TransactUpdate::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::endpoint_count(tenant).map()))
            .update_expression("ADD endpoints :by")
            .expression_attribute_values(":by", n(by))
    }

    /// One endpoint.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn endpoint(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<EndpointRecord>, StoreError> {
        let operation = "reading an endpoint";
        let item = self.get(operation, &Key::endpoint(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// All endpoints of a tenant, oldest first.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn endpoints(&self, tenant: &TenantId) -> Result<Vec<EndpointRecord>, StoreError> {
        let operation = "listing endpoints";
        let mut endpoints = Vec::new();
        let mut start: Option<HashMap<_, _>> = None;
        loop {
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(endpoint_partition(tenant)))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            for item in page.items.unwrap_or_default() {
                if text(&item, names::SK) != Some(ENDPOINT_COUNT) {
                    endpoints.push(read(operation, item)?);
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(endpoints);
            }
        }
    }
}
