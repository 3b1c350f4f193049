//! Faults, and callbacks that the platform does not take.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::json;
use support::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn fault(whatsapp: &Whatsapp, fault: serde_json::Value) {
    let (status, answer) = whatsapp.post("/faults", fault).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn an_error_is_answered_and_nothing_accepted() {
    let whatsapp = Whatsapp::start().await;
    for (code, status) in [
        (131_026, 400),
        (190, 401),
        (368, 403),
        (130_429, 429),
        (131_000, 500),
    ] {
        fault(
            &whatsapp,
            json!({"error": {"code": code, "details": "so it is"}, "times": 1}),
        )
        .await;
        let (got, answer) = whatsapp.send(&text(CUSTOMER, "x")).await;
        assert_eq!(
            (got, &answer["error"]["code"]),
            (status, &json!(code)),
            "{answer}"
        );
        assert_eq!(answer["error"]["error_data"]["details"], "so it is");
    }
    whatsapp.send_text(CUSTOMER, "the faults are over").await;
    assert_eq!(whatsapp.phone(CUSTOMER).await.len(), 1);
}

#[tokio::test]
async fn a_fault_strikes_only_what_it_names_until_it_is_ended() {
    let whatsapp = Whatsapp::start().await;
    fault(
        &whatsapp,
        json!({"match": {"to": "+92 300 1234567", "path": "/messages"}, "http": 503}),
    )
    .await;
    whatsapp.send_text("15550100000", "another customer").await;
    for _ in 0..3 {
        let (status, answer) = whatsapp.send(&text(CUSTOMER, "x")).await;
        assert_eq!((status, answer), (503, json!(null)));
    }
    assert_eq!(whatsapp.delete("/faults").await.0, 200);
    whatsapp.send_text(CUSTOMER, "x").await;
    assert_eq!(whatsapp.phone(CUSTOMER).await.len(), 1);
}

/// Sends a message over a bare connection and answers every byte that came back.
async fn send_raw(whatsapp: &Whatsapp) -> Vec<u8> {
    let body = text(CUSTOMER, "dropped").to_string();
    let address = whatsapp.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /graph/v25.0/{NUMBER}/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len(),
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let end = tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .unwrap();
    assert!(
        end.is_ok() || end.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    );
    answer
}

#[tokio::test]
async fn a_dropped_call_is_accepted_and_not_a_byte_answered() {
    let whatsapp = Whatsapp::start().await;
    fault(&whatsapp, json!({"drop": true, "times": 1})).await;
    assert_eq!(send_raw(&whatsapp).await, b"");
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone.len(), 1);
    whatsapp
        .platform
        .statuses(phone[0]["id"].as_str().unwrap(), 2)
        .await;
    let (_, log) = whatsapp.get("/requests").await;
    assert_eq!(log[0]["status"], json!(null));
    assert_eq!(log[0]["body"], text(CUSTOMER, "dropped"));

    fault(
        &whatsapp,
        json!({"drop": true, "accept": false, "times": 1}),
    )
    .await;
    assert_eq!(send_raw(&whatsapp).await, b"");
    assert_eq!(
        whatsapp.phone(CUSTOMER).await.len(),
        1,
        "this one was not accepted"
    );
    fault(&whatsapp, json!({"http": 502, "accept": true, "times": 1})).await;
    assert_eq!(whatsapp.send(&text(CUSTOMER, "x")).await.0, 502);
    assert_eq!(whatsapp.phone(CUSTOMER).await.len(), 2, "this one was");
}

#[tokio::test]
async fn a_delay_is_waited_for() {
    let whatsapp = Whatsapp::start().await;
    fault(&whatsapp, json!({"delay_ms": 200, "times": 1})).await;
    let start = Instant::now();
    whatsapp.send_text(CUSTOMER, "slow").await;
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn callbacks_come_twice_or_in_another_order_when_told() {
    let whatsapp = Whatsapp::start().await;
    fault(
        &whatsapp,
        json!({"match": {"to": CUSTOMER}, "duplicate_webhooks": 2, "times": 1}),
    )
    .await;
    let id = whatsapp.send_text(CUSTOMER, "twice").await;
    let mut statuses = whatsapp.platform.statuses(&id, 4).await;
    statuses.sort();
    assert_eq!(statuses, ["delivered", "delivered", "sent", "sent"]);

    fault(&whatsapp, json!({"reorder_webhooks": true, "times": 1})).await;
    let id = whatsapp.send_text(CUSTOMER, "reordered").await;
    assert_eq!(
        whatsapp.platform.statuses(&id, 2).await,
        ["delivered", "sent"]
    );

    let id = whatsapp.send_text(CUSTOMER, "once").await;
    assert_eq!(
        whatsapp.platform.statuses(&id, 2).await,
        ["sent", "delivered"]
    );
    whatsapp.quiet().await;
    assert_eq!(whatsapp.platform.received().len(), 8);
}

#[tokio::test]
async fn a_rate_strikes_a_share() {
    let whatsapp = Whatsapp::start().await;
    fault(&whatsapp, json!({"http": 503, "rate": 0.5})).await;
    let mut refused = 0;
    for _ in 0..200 {
        refused += i32::from(whatsapp.send(&text(CUSTOMER, "x")).await.0 == 503);
    }
    assert!((50..150).contains(&refused), "{refused} of 200");
}

#[tokio::test]
async fn queue_faults_go_to_the_host() {
    let whatsapp = Whatsapp::start().await;
    let heard: Arc<Mutex<Vec<(String, f64)>>> = Arc::default();
    let record = Arc::clone(&heard);
    whatsapp.simulator.on_queue_fault(move |queue, share| {
        record.lock().unwrap().push((queue.to_owned(), share));
    });
    fault(
        &whatsapp,
        json!({"queue": "campaign-send", "duplicate": 0.1}),
    )
    .await;
    whatsapp.delete("/faults").await;
    let heard = heard.lock().unwrap().clone();
    assert_eq!(
        heard,
        [("campaign-send".to_owned(), 0.1), ("*".to_owned(), 0.0)]
    );
}

#[tokio::test]
async fn a_callback_is_repeated_until_it_is_taken_and_keeps_its_place() {
    let whatsapp = Whatsapp::with(|config| config.speed = 200.0).await;
    whatsapp.platform.answer(&[500, 302, 204]);
    let id = whatsapp.send_text(CUSTOMER, "hi").await;
    let statuses = whatsapp.platform.statuses(&id, 5).await;
    assert_eq!(statuses, ["sent", "sent", "sent", "sent", "delivered"]);
    whatsapp.quiet().await;
    let (_, callbacks) = whatsapp.get("/callbacks").await;
    let last = &callbacks["last"];
    assert_eq!(last[0]["kind"], "status:delivered");
    assert_eq!(
        last[1],
        json!({"at": last[1]["at"], "status": 200, "attempts": 4, "kind": "status:sent"})
    );
    assert_eq!(
        last[4],
        json!({"at": last[4]["at"], "status": 500, "attempts": 1, "kind": "status:sent"})
    );
}

#[tokio::test]
async fn one_message_that_is_refused_holds_up_no_other() {
    let whatsapp = Whatsapp::with(|config| config.speed = 20.0).await;
    whatsapp.platform.answer(&[500]);
    let first = whatsapp.send_text(CUSTOMER, "refused at first").await;
    whatsapp.platform.statuses(&first, 1).await;
    let second = whatsapp.send_text(CUSTOMER, "taken").await;
    whatsapp.platform.statuses(&second, 2).await;
    assert_eq!(
        whatsapp.platform.statuses(&first, 3).await,
        ["sent", "sent", "delivered"]
    );
}
