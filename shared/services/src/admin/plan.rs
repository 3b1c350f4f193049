//! What a change of plan comes to.

use openwati_core::plan::{self, Plan};
use openwati_store::endpoint::{EndpointRecord, EndpointState};
use openwati_store::tenant::EndpointPause;

use crate::error::Error;

/// Figures of a tenant's own. What is not named stays as the plan has it; none is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureChange {
    /// Numbers.
    pub devices: Option<Option<u32>>,
    /// Messages to customers each day.
    pub outbound_per_day: Option<Option<u32>>,
    /// Keyword rules.
    pub rules: Option<Option<u32>>,
    /// People in the team.
    pub seats: Option<Option<u32>>,
    /// Answers by the AI each day.
    pub ai_replies_per_day: Option<Option<u32>>,
    /// Whether API keys work.
    pub rest_api: Option<bool>,
    /// Whether there are webhooks.
    pub signed_webhooks: Option<bool>,
}

/// The plan of this name.
///
/// # Errors
/// If there is none, by the names that there are.
pub(super) fn named(name: &str) -> Result<Plan, Error> {
    plan::named(name).ok_or_else(|| {
        let names: Vec<_> = plan::names().collect();
        let error = format!("plan: must be one of {}", names.join(", "));
        Error::invalid("invalid_plan", error)
    })
}

impl FigureChange {
    /// The plan with these figures.
    pub(super) fn over(&self, mut plan: Plan) -> Plan {
        let figures = [
            (&mut plan.devices, self.devices),
            (&mut plan.outbound_per_day, self.outbound_per_day),
            (&mut plan.rules, self.rules),
            (&mut plan.seats, self.seats),
            (&mut plan.ai_replies_per_day, self.ai_replies_per_day),
        ];
        for (figure, own) in figures {
            *figure = own.unwrap_or(*figure);
        }
        plan.rest_api = self.rest_api.unwrap_or(plan.rest_api);
        plan.signed_webhooks = self.signed_webhooks.unwrap_or(plan.signed_webhooks);
        plan
    }
}

/// What becomes of a tenant's endpoints when its plan becomes `plan`: without webhooks they are paused, and what was
/// paused so is enabled again with them.
pub(super) fn pauses(plan: &Plan, endpoints: &[EndpointRecord]) -> Vec<EndpointPause> {
    let pause = |endpoint: &EndpointRecord| {
        let enabled = endpoint.state == EndpointState::Enabled;
        match plan.signed_webhooks {
            true if endpoint.paused_by_plan => Some(EndpointPause::Resume(endpoint.id)),
            false if enabled => {
                let reason = format!("the plan {} has no webhooks", plan.name);
                Some(EndpointPause::Pause(endpoint.id, reason))
            }
            _ => None,
        }
    };
    endpoints.iter().filter_map(pause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_figures_stand_over_the_plans() {
        let own = FigureChange {
            devices: Some(Some(7)),
            outbound_per_day: Some(None),
            signed_webhooks: Some(true),
            ..FigureChange::default()
        };
        let plan = own.over(named("Starter").unwrap());
        assert_eq!((plan.devices, plan.outbound_per_day), (Some(7), None));
        assert_eq!((plan.seats, plan.rules), (Some(2), Some(20)));
        assert!(plan.signed_webhooks && !plan.rest_api);
        assert!(named("starter").is_err());
    }
}
