//! Callbacks as Meta posts them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::tenant::Channel;

/// A status that Meta reports of a message.
#[derive(Debug, Clone)]
pub struct Status<'a> {
    /// Meta's id of the message.
    pub wamid: &'a str,
    /// `sent`, `delivered`, `read`, `failed`.
    pub status: &'a str,
    /// When, in seconds since 1970.
    pub at: i64,
}

/// The value of `X-Hub-Signature-256` for these bytes.
///
/// # Panics
/// Never: a key may have any length.
pub fn sign(app_secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).expect("any length will do");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// One callback with these statuses of a channel's messages.
pub fn statuses(channel: &Channel, statuses: &[Status<'_>]) -> Value {
    let statuses = statuses.iter().map(|status| {
        let mut member = json!({
            "id": status.wamid,
            "status": status.status,
            "timestamp": status.at.to_string(),
            "recipient_id": "923001234567",
        });
        if status.status == "failed" {
            member["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
        }
        member
    });
    envelope(channel, json!({"statuses": statuses.collect::<Vec<_>>()}))
}

/// One callback with a text that came in.
pub fn inbound(channel: &Channel, wamid: &str, text: &str) -> Value {
    envelope(
        channel,
        json!({
            "contacts": [{"profile": {"name": "Ali"}, "wa_id": "923001234567"}],
            "messages": [{
                "from": "923001234567",
                "id": wamid,
                "timestamp": "1780000000",
                "type": "text",
                "text": {"body": text},
            }],
        }),
    )
}

fn envelope(channel: &Channel, mut value: Value) -> Value {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({
        "display_phone_number": channel.phone_number,
        "phone_number_id": channel.phone_number_id,
    });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": value}]}],
    })
}
