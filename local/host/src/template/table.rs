//! The table.

use serde_yaml_ng::Value;

use super::{TemplateError, property};

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its logical id.
    pub logical_id: String,
    /// Every attribute that is part of a key.
    pub attributes: Vec<(String, KeyType)>,
    /// The table's own key.
    pub key: Key,
    /// The global secondary indexes.
    pub indexes: Vec<Index>,
    /// The attribute that holds the second after which an item may be deleted.
    pub ttl: Option<String>,
}

/// The type of an attribute in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// `S`
    Text,
    /// `N`
    Number,
    /// `B`
    Binary,
}

/// A key: the attribute that partitions, and the one that sorts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The attribute of the partition.
    pub hash: String,
    /// The attribute that items of a partition are sorted by.
    pub range: Option<String>,
}

/// A global secondary index.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub projection: String,
    /// The attributes of `INCLUDE`.
    pub included: Vec<String>,
}

pub(super) fn read(name: &str, resource: &Value) -> Result<Table, TemplateError> {
    let properties = property(resource, "Properties")?;
    let attributes = list(property(properties, "AttributeDefinitions")?)
        .map(|attribute| {
            let kind = match text(attribute, "AttributeType")?.as_str() {
                "N" => KeyType::Number,
                "B" => KeyType::Binary,
                _ => KeyType::Text,
            };
            Ok((text(attribute, "AttributeName")?, kind))
        })
        .collect::<Result<_, TemplateError>>()?;
    let indexes = properties
        .get("GlobalSecondaryIndexes")
        .into_iter()
        .flat_map(list);
    let ttl = properties.get("TimeToLiveSpecification");
    Ok(Table {
        logical_id: name.to_owned(),
        attributes,
        key: key(property(properties, "KeySchema")?)?,
        indexes: indexes.map(index).collect::<Result<_, _>>()?,
        ttl: ttl.map(|ttl| text(ttl, "AttributeName")).transpose()?,
    })
}

fn index(value: &Value) -> Result<Index, TemplateError> {
    let projection = property(value, "Projection")?;
    let included = projection
        .get("NonKeyAttributes")
        .into_iter()
        .flat_map(list);
    Ok(Index {
        name: text(value, "IndexName")?,
        key: key(property(value, "KeySchema")?)?,
        projection: text(projection, "ProjectionType")?,
        included: included
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
}

fn key(schema: &Value) -> Result<Key, TemplateError> {
    let mut hash = None;
    let mut range = None;
    for part in list(schema) {
        let name = text(part, "AttributeName")?;
        match text(part, "KeyType")?.as_str() {
            "RANGE" => range = Some(name),
            _ => hash = Some(name),
        }
    }
    Ok(Key {
        hash: hash.ok_or_else(|| TemplateError::Missing("HASH key".to_owned()))?,
        range,
    })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_sequence().into_iter().flatten()
}

fn text(value: &Value, name: &str) -> Result<String, TemplateError> {
    let text = property(value, name)?.as_str();
    text.map(str::to_owned).ok_or(TemplateError::NotAScalar)
}
