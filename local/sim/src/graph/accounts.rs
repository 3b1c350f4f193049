//! Business accounts and their phone numbers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{error::GraphError, fields};
use crate::{country, numbers::Line, simulator::Inner};

/// Fields of a phone number that an answer without `fields` has.
const NUMBER_DEFAULTS: &[&str] = &[
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
];

/// Messages a second above which a number has the high throughput level.
const STANDARD_THROUGHPUT: u32 = 80;

pub(super) fn phone_number(
    inner: &Inner,
    line: &Line,
    wanted: Option<&str>,
) -> Result<Value, GraphError> {
    select(inner, line, wanted, NUMBER_DEFAULTS)
}

fn select(
    inner: &Inner,
    line: &Line,
    wanted: Option<&str>,
    defaults: &[&str],
) -> Result<Value, GraphError> {
    let number = &line.number;
    let level = match number.throughput_per_second {
        0..=STANDARD_THROUGHPUT => "STANDARD",
        _ => "HIGH",
    };
    let mut webhooks = json!({"application": number.callback_url});
    if let Some(address) = inner.numbers.override_of(&number.waba_id) {
        webhooks["whatsapp_business_account"] = json!(address);
    }
    let mut all = json!({
        "id": number.phone_number_id,
        "display_phone_number": country::display(&number.display_phone_number),
        "verified_name": number.verified_name,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": level},
        "webhook_configuration": webhooks,
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "messaging_limit_tier": "TIER_UNLIMITED",
        "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
        "is_official_business_account": false,
        "account_mode": "LIVE",
        "host_platform": "CLOUD_API",
        "is_pin_enabled": false,
        "country_dial_code": null,
        "health_status": {
            "can_send_message": "AVAILABLE",
            "entities": [
                {"entity_type": "PHONE_NUMBER", "id": number.phone_number_id, "can_send_message": "AVAILABLE"},
                {"entity_type": "WABA", "id": number.waba_id, "can_send_message": "AVAILABLE"},
            ],
        },
        "username": null,
    });
    if let Some(all) = all.as_object_mut() {
        for (name, value) in &line.fields {
            all.insert(name.clone(), value.clone());
        }
    }
    fields::pick(all, wanted, defaults, "WhatsAppBusinessPhoneNumber")
}

/// The numbers of an account, on one page: a simulator has few.
pub(super) fn phone_numbers(
    inner: &Inner,
    lines: &[Arc<Line>],
    wanted: Option<&str>,
) -> Result<Value, GraphError> {
    let defaults = [NUMBER_DEFAULTS, &["status"]].concat();
    let data: Vec<Value> = lines
        .iter()
        .map(|line| select(inner, line, wanted, &defaults))
        .collect::<Result<_, _>>()?;
    Ok(json!({"data": data, "paging": {"cursors": {"before": "QVFI", "after": "QVFI"}}}))
}

/// An account, which has the name of its first number.
pub(super) fn account(lines: &[Arc<Line>], wanted: Option<&str>) -> Result<Value, GraphError> {
    let number = lines.first().map(|line| &line.number);
    let all = json!({
        "id": number.map(|number| &number.waba_id),
        "name": number.map(|number| &number.verified_name),
        "timezone_id": "1",
        "message_template_namespace": "5f0c7a1e_6a3b_4b0e_9d7c_2f1e8b4c6d90",
        "currency": "USD",
        "country": "US",
        "account_review_status": "APPROVED",
        "business_verification_status": "VERIFIED",
        "status": "ACTIVE",
        "ownership_type": "SELF_OWNED",
    });
    let defaults = ["name", "timezone_id", "message_template_namespace"];
    fields::pick(all, wanted, &defaults, "WhatsAppBusinessAccount")
}
