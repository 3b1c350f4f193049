//! The shapes of statuses (Meta, "Status messages webhook reference").

use serde_json::{Map, Value, json};

use crate::{error_table, store::Traits};

/// The stages of a message that reaches its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Sent,
    Delivered,
    Read,
}

impl Stage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// The message that a status is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) id: &'a str,
    pub(crate) customer: &'a str,
    /// The customer's user id.
    pub(crate) user_id: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) traits: &'a Traits,
    /// Whether the sender's API version still has the conversation object (before v24.0).
    pub(crate) with_conversation: bool,
}

/// The members `contacts` and `statuses` of a callback.
pub(crate) fn status(about: About<'_>, stage: Stage, at_ms: i64) -> Value {
    let mut status = common(about, stage.as_str(), at_ms);
    if stage != Stage::Read {
        price(&mut status, about, stage, at_ms);
    }
    if about.traits.group {
        return json!({"statuses": [status]});
    }
    let user = about.user_id;
    status.insert("recipient_user_id".into(), json!(user));
    let mut contact = json!({"user_id": user});
    if !about.traits.by_user_id {
        contact["wa_id"] = json!(about.customer);
    }
    json!({"contacts": [contact], "statuses": [status]})
}

/// The member `statuses` of a callback that tells of a failure.
pub(crate) fn failed(about: About<'_>, code: u32, at_ms: i64) -> Value {
    let mut status = common(about, "failed", at_ms);
    if about.traits.by_user_id {
        status.insert("recipient_user_id".into(), json!(about.user_id));
    }
    let known = error_table::lookup(code);
    let details = about.traits.failure_details.as_deref();
    status.insert(
        "errors".into(),
        json!([{
            "code": code,
            "title": known.title,
            "message": known.title,
            "error_data": {"details": details.unwrap_or(known.details)},
            "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
        }]),
    );
    json!({"statuses": [status]})
}

fn common(about: About<'_>, status: &str, at_ms: i64) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("id".into(), json!(about.id));
    members.insert("status".into(), json!(status));
    members.insert("timestamp".into(), json!((at_ms / 1000).to_string()));
    if about.traits.group {
        members.insert("recipient_type".into(), json!("group"));
    }
    if !about.traits.by_user_id {
        members.insert("recipient_id".into(), json!(about.customer));
    }
    if let Some(data) = &about.traits.callback_data {
        members.insert("biz_opaque_callback_data".into(), json!(data));
    }
    members
}

fn price(status: &mut Map<String, Value>, about: About<'_>, stage: Stage, at_ms: i64) {
    // What a template costs depends on its category.
    let template = about.traits.template.as_ref();
    let category = template.and_then(|template| template["category"].as_str());
    let (kind, category) = match about.kind {
        "template" => (
            "regular",
            category.unwrap_or("utility").to_ascii_lowercase(),
        ),
        _ => ("free_customer_service", "service".to_owned()),
    };
    status.insert(
        "pricing".into(),
        json!({
            "billable": kind == "regular",
            "pricing_model": "PMP",
            "type": kind,
            "category": category,
        }),
    );
    if about.with_conversation {
        let mut conversation = json!({
            "id": conversation_id(about.customer, &category, at_ms),
            "origin": {"type": category},
        });
        if stage == Stage::Sent {
            let expires = at_ms / 1000 + 24 * 60 * 60;
            conversation["expiration_timestamp"] = json!(expires.to_string());
        }
        status.insert("conversation".into(), conversation);
    }
}

/// An id that all messages of a day to one customer share.
fn conversation_id(customer: &str, category: &str, at_ms: i64) -> String {
    use sha2::{Digest as _, Sha256};

    let day = at_ms / (24 * 60 * 60 * 1000);
    hex::encode(&Sha256::digest(format!("{customer}/{category}/{day}"))[..16])
}
