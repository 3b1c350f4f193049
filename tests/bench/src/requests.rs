//! The requests that the benchmarks make.

use std::{sync::Arc, time::SystemTime};

use anyhow::Context as _;
use bytes::Bytes;
use openwati_core::signature::sign_sha256;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{load::Request, tenant::Tenant};

/// What a send was answered with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    id: String,
    message_id: String,
    to: String,
}

/// Texts to as many customers, the first of whom has the number `first`. By the seeded channel, or by `channel`.
pub(crate) fn sends(
    tenant: &Tenant,
    channel: Option<&str>,
    first: usize,
    count: usize,
) -> Arc<[Request]> {
    let send = |number: usize| {
        let mut body = json!({"to": format!("+92300{number:07}"), "message": "Your order has left our house."});
        if let Some(channel) = channel {
            body["deviceId"] = channel.into();
        }
        Request {
            path: "/api/public/v1/send".to_owned(),
            header: ("authorization", format!("Bearer {}", tenant.api_key)),
            body: Bytes::from(body.to_string()),
        }
    };
    (first..first + count).map(send).collect()
}

/// What was sent, out of the answers.
pub(crate) fn sent(answers: &[Bytes]) -> anyhow::Result<Vec<Sent>> {
    let sent = answers.iter().map(|answer| serde_json::from_slice(answer));
    sent.collect::<Result<_, _>>()
        .context("a send was answered with something else")
}

/// Callbacks that tell of every message, one by one, that it is sent; then that it is delivered; then that it is read.
pub(crate) fn callbacks(tenant: &Tenant, sent: &[Sent], count: usize) -> Arc<[Request]> {
    let now = now();
    let stages = ["sent", "delivered", "read"].into_iter();
    let all = stages.flat_map(|stage| sent.iter().map(move |message| (stage, message)));
    let callback = |(stage, message): (&str, &Sent)| {
        callback_of(
            tenant,
            "statuses",
            &json!([{
                "id": message.message_id,
                "status": stage,
                "timestamp": now,
                "recipient_id": message.to,
                "biz_opaque_callback_data": message.id,
                "pricing": {"billable": true, "pricing_model": "PMP", "category": "service", "type": "regular"},
            }]),
            None,
        )
    };
    all.take(count).map(callback).collect()
}

/// Texts that come in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts {
    /// What tells them from those before.
    pub(crate) load: usize,
    pub(crate) count: usize,
    /// Who write them, one after the other.
    pub(crate) customers: usize,
    /// How many are in one callback.
    pub(crate) each: usize,
}

/// The callbacks that tell of these texts, in their order, which have the ids that [`wamid`] says.
pub(crate) fn texts(tenant: &Tenant, texts: Texts) -> Arc<[Request]> {
    let Texts {
        load,
        count,
        customers,
        each,
    } = texts;
    let now = now();
    let from = |number: usize| format!("92301{:07}", number % customers);
    let text = |number| {
        json!({
            "from": from(number),
            "id": wamid(load, number),
            "timestamp": now,
            "type": "text",
            "text": {"body": format!("When will my order {number} come? I have waited for a week.")},
        })
    };
    let contact = |number| json!({"profile": {"name": "Ali Khan"}, "wa_id": from(number)});
    let numbers: Vec<usize> = (0..count).collect();
    let callback = |numbers: &[usize]| {
        let messages = numbers.iter().copied().map(text).collect();
        let contacts = numbers.iter().copied().map(contact).collect();
        callback_of(tenant, "messages", &messages, Some(contacts))
    };
    numbers.chunks(each).map(callback).collect()
}

/// WhatsApp's id of a text.
pub(crate) fn wamid(load: usize, number: usize) -> String {
    format!("wamid.HBgMBENCH{load:03}N{number:08}FQIAEhgUM0EwQTQ1AA==")
}

/// A callback as WhatsApp posts it, signed.
fn callback_of(tenant: &Tenant, what: &str, news: &Value, contacts: Option<Value>) -> Request {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": tenant.phone_number,
            "phone_number_id": tenant.phone_number_id,
        },
        (what): news,
    });
    if let Some(contacts) = contacts {
        value["contacts"] = contacts;
    }
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": tenant.waba_id, "changes": [{"field": "messages", "value": value}]}],
    });
    let body = body.to_string();
    Request {
        path: format!("/api/public/cloud-api-webhook/{}", tenant.id.as_str()),
        header: (
            "x-hub-signature-256",
            sign_sha256(body.as_bytes(), &tenant.app_secret),
        ),
        body: Bytes::from(body),
    }
}

/// Unix seconds, as WhatsApp writes them.
fn now() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap_or_default().as_secs().to_string()
}
