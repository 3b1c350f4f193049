//! The simulated WhatsApp: customers' phones, and trouble on demand.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    wait::{SOON, eventually},
};

/// A customer's number that no other test of this process uses, as digits.
pub fn someone() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1_000_000);
    format!("92300{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The simulated WhatsApp of a platform.
#[derive(Debug, Clone)]
pub struct Simulated {
    http: reqwest::Client,
    url: String,
}

/// A customer's phone.
#[derive(Debug, Clone)]
pub struct Phone {
    simulated: Simulated,
    number: String,
}

impl Simulated {
    /// The one of the platform at `base_url`.
    pub fn new(http: reqwest::Client, base_url: &str) -> Self {
        Self {
            http,
            url: format!("{base_url}/_sim"),
        }
    }

    /// The one whose Graph API is at `graph_base_url`.
    ///
    /// # Panics
    /// If that is another Graph API.
    pub fn of_graph(http: reqwest::Client, graph_base_url: &str) -> Self {
        let url = graph_base_url.strip_suffix("/graph");
        Self {
            http,
            url: url.expect("Graph is simulated").to_owned(),
        }
    }

    /// Adds a business number: what `PUT /numbers` takes.
    pub(crate) async fn add_number(&self, number: &Value) {
        let request = self.http.put(format!("{}/numbers", self.url)).json(number);
        let response = request.send().await.expect("the simulator answers");
        Answer::of(response).await.ok();
    }

    /// Gets from it.
    ///
    /// # Panics
    /// If it refuses.
    pub async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url));
        let response = request.send().await.expect("the simulator answers");
        Answer::of(response).await.ok().body
    }

    /// Posts to it.
    ///
    /// # Panics
    /// If it refuses.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        let response = request.send().await.expect("the simulator answers");
        Answer::of(response).await.ok().body
    }

    /// Puts to it.
    ///
    /// # Panics
    /// If it refuses.
    pub async fn put(&self, path: &str, body: &Value) -> Value {
        let request = self.http.put(format!("{}{path}", self.url)).json(body);
        let response = request.send().await.expect("the simulator answers");
        Answer::of(response).await.ok().body
    }

    /// Deletes what is at this path.
    ///
    /// # Panics
    /// If it refuses.
    pub async fn delete(&self, path: &str) -> Value {
        let request = self.http.delete(format!("{}{path}", self.url));
        let response = request.send().await.expect("the simulator answers");
        Answer::of(response).await.ok().body
    }

    /// Makes trouble for what goes to `customer`: `trouble` as `POST /faults` takes it.
    pub async fn trouble(&self, customer: &str, mut trouble: Value) {
        trouble["match"] = json!({"to": customer});
        self.post("/faults", &trouble).await;
    }

    /// The phone of a customer.
    pub fn phone(&self, number: &str) -> Phone {
        Phone {
            simulated: self.clone(),
            number: number.to_owned(),
        }
    }
}

impl Phone {
    /// What it shows, oldest first.
    pub async fn shows(&self) -> Vec<Value> {
        let messages = self
            .simulated
            .get(&format!("/customers/{}/messages", self.number))
            .await;
        messages.as_array().cloned().unwrap_or_default()
    }

    /// The texts that came to it, oldest first.
    pub async fn texts(&self) -> Vec<String> {
        let shown = self.shows().await;
        let came = shown.iter().filter(|message| message["direction"] == "out");
        came.filter_map(|message| message["text"].as_str().map(str::to_owned))
            .collect()
    }

    /// Reads everything that has come, which must be something.
    pub async fn reads(&self) {
        let path = format!("/customers/{}/read", self.number);
        eventually("something to read", SOON, || async {
            let read = self.simulated.post(&path, &json!({})).await;
            (read["read"] != 0).then_some(())
        })
        .await;
    }

    /// The customer writes to the business number with this id of Meta's. Answers WhatsApp's id of the message.
    pub async fn writes(&self, phone_number_id: &str, text: &str) -> String {
        self.does(phone_number_id, json!({"type": "text", "text": text}))
            .await
    }

    /// The customer sends a message of any kind, as `POST /customers/{number}/messages` takes it. Answers WhatsApp's id.
    ///
    /// # Panics
    /// If the simulated WhatsApp does not take it.
    pub async fn does(&self, phone_number_id: &str, mut message: Value) -> String {
        message["channel"] = json!(phone_number_id);
        let path = format!("/customers/{}/messages", self.number);
        let sent = self.simulated.post(&path, &message).await;
        let id = sent["id"].as_str();
        id.expect("a message has an id").to_owned()
    }

    /// The same, but that no callback tells of it: answers the value that one would have.
    pub async fn holds(&self, phone_number_id: &str, mut message: Value) -> Value {
        message["channel"] = json!(phone_number_id);
        message["deliver"] = json!(false);
        let path = format!("/customers/{}/messages", self.number);
        self.simulated.post(&path, &message).await["value"].take()
    }
}
