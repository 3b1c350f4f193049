//! Works of Super Admins that are cut.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, stream};
use http::Method;
use openwati_core::tenant::TenantId;
use openwati_tests::{Client, Needs, Process, SOON, eventually, lacks, someone};
use serde_json::{Value, json};

use super::super::channels::number;
use super::super::{AT_A_TIME, armed, dies, program};
use crate::data::reseal::change_ring;
use crate::data::{WORKED, image, is_of, items, kept_of, objects, text};

/// What only an erasure of a tenant passes.
pub(super) const OF_ERASURE: [&str; 3] = [
    "data.keys_dead",
    "data.objects_erased",
    "data.tenant_unlisted",
];

/// What only the sealing of everything anew passes.
pub(super) const OF_RESEAL: &str = "data.secret_resealed";

const TENANTS: &str = "/api/admin/tenants";

/// The access token of the seeded Super Admin.
async fn logged_in(process: &Process) -> String {
    let admin = process.ready().admin.as_ref().unwrap();
    let body = json!({"email": admin.email, "password": admin.password});
    eventually("the Super Admin is logged in", SOON, || async {
        let asking = process.client().stranger(Method::POST, "/api/auth/login");
        let answer = Client::answer(asking.json(&body)).await;
        (answer.status == 200).then(|| answer.str("accessToken").to_owned())
    })
    .await
}

/// The only work of its kind, once it is done.
async fn done(client: &Client, kind: &str, point: &str) -> Value {
    eventually(&format!("{point}: the work is over"), WORKED, || async {
        let jobs = client.call(Method::GET, "/api/data/jobs").await.body;
        // On a busy machine a listing may take longer than a function may.
        let jobs = jobs["jobs"].as_array()?.clone();
        assert!(jobs.len() <= 1, "{point}: {jobs:?}");
        let job = jobs.into_iter().next()?;
        assert_eq!(job["kind"], kind, "{point}");
        assert_ne!(job["state"], "failed", "{point}: {job}");
        (job["state"] == "done").then_some(job)
    })
    .await
}

#[tokio::test]
async fn a_tenants_erasure_that_is_cut_leaves_nothing_of_it() {
    // An erasure looks once more after a queue's delay.
    if lacks(Needs::FastQueues) {
        return;
    }
    let cut = stream::iter(OF_ERASURE).map(erasure_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn erasure_is_cut(point: &'static str) {
    let program = program();
    let process = program.start().await;
    let token = logged_in(&process).await;
    let tenant = another(&process, &process.client().with_token(&token)).await;
    process.kill().await;

    let process = armed(&program, point).await;
    let operator = process.client().with_token(&token);
    // Whoever asks may see no answer.
    let asking = operator.request(Method::DELETE, &format!("{TENANTS}/{tenant}"));
    let _ = asking.send().await;
    dies(process, point).await;

    let process = program.start().await;
    let job = done(&process.client(), "erase_tenant", point).await;
    assert_eq!(job["counts"]["messages"], 1, "{point}: {job}");
    let (aws, ready) = (process.aws(), process.ready());
    let after = items(&aws, ready).await;
    let left = kept_of(&after, &tenant);
    assert!(left.is_empty(), "{point}: {left:#?}");
    let files = objects(&aws, ready).await;
    let left = files.iter().any(|name| name.contains(tenant.as_str()));
    assert!(!left, "{point}: {files:?}");
    let kept = after
        .iter()
        .filter(|item| text(item, "act") == "tenant.erased");
    assert_eq!(kept.count(), 1, "{point}");
    process.kill().await;
}

/// A second tenant with a key, a number and somebody's picture.
async fn another(process: &Process, operator: &Client) -> TenantId {
    let body = json!({"name": "Other", "plan": "Pro", "email": "ada@example.com"});
    let made = operator.call_with(Method::POST, TENANTS, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.body["tenant"]["id"].as_str().unwrap().to_owned();
    let enter = format!("{TENANTS}/{id}/enter");
    let entered = operator.call(Method::POST, &enter).await.ok();
    let client = operator.with_token(entered.str("accessToken"));
    let key = json!({"name": "Its own"});
    let made = client.call_with(Method::POST, "/api/keys", &key).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let number = number(process).await;
    let made = client.call_with(Method::POST, "/api/channels", &number);
    let made = made.await;
    assert_eq!(made.status, 201, "{}", made.text);
    let phone = process.whatsapp().phone(&someone());
    let number = number["phoneNumberId"].as_str().unwrap();
    let wamid = phone.does(number, image("theirs")).await;
    crate::media::settled(&client, &wamid, SOON).await;
    id.parse().unwrap()
}

#[tokio::test]
async fn secrets_that_are_sealed_anew_when_it_is_cut_are_all_sealed_anew() {
    if lacks(Needs::Embedded("its folder is taken up again")) {
        return;
    }
    let program = program();
    let process = program.start().await;
    let token = logged_in(&process).await;
    process.kill().await;
    change_ring(&program.data_dir(), |ring| {
        ring["keys"]["k2"] = STANDARD.encode([7; 32]).into();
        ring["current"] = json!("k2");
    });

    let process = armed(&program, OF_RESEAL).await;
    let operator = process.client().with_token(&token);
    let asking = operator.request(Method::POST, "/api/admin/key-ring/reseal");
    let _ = asking.send().await;
    dies(process, OF_RESEAL).await;

    let process = program.start().await;
    done(&process.client(), "reseal", OF_RESEAL).await;
    let tenant = process.ready().tenant_id.parse().unwrap();
    let items = items(&process.aws(), process.ready()).await;
    let sealed = |by: &str| {
        let own = items.iter().filter(|item| is_of(item, &tenant));
        let texts = own
            .flat_map(|item| item.values())
            .filter_map(|value| value.as_s().ok());
        texts.filter(|text| text.starts_with(by)).count()
    };
    assert_eq!((sealed("k1."), sealed("k2.")), (0, 3));
    process.kill().await;

    change_ring(&program.data_dir(), |ring| {
        ring["keys"].as_object_mut().unwrap().remove("k1");
    });
    let process = program.start().await;
    process.client().send(&someone(), "Hello").await.ok();
    process.kill().await;
}
