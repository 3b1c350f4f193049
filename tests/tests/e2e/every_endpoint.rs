//! Every endpoint of the API's description against everybody who may not use it.

use std::collections::BTreeSet;

use http::Method;
use openwati_core::role::Role;
use openwati_core::scope::{self, Access, Area};
use openwati_tests::{Answer, Client, Receiver, Running, Tenant, someone};
use serde_json::{Value, json};

use crate::{contacts, imports, rules, templates};

/// Who may use an endpoint.
#[derive(Debug, Clone, Copy)]
enum Who {
    /// Everybody, without saying who they are.
    Anybody,
    /// Everybody who is known.
    Known,
    /// Whoever has the scope, and of people whoever is of this role or a higher one.
    May(Area, Access, Role),
    /// The operator.
    Operator,
}

/// A thing of a tenant's that a path names.
#[derive(Debug, Clone, Copy)]
enum Thing {
    Message,
    Channel,
    Key,
    User,
    Webhook,
    Delivery,
    Job,
    Template,
    Contact,
    ContactList,
    ContactImport,
    ContactExport,
    Rule,
}

struct Endpoint {
    method: Method,
    path: &'static str,
    who: Who,
    /// What its path names.
    of: Option<Thing>,
    /// A body that is judged, where it takes one.
    body: Value,
}

#[rustfmt::skip]
fn endpoints() -> Vec<Endpoint> {
    use Who::{Anybody, Known, Operator};
    let reads = |area, role| Who::May(area, Access::Read, role);
    let writes = |area, role| Who::May(area, Access::Write, role);
    let (see, set_up) = (reads(Area::Account, Role::Admin), writes(Area::Account, Role::Admin));
    let (see_hooks, set_hooks) = (reads(Area::Webhooks, Role::Admin), writes(Area::Webhooks, Role::Admin));
    let (look_up, send) = (reads(Area::Messages, Role::Agent), writes(Area::Messages, Role::Agent));
    let (see_templates, set_templates) = (reads(Area::Templates, Role::Manager), writes(Area::Templates, Role::Manager));
    let (see_contacts, set_contacts) = (reads(Area::Contacts, Role::Manager), writes(Area::Contacts, Role::Manager));
    let (see_rules, set_rules) = (reads(Area::Rules, Role::Manager), writes(Area::Rules, Role::Manager));
    let row = |method, path, who, of, body| Endpoint { method, path, who, of, body };
    let get = |path, who, of| row(Method::GET, path, who, of, Value::Null);
    let delete = |path, who, of| row(Method::DELETE, path, who, of, Value::Null);
    let post = |path, who, of, body| row(Method::POST, path, who, of, body);
    let put = |path, who, of, body| row(Method::PUT, path, who, of, body);
    let patch = |path, who, of, body| row(Method::PATCH, path, who, of, body);
    vec![
        post("/api/public/v1/send", send, None, json!({"to": "+923001234567", "message": "Hi"})),
        post("/api/public/v1/send-template", send, None, json!({"to": "+923001234567", "template": "hello_world"})),
        post("/api/public/v1/send-interactive", send, None, json!({"to": "+923001234567", "body": "Hi", "buttons": ["Yes"]})),
        post("/api/public/v1/send-location", send, None, json!({"to": "+923001234567", "latitude": 0, "longitude": 0})),
        post("/api/public/v1/send-contacts", send, None, json!({"to": "+923001234567", "contacts": []})),
        post("/api/public/v1/send-reaction", send, None, json!({"messageId": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90", "emoji": "👍"})),
        post("/api/public/v1/mark-read", send, None, json!({"messageId": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"})),
        post("/api/public/v1/send-media", send, None, json!({"to": "+923001234567", "type": "image", "url": "http://127.0.0.1:1/"})),
        post("/api/public/v1/uploads", send, None, json!({"mimetype": "image/png", "size": 1})),
        get("/api/public/v1/messages", look_up, None),
        get("/api/public/v1/messages/{id}", look_up, Some(Thing::Message)),
        delete("/api/public/v1/messages/{id}/media-link", send, Some(Thing::Message)),

        get("/api/webhooks", see_hooks, None),
        post("/api/webhooks", set_hooks, None, json!({"url": "https://example.com/hook"})),
        get("/api/webhooks/{id}", see_hooks, Some(Thing::Webhook)),
        patch("/api/webhooks/{id}", set_hooks, Some(Thing::Webhook), json!({"enabled": false})),
        get("/api/webhooks/{id}/deliveries", see_hooks, Some(Thing::Webhook)),
        post("/api/webhooks/{id}/test", set_hooks, Some(Thing::Webhook), json!({})),
        post("/api/webhooks/{id}/recover", set_hooks, Some(Thing::Webhook), json!({"since": "2026-01-01T00:00:00Z"})),
        post("/api/webhooks/{id}/rotate-secret", set_hooks, Some(Thing::Webhook), Value::Null),
        get("/api/deliveries/{id}", see_hooks, Some(Thing::Delivery)),
        post("/api/deliveries/{id}/resend", set_hooks, Some(Thing::Delivery), Value::Null),
        delete("/api/webhooks/{id}", set_hooks, Some(Thing::Webhook)),

        get("/api/templates", see_templates, None),
        post("/api/templates", set_templates, None, json!({})),
        delete("/api/templates", set_templates, None),
        post("/api/templates/sync", set_templates, None, json!({})),
        post("/api/templates/preview", see_templates, None, json!({})),
        get("/api/templates/{id}", see_templates, Some(Thing::Template)),
        patch("/api/templates/{id}", set_templates, Some(Thing::Template), json!({"category": "UTILITY"})),
        post("/api/templates/{id}/preview", see_templates, Some(Thing::Template), json!({})),
        delete("/api/templates/{id}", set_templates, Some(Thing::Template)),

        get("/api/contacts", see_contacts, None),
        post("/api/contacts", set_contacts, None, json!({"contacts": []})),
        row(Method::DELETE, "/api/contacts", set_contacts, None, json!({"ids": []})),
        get("/api/contacts/{id}", reads(Area::Contacts, Role::Agent), Some(Thing::Contact)),
        put("/api/contacts/{id}", writes(Area::Contacts, Role::Agent), Some(Thing::Contact), json!({"name": "Ali"})),
        delete("/api/contacts/{id}", set_contacts, Some(Thing::Contact)),
        get("/api/contacts/import", see_contacts, None),
        post("/api/contacts/import", set_contacts, None, json!({"size": 0})),
        get("/api/contacts/import/sample", see_contacts, None),
        get("/api/contacts/import/{id}", see_contacts, Some(Thing::ContactImport)),
        post("/api/contacts/import/{id}/start", set_contacts, Some(Thing::ContactImport), Value::Null),
        get("/api/contacts/import/{id}/errors", see_contacts, Some(Thing::ContactImport)),
        get("/api/contacts/export", see_contacts, None),
        post("/api/contacts/export", see_contacts, None, json!({"columns": []})),
        get("/api/contacts/export/{id}", see_contacts, Some(Thing::ContactExport)),
        get("/api/contact-lists", see_contacts, None),
        post("/api/contact-lists", set_contacts, None, json!({"name": ""})),
        get("/api/contact-lists/{id}", see_contacts, Some(Thing::ContactList)),
        put("/api/contact-lists/{id}", set_contacts, Some(Thing::ContactList), json!({"name": "Leads"})),
        get("/api/contact-lists/{id}/contacts", see_contacts, Some(Thing::ContactList)),
        post("/api/contact-lists/{id}/contacts", set_contacts, Some(Thing::ContactList), json!({"ids": []})),
        row(Method::DELETE, "/api/contact-lists/{id}/contacts", set_contacts, Some(Thing::ContactList), json!({"ids": []})),
        delete("/api/contact-lists/{id}", set_contacts, Some(Thing::ContactList)),

        get("/api/auto-replies", see_rules, None),
        post("/api/auto-replies", set_rules, None, json!({})),
        row(Method::DELETE, "/api/auto-replies", set_rules, None, json!({})),
        get("/api/auto-replies/{id}", see_rules, Some(Thing::Rule)),
        put("/api/auto-replies/{id}", set_rules, Some(Thing::Rule), json!({"active": false})),
        delete("/api/auto-replies/{id}", set_rules, Some(Thing::Rule)),
        get("/api/auto-replies/ai", see_rules, None),
        put("/api/auto-replies/ai", set_rules, None, json!({})),
        get("/api/auto-replies/settings", see_rules, None),
        put("/api/auto-replies/settings", set_rules, None, json!({})),
        get("/api/auto-replies/log", see_rules, None),

        get("/api/keys", see, None),
        post("/api/keys", set_up, None, json!({"name": "Shop"})),
        get("/api/keys/{id}", see, Some(Thing::Key)),
        patch("/api/keys/{id}", set_up, Some(Thing::Key), json!({"name": "Shop"})),
        post("/api/keys/{id}/rotate", set_up, Some(Thing::Key), Value::Null),
        delete("/api/keys/{id}", set_up, Some(Thing::Key)),

        get("/api/channels", see, None),
        post("/api/channels", set_up, None, json!({})),
        get("/api/channels/{id}", see, Some(Thing::Channel)),
        patch("/api/channels/{id}", set_up, Some(Thing::Channel), json!({"name": "Shop"})),
        post("/api/channels/{id}/check", set_up, Some(Thing::Channel), Value::Null),
        get("/api/channels/{id}/callbacks", see, Some(Thing::Channel)),
        delete("/api/channels/{id}", set_up, Some(Thing::Channel)),

        get("/api/team", see, None),
        post("/api/team/invitations", set_up, None, json!({"email": "x"})),
        get("/api/team/{userId}", see, Some(Thing::User)),
        patch("/api/team/{userId}", set_up, Some(Thing::User), json!({"role": "manager"})),
        post("/api/team/{userId}/invitation", set_up, Some(Thing::User), Value::Null),
        post("/api/team/{userId}/password-reset", set_up, Some(Thing::User), Value::Null),
        delete("/api/team/{userId}", set_up, Some(Thing::User)),

        get("/api/settings", see, None),
        patch("/api/settings", set_up, None, json!({"name": "Shop"})),
        get("/api/plan", see, None),
        get("/api/usage", see, None),
        get("/api/audit", see, None),
        get("/api/data/jobs", see, None),
        get("/api/data/jobs/{id}", see, Some(Thing::Job)),
        post("/api/data/exports", set_up, None, json!({})),
        post("/api/data/erasures", set_up, None, json!({"contact": "923001234567"})),

        get("/api/admin/tenants", Operator, None),
        post("/api/admin/tenants", Operator, None, json!({})),
        get("/api/admin/tenants/{id}", Operator, None),
        patch("/api/admin/tenants/{id}", Operator, None, json!({})),
        post("/api/admin/tenants/{id}/enter", Operator, None, Value::Null),
        delete("/api/admin/tenants/{id}", Operator, None),
        patch("/api/admin/keys/{id}", Operator, None, json!({"perMinute": 10})),
        post("/api/admin/key-ring/reseal", Operator, None, Value::Null),

        get("/api/me", Known, None),
        post("/api/auth/logout", Known, None, json!({})),
        post("/api/auth/password", Known, None, json!({"password": "x", "newPassword": "y"})),
        post("/api/auth/login", Anybody, None, json!({})),
        post("/api/auth/signup", Anybody, None, json!({})),
        post("/api/auth/refresh", Anybody, None, json!({})),
        post("/api/auth/password/forgot", Anybody, None, json!({})),
        post("/api/auth/password/reset", Anybody, None, json!({})),

        get("/api/public/cloud-api-webhook/{tenantId}", Anybody, None),
        post("/api/public/cloud-api-webhook/{tenantId}", Anybody, None, json!({})),
        get("/media/{token}", Anybody, None),
        get("/docs", Anybody, None),
        get("/docs/{asset}", Anybody, None),
        get("/openapi.json", Anybody, None),
    ]
}

#[tokio::test]
async fn the_table_names_every_endpoint_of_the_description() {
    let tenant = Running::shared().tenant().make().await;
    let request = tenant.client.stranger(Method::GET, "/openapi.json");
    let described = Client::answer(request).await.ok().body;
    let mut open = BTreeSet::new();
    let mut all = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let name = format!("{method} {path}");
            if operation["security"].is_null() {
                open.insert(name.clone());
            }
            all.insert(name);
        }
    }
    let name = |endpoint: &Endpoint| format!("{} {}", endpoint.method, endpoint.path);
    let table = endpoints();
    let named: BTreeSet<String> = table.iter().map(name).collect();
    assert_eq!(named, all);
    assert_eq!(named.len(), table.len(), "an endpoint stands there twice");
    let anybody = table.iter().filter(|row| matches!(row.who, Who::Anybody));
    assert_eq!(anybody.map(name).collect::<BTreeSet<_>>(), open);
}

#[tokio::test]
async fn nobody_gets_in_without_a_key_or_token() {
    let tenant = Running::shared().tenant().make().await;
    for endpoint in endpoints() {
        if matches!(endpoint.who, Who::Anybody) {
            continue;
        }
        let path = filled(&endpoint, "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90");
        let request = tenant.client.stranger(endpoint.method.clone(), &path);
        let answer = Client::answer(request.json(&endpoint.body)).await;
        answer.refused(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_key_without_the_scope_is_refused_by_its_name() {
    let tenant = Running::shared().tenant().make().await;
    for endpoint in endpoints() {
        let Who::May(area, access, _) = endpoint.who else {
            continue;
        };
        let needed = scope::name(area, access);
        let others: Vec<&str> = SCOPES.into_iter().filter(|name| *name != needed).collect();
        assert_eq!(others.len(), SCOPES.len() - 1, "{needed}");
        let client = tenant.key().scopes(&others).make().await;
        let answer = call(&client, &endpoint, "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90").await;
        let answer = answer.refused(403, "missing_scope");
        assert!(answer.error().contains(needed), "{}", answer.text);
    }
}

#[tokio::test]
async fn who_is_of_a_lower_role_is_refused_and_nobody_else() {
    let tenant = Running::shared().tenant().make().await;
    for role in Role::ALL {
        let person = tenant.person().role(role).make().await.logged_in().await;
        for endpoint in endpoints() {
            let least = match endpoint.who {
                Who::May(_, _, role) => role,
                Who::Operator => Role::SuperAdmin,
                Who::Known | Who::Anybody => continue,
            };
            // Those who may are refused something else: nothing has this id.
            let answer = call(&person, &endpoint, "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90").await;
            let refused = answer.body["code"] == "missing_role";
            let what = format!(
                "{role:?} {} {} {}",
                endpoint.method, endpoint.path, answer.text
            );
            assert_eq!(refused, role < least, "{what}");
            assert_eq!(refused, answer.body["code"] == "missing_role", "{what}");
            assert!(answer.status < 500 && answer.status != 401, "{what}");
        }
    }
    let program = tenant.client;
    for endpoint in endpoints() {
        if matches!(endpoint.who, Who::Operator) {
            let answer = call(&program, &endpoint, "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90").await;
            answer.refused(403, "missing_role");
        }
    }
}

#[tokio::test]
async fn what_is_another_tenants_is_not_there() {
    let platform = Running::shared();
    let (mine, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let things = Things::of(&other).await;
    let before = things.seen_by(&other.client).await;
    let admin = mine
        .person()
        .role(Role::Admin)
        .make()
        .await
        .logged_in()
        .await;
    for endpoint in endpoints() {
        let Some(thing) = endpoint.of else { continue };
        for caller in [&mine.client, &admin] {
            let answer = call(caller, &endpoint, things.id(thing)).await;
            let what = format!("{} {}", endpoint.method, endpoint.path);
            assert_eq!(answer.status, 404, "{what}: {}", answer.text);
        }
    }
    assert_eq!(things.seen_by(&other.client).await, before);
}

/// Every scope of ours.
const SCOPES: [&str; 17] = [
    "messages:read",
    "messages:write",
    "campaigns:read",
    "campaigns:write",
    "contacts:read",
    "contacts:write",
    "rules:read",
    "rules:write",
    "inbox:read",
    "inbox:write",
    "templates:read",
    "templates:write",
    "webhooks:read",
    "webhooks:write",
    "analytics:read",
    "account:read",
    "account:write",
];

async fn call(client: &Client, endpoint: &Endpoint, id: &str) -> Answer {
    let path = filled(endpoint, id);
    match &endpoint.body {
        Value::Null => client.call(endpoint.method.clone(), &path).await,
        body => client.call_with(endpoint.method.clone(), &path, body).await,
    }
}

/// The endpoint's path, of the thing with this id.
fn filled(endpoint: &Endpoint, id: &str) -> String {
    let (before, after) = match endpoint.path.split_once('{') {
        Some((before, after)) => (before, after.split_once('}').unwrap().1),
        None => (endpoint.path, ""),
    };
    match endpoint.path.contains('{') {
        true => format!("{before}{id}{after}"),
        false => before.to_owned(),
    }
}

/// One of each thing of a tenant's.
struct Things {
    message: String,
    channel: String,
    key: String,
    user: String,
    webhook: String,
    delivery: String,
    job: String,
    template: String,
    contact: String,
    contact_list: String,
    contact_import: String,
    contact_export: String,
    rule: String,
    /// What answers the webhook's events.
    _receiver: Receiver,
}

impl Things {
    async fn of(tenant: &Tenant) -> Self {
        let receiver = Receiver::start().await;
        let client = &tenant.client;
        let webhook = client.webhook(receiver.url(), &[]).await;
        let delivery = webhook.test().await;
        let key = client
            .call_with(Method::POST, "/api/keys", &json!({"name": "Shop"}))
            .await;
        let job = client
            .call_with(Method::POST, "/api/data/exports", &json!({}))
            .await;
        templates::sync(client).await.ok();
        let template = templates::listed(client, "").await.remove(0);
        let (contact, contact_list) = contacts::one_of_each(client).await;
        let (contact_import, contact_export) = imports::one_of_each(client).await;
        let rule = rules::plain(client, "hi").await;
        Self {
            message: client.send(&someone(), "Hi").await.ok().id().to_owned(),
            channel: tenant.channel().id.uuid(),
            key: key.body["key"]["id"].as_str().unwrap().to_owned(),
            user: tenant.person().make().await.id.uuid(),
            webhook: webhook.id,
            delivery,
            _receiver: receiver,
            job: job.body["job"]["id"].as_str().unwrap().to_owned(),
            template: template["id"].as_str().unwrap().to_owned(),
            contact,
            contact_list,
            contact_import,
            contact_export,
            rule: rule["id"].as_str().unwrap().to_owned(),
        }
    }

    fn id(&self, thing: Thing) -> &str {
        match thing {
            Thing::Message => &self.message,
            Thing::Channel => &self.channel,
            Thing::Key => &self.key,
            Thing::User => &self.user,
            Thing::Webhook => &self.webhook,
            Thing::Delivery => &self.delivery,
            Thing::Job => &self.job,
            Thing::Template => &self.template,
            Thing::Contact => &self.contact,
            Thing::ContactList => &self.contact_list,
            Thing::ContactImport => &self.contact_import,
            Thing::ContactExport => &self.contact_export,
            Thing::Rule => &self.rule,
        }
    }

    /// What their owner sees of those that only their owner changes.
    async fn seen_by(&self, client: &Client) -> Vec<Value> {
        let paths = [
            format!("/api/channels/{}", self.channel),
            format!("/api/keys/{}", self.key),
            format!("/api/team/{}", self.user),
            format!("/api/webhooks/{}", self.webhook),
            format!("/api/templates/{}", self.template),
            format!("/api/auto-replies/{}", self.rule),
            format!("/api/contacts/{}", self.contact),
            format!("/api/contact-lists/{}", self.contact_list),
            format!("/api/contacts/import/{}", self.contact_import),
        ];
        let mut seen = Vec::new();
        for path in paths {
            let answer = client.call(Method::GET, &path).await;
            seen.push(answer.ok().body);
        }
        seen
    }
}
