//! What a tenant exports, what is erased, what is kept no longer.

mod erasure;
mod export;
pub(crate) mod reseal;
mod retention;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use openwati::Ready;
use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState};
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::rate::RateLimit;
use openwati_core::role::Role;
use openwati_core::scope::Scopes;
use openwati_core::tenant::TenantId;
use openwati_services::{Actor, Caller, Gate, Platform};
use openwati_store::Queues;
use openwati_store::aws::Clients;
use openwati_store::contact::{ContactChange, Saved};
use openwati_store::contact_list::ContactListRecord;
use openwati_store::data::{DataJobRecord, DataJobState};
use openwati_store::queues::QueueName;
use openwati_tests::{
    Client, Needs, Receiver, Reply, Running, SOON, Tenant, eventually, lacks, someone,
};
use serde_json::{Value, json};

/// An item of the table, as it is kept.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Erasures look again after 15 minutes: 3 seconds here.
const SPEED: f64 = 300.0;

/// Longer than a work takes on a busy machine.
pub(crate) const WORKED: Duration = SOON.saturating_mul(3);

/// A platform of the test's own, whose waits are short.
async fn fast() -> Option<Running> {
    if lacks(Needs::OwnPlatform) || lacks(Needs::FastQueues) {
        return None;
    }
    Some(Running::start(|options| options.speed = SPEED).await)
}

/// Everything in the table.
pub(crate) async fn items(aws: &Clients, ready: &Ready) -> Vec<Item> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let scan = aws.dynamodb.scan().table_name(&ready.aws.table);
        let scan = scan.consistent_read(true).set_exclusive_start_key(start);
        let page = scan.send().await.unwrap();
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return items;
        }
    }
}

/// The names of everything in the bucket.
pub(crate) async fn objects(aws: &Clients, ready: &Ready) -> Vec<String> {
    let mut pages = aws
        .s3
        .list_objects_v2()
        .bucket(&ready.aws.bucket)
        .into_paginator()
        .send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let objects = page.unwrap().contents.unwrap_or_default();
        names.extend(objects.into_iter().filter_map(|object| object.key));
    }
    names
}

pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    let text = item.get(name).and_then(|value| value.as_s().ok());
    text.map(String::as_str).unwrap_or_default()
}

/// Whether an item is this tenant's: by its key, or as what leads to it.
pub(crate) fn is_of(item: &Item, tenant: &TenantId) -> bool {
    let tenant = tenant.as_str();
    let pk = text(item, "pk");
    let by_key = pk == tenant
        || pk
            .strip_prefix(tenant)
            .is_some_and(|rest| rest.starts_with('#'));
    let looked_up = ["key#", "email#", "oidc#"]
        .iter()
        .any(|kind| pk.starts_with(kind))
        && text(item, "tenant") == tenant;
    by_key || looked_up || (pk == "tenants" && text(item, "sk") == tenant)
}

/// What is kept of a tenant but for what goes by itself within a day: the keys of requests.
pub(crate) fn kept_of(items: &[Item], tenant: &TenantId) -> BTreeMap<(String, String), Item> {
    let of = items.iter().filter(|item| is_of(item, tenant));
    of.filter(|item| !text(item, "pk").contains("#idempotency#"))
        .map(|item| {
            let key = (text(item, "pk").to_owned(), text(item, "sk").to_owned());
            (key, item.clone())
        })
        .collect()
}

/// A picture.
pub(crate) fn image(end: &str) -> Value {
    let bytes = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), end.as_bytes()].concat();
    json!({"type": "image", "image": {"data": STANDARD.encode(bytes), "mime_type": "image/png"}})
}

/// The use cases with the queue that works are put on.
pub(crate) fn services(platform: &Running) -> Platform {
    let url = platform.ready().aws.queues["data"].clone();
    let sqs = platform.aws().sqs;
    platform.services_with(|parts| {
        parts.queues = Some(Queues::new(sqs, BTreeMap::from([(QueueName::Data, url)])));
    })
}

/// A Super Admin of this tenant.
pub(crate) fn operator(platform: &Platform, tenant: &TenantId) -> Caller {
    Caller {
        tenant: tenant.clone(),
        actor: Actor::User(Id::new(platform.now(), platform.entropy())),
        session: None,
        role: Role::SuperAdmin,
        scopes: Scopes::all(),
        rate: RateLimit::at(platform.now(), 60, 0),
        gate: Gate::RestApi,
    }
}

/// The work, once it is over.
pub(crate) async fn over(platform: &Platform, tenant: &TenantId, job: Id) -> DataJobRecord {
    let job = eventually("the work is over", WORKED, || async {
        let job = platform
            .store()
            .data_job(tenant, job)
            .await
            .unwrap()
            .unwrap();
        (job.state != DataJobState::Running).then_some(job)
    })
    .await;
    assert_eq!(job.state, DataJobState::Done, "{job:?}");
    job
}

/// Asks for a work by HTTP, and waits until it is over. Answers it as it is shown then.
pub(crate) async fn asked(client: &Client, what: &str, body: &Value) -> Value {
    let answer = client.call_with(Method::POST, what, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let id = answer.body["job"]["id"].as_str().unwrap().to_owned();
    eventually("the job is done", WORKED, || async {
        let path = format!("/api/data/jobs/{id}");
        let shown = client.call(Method::GET, &path).await.body["job"].clone();
        assert_ne!(shown["state"], "failed", "{shown}");
        (shown["state"] == "done").then_some(shown)
    })
    .await
}

/// Fills a tenant with everything that there is, and answers two of its customers, who sent the same picture.
pub(crate) async fn filled(
    platform: &Running,
    tenant: &Tenant,
    receiver: &Receiver,
) -> [String; 2] {
    let client = &tenant.client;
    let number = &tenant.channel().phone_number_id;
    let gone = client.webhook(receiver.url(), &[]).await;
    // The first attempt is kept with its delivery, the second beside it.
    receiver.answers([Reply::Status(500), Reply::Status(500)]);
    let delivery = gone.test().await;
    eventually("two attempts fail", SOON, || async {
        let attempts = gone.delivery(&delivery).await["attempts"].as_u64();
        (attempts >= Some(2)).then_some(())
    })
    .await;
    let removed = client.call(Method::DELETE, &gone.path("")).await;
    assert_eq!(removed.status, 200);
    client.webhook(receiver.url(), &[]).await;
    let customers = [someone(), someone()];
    for (at, customer) in customers.iter().enumerate() {
        let phone = platform.whatsapp().phone(customer);
        let wamid = phone
            .writes(number, &format!("Hello from {customer}"))
            .await;
        crate::media::settled(client, &phone.does(number, image("same")).await, SOON).await;
        eventually("it is kept", SOON, || async {
            (client.message(&wamid).await.status == 200).then_some(())
        })
        .await;
        let emoji = json!({"type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}});
        phone.does(number, emoji).await;
        let key = format!("a key of {at}");
        let sent = client
            .send_once(&key, customer, &format!("Hello {customer}"))
            .await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        phone.reads().await;
        client.reaches(sent.id(), "read").await;
    }
    let change = json!({"field": "account_update", "value": {"event": "SAID", "of": customers[0]}});
    let entry = json!({"id": tenant.channel().waba_id, "time": tenant.services().now().seconds(), "changes": [change]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    tenant.callback(&body).await.ok();
    eventually("the callback is kept", SOON, || async {
        let items = items(&platform.aws(), platform.ready()).await;
        let partition = format!("{}#callbacks#", tenant.id);
        items
            .iter()
            .any(|item| text(item, "pk").starts_with(&partition))
            .then_some(())
    })
    .await;
    told_all(platform, &customers).await;
    for customer in &customers {
        written_down(tenant, customer).await;
    }
    customers
}

/// What the business wrote down of a customer, and what they said of being written to.
async fn written_down(tenant: &Tenant, customer: &str) {
    let (store, now) = (tenant.store(), tenant.services().now());
    let list = ContactListRecord {
        id: Id::derived(now, &["list", customer]),
        name: format!("List of {customer}"),
        created_at: now,
        version: 0,
    };
    store.create_contact_list(&tenant.id, &list).await.unwrap();
    let peer = Recipient::parse_peer(customer).unwrap();
    let found = store.contacts_of(&tenant.id, std::slice::from_ref(&peer));
    let before = found.await.unwrap().remove(&peer).unwrap();
    let mut after = before.clone();
    after.own_name = Some(format!("Customer {customer}"));
    after.tags = vec!["vip".to_owned()];
    after.attributes = [("city".to_owned(), "Lahore".to_owned())].into();
    after.lists = vec![list.id];
    let change = ContactChange {
        before: Some(before.clone()),
        after,
    };
    let saved = store.save_contacts(&tenant.id, &[change]).await.unwrap();
    assert_eq!(saved, [Saved::Yes]);
    let consent = Consent {
        state: ConsentState::Out,
        scope: ConsentScope::Marketing,
        by: ConsentBy::Person,
        at: now,
    };
    for key in &before.keys {
        let set = store.set_consent(&tenant.id, key, &consent).await;
        assert!(set.unwrap());
    }
}

/// Waits until nothing more is under way: every stage of every message is told.
async fn told_all(platform: &Running, customers: &[String]) {
    eventually("all is told", SOON, || async {
        let items = items(&platform.aws(), platform.ready()).await;
        let told = |customer: &String| {
            items
                .iter()
                .filter(|item| text(item, "pk").contains("#deliveries#"))
                .filter(|item| {
                    let body = item.get("body").and_then(|body| body.as_m().ok());
                    let body = body.and_then(|body| body.get("text")?.as_s().ok());
                    body.is_some_and(|body| body.contains(customer.as_str()))
                })
                .count()
        };
        // Two messages, the reaction, and sent, delivered and read.
        customers
            .iter()
            .all(|customer| told(customer) >= 6)
            .then_some(())
    })
    .await;
}
