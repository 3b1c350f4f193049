//! Rules. Each change of one is made together with the tenant's settings, which say how many there are and which version.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update as TransactUpdate};
use openwati_core::automation::Rule;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;

use super::{from_json, json};
use crate::error::StoreError;
use crate::item::{Item, n, s};
use crate::keys::{Key, RULE};
use crate::store::Store;
use crate::transaction::Transacted;

/// Rules that one transaction removes: DynamoDB's limit is 100 changes.
const REMOVED_AT_ONCE: usize = 50;

/// How often a removal begins anew because others remove the same rules.
const TRIES: usize = 5;

/// What became of a new rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Yes,
    /// The tenant has as many as it may.
    Full,
    /// There is another of this id.
    Taken,
}

impl Store {
    /// A tenant's rules, in no order that means anything.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn rules(&self, tenant: &TenantId) -> Result<Vec<Rule>, StoreError> {
        let operation = "reading rules";
        let key = Key::automation(tenant);
        let (mut rules, mut start) = (Vec::new(), None);
        loop {
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk AND begins_with(sk, :rule)")
                .expression_attribute_values(":pk", s(key.pk()))
                .expression_attribute_values(":rule", s(RULE))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            for item in page.items.unwrap_or_default() {
                rules.push(from_json(operation, &item, "rule")?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(rules);
            }
        }
    }

    /// A rule, as it is now.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn rule(&self, tenant: &TenantId, id: Id) -> Result<Option<Rule>, StoreError> {
        let operation = "reading a rule";
        let item = self.get(operation, &Key::rule(tenant, id)).await?;
        item.map(|item| from_json(operation, &item, "rule"))
            .transpose()
    }

    /// Adds a rule, where the tenant has fewer than `cap`.
    ///
    /// # Errors
    /// If the store did not answer; it may be there then.
    pub async fn add_rule(
        &self,
        tenant: &TenantId,
        rule: &Rule,
        cap: u32,
    ) -> Result<Added, StoreError> {
        let operation = "adding a rule";
        if cap == 0 {
            return Ok(Added::Full);
        }
        let added = TransactUpdate::builder()
            .update_expression(format!(
                "SET #rules = if_not_exists(#rules, :zero) + :one, {COUNTED_UP}"
            ))
            .condition_expression("attribute_not_exists(#rules) OR #rules < :cap")
            .expression_attribute_names("#rules", RULES)
            .expression_attribute_values(":cap", n(cap));
        let changes = vec![
            self.put_if_new(item(operation, tenant, rule)?),
            self.settings_change(tenant, added),
        ];
        match self.transact(operation, changes).await? {
            Transacted::Done => Ok(Added::Yes),
            Transacted::Refused => Ok(match self.rule(tenant, rule.id).await? {
                // Our own, kept by a try whose answer was lost.
                Some(there) if there == *rule => Added::Yes,
                Some(_) => Added::Taken,
                None => Added::Full,
            }),
        }
    }

    /// Keeps a rule in place of what was read of it: its version says which that was, and is counted up. Says whether it is
    /// kept.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn change_rule(
        &self,
        tenant: &TenantId,
        rule: &mut Rule,
    ) -> Result<bool, StoreError> {
        let operation = "changing a rule";
        let before = rule.version;
        rule.version += 1;
        let put = Put::builder()
            .table_name(&*self.table)
            .set_item(Some(item(operation, tenant, rule)?))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", n(before))
            .build()
            .expect("table and item are given");
        let changed = TransactUpdate::builder().update_expression(format!("SET {COUNTED_UP}"));
        let changes = vec![
            TransactWriteItem::builder().put(put).build(),
            self.settings_change(tenant, changed),
        ];
        match self.transact(operation, changes).await? {
            Transacted::Done => Ok(true),
            // Our own, kept by a try whose answer was lost?
            Transacted::Refused => Ok(self.rule(tenant, rule.id).await?.as_ref() == Some(rule)),
        }
    }

    /// Removes rules. Answers how many of them there were.
    ///
    /// # Errors
    /// If the store did not answer; some may be gone then.
    pub async fn remove_rules(&self, tenant: &TenantId, ids: &[Id]) -> Result<usize, StoreError> {
        let mut removed = 0;
        for some in ids.chunks(REMOVED_AT_ONCE) {
            removed += self.remove_some(tenant, some).await?;
        }
        Ok(removed)
    }

    async fn remove_some(&self, tenant: &TenantId, ids: &[Id]) -> Result<usize, StoreError> {
        let operation = "removing rules";
        let mut first = None;
        for _ in 0..TRIES {
            let keys = ids.iter().map(|id| Key::rule(tenant, *id)).collect();
            let there = self.batch(operation, keys).await?;
            // What somebody else has removed meanwhile is gone too.
            let count = *first.get_or_insert(there.len());
            if there.is_empty() {
                return Ok(count);
            }
            let number = i64::try_from(there.len()).unwrap_or(i64::MAX);
            let removed = TransactUpdate::builder()
                .update_expression(format!("SET #rules = #rules - :number, {COUNTED_UP}"))
                .condition_expression("#rules >= :number")
                .expression_attribute_names("#rules", RULES)
                .expression_attribute_values(":number", n(number));
            let mut changes = vec![self.settings_change(tenant, removed)];
            changes.extend(there.keys().map(|key| self.delete_there(key)));
            if matches!(self.transact(operation, changes).await?, Transacted::Done) {
                return Ok(count);
            }
        }
        Err(StoreError::Unavailable {
            operation,
            reason: "others kept changing them".to_owned(),
        })
    }

    fn delete_there(&self, key: &Key) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(key.map()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }

    fn settings_change(&self, tenant: &TenantId, update: UpdateBuilder) -> TransactWriteItem {
        let update = update
            .table_name(&*self.table)
            .set_key(Some(Key::automation(tenant).map()))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .build()
            .expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }
}

/// The attribute of how many there are, which is a word of DynamoDB's too.
const RULES: &str = "rules";

/// That the rules are others than they were.
const COUNTED_UP: &str = "rules_version = if_not_exists(rules_version, :zero) + :one";

fn item(operation: &'static str, tenant: &TenantId, rule: &Rule) -> Result<Item, StoreError> {
    let mut item = Item::from([
        ("rule".to_owned(), json(operation, rule)?),
        ("version".to_owned(), n(rule.version)),
    ]);
    item.extend(Key::rule(tenant, rule.id).map());
    Ok(item)
}
