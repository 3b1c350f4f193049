//! What the platform is told of a template (Meta, "Webhooks": the fields of templates).

use serde_json::{Map, Value, json};

use super::{Category, Quality, Status, Template};
use crate::{
    callbacks::event,
    faults::Occasion,
    simulator::{Draft, Inner},
    store::Callback,
    time::now_ms,
};

/// One callback before it is written.
#[derive(Debug)]
pub(crate) struct News {
    waba_id: String,
    template_id: String,
    field: &'static str,
    value: Value,
}

impl News {
    /// A decision on a template, as it stands now; `event` is its name, `reason` why.
    pub(crate) fn status(template: &Template, event: &str, reason: Option<&str>) -> Self {
        let mut more = json!({
            "event": event,
            "message_template_category": template.category.as_str(),
            "reason": reason,
        });
        match template.status {
            Status::Rejected => {
                more["rejection_info"] = json!({
                    "reason": reason,
                    "recommendation": "Change the template and submit it again.",
                });
            }
            Status::Paused => {
                more["other_info"] = json!({
                    "title": "FIRST_PAUSE",
                    "description": "Customers have taken the template badly. It is paused for 3 hours.",
                });
            }
            Status::Disabled => {
                more["disable_info"] = json!({"disable_date": now_ms() / 1000});
                more["other_info"] = json!({
                    "title": "DISABLED",
                    "description": "Customers have taken the template badly. It is disabled.",
                });
            }
            _ => {}
        }
        Self::of(template, "message_template_status_update", more)
    }

    pub(crate) fn quality(template: &Template, previous: Quality) -> Self {
        let more = json!({
            "previous_quality_score": previous.as_str(),
            "new_quality_score": template.quality.as_str(),
        });
        Self::of(template, "message_template_quality_update", more)
    }

    pub(crate) fn category(template: &Template, previous: Category) -> Self {
        let more = json!({
            "previous_category": previous.as_str(),
            "new_category": template.category.as_str(),
        });
        Self::of(template, "template_category_update", more)
    }

    /// An edited template's texts.
    pub(crate) fn components(template: &Template) -> Self {
        let text = |kind| template.component(kind).and_then(|part| part.get("text"));
        let buttons = template
            .component("BUTTONS")
            .and_then(|part| part["buttons"].as_array());
        let buttons: Vec<Value> = buttons.into_iter().flatten().map(button).collect();
        let mut more = json!({"message_template_element": text("BODY")});
        if let Some(title) = text("HEADER") {
            more["message_template_title"] = json!(title);
        }
        if let Some(footer) = text("FOOTER") {
            more["message_template_footer"] = json!(footer);
        }
        if !buttons.is_empty() {
            more["message_template_buttons"] = json!(buttons);
        }
        Self::of(template, "message_template_components_update", more)
    }

    fn of(template: &Template, field: &'static str, more: Value) -> Self {
        // In callbacks the id is a number.
        let mut value = json!({
            "message_template_id": template.id.parse::<u64>().ok(),
            "message_template_name": template.name,
            "message_template_language": template.language,
        });
        if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        Self {
            waba_id: template.waba_id.clone(),
            template_id: template.id.clone(),
            field,
            value,
        }
    }

    /// The callbacks that tell it: those of the account's first number.
    pub(crate) fn callbacks(&self, inner: &Inner) -> Vec<Callback> {
        let lines = inner.numbers.of_waba(&self.waba_id);
        let Some(line) = lines.first() else {
            return Vec::new();
        };
        let now_ms = now_ms();
        let draft = Draft {
            lane: &format!("template/{}", self.template_id),
            kind: format!("event:{}", self.field),
            body: event(&line.number, self.field, &self.value, now_ms),
            due_ms: now_ms,
            delivers: None,
        };
        let webhooks = inner.faults.for_webhooks(Occasion::of(None));
        inner.callbacks(&line.number, webhooks, draft)
    }
}

fn button(button: &Value) -> Value {
    let mut told = Map::new();
    for (from, to) in [
        ("type", "message_template_button_type"),
        ("text", "message_template_button_text"),
        ("url", "message_template_button_url"),
        ("phone_number", "message_template_button_phone_number"),
    ] {
        if let Some(value) = button.get(from) {
            told.insert(to.into(), value.clone());
        }
    }
    Value::Object(told)
}
