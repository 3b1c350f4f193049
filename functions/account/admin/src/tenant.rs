//! A tenant as the operator is shown it.

use openwati_core::plan;
use openwati_services::{admin, settings};
use serde::Serialize;
use utoipa::ToSchema;

/// The figures that hold for a tenant. `null` is no limit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantPlan {
    #[schema(example = "Pro")]
    name: String,
    /// Numbers.
    #[schema(required)]
    devices: Option<u32>,
    /// Messages to customers each day.
    #[schema(required)]
    outbound_per_day: Option<u32>,
    /// Keyword rules.
    #[schema(required)]
    rules: Option<u32>,
    /// People in the team.
    #[schema(required)]
    seats: Option<u32>,
    /// Answers by the AI each day.
    #[schema(required)]
    ai_replies_per_day: Option<u32>,
    /// Whether API keys work.
    rest_api: bool,
    /// Whether there are webhooks.
    signed_webhooks: bool,
}

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tenant {
    /// Ten digits.
    #[schema(example = "4071523986")]
    id: String,
    name: String,
    plan: TenantPlan,
    /// Since when nobody of it is let in. What customers write is kept all the same.
    #[schema(required, format = DateTime)]
    suspended_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// What it uses. A list does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    used: Option<TenantUse>,
}

/// What a tenant uses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantUse {
    /// Messages to customers in the day that runs.
    outbound_today: u32,
    /// Numbers.
    devices: u32,
    /// People in the team, with those that are invited.
    seats: u32,
    /// API keys.
    keys: u32,
    /// Webhooks.
    webhooks: u32,
}

/// One tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTenant {
    tenant: Tenant,
}

impl From<plan::Plan> for TenantPlan {
    fn from(plan: plan::Plan) -> Self {
        Self {
            name: plan.name,
            devices: plan.devices,
            outbound_per_day: plan.outbound_per_day,
            rules: plan.rules,
            seats: plan.seats,
            ai_replies_per_day: plan.ai_replies_per_day,
            rest_api: plan.rest_api,
            signed_webhooks: plan.signed_webhooks,
        }
    }
}

impl From<admin::Tenant> for Tenant {
    fn from(tenant: admin::Tenant) -> Self {
        Self {
            id: tenant.id.to_string(),
            name: tenant.name,
            plan: tenant.plan.into(),
            suspended_at: tenant.suspended_at.map(|at| at.iso()),
            created_at: tenant.created_at.iso(),
            used: None,
        }
    }
}

impl From<settings::Figures> for TenantUse {
    fn from(figures: settings::Figures) -> Self {
        Self {
            outbound_today: figures.outbound.used,
            devices: figures.devices.used,
            seats: figures.seats.used,
            keys: figures.keys.used,
            webhooks: figures.webhooks.used,
        }
    }
}

impl From<admin::TenantDetails> for OneTenant {
    fn from(details: admin::TenantDetails) -> Self {
        let mut tenant = Tenant::from(details.tenant);
        tenant.used = Some(details.used.into());
        Self { tenant }
    }
}
