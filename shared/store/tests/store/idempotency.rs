//! Claiming an idempotency key.

use std::time::Duration;

use futures::future::join_all;
use openwati_core::id::Id;
use openwati_core::idempotency::KEPT;
use openwati_store::idempotency::IdempotencyRecord;

use crate::table::{NOW, store, tenant};

fn record(made: u8) -> IdempotencyRecord {
    let lease_until = NOW.plus(Duration::from_secs(34));
    IdempotencyRecord::new("hash".into(), Id::from_bytes([made; 12]), NOW, lease_until)
}

#[tokio::test]
async fn of_many_at_once_one_gets_the_key_and_the_others_see_whose_it_is() {
    let store = store().await;
    let tenant = tenant();
    let records: Vec<IdempotencyRecord> = (0..10).map(record).collect();
    let claims = records
        .iter()
        .map(|r| store.claim_idempotency_key(&tenant, "key", r, None, NOW));
    let claims: Vec<_> = join_all(claims)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let won: Vec<usize> = (0..10).filter(|n| claims[*n].is_none()).collect();
    assert_eq!(won.len(), 1);
    let winner = records[won[0]].made;
    assert!(
        claims
            .iter()
            .flatten()
            .all(|in_the_way| in_the_way.made == winner)
    );
}

#[tokio::test]
async fn a_key_is_taken_over_released_or_forgotten_by_its_rules_alone() {
    let store = store().await;
    let tenant = tenant();
    let claim = async |made, replaces, now| {
        let claimed = store
            .claim_idempotency_key(&tenant, "key", &record(made), replaces, now)
            .await;
        claimed.unwrap().map(|r| r.made.bytes()[0])
    };
    let id = |made| Some(Id::from_bytes([made; 12]));
    assert_eq!(claim(1, None, NOW).await, None);
    assert_eq!(claim(2, id(9), NOW).await, Some(1));
    assert_eq!(claim(2, id(1), NOW).await, None);
    // A late release of the first try does not free what the second holds.
    store
        .release_idempotency_key(&tenant, "key", Id::from_bytes([1; 12]))
        .await
        .unwrap();
    assert_eq!(claim(3, None, NOW).await, Some(2));
    store
        .release_idempotency_key(&tenant, "key", Id::from_bytes([2; 12]))
        .await
        .unwrap();
    assert_eq!(claim(3, None, NOW).await, None);
    assert_eq!(claim(4, None, NOW.plus(KEPT)).await, None);
    let other = "9999999999".parse().unwrap();
    let elsewhere = store
        .claim_idempotency_key(&other, "key", &record(5), None, NOW)
        .await;
    assert!(elsewhere.unwrap().is_none());
}
