//! A delivery's way through the store.

use std::collections::HashSet;
use std::time::Duration;

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::delivery::{
    AttemptRecord, DeliveryKey, DeliveryRecord, DeliverySelection, DeliveryState, EventBody,
    NewDelivery, Outcome,
};
use openwati_store::due::Due;

use crate::table::{NOW, store, tenant};

const ENDPOINT: Id = Id::from_bytes([9; 12]);

fn key(at: Moment, number: u32) -> DeliveryKey {
    DeliveryKey {
        tenant: tenant(),
        endpoint: ENDPOINT,
        delivery: Id::derived(at, &[&number.to_string()]),
    }
}

fn attempt(answer: Option<String>) -> AttemptRecord {
    AttemptRecord {
        at: NOW,
        wati_signature: Some(format!("sha256={}", "0".repeat(64))),
        standard_signature: Some(format!("v1,{}", "0".repeat(44))),
        status: Some(500),
        answer,
        first_byte_ms: Some(12),
        total_ms: Some(13),
        error: None,
        detail: None,
        next_at: None,
    }
}

fn pending(key: DeliveryKey, next_at: Moment, by_timers: bool) -> NewDelivery {
    NewDelivery {
        key,
        event: Id::from_bytes([8; 12]),
        kind: EventType::MessageStatus,
        body: EventBody::Text("{}".to_owned()),
        state: DeliveryState::Pending,
        round: 0,
        step: 1,
        attempts: 1,
        next_at: Some(next_at),
        by_timers,
        reason: None,
        first: Some(attempt(None)),
    }
}

async fn kept(store: &Store, key: &DeliveryKey) -> DeliveryRecord {
    let keys = HashSet::from([key.clone()]);
    let found = store.gather_deliveries(&HashSet::new(), &keys).await;
    found.unwrap().deliveries.remove(key).unwrap()
}

#[tokio::test]
async fn a_delivery_goes_on_from_where_it_stands_and_from_nowhere_else() {
    let store = store().await;
    let key = key(NOW, 1);
    let next = NOW.plus(Duration::from_millis(61_234));
    let new = pending(key.clone(), next, false);
    store.put_deliveries(&[new], NOW).await.unwrap();
    let record = kept(&store, &key).await;
    assert_eq!((record.step, record.next_at), (1, Some(next)));
    assert_eq!(record.first, Some(attempt(None)));

    let far = Outcome::Again {
        at: NOW.plus(Duration::from_secs(1_800)),
        by_timers: true,
    };
    let tried = async |place, outcome: &Outcome| {
        let tried = store.delivery_tried(&key, place, 2, outcome).await;
        tried.unwrap()
    };
    assert!(!tried((0, 0), &far).await);
    assert!(!tried((1, 1), &far).await);
    assert!(tried((0, 1), &far).await);
    // The same again, because the answer was lost, is our own.
    assert!(tried((0, 1), &far).await);
    let other = Outcome::Again {
        at: NOW.plus(Duration::from_secs(1_801)),
        by_timers: true,
    };
    assert!(!tried((0, 1), &other).await);
    let due = store.due_deliveries(NOW.plus(Duration::from_secs(1_801)), 10);
    let delivery = Due::Delivery(tenant(), ENDPOINT, key.delivery);
    assert_eq!(due.await.unwrap(), [delivery]);
    assert!(
        tried((0, 1), &Outcome::Delivered).await,
        "what is taken is taken"
    );
    let record = kept(&store, &key).await;
    assert_eq!(record.state, DeliveryState::Delivered);
    assert_eq!((record.next_at, record.due_at), (None, None));
    let due = store.due_deliveries(NOW.plus(Duration::from_secs(1_801)), 10);
    assert!(due.await.unwrap().is_empty());

    let restarted = store.restart_delivery(&key, NOW, next).await.unwrap();
    let restarted = restarted.unwrap();
    assert_eq!((restarted.round, restarted.step), (1, 0));
    assert!(!tried((0, 0), &far).await, "a job of an earlier round");
    assert!(store.drop_delivery(&key, "not_processed").await.unwrap());
    assert!(!store.drop_delivery(&key, "not_processed").await.unwrap());
}

#[tokio::test]
async fn a_long_answer_is_kept_beside_its_delivery() {
    let store = store().await;
    let key = key(NOW, 1);
    let mut new = pending(key.clone(), NOW, false);
    let long = attempt(Some("x".repeat(20_000)));
    new.first = Some(long.clone());
    store.put_deliveries(&[new], NOW).await.unwrap();
    assert_eq!(kept(&store, &key).await.first, None);
    let second = (key.clone(), 2, attempt(None));
    store.put_attempts(&[second], NOW).await.unwrap();
    let attempts = store.attempts(&key).await.unwrap();
    assert_eq!(attempts, [(1, long), (2, attempt(None))]);
}

#[tokio::test]
async fn deliveries_are_listed_over_months_and_shards_without_a_gap() {
    let store = store().await;
    let at = |number: u32| NOW.minus(Duration::from_secs(u64::from(number) * 6 * 3_600));
    let all: Vec<NewDelivery> = (0..200)
        .map(|number| {
            let mut new = pending(key(at(number), number), NOW, false);
            if number % 3 == 0 {
                new.state = DeliveryState::Dropped;
            }
            new
        })
        .collect();
    store.put_deliveries(&all, NOW).await.unwrap();
    for (state, expected) in [(None, 200), (Some(DeliveryState::Dropped), 67)] {
        let mut before = Id::first_at(NOW.plus(Duration::from_secs(60)));
        let mut seen: Vec<Id> = Vec::new();
        loop {
            let selection = DeliverySelection {
                state,
                since: at(300),
                before,
                limit: 7,
            };
            let page = store.deliveries(&tenant(), ENDPOINT, &selection).await;
            let page = page.unwrap();
            assert!(page.deliveries.len() <= 7);
            seen.extend(page.deliveries.iter().map(|delivery| delivery.id));
            match page.next_before {
                Some(next) => before = next,
                None => break,
            }
        }
        assert!(seen.is_sorted_by(|a, b| a > b));
        assert_eq!(seen.len(), expected);
    }
}
