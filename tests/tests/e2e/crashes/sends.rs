//! A send is cut, wherever it is.

use futures::{StreamExt as _, stream};
use openwati_core::{pacing::Pace, time::Clock};
use openwati_store::{Store, slots::Slot};
use openwati_tests::{Answer, Process, SOON, eventually, someone};
use serde_json::json;

use super::{AT_A_TIME, answered, armed, dies, points_of, program};

/// Points that a send without a key does not come to.
const OF_KEYS: [&str; 2] = ["send.key_taken_over", "send.key_released"];

#[tokio::test]
async fn a_send_that_is_cut_is_neither_doubled_nor_lost() {
    let cases = points_of("send.")
        .into_iter()
        .flat_map(|point| [(point, None), (point, Some("k"))])
        .filter(|(point, key)| key.is_some() || !OF_KEYS.contains(point));
    let cut = stream::iter(cases).map(async |(point, key)| match point {
        "send.place_returned"
        | "send.message_withdrawn"
        | "send.given_back"
        | "send.key_released" => {
            refused_send_is_cut(point, key).await;
        }
        "send.key_taken_over" => take_over_is_cut(point).await,
        _ => send_is_cut(point, key).await,
    });
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn send_is_cut(point: &'static str, key: Option<&'static str>) {
    let program = program();
    let process = program.start().await;
    let (earlier, answered) = answered(&process).await;
    let to = someone();
    process.kill().await;

    let process = armed(&program, point).await;
    assert!(!is_answered(&process, key, &to).await, "{point}");
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    client.reaches(answered.id(), "delivered").await;
    assert_eq!(
        process.whatsapp().phone(&earlier).texts().await,
        ["Hello"],
        "{point}"
    );

    let phone = process.whatsapp().phone(&to);
    let kept = client.with(&to).await;
    let reached = phone.texts().await.len();
    match point {
        // Nothing was claimed: it never was.
        "send.authenticated" | "send.key_claimed" => {
            assert_eq!((kept.len(), reached), (0, 0), "{point}")
        }
        // It was not handed over, which nobody can know.
        "send.message_claimed" => {
            assert_eq!((kept.len(), reached), (1, 0), "{point}");
            client
                .reaches(kept[0]["id"].as_str().unwrap(), "unknown")
                .await;
        }
        // WhatsApp has it.
        _ => {
            assert_eq!((kept.len(), reached), (1, 1), "{point}");
            client
                .reaches(kept[0]["id"].as_str().unwrap(), "delivered")
                .await;
        }
    }
    if let Some(key) = key {
        let last = tried_again(&process, key, &to).await;
        if point == "send.message_claimed" {
            last.refused(409, "outcome_unknown");
        } else {
            assert_eq!(last.ok().replayed(), !kept.is_empty(), "{point}");
        }
        let expected = usize::from(point != "send.message_claimed");
        assert_eq!(phone.texts().await.len(), expected, "{point}");
        assert_eq!(client.with(&to).await.len(), 1, "{point}");
    } else {
        assert_eq!(phone.texts().await.len(), reached, "{point}");
    }
    process.kill().await;
}

/// Sends, and says whether there was an answer.
async fn is_answered(process: &Process, key: Option<&str>, to: &str) -> bool {
    let body = json!({"to": to, "message": "cut"});
    let request = process.client().sending(&body);
    let request = match key {
        Some(key) => request.header("idempotency-key", key),
        None => request,
    };
    request.send().await.is_ok()
}

/// The caller tries again until there is an answer.
async fn tried_again(process: &Process, key: &str, to: &str) -> Answer {
    let client = process.client();
    eventually("the second try's answer", SOON, || async {
        let answer = client.send_once(key, to, "cut").await;
        match (answer.status, answer.body["code"].as_str()) {
            (409, Some("in_progress")) => None,
            _ => Some(answer),
        }
    })
    .await
}

/// A send that finds no slot, and dies while it gives back what it had reserved.
async fn refused_send_is_cut(point: &'static str, key: Option<&'static str>) {
    let program = program();
    let process = armed(&program, point).await;
    let to = someone();
    let pace = slots_of(&process).await;
    set_pace(&process, pace, NO_SLOTS).await;
    assert!(!is_answered(&process, key, &to).await, "{point}");
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    set_pace(&process, NO_SLOTS, pace).await;
    let phone = process.whatsapp().phone(&to);
    assert_eq!(phone.texts().await, [""; 0], "{point}");
    // Place and message are given back at the same time: whether the other one was is left open.
    let kept = client.with(&to).await;
    let taken = places_taken(&process).await;
    match point {
        "send.place_returned" => assert!(kept.len() <= 1 && taken == 0, "{kept:?} {taken}"),
        "send.message_withdrawn" => assert!(kept.is_empty() && taken <= 1, "{kept:?} {taken}"),
        _ => assert!(kept.is_empty() && taken == 0, "{point}: {kept:?} {taken}"),
    }
    for message in &kept {
        client
            .reaches(message["id"].as_str().unwrap(), "unknown")
            .await;
    }
    if let Some(key) = key {
        let last = tried_again(&process, key, &to).await;
        if kept.is_empty() {
            assert!(!last.ok().replayed(), "{point}");
            assert_eq!(phone.texts().await, ["cut"], "{point}");
        } else {
            last.refused(409, "outcome_unknown");
        }
    }
    process.kill().await;
}

/// A key whose first try never reached WhatsApp, and whose second dies once the key is its own.
async fn take_over_is_cut(point: &'static str) {
    let program = program();
    let process = armed(&program, point).await;
    let to = someone();
    let busy = json!({"error": {"code": 131_000}, "times": 1});
    process.whatsapp().trouble(&to, busy).await;
    eventually("the second try dies", SOON, || async {
        (!is_answered(&process, Some("k"), &to).await).then_some(())
    })
    .await;
    dies(process, point).await;

    let process = program.start().await;
    let last = tried_again(&process, "k", &to).await.ok();
    assert!(!last.replayed());
    assert!(tried_again(&process, "k", &to).await.ok().replayed());
    assert_eq!(process.whatsapp().phone(&to).texts().await, ["cut"]);
    let mut ends: Vec<String> = Vec::new();
    for message in process.client().with(&to).await {
        ends.push(message["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(ends.len(), 2, "{ends:?}");
    assert_eq!(ends[1], "failed");
    process.kill().await;
}

/// The pace of a channel that has no slot to give.
const NO_SLOTS: Pace = Pace {
    per_second: 0,
    changed_at: None,
};

fn store(process: &Process) -> Store {
    Store::new(process.aws().dynamodb, &process.ready().aws.table)
}

async fn slots_of(process: &Process) -> Pace {
    let tenant = process.ready().tenant_id.parse().unwrap();
    let channel = process.channel().id;
    let now = Clock::system().now();
    let slot = store(process).take_slot(&tenant, channel, now).await;
    match slot.unwrap() {
        Slot::Taken(pace) => pace,
        other => panic!("{other:?}"),
    }
}

async fn set_pace(process: &Process, before: Pace, after: Pace) {
    let tenant = process.ready().tenant_id.parse().unwrap();
    let channel = process.channel().id;
    let set = store(process)
        .set_pace(&tenant, channel, before, after)
        .await;
    set.unwrap();
}

async fn places_taken(process: &Process) -> u32 {
    let (store, tenant) = (store(process), process.ready().tenant_id.parse().unwrap());
    let found = store.tenant_with_channels(&tenant).await.unwrap().unwrap();
    let day = found.tenant.day(Clock::system().now());
    store.outbound_used(&tenant, day).await.unwrap()
}
