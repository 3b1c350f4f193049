//! Templates that are read, made, changed or deleted when the process dies.

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_tests::{Answer, Process, SOON, eventually};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, dies_by_itself, points_of, program};
use crate::templates::reading::stranger;
use crate::templates::{TEMPLATES, listed, sync};

/// Points of what somebody does to one template.
const ACTS: [&str; 4] = [
    "templates.claimed",
    "templates.made",
    "templates.edited",
    "templates.deleted",
];

/// More than fit on a page of Meta's.
const MANY: usize = 251;

#[tokio::test]
async fn a_reading_that_is_cut_is_made_to_its_end() {
    let points = points_of("templates.").into_iter();
    let readings = points.filter(|point| !ACTS.contains(point));
    let readings = readings.chain(["timers.templates_enqueued"]);
    let cut = stream::iter(readings).map(reading_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn has(process: &Process, name: &str, template: Value) {
    let path = format!("/templates/{name}");
    process.whatsapp().put(&path, &template).await;
}

async fn reading_is_cut(point: &'static str) {
    let program = program();
    let process = program.start().await;
    let mut expected = 2;
    if point == "templates.page_saved" {
        let puts = stream::iter(0..MANY).map(|number| {
            let process = &process;
            let template = json!({"components": [{"type": "BODY", "text": "Hi"}]});
            async move { has(process, &format!("many_{number:03}"), template).await }
        });
        puts.buffer_unordered(8).for_each(async |()| ()).await;
        expected += MANY;
    }
    // Something to be removed.
    let store =
        openwati_store::Store::new(process.aws().dynamodb.clone(), &process.ready().aws.table);
    let tenant = process.ready().tenant_id.parse().unwrap();
    let mut gone = stranger(&process.ready().channel.waba_id);
    assert!(store.put_template(&tenant, &mut gone).await.unwrap());
    process.kill().await;

    // The clock reads the seeded account at the start, or even before the platform is ready.
    dies_by_itself(&program, point).await;

    let process = program.start().await;
    let client = process.client();
    eventually("everything is read", SOON, || async {
        let all = listed(&client, "limit=100").await;
        let names = all.iter().filter(|one| one["name"] == "gone").count();
        (all.len() == expected && names == 0).then_some(())
    })
    .await;
}

async fn ask(process: &Process, body: &Value) -> Option<Answer> {
    let request = process.client().request(Method::POST, TEMPLATES);
    let request = request.header("idempotency-key", "one").json(body);
    let response = request.send().await.ok()?;
    Some(Answer::of(response).await)
}

fn new(text: &str) -> Value {
    json!({"name": "cut", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": text}]})
}

#[tokio::test]
async fn a_template_that_was_being_made_is_made_once() {
    let cut = stream::iter(["templates.claimed", "templates.made"]).map(creation_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn creation_is_cut(point: &'static str) {
    let program = program();
    let process = armed(&program, point).await;
    let body = new("Hello there");
    assert!(ask(&process, &body).await.is_none(), "{point}");
    dies(process, point).await;

    let process = program.start().await;
    // Whoever asks again under the same key gets this one, once nobody can be at it any more.
    let made = eventually("it is made", SOON, || async {
        let answer = ask(&process, &body).await.unwrap();
        (answer.status != 409).then_some(answer)
    })
    .await;
    assert_eq!(made.status, 201, "{point}: {}", made.text);
    let client = process.client();
    sync(&client).await.ok();
    let found = listed(&client, "name=cut").await;
    assert_eq!(found.len(), 1, "{point}");
    assert_eq!(found[0]["id"], made.body["template"]["id"], "{point}");
}

#[tokio::test]
async fn a_template_that_was_being_changed_is_as_meta_has_it() {
    let (program, point) = (program(), "templates.edited");
    let process = program.start().await;
    let made = ask(&process, &new("Hello there")).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.text);
    has(&process, "cut", json!({"status": "REJECTED"})).await;
    let client = process.client();
    sync(&client).await.ok();
    process.kill().await;

    let process = armed(&program, point).await;
    let path = format!(
        "{TEMPLATES}/{}",
        made.body["template"]["id"].as_str().unwrap()
    );
    let change = json!({"components": [{"type": "BODY", "text": "Something else"}]});
    let request = process.client().request(Method::PATCH, &path).json(&change);
    assert!(request.send().await.is_err());
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    sync(&client).await.ok();
    let found = listed(&client, "name=cut").await;
    assert_eq!(found[0]["components"][0]["text"], "Something else");
}

#[tokio::test]
async fn a_template_that_was_being_deleted_is_gone() {
    let (program, point) = (program(), "templates.deleted");
    let process = program.start().await;
    let made = ask(&process, &new("Hello there")).await.unwrap();
    process.kill().await;

    let process = armed(&program, point).await;
    let path = format!(
        "{TEMPLATES}/{}",
        made.body["template"]["id"].as_str().unwrap()
    );
    let request = process.client().request(Method::DELETE, &path);
    assert!(request.send().await.is_err());
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    // Whoever asks again is told that it is, if the next reading was not faster.
    let again = client.call(Method::DELETE, &path).await;
    assert!([200, 404].contains(&again.status), "{}", again.text);
    assert!(listed(&client, "name=cut").await.is_empty());
}
