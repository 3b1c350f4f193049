//! The requests that the benchmarks make.

use std::{sync::Arc, time::SystemTime};

use anyhow::Context as _;
use bytes::Bytes;
use openwati_core::signature::sign_sha256;
use serde::Deserialize;
use serde_json::json;

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
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or_default().as_secs().to_string();
    let stages = ["sent", "delivered", "read"].into_iter();
    let all = stages.flat_map(|stage| sent.iter().map(move |message| (stage, message)));
    let callback = |(stage, message): (&str, &Sent)| {
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{
                "id": tenant.waba_id,
                "changes": [{
                    "field": "messages",
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {
                            "display_phone_number": tenant.phone_number,
                            "phone_number_id": tenant.phone_number_id,
                        },
                        "statuses": [{
                            "id": message.message_id,
                            "status": stage,
                            "timestamp": now,
                            "recipient_id": message.to,
                            "biz_opaque_callback_data": message.id,
                            "pricing": {"billable": true, "pricing_model": "PMP", "category": "service", "type": "regular"},
                        }],
                    },
                }],
            }],
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
    };
    all.take(count).map(callback).collect()
}
