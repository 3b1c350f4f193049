//! Keyword rules, and how else a tenant is answered for: the AI, words to opt out with, working hours; and the log of what
//! was answered.

mod change;
mod create;
mod log;
mod settings;

use openwati_core::automation::{MOST_RULES, Rule, evaluation_order};
use openwati_core::id::Id;
use openwati_core::message::written::Wrong;
use openwati_core::role::Role;
use openwati_store::tenant::TenantRecord;

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

pub use self::change::{RuleChange, change, remove};
pub use self::create::{NewRule, create};
pub use self::log::{LogFilter, log};
pub use self::settings::{
    Ai, AiChange, HoursChange, SettingsChange, WordsChange, ai, change_ai, change_settings,
    settings,
};
pub use openwati_store::automation::{LogPage, RunRecord};

/// How often a change is tried again when others change the same.
const TRIES: usize = 5;

/// The rules, in the order in which they are looked through.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(platform: &Platform, caller: &Caller) -> Result<Vec<Rule>, Error> {
    let store = platform.store();
    let (admitted, rules) =
        tokio::join!(admit_manager(platform, caller), store.rules(&caller.tenant));
    admitted?;
    let mut rules = rules?;
    evaluation_order(&mut rules);
    Ok(rules)
}

/// One rule.
///
/// # Errors
/// [`Error::NotFound`]; if the caller may not see it.
pub async fn find(platform: &Platform, caller: &Caller, id: Id) -> Result<Rule, Error> {
    admit_manager(platform, caller).await?;
    known(platform, caller, id).await
}

async fn known(platform: &Platform, caller: &Caller, id: Id) -> Result<Rule, Error> {
    let rule = platform.store().rule(&caller.tenant, id).await?;
    rule.ok_or(Error::NotFound { what: "rule" })
}

/// Lets in whom the tenant's plan admits, if they may run its automations. Answers the tenant.
async fn admit_manager(platform: &Platform, caller: &Caller) -> Result<TenantRecord, Error> {
    caller.require_role(Role::Manager)?;
    let tenant = platform.store().tenant(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?;
    admit(caller, &tenant)?;
    Ok(tenant)
}

/// How many rules a tenant may have.
fn cap(tenant: &TenantRecord) -> u32 {
    tenant
        .plan
        .rules
        .map_or(MOST_RULES, |cap| cap.min(MOST_RULES))
}

fn check(rule: &Rule) -> Result<(), Error> {
    let checked = rule.validate();
    checked.map_err(|wrong: Wrong| Error::invalid("invalid_rule", wrong.to_string()))
}
