//! The catalogue of templates, as their owners use it: by HTTP alone.

mod making;
mod news;
pub(crate) mod reading;
mod round_trips;
mod walls;

use http::Method;
use openwati_tests::{Answer, Client, Running, SOON, Simulated, Tenant, eventually};
use serde_json::{Value, json};

pub(crate) const TEMPLATES: &str = "/api/templates";

/// A tenant whose callbacks go nowhere, so that only what it asks for comes to its catalogue.
async fn unheard() -> (Tenant, Simulated) {
    let platform = Running::shared();
    let tenant = platform
        .tenant()
        .callbacks_to("http://127.0.0.1:1/")
        .make()
        .await;
    (tenant, platform.whatsapp())
}

/// A tenant that hears of its templates.
async fn hearing() -> (Tenant, Simulated) {
    let platform = Running::shared();
    (platform.tenant().make().await, platform.whatsapp())
}

/// A body alone.
fn parts(text: &str) -> Value {
    json!([{"type": "BODY", "text": text}])
}

/// Puts a template into the account of the tenant's first device, as Meta does.
async fn meta_has(whatsapp: &Simulated, tenant: &Tenant, name: &str, mut template: Value) {
    template["waba_id"] = json!(tenant.channel().waba_id);
    whatsapp.put(&format!("/templates/{name}"), &template).await;
}

pub(crate) async fn sync(client: &Client) -> Answer {
    let path = format!("{TEMPLATES}/sync");
    client.call(Method::POST, &path).await
}

/// What a reading has added, changed and removed.
async fn counts(client: &Client) -> [u64; 3] {
    let synced = sync(client).await.ok();
    assert_eq!(synced.body["complete"], true, "{}", synced.text);
    assert_eq!(synced.body["problems"], json!([]), "{}", synced.text);
    ["added", "changed", "removed"].map(|name| synced.body[name].as_u64().unwrap())
}

/// Every template that a query names, page by page.
pub(crate) async fn listed(client: &Client, query: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{TEMPLATES}?{query}{cursor}");
        let page = client.call(Method::GET, &path).await.ok();
        all.extend(page.body["templates"].as_array().unwrap().clone());
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// The names and languages of templates.
pub(crate) fn names(templates: &[Value]) -> Vec<String> {
    let one = |of: &Value| {
        format!(
            "{} {}",
            of["name"].as_str().unwrap(),
            of["language"].as_str().unwrap()
        )
    };
    templates.iter().map(one).collect()
}

/// The template of this name, once it is as `is` says.
async fn becomes(client: &Client, name: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(&format!("{name} is as it is to be"), SOON, || async {
        let found = listed(client, &format!("name={name}")).await;
        found.into_iter().find(&is)
    })
    .await
}

async fn create(client: &Client, body: &Value) -> Answer {
    client.call_with(Method::POST, TEMPLATES, body).await
}

/// A template to be.
fn new(name: &str, text: &str) -> Value {
    let example = json!({"body_text": [["Ali"]]});
    json!({"name": name, "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": text, "example": example}]})
}

fn path(template: &Value, rest: &str) -> String {
    format!("{TEMPLATES}/{}{rest}", template["id"].as_str().unwrap())
}
