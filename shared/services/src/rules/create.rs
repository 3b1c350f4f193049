//! How a rule is made, once for each `Idempotency-Key`.

use openwati_core::automation::{Answer, MatchType, Rule};
use openwati_core::id::Id;
use openwati_store::automation::Added;

use super::{admit_manager, cap, check};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;
use crate::settings::busy;

/// A rule to be.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// Its keyword.
    pub keyword: String,
    /// How that has to stand in a message.
    pub match_type: MatchType,
    /// What it is answered with.
    pub answers: Vec<Answer>,
    /// How long one answer waits for the next, in seconds.
    pub step_delay_seconds: u16,
    /// Whether it answers.
    pub active: bool,
    /// Its place among the rules of its type.
    pub order: i32,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// Makes a rule.
///
/// # Errors
/// [`Error::Invalid`] with `invalid_rule`, naming field and limit; [`Error::Conflict`] with `plan_cap_reached`; if the caller
/// may not. With an idempotency key also what became of its first try.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    new: NewRule,
) -> Result<Made<Rule>, Error> {
    let tenant = admit_manager(platform, caller).await?;
    let now = platform.now();
    let idempotency = new.idempotency;
    let rule = Rule {
        // The id that it is made under takes its place.
        id: Id::first_at(now),
        keyword: new.keyword,
        match_type: new.match_type,
        answers: new.answers,
        step_delay_seconds: new.step_delay_seconds,
        active: new.active,
        order: new.order,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    check(&rule)?;
    let creating = Creating {
        platform,
        caller,
        rule,
        cap: cap(&tenant),
    };
    once(platform, &caller.tenant, idempotency.as_ref(), &creating).await
}

struct Creating<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    rule: Rule,
    cap: u32,
}

impl Creation for Creating<'_> {
    type Thing = Rule;

    async fn find(&self, id: Id) -> Result<Option<Rule>, Error> {
        Ok(self.platform.store().rule(&self.caller.tenant, id).await?)
    }

    async fn make(&self, id: Id) -> Result<Rule, Error> {
        let rule = Rule {
            id,
            ..self.rule.clone()
        };
        let store = self.platform.store();
        let added = store.add_rule(&self.caller.tenant, &rule, self.cap).await?;
        match added {
            Added::Yes => Ok(rule),
            Added::Full => Err(Error::Conflict {
                message: format!(
                    "there are as many rules as the plan allows ({}): delete one, or take another plan",
                    self.cap
                ),
                code: "plan_cap_reached",
            }),
            // A late first try made it.
            Added::Taken => Err(busy()),
        }
    }
}
