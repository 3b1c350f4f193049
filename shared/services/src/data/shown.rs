//! What an export shows of every kind of item. Only what is named here is shown: an attribute that is added to an item is
//! not exported before somebody says so, and a secret never is.

use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::Entity;
use openwati_store::data::Thing;
use serde_json::{Map, Value};

/// What an export shows of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// A line of this kind, with these attributes.
    As(&'static str, &'static [&'static str]),
    /// Nothing; why.
    Not(&'static str),
}

/// What an export shows of an item of this kind.
pub(super) const fn shown(entity: Entity) -> Shown {
    use Shown::{As, Not};
    match entity {
        Entity::Tenant => As(
            "tenant",
            &[
                "tenant",
                "name",
                "plan",
                "default_country",
                "billing_anchor_minutes",
                "retention_days",
                "created_at",
            ],
        ),
        Entity::Channel => As(
            "channel",
            &[
                "id",
                "state",
                "state_reason",
                "is_default",
                "phone_number",
                "phone_number_id",
                "waba_id",
                "per_second",
                "created_at",
            ],
        ),
        Entity::User => As(
            "user",
            &["email", "name", "user_role", "user_state", "created_at"],
        ),
        Entity::KeyListItem => As("api_key", &["last_four", "created_at", "rotated_at"]),
        Entity::Message => As(
            "message",
            &[
                "direction",
                "channel",
                "peer",
                "wamid",
                "content",
                "media",
                "error",
                "unknown_at",
                "sent_at",
                "delivered_at",
                "read_at",
                "failed_at",
            ],
        ),
        Entity::Contact => As(
            "contact",
            &[
                "id",
                "own_name",
                "name",
                "username",
                "keys",
                "parent_user_ids",
                "peer",
                "tags",
                "attributes",
                "lists",
                "absorbed",
                "merged_into",
                "created_at",
                "updated_at",
            ],
        ),
        Entity::ContactList => As("contact_list", &["name", "created_at"]),
        Entity::Consent => As(
            "consent",
            &[
                "peer",
                "all_state",
                "all_by",
                "all_at",
                "marketing_state",
                "marketing_by",
                "marketing_at",
            ],
        ),
        Entity::Conversation => As(
            "conversation",
            &[
                "contact",
                "unread",
                "last_inbound_at",
                "last_message",
                "last_is_ours",
                "preview",
                "name",
                "username",
            ],
        ),
        Entity::Notice => As("callback", &["field", "waba_id", "channel", "value"]),
        Entity::Endpoint => As(
            "webhook",
            &[
                "url",
                "events",
                "dialect",
                "state",
                "disabled_reason",
                "disabled_at",
                "created_at",
            ],
        ),
        Entity::Audit => As("audit", &["actor", "act", "target", "details"]),
        Entity::DataJob => As(
            "data_job",
            &[
                "kind",
                "state",
                "actor",
                "counts",
                "created_at",
                "finished_at",
            ],
        ),
        Entity::ContactJob => As(
            "contact_job",
            &[
                "id",
                "kind",
                "state",
                "actor",
                "rows",
                "created",
                "updated",
                "rejected",
                "created_at",
                "finished_at",
            ],
        ),
        Entity::Template => As(
            "template",
            &[
                "template_id",
                "name",
                "language",
                "waba_id",
                "category",
                "status",
                "reason",
                "quality",
                "told",
            ],
        ),
        Entity::Automation => As("automation", &["settings"]),
        Entity::Rule => As("rule", &["rule"]),
        Entity::ApiKey => Not("it is a secret's hash; what the key may is told with the key"),
        Entity::KeyCopy => Not("it is a secret"),
        Entity::Amendments | Entity::AutomationRun => Not("it is told with its message"),
        Entity::Wamid
        | Entity::Alias
        | Entity::ContactTerm
        | Entity::ConsentListItem
        | Entity::MediaUse
        | Entity::FileSource => Not("it leads to what is told"),
        Entity::File => Not("it is told with the messages that have it"),
        Entity::Delivery | Entity::Attempt => {
            Not("it repeats for 30 days at most what is told with its message")
        }
        Entity::CallbackLog => Not("it says for 30 days at most what came, and nothing of anybody"),
        Entity::EmailLookup | Entity::OidcLookup | Entity::TenantListItem => {
            Not("it is a hash or an id that leads to what is told")
        }
        Entity::Slots
        | Entity::OutboundQuota
        | Entity::AiQuota
        | Entity::Tally
        | Entity::KeyCount
        | Entity::UserCount
        | Entity::ContactListCount
        | Entity::EndpointCount
        | Entity::Limit => Not("it is a count"),
        Entity::GoneEndpoint | Entity::Idempotency | Entity::Outbox | Entity::TemplateSync => {
            Not("it is the platform's own, for a while")
        }
    }
}

/// The line of a thing; none where nothing is shown of it.
pub(super) fn line(thing: &Thing) -> Option<Map<String, Value>> {
    let Shown::As(kind, attributes) = shown(thing.entity) else {
        return None;
    };
    let mut line = Map::from_iter([("type".to_owned(), Value::from(kind))]);
    if let Some(id) = thing.id() {
        line.insert("id".to_owned(), Value::from(id.uuid()));
        line.insert("at".to_owned(), Value::from(id.moment().iso()));
    }
    for name in attributes {
        if let Some(value) = thing.json(name) {
            line.insert(public_name(name).to_owned(), told(name, value));
        }
    }
    Some(line)
}

fn public_name(name: &str) -> &str {
    match name {
        "user_role" => "role",
        "user_state" => "state",
        name => name,
    }
}

/// Attributes that are ids, or lists of them.
const IDS: [&str; 7] = [
    "id",
    "channel",
    "contact",
    "last_message",
    "lists",
    "absorbed",
    "merged_into",
];

/// Attributes that are JSON within a text.
const JSON: [&str; 6] = ["content", "value", "details", "told", "settings", "rule"];

/// A value as the API writes it: ids as UUIDs, times in ISO 8601.
fn told(name: &str, value: Value) -> Value {
    match value {
        Value::Array(values) if IDS.contains(&name) => {
            values.into_iter().map(|value| told(name, value)).collect()
        }
        Value::String(text) if IDS.contains(&name) => match text.parse::<Id>() {
            Ok(id) => Value::from(id.uuid()),
            Err(_) => Value::from(text),
        },
        Value::String(text) if JSON.contains(&name) => {
            serde_json::from_str(&text).unwrap_or(Value::from(text))
        }
        Value::Number(number) if name.ends_with("_at") => match number.as_i64() {
            Some(millis) => Value::from(Moment::from_millis(millis).iso()),
            None => Value::from(number),
        },
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_item_is_shown_or_it_is_said_why_not() {
        for entity in Entity::ALL {
            match shown(*entity) {
                Shown::As(kind, attributes) => {
                    assert!(!kind.is_empty() && !attributes.is_empty(), "{entity:?}");
                    for attribute in attributes {
                        let is_secret = ["secret", "token", "hash", "password", "session"]
                            .iter()
                            .any(|word| attribute.contains(word));
                        assert!(!is_secret, "{entity:?} shows {attribute}");
                    }
                }
                Shown::Not(why) => assert!(!why.is_empty(), "{entity:?}"),
            }
        }
    }

    #[test]
    fn values_are_told_as_the_api_writes_them() {
        let id = Id::from_bytes([7; 12]);
        assert_eq!(told("channel", id.hex().into()), id.uuid());
        assert_eq!(told("sent_at", 0.into()), "1970-01-01T00:00:00Z");
        assert_eq!(
            told("content", r#"{"a":1}"#.into()),
            serde_json::json!({"a": 1})
        );
        assert_eq!(told("peer", "15550001111".into()), "15550001111");
    }
}
