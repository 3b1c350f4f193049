//! Keys' minutes, channels' seconds and tenants' days are never exceeded.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use openwati_core::api_key::{ApiKey, ApiKeyHash};
use openwati_core::entropy::Entropy;
use openwati_core::id::Id;
use openwati_core::key_ring::KeyRing;
use openwati_core::phone::PhoneNumber;
use openwati_core::rate::DayWindow;
use openwati_core::role::Role;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::api_key::{ApiKeyRecord, KeyListRecord, KeyUse, NewApiKey};
use openwati_store::channel::{ChannelRecord, ChannelState};
use openwati_store::slots::Slot;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::table::{NOW, store, tenant};

async fn key(store: &Store, per_minute: u32, change: impl FnOnce(&mut ApiKeyRecord)) -> ApiKeyHash {
    let key = ApiKey::new(&Entropy::system());
    let mut record = ApiKeyRecord {
        tenant: tenant(),
        id: Id::new(NOW, &Entropy::system()),
        name: "test".into(),
        scopes: vec!["api".into()],
        role: Role::Admin,
        enabled: true,
        per_minute,
        operator_limit: None,
        held: false,
        expires_at: None,
        version: 0,
    };
    change(&mut record);
    let listed = KeyListRecord {
        id: record.id,
        hash: key.hash(),
        last_four: key.last_four().to_owned(),
        created_at: NOW,
        rotated_at: None,
    };
    let new = NewApiKey {
        record: &record,
        listed: &listed,
        most: None,
        copy: None,
        audit: None,
    };
    assert!(store.create_api_key(&new).await.unwrap());
    key.hash()
}

async fn channel(store: &Store, per_second: u32) -> Id {
    let entropy = Entropy::system();
    let sealed = KeyRing::parse(KeyRing::generate(&entropy).expose())
        .unwrap()
        .seal("", "", &entropy);
    let id = Id::new(NOW, &entropy);
    let record = ChannelRecord {
        id,
        state: ChannelState::Connected,
        state_reason: None,
        is_default: true,
        phone_number: PhoneNumber::from_digits("15550000001").unwrap(),
        phone_number_id: "1".into(),
        waba_id: "2".into(),
        access_token: sealed.clone(),
        app_secret: sealed.clone(),
        verify_token: sealed,
        per_second,
        name: None,
        checked: None,
        created_at: NOW,
    };
    assert!(store.create_channel(&tenant(), &record).await.unwrap());
    id
}

fn after(seconds: u64) -> Moment {
    NOW.plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_key_counts_down_and_is_full_until_the_minute_turns() {
    let store = store().await;
    let key = key(&store, 2, |_| {}).await;
    for remaining in [1, 0] {
        let KeyUse::Counted(record, rate) = store.use_api_key(&key, NOW).await.unwrap() else {
            panic!()
        };
        assert_eq!(
            (record.tenant, rate.limit, rate.remaining),
            (tenant(), 2, remaining)
        );
    }
    assert!(
        matches!(store.use_api_key(&key, NOW).await.unwrap(), KeyUse::Full(rate) if rate.remaining == 0)
    );
    let next = store.use_api_key(&key, after(60)).await.unwrap();
    assert!(matches!(next, KeyUse::Counted(_, rate) if rate.remaining == 1));
}

#[tokio::test]
async fn a_minute_whose_count_was_left_long_ago_begins_anew() {
    let store = store().await;
    let key = key(&store, 1, |_| {}).await;
    // 16 minutes later the same attribute is used again.
    for minute in [0, 16, 32, 33] {
        let now = after(minute * 60);
        assert!(
            matches!(
                store.use_api_key(&key, now).await.unwrap(),
                KeyUse::Counted(..)
            ),
            "{minute}"
        );
        assert!(
            matches!(store.use_api_key(&key, now).await.unwrap(), KeyUse::Full(_)),
            "{minute}"
        );
    }
}

#[tokio::test]
async fn a_clock_that_is_behind_counts_in_the_newest_minute() {
    let store = store().await;
    let key = key(&store, 2, |_| {}).await;
    for (seconds, counted) in [(60, true), (0, true), (0, false), (60, false)] {
        let used = store.use_api_key(&key, after(seconds)).await.unwrap();
        assert_eq!(matches!(used, KeyUse::Counted(..)), counted, "{seconds}");
    }
}

#[tokio::test]
async fn a_key_that_is_unknown_disabled_or_expired_is_refused_even_when_it_is_full() {
    let store = store().await;
    let disabled = key(&store, 60, |record| record.enabled = false).await;
    let expired = key(&store, 60, |record| record.expires_at = Some(NOW)).await;
    let unknown = ApiKey::new(&Entropy::system()).hash();
    for key in [disabled, expired, unknown] {
        assert!(matches!(
            store.use_api_key(&key, NOW).await.unwrap(),
            KeyUse::Refused
        ));
    }
    let ends = key(&store, 1, |record| record.expires_at = Some(after(10))).await;
    assert!(matches!(
        store.use_api_key(&ends, NOW).await.unwrap(),
        KeyUse::Counted(..)
    ));
    assert!(matches!(
        store.use_api_key(&ends, after(10)).await.unwrap(),
        KeyUse::Refused
    ));
}

#[tokio::test]
async fn a_limit_of_nothing_lets_nobody_in() {
    let store = store().await;
    let key = key(&store, 0, |_| {}).await;
    assert!(matches!(
        store.use_api_key(&key, NOW).await.unwrap(),
        KeyUse::Full(_)
    ));
}

#[tokio::test]
async fn fifty_at_once_take_exactly_what_there_is() {
    let store = store().await;
    let (tenant, day) = (tenant(), DayWindow::at(NOW, 0));
    let (key, channel) = (key(&store, 20, |_| {}).await, channel(&store, 20).await);
    let keys = join_all((0..50).map(|_| store.use_api_key(&key, NOW))).await;
    let slots = join_all((0..50).map(|_| store.take_slot(&tenant, channel, NOW))).await;
    let places = join_all((0..50).map(|_| store.reserve_outbound(&tenant, day, Some(20)))).await;
    assert_eq!(
        keys.iter()
            .filter(|used| matches!(used, Ok(KeyUse::Counted(..))))
            .count(),
        20
    );
    assert_eq!(
        slots
            .iter()
            .filter(|slot| matches!(slot, Ok(Slot::Taken(_))))
            .count(),
        20
    );
    assert_eq!(
        places
            .iter()
            .filter(|place| matches!(place, Ok(true)))
            .count(),
        20
    );
    assert_eq!(store.outbound_used(&tenant, day).await.unwrap(), 20);
}

#[tokio::test]
async fn a_place_goes_back_to_its_own_day_and_never_below_nothing() {
    let store = store().await;
    let (tenant, day) = (tenant(), DayWindow::at(NOW, 0));
    assert!(store.reserve_outbound(&tenant, day, Some(1)).await.unwrap());
    assert!(!store.reserve_outbound(&tenant, day, Some(1)).await.unwrap());
    for _ in 0..2 {
        store.return_outbound(&tenant, day).await.unwrap();
    }
    assert!(store.reserve_outbound(&tenant, day, Some(1)).await.unwrap());
    assert!(!store.reserve_outbound(&tenant, day, Some(1)).await.unwrap());
    assert!(!store.reserve_outbound(&tenant, day, Some(0)).await.unwrap());
    assert!(store.reserve_outbound(&tenant, day, None).await.unwrap());
}

#[tokio::test]
async fn a_channel_that_is_gone_has_no_slots() {
    let store = store().await;
    let slot = store
        .take_slot(&tenant(), Id::from_bytes([9; 12]), NOW)
        .await
        .unwrap();
    assert_eq!(slot, Slot::Missing);
}

#[tokio::test]
async fn a_slowed_channel_hands_out_less() {
    let store = store().await;
    let id = channel(&store, 4).await;
    let Slot::Taken(pace) = store.take_slot(&tenant(), id, NOW).await.unwrap() else {
        panic!()
    };
    store
        .set_pace(&tenant(), id, pace, pace.slowed(NOW))
        .await
        .unwrap();
    // Changed since it was read: the second change is not made.
    store
        .set_pace(&tenant(), id, pace, pace.slowed(NOW))
        .await
        .unwrap();
    let tenant = tenant();
    let taken = join_all((0..4).map(|_| store.take_slot(&tenant, id, after(1)))).await;
    assert_eq!(
        taken
            .iter()
            .filter(|slot| matches!(slot, Ok(Slot::Taken(p)) if p.per_second == 2))
            .count(),
        2
    );
}

/// Whatever the clocks of several machines show, no window is given out more often than its limit, and none that was
/// asked for less often is refused while the clocks agree.
#[test]
fn no_window_is_ever_exceeded() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = runtime.block_on(store());
    let steps = proptest::collection::vec((0_u64..40, 0_i64..30), 1..60);
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(24)
    });
    runner
        .run(&(steps, 1_u32..4), |(steps, limit)| {
            runtime.block_on(async {
                let id = channel(&store, limit).await;
                let mut newest = 0;
                let mut given: BTreeMap<i64, u32> = BTreeMap::new();
                let mut second = NOW.seconds();
                for (turn, behind) in steps {
                    // Mostly the same second, sometimes a later one; some machines' clocks are behind.
                    second += if turn < 30 {
                        0
                    } else {
                        i64::try_from(turn).unwrap() - 29
                    };
                    let shown = second - behind;
                    let window = newest.max(shown);
                    let slot = store
                        .take_slot(&tenant(), id, Moment::from_seconds(shown))
                        .await
                        .unwrap();
                    let count = given.entry(window).or_default();
                    let expected = *count < limit;
                    prop_assert_eq!(
                        matches!(slot, Slot::Taken(_)),
                        expected,
                        "second {}",
                        window
                    );
                    if expected {
                        *count += 1;
                        newest = window;
                    }
                }
                Ok(())
            })
        })
        .unwrap();
}
