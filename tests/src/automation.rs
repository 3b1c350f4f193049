//! What a tenant's automations are set to, and what their log says.

use std::time::Duration;

use openwati_core::{
    automation::{MOST_RULES, Rule, Settings},
    entropy::Entropy,
    id::Id,
    tenant::TenantId,
    time::{Clock, Moment},
};
use openwati_store::{
    Store,
    automation::{LogSelection, RunRecord},
};
use serde_json::{Value, json};

use crate::{
    tenant::Tenant,
    wait::{SOON, eventually},
};

/// Adds a rule to a tenant: `rule` is what it is to be, in the form in which it is kept; what it leaves out is as usual.
///
/// # Panics
/// If it is none, or the store does not take it.
pub async fn add_rule(store: &Store, tenant: &TenantId, rule: Value) -> Rule {
    let now = Clock::system().now();
    let mut whole = json!({
        "id": Id::new(now, &Entropy::system()), "match_type": "contains", "answers": [], "step_delay_seconds": 0, "active": true,
        "order": 0, "created_at": now, "updated_at": now, "version": 0,
    });
    let given = rule.as_object().expect("a rule is an object").clone();
    let members = whole.as_object_mut().expect("a rule is an object");
    members.extend(given);
    let rule: Rule = serde_json::from_value(whole).expect("the rule is one");
    rule.validate().expect("the rule can be used");
    let added = store.add_rule(tenant, &rule, MOST_RULES).await;
    added.expect("the store answers");
    rule
}

/// What became of a tenant's messages by itself, oldest first.
///
/// # Panics
/// If the store does not answer.
pub async fn automation_log(store: &Store, tenant: &TenantId) -> Vec<RunRecord> {
    let now = Clock::system().now();
    let all = LogSelection {
        before: Id::first_at(now.plus(Duration::from_secs(60))),
        since: Moment::from_seconds(0),
        limit: 100,
        outcome: None,
        peers: None,
        rule: None,
    };
    let page = store.automation_log(tenant, now, &all).await;
    let runs = page.expect("the store answers").runs.into_iter().rev();
    runs.map(|(_, run)| run).collect()
}

impl Tenant {
    /// Adds a rule that answers messages in which `keyword` stands with these texts.
    pub async fn answers(&self, keyword: &str, texts: &[&str]) -> Rule {
        self.rule(json!({"keyword": keyword, "answers": texts_of(texts)}))
            .await
    }

    /// Adds a rule.
    pub async fn rule(&self, rule: Value) -> Rule {
        add_rule(self.store(), &self.id, rule).await
    }

    /// Changes how its automations behave; what is not named stays as it usually is.
    ///
    /// # Panics
    /// If that can not be, or the store does not take it.
    pub async fn automations(&self, settings: Value) {
        let settings: Settings = serde_json::from_value(settings).expect("they are settings");
        settings.validate().expect("the settings can be used");
        let before = self.store().automation(&self.id).await;
        let version = before.expect("the store answers").version;
        let put = self.store();
        let put = put.put_automation_settings(&self.id, &settings, version);
        assert!(put.await.expect("the store answers"));
    }

    /// The log of its automations, oldest first, once it has so many entries and nothing of them is on its way.
    pub async fn automation_log(&self, count: usize) -> Vec<RunRecord> {
        eventually("the log is whole", SOON, || async {
            let runs = automation_log(self.store(), &self.id).await;
            assert!(runs.len() <= count, "{runs:?}");
            let done = runs.len() == count && runs.iter().all(|run| run.settled);
            done.then_some(runs)
        })
        .await
    }
}

/// Answers that are plain texts.
pub fn texts_of(texts: &[&str]) -> Value {
    json!(texts)
}
