//! Plans as data.

use serde::{Deserialize, Serialize};

/// What a plan allows. `None` is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The plan's name as people see it.
    pub name: String,
    /// Connected channels.
    pub devices: Option<u32>,
    /// Messages to customers, over all ways of sending, each day from the billing anchor's time of day on.
    pub outbound_per_day: Option<u32>,
    /// Keyword rules.
    pub rules: Option<u32>,
    /// People in the team.
    pub seats: Option<u32>,
    /// Answers by the AI, each day from 00:00 UTC on.
    pub ai_replies_per_day: Option<u32>,
    /// Whether API keys work on WATI Pro's paths.
    pub rest_api: bool,
    /// Whether inbound events may be sent to the tenant's own server.
    pub signed_webhooks: bool,
}

/// The plan of the operator's own and of invited tenants.
pub const UNLIMITED: &str = "Unlimited";

/// One row: name, devices, outbound a day, rules, seats, AI replies a day, REST API, webhooks.
type Row = (
    &'static str,
    Option<u32>,
    Option<u32>,
    Option<u32>,
    Option<u32>,
    Option<u32>,
    bool,
    bool,
);

/// WATI Pro's four plans as its documentation gives them, and ours without caps.
const ROWS: &[Row] = &[
    (
        "Free",
        Some(1),
        Some(50),
        Some(3),
        Some(1),
        Some(0),
        false,
        false,
    ),
    (
        "Starter",
        Some(1),
        Some(500),
        Some(20),
        Some(2),
        Some(100),
        false,
        false,
    ),
    (
        "Pro",
        Some(3),
        Some(2_000),
        None,
        Some(5),
        Some(1_000),
        true,
        true,
    ),
    (
        "Agency",
        Some(10),
        Some(10_000),
        None,
        Some(25),
        Some(10_000),
        true,
        true,
    ),
    (UNLIMITED, None, None, None, None, None, true, true),
];

/// The names of every plan, from least to most.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.0)
}

/// The plan of this name. A tenant's own figures are changes to it.
pub fn named(name: &str) -> Option<Plan> {
    let &(
        name,
        devices,
        outbound_per_day,
        rules,
        seats,
        ai_replies_per_day,
        rest_api,
        signed_webhooks,
    ) = ROWS.iter().find(|row| row.0 == name)?;
    let name = name.to_owned();
    Some(Plan {
        name,
        devices,
        outbound_per_day,
        rules,
        seats,
        ai_replies_per_day,
        rest_api,
        signed_webhooks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_figures_hold() {
        let pro = named("Pro").unwrap();
        assert_eq!(
            (pro.devices, pro.outbound_per_day, pro.rules),
            (Some(3), Some(2_000), None)
        );
        assert!(pro.rest_api && pro.signed_webhooks);
        let starter = named("Starter").unwrap();
        assert_eq!(
            (starter.outbound_per_day, starter.ai_replies_per_day),
            (Some(500), Some(100))
        );
        assert!(!starter.rest_api && !starter.signed_webhooks);
        assert_eq!(named("Unlimited").unwrap().outbound_per_day, None);
        assert_eq!(named("Enterprise"), None);
        assert_eq!(
            names().collect::<Vec<_>>(),
            ["Free", "Starter", "Pro", "Agency", "Unlimited"]
        );
    }
}
