//! Attribute values, written and read.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::time::Moment;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A text.
pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A whole number.
pub(crate) fn n(number: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

/// A moment, in milliseconds.
pub(crate) fn at(moment: Moment) -> AttributeValue {
    n(moment.millis())
}

/// The value of the attribute `ttl`: seconds, after which DynamoDB may delete the item.
pub(crate) fn ttl(moment: Moment) -> AttributeValue {
    n(moment.seconds())
}

/// The whole number in an attribute.
pub(crate) fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The text in an attribute.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// Reads a record from an item.
pub(crate) fn read<T: DeserializeOwned>(
    operation: &'static str,
    item: Item,
) -> Result<T, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(StoreError::corrupt(operation))
}

/// Writes a record as an item.
pub(crate) fn write<T: Serialize>(operation: &'static str, record: &T) -> Result<Item, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(record).map_err(StoreError::corrupt(operation))
}
