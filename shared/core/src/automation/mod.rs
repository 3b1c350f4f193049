//! What answers customers by itself: keyword rules, words to opt out and in with, the AI, an away message; and which of
//! them a message goes to.

mod answer;
mod decide;
mod hours;
mod outcome;
mod rule;
mod settings;
#[cfg(test)]
mod tests;
pub mod words;

use std::time::Duration;

pub use self::answer::Answer;
pub use self::decide::{Decision, Quiet, Situation, decide};
pub use self::hours::{Day, NotATimeOfDay, TimeOfDay, Window, WorkingHours};
pub use self::outcome::Outcome;
pub use self::rule::{MatchType, Matched, Rule, RuleSet, evaluation_order};
pub use self::settings::{AiSettings, Settings, Words};

use crate::id::Id;
use crate::tenant::TenantId;

/// Most rules of a tenant, whatever its plan: all of them are looked through for each message.
pub const MOST_RULES: u32 = 1_000;

/// Most answers of one rule.
pub const MOST_ANSWERS: usize = 10;

/// The longest time between two answers of a rule, in seconds.
pub const LONGEST_DELAY_SECONDS: u16 = 3_600;

/// Messages that were written longer ago are not answered: whoever wrote them has gone on.
pub const LATEST: Duration = Duration::from_secs(15 * 60);

/// Automatic answers of a conversation in [`BRAKE_WINDOW`]; the answers of one rule count as one. Two programs that answer
/// each other stop here.
pub const BRAKE: usize = 10;

/// The time in which automatic answers are counted. It rolls.
pub const BRAKE_WINDOW: Duration = Duration::from_secs(3_600);

/// The id of what is done about a customer's message by itself: one for each message, whoever does it.
pub fn run_id(tenant: &TenantId, message: Id) -> Id {
    Id::derived(
        message.moment(),
        &[tenant.as_str(), &message.hex(), "automation"],
    )
}
