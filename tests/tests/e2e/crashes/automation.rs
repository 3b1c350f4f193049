//! Automatic answers, while the process dies.

use futures::{StreamExt as _, stream};
use openwati_core::automation::{Outcome, Settings};
use openwati_store::Store;
use openwati_tests::{
    Needs, Process, Program, SOON, add_rule, automation_log, eventually, lacks, someone,
};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, points_of};

/// A step waits for longer than a queue holds it, and half a second passes.
const ARGUMENTS: [&str; 4] = ["--speed", "2000", "--function-timeout", "2"];
const DELAY_SECONDS: u16 = 1_000;

/// Of what is decided where a message is kept, these points are on the way of any answer.
const OF_ANY: [&str; 3] = [
    "inbound.answer_counted",
    "inbound.answer_written_down",
    "inbound.answer_enqueued",
];

#[tokio::test]
async fn an_answer_that_was_being_given_is_given_whole_and_once() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let points = points_of("automation-step.").into_iter().chain(OF_ANY);
    let cut = stream::iter(points).map(|point| answer_is_cut(point, "hello"));
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

#[tokio::test]
async fn a_word_that_was_being_heard_holds_and_is_confirmed_once() {
    let points = ["inbound.consent_kept"].into_iter().chain(OF_ANY);
    let cut = stream::iter(points).map(|point| answer_is_cut(point, "STOP"));
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

#[tokio::test]
async fn who_was_being_told_that_nobody_is_there_is_told_so_once() {
    let points = ["inbound.away_noted"].into_iter().chain(OF_ANY);
    let cut = stream::iter(points).map(|point| answer_is_cut(point, "Anybody?"));
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

/// What the customer is to see, and what the log says.
fn expected(said: &str) -> (&'static [&'static str], Outcome) {
    match said {
        "hello" => (&["one", "two", "three"], Outcome::Keyword),
        "STOP" => (&["You get no more from us"], Outcome::OptedOut),
        _ => (&["Nobody is there"], Outcome::Away),
    }
}

async fn answer_is_cut(point: &'static str, said: &'static str) {
    let program = Program::new(env!("CARGO_BIN_EXE_openwati-crashable"), &ARGUMENTS);
    let process = armed(&program, point).await;
    let store = set_up(&process).await;
    let customer = someone();
    let channel = process.channel();
    // The process may die before it answers.
    let text = json!({"type": "text", "text": said, "channel": channel.phone_number_id});
    let path = format!("/_sim/customers/{customer}/messages");
    let request = process.client().stranger(http::Method::POST, &path);
    let _ = request.json(&text).send().await;
    dies(process, point).await;
    drop(store);

    let process = program.start().await;
    let store = store_of(&process);
    let tenant = process.ready().tenant_id.parse().unwrap();
    let (texts, outcome) = expected(said);
    let what = format!("{point} of {said}: the log is whole");
    let log = eventually(&what, SOON * 2, || async {
        let log = automation_log(&store, &tenant).await;
        let done = log.len() == 1 && log.iter().all(|run| run.settled);
        done.then_some(log)
    })
    .await;
    assert_eq!(log[0].outcome, outcome, "{point}: {log:?}");
    assert_eq!(log[0].answers.len(), texts.len(), "{point}: {log:?}");
    let phone = process.whatsapp().phone(&customer);
    assert_eq!(phone.texts().await, texts, "{point}");
    let query = [("peer", customer.as_str()), ("direction", "out")];
    let kept = process.client().all(&query).await;
    assert_eq!(kept.len(), texts.len(), "{point}: {kept:?}");
    let peer = store.peer(&tenant, &customer).await.unwrap();
    assert_eq!(peer.consents.is_out(), said == "STOP", "{point}");
    process.kill().await;
}

fn store_of(process: &Process) -> Store {
    Store::new(process.aws().dynamodb, &process.ready().aws.table)
}

/// A rule with three answers, a confirmation, and an away message while nobody is there.
async fn set_up(process: &Process) -> Store {
    let store = store_of(process);
    let tenant = process.ready().tenant_id.parse().unwrap();
    let rule = json!({"keyword": "hello", "step_delay_seconds": DELAY_SECONDS, "answers": ["one", "two", "three"]});
    add_rule(&store, &tenant, rule).await;
    let settings: Value = json!({
        "opt_out": {"reply": "You get no more from us"},
        "working_hours": crate::automation::closed("Nobody is there"),
    });
    let settings: Settings = serde_json::from_value(settings).unwrap();
    let version = store.automation(&tenant).await.unwrap().version;
    let put = store.put_automation_settings(&tenant, &settings, version);
    assert!(put.await.unwrap());
    store
}
