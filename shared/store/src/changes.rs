//! The update of an item by as many changes as there are.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use serde::Serialize;

use crate::error::StoreError;
use crate::keys::Key;

/// What is set and removed of an item. A part of a transaction is made of it.
pub(crate) struct Changes {
    operation: &'static str,
    sets: Vec<String>,
    removes: Vec<String>,
    update: UpdateBuilder,
}

impl Changes {
    /// None yet; `operation` is what errors name.
    pub(crate) fn new(operation: &'static str) -> Self {
        Self {
            operation,
            sets: Vec::new(),
            removes: Vec::new(),
            update: UpdateBuilder::default(),
        }
    }

    /// Names are given by place: some of them are DynamoDB's own words.
    fn name(&mut self, attribute: &str) -> String {
        let name = format!("#a{}", self.sets.len() + self.removes.len());
        let update = std::mem::take(&mut self.update);
        self.update = update.expression_attribute_names(&name, attribute);
        name
    }

    fn value(&mut self, value: &impl Serialize) -> Result<String, StoreError> {
        let placeholder = format!(":v{}", self.sets.len());
        let value = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)
            .map_err(StoreError::corrupt(self.operation))?;
        let update = std::mem::take(&mut self.update);
        self.update = update.expression_attribute_values(&placeholder, value);
        Ok(placeholder)
    }

    /// The attribute has this value.
    pub(crate) fn set(
        &mut self,
        attribute: &str,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let (name, value) = (self.name(attribute), self.value(value)?);
        self.sets.push(format!("{name} = {value}"));
        Ok(())
    }

    /// The attribute has this value, unless it has one.
    pub(crate) fn set_if_missing(
        &mut self,
        attribute: &str,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let (name, value) = (self.name(attribute), self.value(value)?);
        self.sets
            .push(format!("{name} = if_not_exists({name}, {value})"));
        Ok(())
    }

    /// The attribute has this value; without one it stays as it is.
    pub(crate) fn set_if<T: Serialize>(
        &mut self,
        attribute: &str,
        value: Option<&T>,
    ) -> Result<(), StoreError> {
        value.map_or(Ok(()), |value| self.set(attribute, value))
    }

    /// The attribute has this value; without one it goes.
    pub(crate) fn set_or_remove<T: Serialize>(
        &mut self,
        attribute: &str,
        value: Option<&T>,
    ) -> Result<(), StoreError> {
        if let Some(value) = value {
            return self.set(attribute, value);
        }
        self.remove(attribute);
        Ok(())
    }

    /// The attribute goes.
    pub(crate) fn remove(&mut self, attribute: &str) {
        let name = self.name(attribute);
        self.removes.push(name);
    }

    /// The update of the item that is there.
    pub(crate) fn of_existing(self, table: &str, key: &Key) -> TransactWriteItem {
        self.made(table, key, |update| {
            update.condition_expression("attribute_exists(pk)")
        })
    }

    /// The update of the item as it was when it had this version; it has the next one then.
    pub(crate) fn of_version(
        mut self,
        table: &str,
        key: &Key,
        seen: u32,
    ) -> Result<TransactWriteItem, StoreError> {
        self.set("version", &seen.saturating_add(1))?;
        let seen = crate::item::n(seen);
        Ok(self.made(table, key, |update| {
            update
                .condition_expression("version = :seen")
                .expression_attribute_values(":seen", seen)
        }))
    }

    fn made(
        self,
        table: &str,
        key: &Key,
        condition: impl FnOnce(UpdateBuilder) -> UpdateBuilder,
    ) -> TransactWriteItem {
        let mut expression = format!("SET {}", self.sets.join(", "));
        if !self.removes.is_empty() {
            expression += &format!(" REMOVE {}", self.removes.join(", "));
        }
        let update: Update = condition(self.update)
            .table_name(table)
            .set_key(Some(key.map()))
            .update_expression(expression)
            .build()
            .expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }
}
