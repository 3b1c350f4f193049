//! How rules are changed and removed.

use openwati_core::automation::{Answer, MatchType, Rule};
use openwati_core::id::Id;

use super::{TRIES, admit_manager, check, known};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::settings::busy;

/// What changes of a rule. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct RuleChange {
    /// Its keyword.
    pub keyword: Option<String>,
    /// How that has to stand in a message.
    pub match_type: Option<MatchType>,
    /// What it is answered with.
    pub answers: Option<Vec<Answer>>,
    /// How long one answer waits for the next, in seconds.
    pub step_delay_seconds: Option<u16>,
    /// Whether it answers.
    pub active: Option<bool>,
    /// Its place among the rules of its type.
    pub order: Option<i32>,
}

impl RuleChange {
    fn apply(&self, rule: &mut Rule) {
        if let Some(keyword) = &self.keyword {
            rule.keyword.clone_from(keyword);
        }
        if let Some(answers) = &self.answers {
            rule.answers.clone_from(answers);
        }
        rule.match_type = self.match_type.unwrap_or(rule.match_type);
        rule.step_delay_seconds = self.step_delay_seconds.unwrap_or(rule.step_delay_seconds);
        rule.active = self.active.unwrap_or(rule.active);
        rule.order = self.order.unwrap_or(rule.order);
    }
}

/// Changes a rule. Answers that are on their way are sent as the rule says by then.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] with `invalid_rule`, naming field and limit; if the caller may not.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: Id,
    change: RuleChange,
) -> Result<Rule, Error> {
    admit_manager(platform, caller).await?;
    for _ in 0..TRIES {
        let before = known(platform, caller, id).await?;
        let mut rule = before.clone();
        change.apply(&mut rule);
        check(&rule)?;
        if rule == before {
            return Ok(rule);
        }
        rule.updated_at = platform.now();
        let store = platform.store();
        if store.change_rule(&caller.tenant, &mut rule).await? {
            return Ok(rule);
        }
    }
    Err(busy())
}

/// Removes rules. Answers how many of them there were. Answers of theirs that are on their way are not sent any more.
///
/// # Errors
/// If the caller may not.
pub async fn remove(platform: &Platform, caller: &Caller, ids: &[Id]) -> Result<usize, Error> {
    admit_manager(platform, caller).await?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok(platform.store().remove_rules(&caller.tenant, &ids).await?)
}
