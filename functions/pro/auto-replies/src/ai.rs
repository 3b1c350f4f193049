//! How the AI answers, as it is shown.

use openwati_services::rules;
use serde::Serialize;
use utoipa::ToSchema;

/// How the AI answers what no rule does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "enabled": true,
    "system_prompt": "You answer for a pizzeria in Lahore: warmly and in few words.",
    "fallback_language": "en",
    "available": true,
    "used_today": 12,
    "limit": 100,
}))]
pub(crate) struct AutoReplyAi {
    /// Whether it is to answer.
    enabled: bool,
    /// How the business speaks, and what the AI has to know of it.
    system_prompt: String,
    /// The code of the language that it answers in where the customer's is not sure.
    fallback_language: String,
    /// Whether the installation has an AI: without one nothing answers, although it is enabled.
    available: bool,
    /// Answers of this day, which began at 00:00 UTC.
    used_today: u32,
    /// Answers a day that the plan allows; `null` is as many as there are.
    #[schema(required)]
    limit: Option<u32>,
}

impl AutoReplyAi {
    pub(crate) fn shown(ai: rules::Ai, available: bool) -> Self {
        Self {
            enabled: ai.settings.enabled,
            system_prompt: ai.settings.system_prompt,
            fallback_language: ai.settings.fallback_language,
            available,
            used_today: ai.used_today,
            limit: ai.limit,
        }
    }
}
