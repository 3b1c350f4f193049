//! A message's way through the store.

use openwati_core::entropy::Entropy;
use openwati_core::id::Id;
use openwati_core::idempotency::Answer;
use openwati_core::state::{MessageState, Reported};
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::due::Due;
use openwati_store::message::{MessageError, NewMessage, Report, Reporting};
use openwati_store::outbox::{GRACE, OutboxRecord};
use openwati_store::queues::{Job, QueueName};

use crate::table::{NOW, store, tenant};

const LEASE: std::time::Duration = std::time::Duration::from_secs(34);

pub(crate) async fn claimed(store: &Store) -> Id {
    let id = Id::new(NOW, &Entropy::system());
    assert!(claim(store, id, "{}").await);
    id
}

async fn claim(store: &Store, id: Id, content: &str) -> bool {
    let message = NewMessage {
        id,
        channel: Id::from_bytes([7; 12]),
        peer: "923001234567",
        content,
        media: None,
    };
    let (tenant, lease_until) = (tenant(), NOW.plus(LEASE));
    let claimed = store.claim_message(&tenant, message, lease_until);
    claimed.await.unwrap()
}

async fn state(store: &Store, id: Id) -> MessageState {
    store
        .message(&tenant(), id)
        .await
        .unwrap()
        .unwrap()
        .stages()
        .state()
}

pub(crate) fn report(stage: Reported, seconds: i64) -> Report {
    Report {
        stage,
        at: Moment::from_seconds(seconds),
        error: None,
    }
}

async fn due(store: &Store) -> Vec<Due> {
    store.due(NOW.plus(LEASE + LEASE), 10).await.unwrap()
}

#[tokio::test]
async fn a_message_that_was_taken_is_found_by_its_wamid_and_is_not_due() {
    let store = store().await;
    let id = claimed(&store).await;
    assert_eq!(state(&store, id).await, MessageState::Sending);
    assert_eq!(due(&store).await, [Due::Message(tenant(), id)]);
    assert!(store.due(NOW, 10).await.unwrap().is_empty());
    for _ in 0..2 {
        store
            .message_accepted(&tenant(), id, "wamid.1", NOW)
            .await
            .unwrap();
    }
    assert_eq!(state(&store, id).await, MessageState::Sent);
    assert_eq!(
        store
            .message_id_of_wamid(&tenant(), "wamid.1")
            .await
            .unwrap(),
        Some(id)
    );
    let other = "9999999999".parse().unwrap();
    assert_eq!(
        store.message_id_of_wamid(&other, "wamid.1").await.unwrap(),
        None
    );
    assert!(store.message(&other, id).await.unwrap().is_none());
    assert!(due(&store).await.is_empty());
}

#[tokio::test]
async fn a_callback_that_is_faster_than_the_sender_is_not_undone() {
    let store = store().await;
    let id = claimed(&store).await;
    let reporting = store
        .report_message(&tenant(), id, "wamid.1", &[report(Reported::Read, 10)])
        .await
        .unwrap();
    let Reporting::Recorded(recorded) = reporting else {
        panic!("{reporting:?}")
    };
    assert_eq!(recorded.before, MessageState::Sending);
    assert_eq!(recorded.after, MessageState::Read);
    assert_eq!(recorded.held, [(Reported::Read, Moment::from_seconds(10))]);
    store
        .message_accepted(&tenant(), id, "wamid.1", NOW)
        .await
        .unwrap();
    let message = store.message(&tenant(), id).await.unwrap().unwrap();
    assert_eq!(message.stages().state(), MessageState::Read);
    assert_eq!(message.answer(), Some(Answer::Accepted));
    assert!(due(&store).await.is_empty());
}

#[tokio::test]
async fn an_unknown_message_moves_on_and_gets_its_wamid_by_a_callback() {
    let store = store().await;
    let id = claimed(&store).await;
    assert!(store.message_unknown(&tenant(), id, NOW).await.unwrap());
    assert!(!store.message_unknown(&tenant(), id, NOW).await.unwrap());
    assert_eq!(state(&store, id).await, MessageState::Unknown);
    store
        .report_message(&tenant(), id, "wamid.1", &[report(Reported::Sent, 10)])
        .await
        .unwrap();
    assert_eq!(state(&store, id).await, MessageState::Sent);
    assert_eq!(
        store
            .message_id_of_wamid(&tenant(), "wamid.1")
            .await
            .unwrap(),
        Some(id)
    );
}

#[tokio::test]
async fn the_first_report_of_a_stage_holds() {
    let store = store().await;
    let id = claimed(&store).await;
    let reports = [
        report(Reported::Delivered, 10),
        report(Reported::Delivered, 20),
        report(Reported::Sent, 30),
    ];
    store
        .report_message(&tenant(), id, "wamid.1", &reports)
        .await
        .unwrap();
    store
        .report_message(&tenant(), id, "wamid.1", &[report(Reported::Delivered, 40)])
        .await
        .unwrap();
    let stages = store
        .message(&tenant(), id)
        .await
        .unwrap()
        .unwrap()
        .stages();
    assert_eq!(stages.delivered_at, Some(Moment::from_seconds(10)));
    let nobody = Id::from_bytes([9; 12]);
    let missing = store
        .report_message(&tenant(), nobody, "wamid.2", &reports)
        .await
        .unwrap();
    assert_eq!(missing, Reporting::Missing);
    assert_eq!(
        store
            .message_id_of_wamid(&tenant(), "wamid.2")
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_refused_message_keeps_whatsapps_words() {
    let store = store().await;
    let id = claimed(&store).await;
    let error = MessageError {
        code: Some(131_030),
        name: None,
        title: "not in allowed list".into(),
        details: None,
    };
    store
        .message_refused(&tenant(), id, &error, Answer::Refused, NOW)
        .await
        .unwrap();
    let message = store.message(&tenant(), id).await.unwrap().unwrap();
    assert_eq!(
        (&message.error, message.stages().state()),
        (&Some(error), MessageState::Failed)
    );
}

#[tokio::test]
async fn only_what_was_never_handed_over_is_withdrawn() {
    let store = store().await;
    let (withdrawn, sent, cut) = (
        claimed(&store).await,
        claimed(&store).await,
        claimed(&store).await,
    );
    store
        .message_accepted(&tenant(), sent, "wamid.1", NOW)
        .await
        .unwrap();
    store.message_unknown(&tenant(), cut, NOW).await.unwrap();
    for id in [withdrawn, sent, cut] {
        store.withdraw_message(&tenant(), id).await.unwrap();
    }
    assert!(store.message(&tenant(), withdrawn).await.unwrap().is_none());
    assert_eq!(state(&store, sent).await, MessageState::Sent);
    assert_eq!(state(&store, cut).await, MessageState::Unknown);
}

#[tokio::test]
async fn an_accepted_message_and_many_callbacks_at_once_all_land() {
    let store = store().await;
    let id = claimed(&store).await;
    let stages = [Reported::Sent, Reported::Delivered, Reported::Read];
    let reports: Vec<[Report; 1]> = (0..12).map(|n| [report(stages[n % 3], 10)]).collect();
    let tenant = tenant();
    let callbacks = reports
        .iter()
        .map(|r| store.report_message(&tenant, id, "wamid.1", r));
    let (accepted, callbacks) = tokio::join!(
        store.message_accepted(&tenant, id, "wamid.1", NOW),
        futures::future::join_all(callbacks),
    );
    accepted.unwrap();
    for reporting in callbacks {
        assert!(matches!(reporting.unwrap(), Reporting::Recorded(_)));
    }
    assert_eq!(state(&store, id).await, MessageState::Read);
}

#[tokio::test]
async fn the_first_report_of_a_stage_is_told_however_often_but_no_failure_of_what_was_delivered() {
    let store = store().await;
    let id = claimed(&store).await;
    let tenant = tenant();
    let held = async |reports: &[Report]| {
        let reporting = store.report_message(&tenant, id, "wamid.1", reports).await;
        match reporting.unwrap() {
            Reporting::Recorded(recorded) => recorded.held,
            Reporting::Missing => panic!("the message is missing"),
        }
    };
    store
        .message_accepted(&tenant, id, "wamid.1", NOW)
        .await
        .unwrap();
    let at = |stage, seconds| (stage, Moment::from_seconds(seconds));
    // The sender knew it, and WhatsApp had not said it.
    let sent = [report(Reported::Sent, 1)];
    assert_eq!(held(&sent).await, [at(Reported::Sent, 1)]);
    assert_eq!(held(&[report(Reported::Sent, 2)]).await, []);
    let read = [report(Reported::Read, 4)];
    assert_eq!(held(&read).await, [at(Reported::Read, 4)]);
    let late = [
        report(Reported::Read, 5),
        report(Reported::Delivered, 3),
        report(Reported::Delivered, 2),
    ];
    assert_eq!(held(&late).await, [at(Reported::Delivered, 3)]);
    // Whoever did not hear the answer asks again.
    assert_eq!(held(&sent).await, [at(Reported::Sent, 1)]);
    assert_eq!(held(&read).await, [at(Reported::Read, 4)]);
    assert_eq!(held(&[report(Reported::Failed, 5)]).await, []);
}

#[tokio::test]
async fn an_outbox_item_is_due_once_its_writer_had_its_time() {
    let store = store().await;
    let id = Id::new(NOW, &Entropy::system());
    let job = Job {
        body: "{}".into(),
        group: None,
        deduplication: None,
        delay_seconds: 0,
    };
    let record = OutboxRecord {
        queue: QueueName::Statuses,
        job,
    };
    store.put_outbox(&tenant(), id, &record, NOW).await.unwrap();
    assert!(store.due(NOW.plus(GRACE), 10).await.unwrap().is_empty());
    assert_eq!(
        store.due(NOW.plus(GRACE + GRACE), 10).await.unwrap(),
        [Due::Outbox(tenant(), id)]
    );
    assert_eq!(store.outbox(&tenant(), id).await.unwrap(), Some(record));
    for _ in 0..2 {
        store.remove_outbox(&tenant(), id).await.unwrap();
    }
    assert_eq!(store.outbox(&tenant(), id).await.unwrap(), None);
}

#[tokio::test]
async fn tallies_add_up_by_day() {
    let store = store().await;
    for _ in 0..3 {
        store.add_tally(&tenant(), "dropped", 2, NOW).await.unwrap();
    }
    assert_eq!(store.tally(&tenant(), "dropped", NOW).await.unwrap(), 6);
    let tomorrow = NOW.plus(std::time::Duration::from_secs(86_400));
    assert_eq!(
        store.tally(&tenant(), "dropped", tomorrow).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_claim_that_was_made_is_known_again_and_another_is_not_made() {
    let store = store().await;
    let id = claimed(&store).await;
    assert!(claim(&store, id, "{}").await);
    assert!(!claim(&store, id, "another").await);
}

#[tokio::test]
async fn what_could_not_be_done_stands_in_nobodys_way() {
    let store = store().await;
    let (stuck, next) = (claimed(&store).await, claimed(&store).await);
    let later = NOW.plus(LEASE * 3);
    let message = Due::Message(tenant(), stuck);
    store.postpone(&message, later).await.unwrap();
    assert_eq!(due(&store).await, [Due::Message(tenant(), next)]);
    assert!(
        store
            .due(later.plus(LEASE), 10)
            .await
            .unwrap()
            .contains(&message)
    );
    // What is settled does not become due again.
    store.message_unknown(&tenant(), stuck, NOW).await.unwrap();
    store.postpone(&message, later).await.unwrap();
    assert!(
        !store
            .due(later.plus(LEASE), 10)
            .await
            .unwrap()
            .contains(&message)
    );
}

#[tokio::test]
async fn a_peers_rest_ends_with_the_next_message_that_is_taken() {
    let store = store().await;
    let channel = Id::from_bytes([7; 12]);
    let rests = async || {
        store
            .conversations(&tenant(), "923001234567")
            .await
            .unwrap()
    };
    store
        .end_rests(&tenant(), "923001234567", channel)
        .await
        .unwrap();
    assert!(rests().await.is_empty());
    store
        .rest_peer(&tenant(), "923001234567", channel, NOW.plus(LEASE), 2)
        .await
        .unwrap();
    assert_eq!(
        (rests().await[0].rests, rests().await[0].channel),
        (2, channel)
    );
    store
        .end_rests(&tenant(), "923001234567", channel)
        .await
        .unwrap();
    assert_eq!(
        (rests().await[0].rests, rests().await[0].rest_until),
        (0, None)
    );
}
