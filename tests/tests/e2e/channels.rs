//! Numbers that are connected, looked after and taken away, as their owners do it: by HTTP alone.

mod care;
mod connecting;
mod refusals;
mod trouble;

use http::Method;
use openwati_tests::{Answer, Client, Running, Simulated, Tenant};
use serde_json::{Value, json};

const CHANNELS: &str = "/api/channels";

/// A number that Meta has, with all that it takes to connect it.
#[derive(Debug, Clone)]
struct Number(Value);

impl Number {
    /// A new one, as `POST /numbers` of the simulated WhatsApp takes it.
    async fn new(whatsapp: &Simulated, wanted: Value) -> Self {
        Self(whatsapp.post("/numbers", &wanted).await)
    }

    fn get(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    /// What connects it.
    fn body(&self) -> Value {
        json!({
            "phoneNumberId": self.get("phone_number_id"),
            "wabaId": self.get("waba_id"),
            "accessToken": self.get("access_token"),
            "appSecret": self.get("app_secret"),
        })
    }

    /// The same with another value.
    fn with(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut body = self.body();
        body[name] = value.into();
        body
    }

    /// Its account's subscriptions at Meta.
    fn subscriptions(&self) -> String {
        format!("/graph/v23.0/{}/subscribed_apps", self.get("waba_id"))
    }
}

/// A tenant without channels, and the simulated WhatsApp.
async fn tenant() -> (Tenant, Simulated) {
    let platform = Running::shared();
    let tenant = platform.tenant().channels(0).make().await;
    (tenant, platform.whatsapp())
}

async fn connect(client: &Client, body: &Value) -> Answer {
    client.call_with(Method::POST, CHANNELS, body).await
}

/// Connects a number. Answers the channel.
async fn connected(client: &Client, number: &Number) -> Value {
    let answer = connect(client, &number.body()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert!(answer.body["problem"].is_null(), "{}", answer.text);
    answer.body["channel"].clone()
}

fn path(channel: &Value, rest: &str) -> String {
    format!("{CHANNELS}/{}{rest}", channel["id"].as_str().unwrap())
}

async fn listed(client: &Client) -> Vec<Value> {
    let answer = client.call(Method::GET, CHANNELS).await.ok();
    answer.body["channels"].as_array().unwrap().clone()
}

async fn check(client: &Client, channel: &Value) -> Value {
    let answer = client.call(Method::POST, &path(channel, "/check")).await;
    answer.ok().body["check"].clone()
}

fn problems(check: &Value) -> Vec<&str> {
    let problems = check["problems"].as_array().unwrap().iter();
    problems.map(|one| one["code"].as_str().unwrap()).collect()
}
