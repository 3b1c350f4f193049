//! A plan's figures, as the operator sets them.

use openwati_services::admin::FigureChange;
use openwati_web::extract::nullable;
use serde::Deserialize;
use utoipa::ToSchema;

/// Figures of the tenant's own. What is absent is as the plan has it; `null` is no limit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = OwnFigures)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// Numbers.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    devices: Option<Option<u32>>,
    /// Messages to customers each day.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    outbound_per_day: Option<Option<u32>>,
    /// Keyword rules.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    rules: Option<Option<u32>>,
    /// People in the team.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    seats: Option<Option<u32>>,
    /// Answers by the AI each day.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    ai_replies_per_day: Option<Option<u32>>,
    /// Whether API keys work.
    #[serde(default)]
    #[schema(nullable = false)]
    rest_api: Option<bool>,
    /// Whether there are webhooks.
    #[serde(default)]
    #[schema(nullable = false)]
    signed_webhooks: Option<bool>,
}

impl From<Figures> for FigureChange {
    fn from(figures: Figures) -> Self {
        Self {
            devices: figures.devices,
            outbound_per_day: figures.outbound_per_day,
            rules: figures.rules,
            seats: figures.seats,
            ai_replies_per_day: figures.ai_replies_per_day,
            rest_api: figures.rest_api,
            signed_webhooks: figures.signed_webhooks,
        }
    }
}
