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

/// The plan of tenants that anybody may make, unless the operator chose another.
pub const FREE: &str = "Free";

/// The plan of the operator's own and of invited tenants.
pub const UNLIMITED: &str = "Unlimited";

/// A plan without caps, which the rows below narrow.
const fn unlimited(name: &'static str) -> Row {
    Row {
        name,
        devices: None,
        outbound_per_day: None,
        rules: None,
        seats: None,
        ai_replies_per_day: None,
        programs: true,
    }
}

/// A plan as it is listed.
struct Row {
    name: &'static str,
    devices: Option<u32>,
    outbound_per_day: Option<u32>,
    rules: Option<u32>,
    seats: Option<u32>,
    ai_replies_per_day: Option<u32>,
    /// REST API and signed webhooks, which come together.
    programs: bool,
}

/// WATI Pro's four plans as its documentation gives them, and ours without caps.
const ROWS: [Row; 5] = [
    Row {
        name: "Free",
        devices: Some(1),
        outbound_per_day: Some(50),
        rules: Some(3),
        seats: Some(1),
        ai_replies_per_day: Some(0),
        programs: false,
    },
    Row {
        name: "Starter",
        devices: Some(1),
        outbound_per_day: Some(500),
        rules: Some(20),
        seats: Some(2),
        ai_replies_per_day: Some(100),
        programs: false,
    },
    Row {
        devices: Some(3),
        outbound_per_day: Some(2_000),
        seats: Some(5),
        ai_replies_per_day: Some(1_000),
        ..unlimited("Pro")
    },
    Row {
        devices: Some(10),
        outbound_per_day: Some(10_000),
        seats: Some(25),
        ai_replies_per_day: Some(10_000),
        ..unlimited("Agency")
    },
    unlimited(UNLIMITED),
];

/// The names of every plan, from least to most.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.name)
}

/// The plan of this name. A tenant's own figures are changes to it.
pub fn named(name: &str) -> Option<Plan> {
    let row = ROWS.iter().find(|row| row.name == name)?;
    Some(Plan {
        name: row.name.to_owned(),
        devices: row.devices,
        outbound_per_day: row.outbound_per_day,
        rules: row.rules,
        seats: row.seats,
        ai_replies_per_day: row.ai_replies_per_day,
        rest_api: row.programs,
        signed_webhooks: row.programs,
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
