//! What customers write, while the process dies.

use std::collections::BTreeSet;

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_core::{message::Recipient, time::Clock};
use openwati_store::Store;
use openwati_tests::{Process, Receiver, SOON, add_rule, eventually, someone};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, points_of, program};

#[tokio::test]
async fn what_was_being_kept_is_kept_once_answered_once_and_told() {
    // A rule is no word, and somebody is there.
    let reached = |point: &&str| !matches!(*point, "inbound.consent_kept" | "inbound.away_noted");
    let points = points_of("inbound.").into_iter().filter(reached);
    let cut = stream::iter(points).map(inbound_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

/// What a customer does: is known by number, then by id, then by both and by another name, and puts an emoji on it.
fn story(process: &Process, number: &str, user: &str) -> Vec<Value> {
    let channel = process.channel();
    let began = Clock::system().now().seconds() - 30;
    let first = format!("wamid.{number}.0");
    let text = |body: &str| json!({"type": "text", "text": {"body": body}});
    let reaction = json!({"type": "reaction", "reaction": {"message_id": first, "emoji": "👍"}});
    let acts = [
        (Some(number), None, "Ali", text("ping 1")),
        (None, Some(user), "Ali", text("by id")),
        (Some(number), Some(user), "Ali Khan", text("by both")),
        (Some(number), Some(user), "Ali Khan", reaction),
    ];
    let told = acts.into_iter().zip(0_i64..).map(|((phone, id, name, mut message), n)| {
        let mut contact = json!({"profile": {"name": name}});
        if let Some(phone) = phone {
            message["from"] = json!(phone);
            contact["wa_id"] = json!(phone);
        }
        if let Some(id) = id {
            message["from_user_id"] = json!(id);
            contact["user_id"] = json!(id);
        }
        message["id"] = json!(format!("wamid.{number}.{n}"));
        message["timestamp"] = json!((began + n).to_string());
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": channel.phone_number, "phone_number_id": channel.phone_number_id},
            "contacts": [contact],
            "messages": [message],
        });
        json!({"object": "whatsapp_business_account",
            "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": value}]}]})
    });
    told.collect()
}

/// Waits until a customer's phone shows an answer, or nobody shows anything any more.
async fn answered_or_dead(process: &Process, number: &str) {
    let path = format!("/_sim/customers/{number}/messages");
    eventually("an answer, or the end", SOON, || async {
        let request = process.client().stranger(Method::GET, &path).send();
        let Ok(answer) = request.await else {
            return Some(());
        };
        let shown = answer.text().await.unwrap_or_default();
        shown.contains("pong 1").then_some(())
    })
    .await;
}

async fn inbound_is_cut(point: &'static str) {
    let program = program();
    let receiver = Receiver::start().await;
    let process = armed(&program, point).await;
    let store = Store::new(process.aws().dynamodb, &process.ready().aws.table);
    let tenant = process.ready().tenant_id.parse().unwrap();
    let rule = json!({"keyword": "ping", "answers": ["pong 1"]});
    add_rule(&store, &tenant, rule).await;
    process
        .client()
        .webhook(receiver.url(), &["message.received"])
        .await;
    let number = someone();
    let user = format!("PK.{number}");
    let story = story(&process, &number, &user);
    for (n, body) in story.iter().enumerate() {
        // From some moment on nobody answers.
        let _ = process.callback(body).send().await;
        if n == 0 {
            // The process is not to die for another message's sake while this one's answer is on its way: such an
            // answer is unknown, and not sent again.
            answered_or_dead(&process, &number).await;
        }
    }
    dies(process, point).await;

    let process = program.start().await;
    // Meta posts again what it saw no answer to, and perhaps more.
    for body in &story {
        let answer = process.callback(body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{point}");
    }
    let client = process.client();
    let sees = async |direction: &str, count: usize| {
        eventually("it is kept", SOON * 2, || async {
            let query = [("peer", user.as_str()), ("direction", direction)];
            // On a busy machine a look may take longer than a function may.
            let answer = client.messages(&query).await;
            let messages = answer.body["messages"].as_array().cloned()?;
            assert!(messages.len() <= count, "{point}: {messages:?}");
            (messages.len() == count).then_some(messages)
        })
        .await
    };
    let kept = sees("in", story.len()).await;
    sees("out", 1).await;
    let first = kept.last().unwrap();
    assert_eq!(first["text"], "ping 1", "{point}");

    // The number's and the id's contact are one.
    let ready = process.ready();
    let store = Store::new(process.aws().dynamodb, &ready.aws.table);
    let tenant = ready.tenant_id.parse().unwrap();
    let mut contacts = BTreeSet::new();
    for key in [&number, &user] {
        let key = Recipient::parse_peer(key).unwrap();
        let alias = store
            .alias(&tenant, &key)
            .await
            .unwrap()
            .expect("it leads to a contact");
        contacts.insert(alias.contact);
        assert_eq!(alias.peer.as_str(), number, "{point}");
    }
    assert_eq!(contacts.len(), 1, "{point}");
    let contact = store.contact(&tenant, *contacts.first().unwrap()).await;
    assert_eq!(
        contact.unwrap().unwrap().name.as_deref(),
        Some("Ali Khan"),
        "{point}"
    );
    let conversations = store.conversations(&tenant, &number).await.unwrap();
    assert_eq!(conversations[0].summary.unread, 3, "{point}");

    // The emoji is on its message, the answer on the phone, and every message is told of.
    let wamid = first["message_id"].as_str().unwrap();
    eventually("the emoji is there", SOON, || async {
        let message = client.message(wamid).await;
        (message.body["message"]["reactions"][0]["emoji"] == "👍").then_some(())
    })
    .await;
    let phone = process.whatsapp().phone(&number);
    eventually(&format!("{point}: the answer is there"), SOON, || async {
        (!phone.texts().await.is_empty()).then_some(())
    })
    .await;
    assert_eq!(phone.texts().await, ["pong 1"], "{point}");
    eventually("all is told", SOON, || async {
        let events = receiver.events();
        let told: BTreeSet<_> = events
            .iter()
            .map(|event| event.header("webhook-id").to_owned())
            .collect();
        assert!(told.len() <= story.len(), "{point}: {told:?}");
        (told.len() == story.len()).then_some(())
    })
    .await;
    process.kill().await;
}
