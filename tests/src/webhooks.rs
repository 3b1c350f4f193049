//! Webhooks of a tenant's, as its program has them.

use http::Method;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    client::Client,
    wait::{SOON, eventually},
};

/// A webhook, and what signs its events.
#[derive(Debug, Clone)]
pub struct Webhook {
    client: Client,
    /// Its id.
    pub id: String,
    /// Its secret, as it was shown once.
    pub secret: String,
}

impl Client {
    /// Calls an endpoint.
    pub async fn call(&self, method: Method, path: &str) -> Answer {
        Self::answer(self.request(method, path)).await
    }

    /// Calls an endpoint with a body.
    pub async fn call_with(&self, method: Method, path: &str, body: &Value) -> Answer {
        Self::answer(self.request(method, path).json(body)).await
    }

    /// Makes a webhook for these kinds of events; none means all.
    ///
    /// # Panics
    /// If it is not made.
    pub async fn webhook(&self, url: &str, events: &[&str]) -> Webhook {
        let body = json!({"url": url, "events": events});
        let answer = self.call_with(Method::POST, "/api/webhooks", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let text = |name: &str| {
            let text = answer.body["webhook"][name].as_str();
            text.expect("a webhook has it").to_owned()
        };
        Webhook {
            client: self.clone(),
            id: text("id"),
            secret: text("secret"),
        }
    }
}

impl Webhook {
    /// Its own path, and what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/webhooks/{}{rest}", self.id)
    }

    /// As it is now.
    pub async fn now(&self) -> Value {
        let answer = self.client.call(Method::GET, &self.path("")).await.ok();
        answer.body["webhook"].clone()
    }

    /// Sends a made-up event. Answers the id of its delivery.
    ///
    /// # Panics
    /// If it is not sent.
    pub async fn test(&self) -> String {
        let answer = self.client.call(Method::POST, &self.path("/test")).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.str("deliveryId").to_owned()
    }

    /// The same, called by another program.
    #[must_use]
    pub fn by(&self, client: &Client) -> Self {
        Self {
            client: client.clone(),
            ..self.clone()
        }
    }

    /// A delivery with its log, or nothing where there is none yet.
    pub async fn delivery(&self, delivery: &str) -> Value {
        let path = format!("/api/deliveries/{delivery}");
        let answer = self.client.call(Method::GET, &path).await;
        answer.body["delivery"].clone()
    }

    /// Its deliveries with this query, newest first.
    ///
    /// # Panics
    /// If they are not listed.
    pub async fn deliveries(&self, query: &str) -> Vec<Value> {
        let path = self.path(&format!("/deliveries{query}"));
        let answer = self.client.call(Method::GET, &path).await.ok();
        let deliveries = answer.body["deliveries"].as_array();
        deliveries.expect("they are listed").clone()
    }

    /// A delivery with its log, once it is in this state.
    ///
    /// # Panics
    /// If that does not happen soon.
    pub async fn reaches(&self, delivery: &str, state: &str) -> Value {
        eventually(&format!("{delivery} is {state}"), SOON, || async {
            let delivery = self.delivery(delivery).await;
            (delivery["state"] == state).then_some(delivery)
        })
        .await
    }
}
