//! Auto-reply rules, their settings and their log, by HTTP alone.

mod answers;
mod caps;
mod changes;
mod documented;
mod listing;
mod log;
mod refusals;
mod settings;

use http::Method;
use openwati_tests::{Answer, Client};
use serde_json::{Value, json};

/// Where rules are.
pub(crate) const RULES: &str = "/api/auto-replies";

/// Asks for a rule.
pub(crate) async fn create(client: &Client, body: &Value) -> Answer {
    client.call_with(Method::POST, RULES, body).await
}

/// A rule that is made.
pub(crate) async fn rule(client: &Client, body: Value) -> Value {
    let mut answer = create(client, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body["rule"].take()
}

/// A rule that answers this keyword, if it is the whole message.
pub(crate) async fn plain(client: &Client, keyword: &str) -> Value {
    let body = json!({"keyword": keyword, "match_type": "exact", "response": "Hi"});
    rule(client, body).await
}

/// Where a rule is.
fn path(rule: &Value) -> String {
    format!("{RULES}/{}", rule["id"].as_str().unwrap())
}

/// All rules, in the order in which they are looked at.
async fn listed(client: &Client) -> Vec<Value> {
    let answer = client.call(Method::GET, RULES).await.ok();
    assert_eq!(answer.body["nextCursor"], Value::Null, "{}", answer.text);
    answer.body["rules"].as_array().unwrap().clone()
}

/// The keywords of rules.
fn keywords(rules: &[Value]) -> Vec<&str> {
    let keywords = rules.iter().map(|rule| rule["keyword"].as_str().unwrap());
    keywords.collect()
}
