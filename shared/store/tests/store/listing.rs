//! Lists of messages: pages, filters, months.

use std::time::Duration;

use openwati_core::entropy::Entropy;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::message::{Direction, NewMessage, Selection};

use crate::table::{NOW, store, tenant};

/// `count` messages, one every `apart`, the newest at [`NOW`]; every third with another peer. Newest first.
async fn write(store: &Store, count: u32, apart: Duration) -> Vec<Id> {
    let mut ids = Vec::new();
    for n in 0..count {
        let id = Id::new(NOW.minus(apart * n), &Entropy::system());
        let peer = if n % 3 == 0 {
            "15550000002"
        } else {
            "923001234567"
        };
        let message = NewMessage {
            id,
            channel: Id::from_bytes([7; 12]),
            peer,
            content: "{}",
            media: None,
        };
        assert!(store.claim_message(&tenant(), message, NOW).await.unwrap());
        ids.push(id);
    }
    ids
}

fn digits(digits: &str) -> Recipient {
    Recipient::parse_peer(digits).unwrap()
}

fn selection(limit: usize) -> Selection {
    Selection {
        peers: None,
        direction: None,
        since: NOW.minus(Duration::from_secs(86_400 * 3650)),
        before: Id::first_at(NOW.plus(Duration::from_secs(60))),
        limit,
    }
}

async fn all_pages(store: &Store, mut selection: Selection) -> (Vec<Id>, usize) {
    let (mut ids, mut pages) = (Vec::new(), 0);
    loop {
        let page = store.messages(&tenant(), &selection).await.unwrap();
        assert!(page.messages.len() <= selection.limit);
        ids.extend(page.messages.iter().map(|message| message.id));
        pages += 1;
        match page.next_before {
            Some(before) => selection.before = before,
            None => return (ids, pages),
        }
    }
}

#[tokio::test]
async fn every_message_is_on_exactly_one_page_newest_first() {
    let store = store().await;
    let written = write(&store, 45, Duration::from_secs(1)).await;
    for limit in [1, 7, 45, 100] {
        assert_eq!(
            all_pages(&store, selection(limit)).await.0,
            written,
            "{limit}"
        );
    }
}

#[tokio::test]
async fn pages_go_back_over_months_without_messages() {
    let store = store().await;
    let written = write(&store, 6, Duration::from_secs(86_400 * 100)).await;
    let (ids, pages) = all_pages(&store, selection(4)).await;
    assert_eq!(ids, written);
    assert!(pages < 15, "{pages}");
}

#[tokio::test]
async fn a_peers_messages_are_their_own() {
    let store = store().await;
    let written = write(&store, 30, Duration::from_secs(3600)).await;
    for limit in [1, 4, 100] {
        let peers = Some(vec![digits("15550000002")]);
        let (ids, _) = all_pages(
            &store,
            Selection {
                peers,
                ..selection(limit)
            },
        )
        .await;
        let expected: Vec<Id> = written.iter().copied().step_by(3).collect();
        assert_eq!(ids, expected, "{limit}");
    }
    let peers = Some(vec![digits("15550000003")]);
    assert!(
        all_pages(
            &store,
            Selection {
                peers,
                ..selection(10)
            }
        )
        .await
        .0
        .is_empty()
    );
}

#[tokio::test]
async fn since_before_and_direction_narrow_a_list() {
    let store = store().await;
    let written = write(&store, 20, Duration::from_secs(3600)).await;
    let since = written[9].moment();
    let before = Id::first_at(written[4].moment());
    for peers in [None, Some(vec![digits("923001234567")])] {
        let narrowed = Selection {
            peers: peers.clone(),
            since,
            before,
            ..selection(3)
        };
        let expected: Vec<Id> = (5..10)
            .filter(|n| peers.is_none() || n % 3 != 0)
            .map(|n| written[n])
            .collect();
        assert_eq!(all_pages(&store, narrowed).await.0, expected);
    }
    let inbound = Selection {
        direction: Some(Direction::In),
        ..selection(3)
    };
    assert!(all_pages(&store, inbound).await.0.is_empty());
    let outbound = Selection {
        direction: Some(Direction::Out),
        ..selection(3)
    };
    assert_eq!(all_pages(&store, outbound).await.0, written);
}

#[tokio::test]
async fn an_empty_table_ends_at_once_where_the_list_begins() {
    let store = store().await;
    let page = store
        .messages(
            &tenant(),
            &Selection {
                since: NOW,
                ..selection(10)
            },
        )
        .await
        .unwrap();
    assert!(page.messages.is_empty() && page.next_before.is_none());
    let later = Moment::from_seconds(NOW.seconds() + 3600);
    let page = store
        .messages(
            &tenant(),
            &Selection {
                since: later,
                ..selection(10)
            },
        )
        .await
        .unwrap();
    assert!(page.messages.is_empty() && page.next_before.is_none());
}
