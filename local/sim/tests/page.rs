//! The phone on a web page: its files, who there is, and what changes while somebody looks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{collections::VecDeque, time::Duration};

use openwati_sim::Window;
use reqwest::{Response, redirect};
use serde_json::{Value, json};
use support::*;

/// What `/changes` tells, event by event.
struct Events {
    answer: Response,
    read: String,
    told: VecDeque<(String, Value)>,
}

impl Events {
    async fn of(whatsapp: &Whatsapp, query: &str) -> Self {
        let url = format!("{}/changes{query}", whatsapp.base);
        let answer = whatsapp.client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            read: String::new(),
            told: VecDeque::new(),
        }
    }

    /// The next event; nothing when there will be no more.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(event) = self.told.pop_front() {
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.answer.chunk());
            let chunk = chunk.await.expect("an event within ten seconds");
            self.read
                .push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
            while let Some((event, rest)) = self.read.split_once("\n\n") {
                let member = |name: &str| {
                    let mut lines = event.lines();
                    lines
                        .find_map(|line| line.strip_prefix(name))
                        .map(str::trim)
                };
                if let (Some(name), Some(data)) = (member("event:"), member("data:")) {
                    let data = serde_json::from_str(data).unwrap();
                    self.told.push_back((name.to_owned(), data));
                }
                self.read = rest.to_owned();
            }
        }
    }

    /// The next event of a kind.
    async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let (name, data) = self.next().await.unwrap();
            if name == kind {
                return data;
            }
        }
    }
}

#[tokio::test]
async fn the_page_brings_all_that_it_needs_and_may_do_no_more() {
    let whatsapp = Whatsapp::start().await;
    let get = async |path: &str| {
        let answer = whatsapp.client.get(format!("{}{path}", whatsapp.base));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let kind = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        (kind, answer.text().await.unwrap())
    };
    let (kind, page) = get("/").await;
    assert!(kind.starts_with("text/html"), "{kind}");
    let named = page.split('"').filter(|text| {
        let (_, ending) = text.rsplit_once('.').unwrap_or_default();
        matches!(ending, "css" | "js" | "svg")
    });
    let mut names: Vec<String> = named.map(str::to_owned).collect();
    let mut index = 0;
    while let Some(name) = names.get(index).cloned() {
        let (kind, content) = get(&format!("/{name}")).await;
        let expected = match name.rsplit_once('.').unwrap().1 {
            "css" => "text/css",
            "js" => "text/javascript",
            _ => "image/svg+xml",
        };
        assert!(kind.starts_with(expected), "{name}: {kind}");
        let imported = content.split("from \"./").skip(1);
        for imported in imported.chain(content.split("url(\"").skip(1)) {
            let imported = imported.split('"').next().unwrap().to_owned();
            if !names.contains(&imported) {
                names.push(imported);
            }
        }
        // The one way to let a message's text become more than text.
        assert!(!content.contains("innerHTML"), "{name}");
        index += 1;
    }
    // Nothing lies in the folder that the page does not need, nor was anything left out above.
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/page")).unwrap();
    let files = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.filter(|file| file != "index.html").collect();
    files.sort();
    names.sort();
    assert_eq!(names, files);
}

#[tokio::test]
async fn the_page_is_at_its_path_with_a_slash_and_without() {
    let whatsapp = Whatsapp::start().await;
    let router = axum::Router::new().nest_service("/_sim", whatsapp.simulator.router());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::builder().redirect(redirect::Policy::none());
    let client = client.no_proxy().build().unwrap();
    let bare = client.get(format!("{base}/_sim")).send().await.unwrap();
    assert_eq!(bare.status(), 307);
    assert_eq!(bare.headers()["location"], "/_sim/");
    let page = client.get(format!("{base}/_sim/")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("phone.js"));
}

#[tokio::test]
async fn numbers_are_listed_without_their_secrets() {
    let whatsapp = Whatsapp::start().await;
    let (status, numbers) = whatsapp.get("/numbers").await;
    assert_eq!(status, 200);
    let number = json!({"phone_number_id": NUMBER, "waba_id": WABA, "phone_number": BUSINESS,
        "name": "Jasper's Market"});
    assert_eq!(numbers, json!([number]));
}

#[tokio::test]
async fn customers_are_those_who_were_made_up_and_those_who_have_messages() {
    let whatsapp = Whatsapp::start().await;
    assert_eq!(whatsapp.get("/customers").await, (200, json!([])));
    whatsapp.send_text(CUSTOMER, "first").await;
    whatsapp.send_text("14155550100", "second").await;
    let made = whatsapp
        .put("/customers/+52%2055%201234%205678", json!({"name": "Inés"}))
        .await;
    assert_eq!(
        made,
        (200, json!({"number": "5215512345678", "name": "Inés"}))
    );
    let (_, customers) = whatsapp.get("/customers").await;
    let of = |name: &str| -> Vec<Value> {
        let customers = customers.as_array().unwrap().iter();
        customers.map(|customer| customer[name].clone()).collect()
    };
    assert_eq!(of("number"), ["5215512345678", "14155550100", CUSTOMER]);
    assert_eq!(of("name"), ["Inés", "Customer 0100", "Customer 4567"]);
    assert_eq!(of("unread"), [0, 1, 1]);
    assert_eq!(customers[0]["last"], Value::Null);
    assert_eq!(customers[1]["last"]["text"], "second");
    let (_, listed) = whatsapp.get("/customers?limit=1").await;
    assert_eq!(listed.as_array().unwrap().len(), 1);

    for (path, profile, named) in [
        ("/customers/abc", json!({"name": "x"}), "number"),
        ("/customers/15550000001", json!({"name": "x"}), "number"),
        ("/customers/14155550100", json!({"name": ""}), "name"),
        ("/customers/14155550100", json!({"nam": "x"}), "nam"),
    ] {
        let (status, answer) = whatsapp.put(path, profile).await;
        assert_eq!(status, 400, "{path}: {answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(named),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_name_is_what_the_business_hears() {
    let whatsapp = Whatsapp::start().await;
    let path = format!("/customers/{CUSTOMER}");
    whatsapp.put(&path, json!({"name": "Ada"})).await;
    whatsapp.hears(json!({"type": "text", "text": "hi"})).await;
    let received = &whatsapp.platform.received()[0];
    assert_eq!(received.value()["contacts"][0]["profile"]["name"], "Ada");
}

#[tokio::test]
async fn a_part_of_a_chat_can_be_asked_for() {
    let whatsapp = Whatsapp::start().await;
    let mut other = number("http://127.0.0.1:9/");
    other.phone_number_id = "200".into();
    other.display_phone_number = "15550000002".into();
    whatsapp.simulator.add_number(other);
    let mut ids = Vec::new();
    for (text, channel) in [("a", NUMBER), ("b", "200"), ("c", NUMBER), ("d", NUMBER)] {
        let request = json!({"type": "text", "text": text, "channel": channel});
        let path = format!("/customers/{CUSTOMER}/messages");
        let (_, answer) = whatsapp.post(&path, request).await;
        ids.push(answer["id"].as_str().unwrap().to_owned());
    }
    let texts = async |query: &str| -> Vec<String> {
        let path = format!("/customers/{CUSTOMER}/messages?{query}");
        let (status, messages) = whatsapp.get(&path).await;
        assert_eq!(status, 200, "{messages}");
        let messages = messages.as_array().unwrap().iter();
        messages
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts("").await, ["a", "b", "c", "d"]);
    assert_eq!(texts(&format!("channel={NUMBER}")).await, ["a", "c", "d"]);
    assert_eq!(texts("channel=15550000002").await, ["b"]);
    assert_eq!(texts("limit=2").await, ["c", "d"]);
    let before = format!("before={}&limit=2", ids[2].replace('=', "%3D"));
    assert_eq!(texts(&before).await, ["a", "b"]);
    let path = format!("/customers/{CUSTOMER}/messages?channel=9");
    assert_eq!(whatsapp.get(&path).await.0, 400);
}

#[tokio::test]
async fn what_failed_is_shown_with_its_reason_to_those_who_ask() {
    let whatsapp = Whatsapp::with(|config| config.window = Window::Strict).await;
    let id = whatsapp.send_text(CUSTOMER, "too late").await;
    assert_eq!(whatsapp.platform.statuses(&id, 1).await, ["failed"]);
    assert!(whatsapp.phone(CUSTOMER).await.is_empty());
    let path = format!("/customers/{CUSTOMER}/messages?failed=true");
    let (_, messages) = whatsapp.get(&path).await;
    assert_eq!(messages[0]["status"], "failed");
    assert_eq!(messages[0]["error"]["code"], 131_047);
    assert_eq!(messages[0]["error"]["title"], "Re-engagement message");
}

#[tokio::test]
async fn reading_one_chat_leaves_the_others_unread() {
    let whatsapp = Whatsapp::start().await;
    let (_platform, url) = Platform::start().await;
    let mut other = number(&url);
    other.phone_number_id = "200".into();
    other.display_phone_number = "15550000002".into();
    whatsapp.simulator.add_number(other);
    whatsapp.send_text(CUSTOMER, "hi").await;
    let path = format!("/customers/{CUSTOMER}/read");
    let of_other = whatsapp.post(&path, json!({"channel": "200"})).await;
    assert_eq!(of_other, (200, json!({"read": 0})));
    assert_eq!(whatsapp.post(&path, json!({"channel": "9"})).await.0, 400);
    let own = whatsapp.post(&path, json!({"channel": BUSINESS})).await;
    assert_eq!(own, (200, json!({"read": 1})));
}

#[tokio::test]
async fn who_looks_sees_every_state_of_a_message() {
    let whatsapp = Whatsapp::with(|config| config.speed = 1.0).await;
    whatsapp.send_text(CUSTOMER, "before").await;
    let mut events = Events::of(&whatsapp, &format!("?customer=%2B{CUSTOMER}")).await;
    assert_eq!(events.next_of("numbers").await[0]["phone_number"], BUSINESS);
    assert_eq!(events.next_of("customers").await[0]["number"], CUSTOMER);
    assert_eq!(events.next_of("chat").await[0]["text"], "before");

    let id = whatsapp.send_text(CUSTOMER, "now").await;
    let mut states = Vec::new();
    let mut has_read = false;
    while states.last().is_none_or(|state| state != "read") {
        let messages = events.next_of("messages").await;
        let messages = messages.as_array().unwrap().iter();
        for message in messages.filter(|message| message["id"] == id) {
            states.push(message["status"].as_str().unwrap().to_owned());
        }
        if !has_read && states.last().is_some_and(|state| state == "delivered") {
            has_read = true;
            let path = format!("/customers/{CUSTOMER}/read");
            whatsapp.post(&path, json!({})).await;
        }
    }
    assert_eq!(states, ["accepted", "sent", "delivered", "read"]);
}

#[tokio::test]
async fn who_looks_hears_of_new_customers_and_numbers() {
    let whatsapp = Whatsapp::start().await;
    let mut events = Events::of(&whatsapp, "").await;
    assert_eq!(events.next_of("customers").await, json!([]));
    whatsapp
        .put(&format!("/customers/{CUSTOMER}"), json!({"name": "Ada"}))
        .await;
    assert_eq!(events.next_of("customers").await[0]["name"], "Ada");
    let mut other = number("http://127.0.0.1:9/");
    other.phone_number_id = "200".into();
    whatsapp.simulator.add_number(other);
    assert_eq!(events.next_of("numbers").await[1]["phone_number_id"], "200");
}

#[tokio::test]
async fn a_chat_that_cannot_be_is_refused() {
    let whatsapp = Whatsapp::start().await;
    for query in ["?customer=abc", "?customer=923001234567&channel=9", "?x=1"] {
        let (status, _) = whatsapp.get(&format!("/changes{query}")).await;
        assert_eq!(status, 400, "{query}");
    }
}

#[tokio::test]
async fn who_looks_does_not_hold_up_the_end() {
    let mut whatsapp = Whatsapp::start().await;
    let mut events = Events::of(&whatsapp, "").await;
    events.next_of("customers").await;
    whatsapp.stop();
    assert_eq!(events.next().await, None);
    let mut late = Events::of(&whatsapp, "").await;
    while late.next().await.is_some() {}
}
