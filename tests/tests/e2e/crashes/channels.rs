//! A number that is being connected when the process dies.

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_tests::{Answer, Client, Process, SOON, eventually, someone};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, points_of, program};

const CHANNELS: &str = "/api/channels";

#[tokio::test]
async fn a_number_that_was_being_connected_is_connected_once() {
    let cut = stream::iter(points_of("channels.")).map(connecting_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

/// A further number of Meta's, as what connects it.
pub(super) async fn number(process: &Process) -> Value {
    let number = process.whatsapp().post("/numbers", &json!({})).await;
    json!({
        "phoneNumberId": number["phone_number_id"],
        "wabaId": number["waba_id"],
        "accessToken": number["access_token"],
        "appSecret": number["app_secret"],
    })
}

async fn channels(client: &Client) -> Vec<Value> {
    let listed = client.call(Method::GET, CHANNELS).await.ok();
    listed.body["channels"].as_array().unwrap().clone()
}

/// Asks under one key; nobody answers where the process dies of it.
async fn ask(process: &Process, key: &str, body: &Value) -> Option<Answer> {
    let request = process.client().request(Method::POST, CHANNELS);
    let request = request.header("idempotency-key", key).json(body);
    let response = request.send().await.ok()?;
    Some(Answer::of(response).await)
}

async fn connecting_is_cut(point: &'static str) {
    let program = program();
    let process = armed(&program, point).await;
    let body = number(&process).await;
    assert!(ask(&process, "one", &body).await.is_none(), "{point}");
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    let cut = channels(&client).await.pop().unwrap();
    assert_eq!(cut["status"], "disconnected", "{point}: {cut}");
    assert!(cut["reason"].as_str().unwrap().contains("cut off"), "{cut}");
    // Whoever asks again under the same key gets this one, once nobody can be at it any more.
    let made = eventually("it is connected", SOON, || async {
        let answer = ask(&process, "one", &body).await.unwrap();
        (answer.status != 409).then_some(answer)
    })
    .await;
    assert_eq!(made.status, 201, "{point}: {}", made.text);
    assert!(made.body["problem"].is_null(), "{point}: {}", made.text);
    assert_eq!(made.body["channel"]["id"], cut["id"], "{point}");
    assert_eq!(channels(&client).await.len(), 2, "{point}");
    hears(&process, &body).await;
    process.kill().await;

    // And a check finishes what nobody asks for again.
    let process = armed(&program, point).await;
    let body = number(&process).await;
    assert!(ask(&process, "two", &body).await.is_none(), "{point}");
    dies(process, point).await;
    let process = program.start().await;
    let client = process.client();
    let cut = channels(&client).await.pop().unwrap();
    let check = format!("{CHANNELS}/{}/check", cut["id"].as_str().unwrap());
    let found = client.call(Method::POST, &check).await.ok();
    assert_eq!(found.body["check"]["ok"], true, "{point}: {}", found.text);
    hears(&process, &body).await;
}

/// A customer writes to the number, and is heard.
async fn hears(process: &Process, body: &Value) {
    let customer = someone();
    let phone = process.whatsapp().phone(&customer);
    phone
        .writes(body["phoneNumberId"].as_str().unwrap(), "Hi")
        .await;
    let client = process.client();
    eventually("the message is there", SOON, || async {
        (!client.with(&customer).await.is_empty()).then_some(())
    })
    .await;
}
