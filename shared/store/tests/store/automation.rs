//! Rules and settings, the log of what was answered, and what stops answers.

use std::time::Duration;

use futures::future::join_all;
use openwati_core::automation::{Answer, BRAKE, MatchType, Outcome, Rule, Settings, run_id};
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::rate::DayWindow;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::alias::Writer;
use openwati_store::automation::{
    Added, AutomationRecord, Counted, Leased, LogSelection, RunRecord, Settlement,
};
use serde_json::json;

use crate::table::{NOW, store, tenant};

const CHANNEL: Id = Id::from_bytes([1; 12]);
const PEER: &str = "923001234567";

fn peer() -> Recipient {
    Recipient::parse_peer(PEER).unwrap()
}

fn rule(number: u32) -> Rule {
    let at = NOW.plus(Duration::from_secs(u64::from(number)));
    Rule {
        id: Id::derived(at, &["rule", &number.to_string()]),
        keyword: format!("keyword {number}"),
        match_type: MatchType::Exact,
        answers: vec![
            Answer::from("Hi".to_owned()),
            Answer::new(json!({"interactive": {"body": "Well?", "buttons": ["Yes"]}})).unwrap(),
        ],
        step_delay_seconds: 2,
        active: true,
        order: -1,
        created_at: at,
        updated_at: at,
        version: 1,
    }
}

/// What is known beside whoever writes.
async fn beside(store: &Store) -> AutomationRecord {
    let (tenant, peer) = (tenant(), peer());
    let writer = Writer {
        tenant: &tenant,
        keys: std::slice::from_ref(&peer),
        peer: &peer,
        channel: CHANNEL,
    };
    store.acquaintance(writer).await.unwrap().automation
}

#[tokio::test]
async fn a_rule_is_read_as_it_was_kept_and_every_change_is_told_to_whoever_remembers() {
    let (store, tenant) = (store().await, tenant());
    assert_eq!(beside(&store).await, AutomationRecord::default());
    let mut kept = rule(1);
    assert_eq!(store.add_rule(&tenant, &kept, 2).await.unwrap(), Added::Yes);
    // As after a lost answer.
    assert_eq!(store.add_rule(&tenant, &kept, 2).await.unwrap(), Added::Yes);
    assert_eq!(
        store.rule(&tenant, kept.id).await.unwrap(),
        Some(kept.clone())
    );
    let first = beside(&store).await;
    assert_eq!((first.rules, first.rules_version), (1, 1));

    let mut stale = kept.clone();
    kept.active = false;
    assert!(store.change_rule(&tenant, &mut kept).await.unwrap());
    assert_eq!(kept.version, 2);
    stale.order = 7;
    assert!(!store.change_rule(&tenant, &mut stale).await.unwrap());
    assert_eq!(store.rules(&tenant).await.unwrap(), [kept.clone()]);
    assert_eq!(beside(&store).await.rules_version, 2);

    let ids = [kept.id, rule(2).id];
    assert_eq!(store.remove_rules(&tenant, &ids).await.unwrap(), 1);
    assert_eq!(store.remove_rules(&tenant, &ids).await.unwrap(), 0);
    let last = beside(&store).await;
    assert_eq!((last.rules, last.rules_version), (0, 3));
    assert_eq!(store.rule(&tenant, kept.id).await.unwrap(), None);
}

#[tokio::test]
async fn there_are_never_more_rules_than_the_cap() {
    let (store, tenant) = (store().await, tenant());
    let rules: Vec<Rule> = (0..10).map(rule).collect();
    let added = join_all(rules.iter().map(|rule| store.add_rule(&tenant, rule, 3))).await;
    let added = added.into_iter().map(Result::unwrap);
    assert_eq!(added.filter(|added| *added == Added::Yes).count(), 3);
    assert_eq!(store.rules(&tenant).await.unwrap().len(), 3);
    let ids: Vec<Id> = rules.iter().map(|rule| rule.id).collect();
    assert_eq!(store.remove_rules(&tenant, &ids).await.unwrap(), 3);
    let other = rule(20);
    assert_eq!(
        store.add_rule(&tenant, &other, 0).await.unwrap(),
        Added::Full
    );
    assert_eq!(
        store.add_rule(&tenant, &other, 1).await.unwrap(),
        Added::Yes
    );
}

#[tokio::test]
async fn settings_are_changed_by_one_at_a_time_and_leave_the_rules_alone() {
    let (store, tenant) = (store().await, tenant());
    store.add_rule(&tenant, &rule(1), 5).await.unwrap();
    let mut settings = Settings::default();
    settings.ai.enabled = true;
    settings.opt_out.words = Some(Vec::new());
    let put = |settings: Settings, version| {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            store
                .put_automation_settings(&tenant, &settings, version)
                .await
                .unwrap()
        }
    };
    assert!(put(settings.clone(), 0).await);
    // As after a lost answer; and somebody else, who read before.
    assert!(put(settings.clone(), 0).await);
    assert!(!put(Settings::default(), 0).await);
    let there = store.automation(&tenant).await.unwrap();
    assert_eq!((there.version, there.rules, there.rules_version), (1, 1, 1));
    assert_eq!(there.settings, settings);
    assert_eq!(beside(&store).await, there);
    assert!(put(Settings::default(), 1).await);
}

fn run(message: Id) -> RunRecord {
    RunRecord::new(message, CHANNEL, &peer(), Outcome::Keyword, NOW)
}

fn message(number: u32, at: Moment) -> Id {
    Id::derived(at, &["message", &number.to_string()])
}

#[tokio::test]
async fn who_writes_a_run_down_first_is_followed_by_all() {
    let (store, tenant) = (store().await, tenant());
    let message = message(1, NOW);
    let id = run_id(&tenant, message);
    let first = RunRecord {
        rule: Some(rule(1).id),
        step_delay_seconds: 2,
        ..run(message)
    };
    let put = |record: RunRecord| {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            store
                .put_automation_run(&tenant, id, &record)
                .await
                .unwrap()
        }
    };
    assert_eq!(put(first.clone()).await, None);
    assert_eq!(put(first.clone()).await, None);
    let other = RunRecord {
        outcome: Outcome::Ai,
        ..run(message)
    };
    assert_eq!(put(other).await, Some(first.clone()));

    let answers = [Id::from_bytes([3; 12]), Id::from_bytes([4; 12])];
    for (step, answer) in [
        (0, Some(answers[0])),
        (1, None),
        (2, Some(answers[1])),
        (1, None),
    ] {
        let reason = (step == 1).then_some("no_device");
        let stepped = store.step_automation_run(&tenant, id, step, answer, reason);
        stepped.await.unwrap();
    }
    let there = store.automation_run(&tenant, id).await.unwrap().unwrap();
    assert_eq!(there.answers, answers);
    assert_eq!(
        (there.step, there.reason.as_deref()),
        (Some(2), Some("no_device"))
    );
    let ended = store.end_automation_run(&tenant, id, Outcome::Stopped, "rule_deleted");
    ended.await.unwrap();
    let there = store.automation_run(&tenant, id).await.unwrap().unwrap();
    assert_eq!((there.outcome, there.settled), (Outcome::Stopped, true));

    let asked = [message, Id::from_bytes([9; 12])];
    let found = store.automation_runs(&tenant, &asked);
    assert_eq!(found.await.unwrap().remove(&message), Some(there));
    store
        .forget_automation_runs(&tenant, &[message])
        .await
        .unwrap();
    assert_eq!(store.automation_run(&tenant, id).await.unwrap(), None);
}

#[tokio::test]
async fn a_run_is_one_workers_until_the_lease_ends_and_settled_once() {
    let (store, tenant) = (store().await, tenant());
    let message = message(1, NOW);
    let id = run_id(&tenant, message);
    let later = |seconds| NOW.plus(Duration::from_secs(seconds));
    let lease = |now, until| {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            store
                .lease_automation_run(&tenant, id, now, until)
                .await
                .unwrap()
        }
    };
    assert_eq!(lease(NOW, later(60)).await, Leased::Gone);
    store
        .put_automation_run(&tenant, id, &run(message))
        .await
        .unwrap();
    assert!(matches!(lease(NOW, later(60)).await, Leased::Yes(_)));
    assert_eq!(lease(later(59), later(120)).await, Leased::Held(later(60)));
    assert!(matches!(lease(later(60), later(120)).await, Leased::Yes(_)));
    let settlement = Settlement {
        reason: Some("none"),
        answer: Some(Id::from_bytes([5; 12])),
        model: Some("a-model"),
        language: Some("ur"),
        tokens: Some(7),
        ..Settlement::of(Outcome::Ai)
    };
    assert!(
        store
            .settle_automation_run(&tenant, id, &settlement)
            .await
            .unwrap()
    );
    let failed = Settlement::of(Outcome::AiFailed);
    assert!(
        !store
            .settle_automation_run(&tenant, id, &failed)
            .await
            .unwrap()
    );
    let Leased::Settled(there) = lease(later(500), later(600)).await else {
        panic!("it is settled");
    };
    assert_eq!(there.outcome, Outcome::Ai);
    assert_eq!(there.answers, [Id::from_bytes([5; 12])]);
    assert_eq!(
        (there.language.as_deref(), there.tokens),
        (Some("ur"), Some(7))
    );
    assert_eq!(there.lease_until, None);
}

#[tokio::test]
async fn the_log_is_read_newest_first_over_months_in_pages_that_end() {
    let (store, tenant) = (store().await, tenant());
    let now = Moment::parse_iso("2026-06-10T00:00:00Z").unwrap();
    let mut expected = Vec::new();
    for number in 0..40_u32 {
        let message = message(
            number,
            now.minus(Duration::from_secs(u64::from(number) * 86_400)),
        );
        let id = run_id(&tenant, message);
        let record = RunRecord {
            outcome: if number % 4 == 0 {
                Outcome::Ai
            } else {
                Outcome::Keyword
            },
            ..run(message)
        };
        store
            .put_automation_run(&tenant, id, &record)
            .await
            .unwrap();
        expected.push((id, record.outcome));
    }
    let read = |limit, outcome: Option<Outcome>, since| {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            let mut selection = LogSelection {
                before: Id::first_at(now.plus(Duration::from_secs(1))),
                since,
                outcome,
                peers: Some(vec![peer()]),
                rule: None,
                limit,
            };
            let mut seen = Vec::new();
            loop {
                let page = store
                    .automation_log(&tenant, now, &selection)
                    .await
                    .unwrap();
                assert!(page.runs.len() <= limit);
                seen.extend(page.runs.into_iter().map(|(id, run)| (id, run.outcome)));
                let Some(next) = page.next_before else {
                    return seen;
                };
                assert!(next < selection.before);
                selection.before = next;
            }
        }
    };
    let ever = Moment::from_millis(0);
    assert_eq!(read(7, None, ever).await, expected);
    assert_eq!(read(100, None, ever).await, expected);
    let of_ai: Vec<_> = expected
        .iter()
        .filter(|(_, o)| *o == Outcome::Ai)
        .copied()
        .collect();
    assert_eq!(read(3, Some(Outcome::Ai), ever).await, of_ai);
    let recent = now.minus(Duration::from_secs(9 * 86_400 + 60));
    assert_eq!(read(4, None, recent).await, expected[..10]);
}

#[tokio::test]
async fn an_hour_has_so_many_automatic_answers_however_many_ask_at_once() {
    let (store, tenant) = (store().await, tenant());
    let runs: Vec<Id> = (0..14).map(|n| message(n, NOW)).collect();
    let count = |run, now| {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            store
                .count_automatic(&tenant, PEER, CHANNEL, run, now)
                .await
                .unwrap()
        }
    };
    for some in runs.chunks(4) {
        join_all(some.iter().map(|run| count(*run, NOW))).await;
    }
    let again = join_all(runs.iter().map(|run| count(*run, NOW))).await;
    let counted = |what| again.iter().filter(|counted| **counted == what).count();
    assert_eq!(
        (counted(Counted::Already), counted(Counted::TooMany)),
        (BRAKE, 4)
    );
    let conversation = store.conversations(&tenant, PEER).await.unwrap().remove(0);
    let own = conversation.automatic[0].run;
    assert_eq!(conversation.automatic_before(NOW, own), BRAKE - 1);
    let late = NOW.plus(Duration::from_secs(3_600));
    assert_eq!(
        conversation.automatic_before(late, Id::from_bytes([0; 12])),
        0
    );
    assert_eq!(count(message(99, late), late).await, Counted::Yes);
    let conversation = store.conversations(&tenant, PEER).await.unwrap().remove(0);
    assert_eq!(conversation.automatic.len(), 1);
}

#[tokio::test]
async fn a_pause_never_ends_earlier_and_nobody_is_told_twice_of_one_closed_time() {
    let (store, tenant) = (store().await, tenant());
    let later = |seconds| NOW.plus(Duration::from_secs(seconds));
    for until in [later(60), later(30)] {
        let paused = store.pause_automations(&tenant, PEER, CHANNEL, until);
        paused.await.unwrap();
    }
    let note = |since, run| {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            store
                .note_away(&tenant, PEER, CHANNEL, since, run)
                .await
                .unwrap()
        }
    };
    let (one, other) = (message(1, NOW), message(2, NOW));
    assert!(note(NOW, one).await);
    assert!(note(NOW, one).await);
    assert!(!note(NOW, other).await);
    assert!(!note(NOW.minus(Duration::from_secs(1)), other).await);
    assert!(note(later(1), other).await);
    let conversation = store.conversations(&tenant, PEER).await.unwrap().remove(0);
    assert_eq!(conversation.paused_until, Some(later(60)));
    assert_eq!(conversation.away_before(other), None);
    assert_eq!(conversation.away_before(one), Some(later(1)));
}

#[tokio::test]
async fn the_ais_day_is_never_exceeded() {
    let (store, tenant) = (store().await, tenant());
    let day = DayWindow::at(NOW, 0);
    let reserved = join_all((0..50).map(|_| store.reserve_ai(&tenant, day, Some(20)))).await;
    let reserved = reserved
        .into_iter()
        .filter(|r| *r.as_ref().unwrap())
        .count();
    assert_eq!(reserved, 20);
    assert_eq!(store.ai_used(&tenant, day).await.unwrap(), 20);
    assert_eq!(store.outbound_used(&tenant, day).await.unwrap(), 0);
    store.return_ai(&tenant, day).await.unwrap();
    assert!(store.reserve_ai(&tenant, day, Some(20)).await.unwrap());
    assert!(!store.reserve_ai(&tenant, day, Some(0)).await.unwrap());
    assert!(store.reserve_ai(&tenant, day, None).await.unwrap());
}
