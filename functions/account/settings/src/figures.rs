//! Figures as the API shows them.

use openwati_services::settings;
use serde::Serialize;
use utoipa::ToSchema;

/// How much of something is used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Used {
    used: u32,
    /// Of how much; `null` is no limit.
    #[schema(required)]
    limit: Option<u32>,
}

/// How much of a day's share is used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsedToday {
    used: u32,
    /// Of how much; `null` is no limit.
    #[schema(required)]
    limit: Option<u32>,
    /// When they are counted anew.
    #[schema(format = DateTime)]
    resets_at: String,
}

/// What is used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// Messages to customers in the day that runs, over all ways of sending.
    outbound: UsedToday,
    /// Numbers.
    devices: Used,
    /// People in the team, with those that are invited.
    seats: Used,
    /// API keys.
    keys: Used,
    /// Webhooks.
    webhooks: Used,
    /// Keyword rules.
    rules: Used,
    /// Answers by the AI today; its days begin at 00:00 UTC.
    ai_replies: UsedToday,
}

impl From<settings::Used> for Used {
    fn from(used: settings::Used) -> Self {
        Self {
            used: used.used,
            limit: used.limit,
        }
    }
}

impl From<settings::Figures> for Figures {
    fn from(figures: settings::Figures) -> Self {
        Self {
            outbound: UsedToday {
                used: figures.outbound.used,
                limit: figures.outbound.limit,
                resets_at: figures.outbound_resets_at.iso(),
            },
            devices: figures.devices.into(),
            seats: figures.seats.into(),
            keys: figures.keys.into(),
            webhooks: figures.webhooks.into(),
            rules: figures.rules.into(),
            ai_replies: UsedToday {
                used: figures.ai_replies.used,
                limit: figures.ai_replies.limit,
                resets_at: figures.ai_replies_reset_at.iso(),
            },
        }
    }
}
