use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use openwati_core::automation::RuleSet;
use openwati_core::tenant::TenantId;
use openwati_store::automation::AutomationRecord;

use crate::error::Error;
use crate::platform::Platform;

/// How many tenants' rules a process remembers. A rule takes some hundred bytes here: its answers are read when they are
/// sent.
const MOST: usize = 200;

/// The rules of tenants, as they were at a version, ready to be looked through.
#[derive(Debug, Default)]
pub(crate) struct Remembered(Mutex<HashMap<TenantId, (u32, Arc<RuleSet>)>>);

impl Remembered {
    fn at(&self, tenant: &TenantId, version: u32) -> Option<Arc<RuleSet>> {
        // A panic cannot have left it half-written.
        let known = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        let (of, rules) = known.get(tenant)?;
        (*of == version).then(|| Arc::clone(rules))
    }

    fn keep(&self, tenant: &TenantId, version: u32, rules: &Arc<RuleSet>) {
        let mut known = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        if known.len() >= MOST && !known.contains_key(tenant) {
            known.clear();
        }
        known.insert(tenant.clone(), (version, Arc::clone(rules)));
    }
}

/// A tenant's rules as they are at the version that its settings name; read only where another is remembered. Rules that
/// are changed while they are read are newer than that version, and read again with the next message.
///
/// # Errors
/// If the store did not answer.
pub(super) async fn rules(
    platform: &Platform,
    tenant: &TenantId,
    settings: &AutomationRecord,
) -> Result<Arc<RuleSet>, Error> {
    if settings.rules == 0 {
        return Ok(Arc::default());
    }
    let remembered = platform.remembered_rules();
    if let Some(rules) = remembered.at(tenant, settings.rules_version) {
        return Ok(rules);
    }
    let rules = platform.store().rules(tenant).await?;
    let rules = Arc::new(RuleSet::new(rules));
    remembered.keep(tenant, settings.rules_version, &rules);
    Ok(rules)
}
