//! Messages that are taken on and sent later.

use std::time::Duration;

use openwati_core::entropy::Entropy;
use openwati_core::id::Id;
use openwati_core::idempotency::Answer;
use openwati_core::media::MediaKind;
use openwati_core::state::MessageState;
use openwati_store::Store;
use openwati_store::due::Due;
use openwati_store::message::{Held, MediaRecord, MessageError, MessageRecord, NewMessage};
use openwati_store::outbox::{GRACE, OutboxRecord};
use openwati_store::queues::{Job, QueueName};

use crate::table::{NOW, store, tenant};

const LEASE: Duration = Duration::from_secs(34);

fn job() -> OutboxRecord {
    OutboxRecord {
        queue: QueueName::MediaSend,
        job: Job {
            body: "{}".to_owned(),
            group: None,
            deduplication: None,
            delay_seconds: 0,
        },
    }
}

async fn accepted(store: &Store) -> Id {
    let id = Id::new(NOW, &Entropy::system());
    assert!(accept(store, id).await);
    id
}

async fn accept(store: &Store, id: Id) -> bool {
    let media = MediaRecord::pending(MediaKind::Image, "", "image/png", None, None);
    let message = NewMessage {
        id,
        channel: Id::from_bytes([7; 12]),
        peer: "923001234567",
        content: "{}",
        media: Some(&media),
    };
    let (tenant, job) = (tenant(), job());
    let accepted = store.accept_message(&tenant, message, (id, &job), NOW);
    accepted.await.unwrap()
}

async fn message(store: &Store, id: Id) -> MessageRecord {
    store.message(&tenant(), id).await.unwrap().unwrap()
}

async fn state(store: &Store, id: Id) -> MessageState {
    message(store, id).await.stages().state()
}

fn held(message: Id) -> Held {
    Held {
        message,
        by: Id::new(NOW, &Entropy::system()),
        lease_until: NOW.plus(LEASE),
    }
}

fn why() -> MessageError {
    MessageError::of_platform("media_url_failed", "the server answered 404")
}

#[tokio::test]
async fn an_accepted_message_comes_with_its_job_and_waits_for_nobody() {
    let store = store().await;
    let id = accepted(&store).await;
    assert_eq!(state(&store, id).await, MessageState::Accepted);
    assert!(message(&store, id).await.media.is_some());
    assert_eq!(store.outbox(&tenant(), id).await.unwrap(), Some(job()));
    let due = store.due(NOW.plus(GRACE + LEASE), 10).await.unwrap();
    assert_eq!(due, [Due::Outbox(tenant(), id)]);
    assert!(!accept(&store, id).await, "an id is taken once");
}

#[tokio::test]
async fn one_of_many_holds_an_accepted_message() {
    let store = store().await;
    let id = accepted(&store).await;
    let first = held(id);
    let tenant = tenant();
    for (held, expected) in [(first, true), (first, true), (held(id), false)] {
        let claimed = store.claim_accepted(&tenant, held, "{\"a\":1}").await;
        assert_eq!(claimed.unwrap(), expected);
    }
    assert_eq!(message(&store, id).await.content, "{\"a\":1}");
    assert_eq!(state(&store, id).await, MessageState::Sending);
    // Whoever holds it is the only one who gives it back or up.
    assert!(
        !store
            .give_up_accepted(&tenant, id, &why(), NOW)
            .await
            .unwrap()
    );
    store.withdraw_accepted(&tenant, id).await.unwrap();
    store.put_back_accepted(&tenant, held(id)).await.unwrap();
    assert_eq!(state(&store, id).await, MessageState::Sending);
    store.put_back_accepted(&tenant, first).await.unwrap();
    assert_eq!(state(&store, id).await, MessageState::Accepted);
    assert!(store.claim_accepted(&tenant, held(id), "{}").await.unwrap());
}

#[tokio::test]
async fn what_has_an_outcome_is_not_held_again() {
    let store = store().await;
    let tenant = tenant();
    let (sent, cut, failed) = (
        accepted(&store).await,
        accepted(&store).await,
        accepted(&store).await,
    );
    for id in [sent, cut] {
        assert!(store.claim_accepted(&tenant, held(id), "{}").await.unwrap());
    }
    let taken = store.message_accepted(&tenant, sent, "wamid.1", NOW);
    taken.await.unwrap();
    assert!(store.message_unknown(&tenant, cut, NOW).await.unwrap());
    assert!(
        store
            .give_up_accepted(&tenant, failed, &why(), NOW)
            .await
            .unwrap()
    );
    for id in [sent, cut, failed] {
        assert!(!store.claim_accepted(&tenant, held(id), "{}").await.unwrap());
        assert!(
            !store
                .give_up_accepted(&tenant, id, &why(), NOW)
                .await
                .unwrap()
        );
        store.withdraw_accepted(&tenant, id).await.unwrap();
    }
    let failed = message(&store, failed).await;
    assert_eq!(failed.error, Some(why()));
    assert_eq!(failed.answer(), Some(Answer::Refused));
    assert_eq!(state(&store, sent).await, MessageState::Sent);
    assert_eq!(state(&store, cut).await, MessageState::Unknown);
}

#[tokio::test]
async fn what_nobody_holds_is_taken_back() {
    let store = store().await;
    let id = accepted(&store).await;
    store.withdraw_accepted(&tenant(), id).await.unwrap();
    assert!(store.message(&tenant(), id).await.unwrap().is_none());
    // Its job finds nothing, and makes nothing.
    assert!(
        !store
            .claim_accepted(&tenant(), held(id), "{}")
            .await
            .unwrap()
    );
    assert!(store.message(&tenant(), id).await.unwrap().is_none());
}
