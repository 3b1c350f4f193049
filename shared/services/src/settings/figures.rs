//! A plan's figures, and what is used of them.

use openwati_core::plan::Plan;
use openwati_core::rate::{DayWindow, RateLimit};
use openwati_core::time::Moment;
use openwati_store::tenant::TenantRecord;

use crate::admit::admit_admin;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::keys::MOST_KEYS;
use crate::platform::Platform;
use crate::webhooks::MOST_ENDPOINTS;

/// How much of something is used, of how much; none is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// So much is used.
    pub used: u32,
    /// Of so much.
    pub limit: Option<u32>,
}

/// What is used of everything that has a limit.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Messages to customers in the day that runs.
    pub outbound: Used,
    /// When it ends and they begin anew.
    pub outbound_resets_at: Moment,
    /// Numbers.
    pub devices: Used,
    /// People in the team, with those that are invited.
    pub seats: Used,
    /// API keys.
    pub keys: Used,
    /// Webhooks.
    pub webhooks: Used,
    /// Keyword rules.
    pub rules: Used,
    /// Answers by the AI in the day that runs, which begins at 00:00 UTC.
    pub ai_replies: Used,
    /// When they begin anew.
    pub ai_replies_reset_at: Moment,
}

/// The plan, with the figures that hold for the tenant and what is used of them.
///
/// # Errors
/// If the caller may not see it.
pub async fn plan(platform: &Platform, caller: &Caller) -> Result<(Plan, Figures), Error> {
    let tenant = admit_admin(platform, caller).await?;
    let figures = figures(platform, &tenant).await?;
    Ok((tenant.plan, figures))
}

/// What is used, and where the caller stands in the minute.
///
/// # Errors
/// If the caller may not see it.
pub async fn used(platform: &Platform, caller: &Caller) -> Result<(Figures, RateLimit), Error> {
    let tenant = admit_admin(platform, caller).await?;
    Ok((figures(platform, &tenant).await?, caller.rate))
}

/// What a tenant uses.
///
/// # Errors
/// If the store did not answer.
pub(crate) async fn figures(platform: &Platform, tenant: &TenantRecord) -> Result<Figures, Error> {
    let (store, id, plan) = (platform.store(), &tenant.tenant, &tenant.plan);
    let day = tenant.day(platform.now());
    let ai_day = DayWindow::at(platform.now(), 0);
    let (outbound, channels, seats, keys, endpoints, automation, ai) = tokio::try_join!(
        store.outbound_used(id, day),
        store.tenant_with_channels(id),
        store.seats(id),
        store.api_key_count(id),
        store.endpoints(id),
        store.automation(id),
        store.ai_used(id, ai_day),
    )?;
    let devices = channels.map_or(0, |found| found.channels.len());
    let of = |used, limit| Used { used, limit };
    let count = |length| u32::try_from(length).unwrap_or(u32::MAX);
    Ok(Figures {
        outbound: of(outbound, plan.outbound_per_day),
        outbound_resets_at: day.ends(),
        devices: of(count(devices), plan.devices),
        seats: of(seats, plan.seats),
        keys: of(keys, Some(MOST_KEYS)),
        webhooks: of(
            count(endpoints.len()),
            Some(if plan.signed_webhooks {
                MOST_ENDPOINTS
            } else {
                0
            }),
        ),
        rules: of(automation.rules, plan.rules),
        ai_replies: of(ai, plan.ai_replies_per_day),
        ai_replies_reset_at: ai_day.ends(),
    })
}
