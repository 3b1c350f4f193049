//! What is told twice, in other pieces and in another order ends in the same state.

use futures::{StreamExt as _, stream};
use openwati_core::{entropy::Entropy, message::Recipient, time::Clock};
use openwati_tests::{Channel, Running, SOON, Tenant, eventually};
use serde_json::{Value, json};

use super::contacts::{contact, conversation};

/// The customers: by number and by id, and what the third is known by after moving.
const CUSTOMERS: [(&str, &str); 4] = [
    ("923005550001", "PK.50001"),
    ("923005550002", "PK.50002"),
    ("923005550003", "PK.50003"),
    ("923005550004", "PK.50004"),
];
const MOVED_TO: &str = "923005559999";

/// How many callbacks there are.
const COUNT: usize = 100;

/// The messages of a story, each with the field that it is told by, in the order in which they were written.
fn story(channel: &Channel, began: i64) -> Vec<(&'static str, Value)> {
    let mut told = Vec::new();
    for n in 0..COUNT {
        let (number, user) = CUSTOMERS[n % CUSTOMERS.len()];
        let round = n / CUSTOMERS.len();
        let third_has_moved = n % CUSTOMERS.len() == 2 && round > 12;
        let number = if third_has_moved { MOVED_TO } else { number };
        let wamid = |round: usize| format!("wamid.{}.{round}", n % CUSTOMERS.len());
        let mut message = json!({
            "from": number, "from_user_id": user, "id": wamid(round),
            "timestamp": (began + i64::try_from(n).unwrap()).to_string(),
        });
        let mut field = "messages";
        let content = match round {
            3 => json!({"type": "reaction", "reaction": {"message_id": wamid(1), "emoji": "👍"}}),
            5 => json!({"type": "edit", "edit": {"original_message_id": wamid(2),
                "message": {"type": "text", "text": {"body": "edited"}}}}),
            6 => json!({"type": "edit", "edit": {"original_message_id": wamid(2),
                "message": {"type": "text", "text": {"body": "edited again"}}}}),
            7 => json!({"type": "revoke", "revoke": {"original_message_id": wamid(4)}}),
            9 => json!({"type": "reaction", "reaction": {"message_id": wamid(1), "emoji": "❤️"}}),
            11 => json!({"type": "location", "location": {"latitude": 1, "longitude": 2}}),
            12 if n % CUSTOMERS.len() == 2 => {
                json!({"type": "system", "system": {"type": "user_changed_number", "body": "moved", "wa_id": MOVED_TO}})
            }
            15 => {
                field = "smb_message_echoes";
                message["to"] = message["from"].take();
                message["to_user_id"] = message["from_user_id"].take();
                message["from"] = json!(channel.phone_number);
                json!({"type": "text", "text": {"body": "from the app"}})
            }
            _ => json!({"type": "text", "text": {"body": format!("text {n}")}}),
        };
        // Some customers hide their number now and then, others are known by nothing else.
        if field == "messages" && (round % 5 == 4 || n % CUSTOMERS.len() == 3) {
            message.as_object_mut().unwrap().remove("from");
        } else if field == "messages" && round % 5 == 1 && n % CUSTOMERS.len() == 1 {
            message.as_object_mut().unwrap().remove("from_user_id");
        }
        message
            .as_object_mut()
            .unwrap()
            .extend(content.as_object().unwrap().clone());
        told.push((field, message));
    }
    told
}

/// One callback that tells some of it.
fn callback(channel: &Channel, told: &[(&'static str, Value)]) -> Value {
    let changes = told.iter().map(|(field, message)| {
        let list = match *field {
            "messages" => "messages",
            _ => "message_echoes",
        };
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": channel.phone_number, "phone_number_id": channel.phone_number_id},
        });
        let second: i64 = message["timestamp"].as_str().unwrap().parse().unwrap();
        if *field == "messages" && message["type"] != "system" {
            let mut contact = json!({"profile": {"name": format!("Name {}", second / 30)}});
            for (own, of_message) in [("wa_id", "from"), ("user_id", "from_user_id")] {
                if let Some(value) = message.get(of_message) {
                    contact[own] = value.clone();
                }
            }
            value["contacts"] = json!([contact]);
        }
        value[list] = json!([message]);
        json!({"field": field, "value": value})
    });
    json!({"object": "whatsapp_business_account",
        "entry": [{"id": channel.waba_id, "changes": changes.collect::<Vec<_>>()}]})
}

/// Everything that can be seen of it, without ids that follow from the tenant and without the times of arrival.
async fn state(tenant: &Tenant) -> Value {
    let mut state = Vec::new();
    for (number, user) in CUSTOMERS {
        for peer in [number, user] {
            let mut messages = tenant.client.with(peer).await;
            for message in &mut messages {
                let message = message.as_object_mut().unwrap();
                for own in ["id", "device_id", "delivered_at"] {
                    message.remove(own);
                }
            }
            let Some(contact) = contact(tenant, peer).await else {
                state.push(json!({"peer": peer, "messages": messages}));
                continue;
            };
            let sum = conversation(tenant, contact.peer.as_str()).await.summary;
            let keys: Vec<&str> = contact.keys.iter().map(Recipient::as_str).collect();
            state.push(json!({
                "peer": peer,
                "messages": messages,
                "contact": [contact.name, keys, contact.peer.as_str()],
                "unread": sum.unread,
                "preview": [sum.preview, sum.name, sum.username],
                "last": [sum.last_inbound_at.map(|at| at.seconds()), sum.last_message.map(|id| id.moment().seconds())],
                "last_is_ours": sum.last_is_ours,
            }));
        }
    }
    json!(state)
}

/// Every message of the story, once all of them are there.
async fn settled(tenant: &Tenant) -> Value {
    eventually("the whole story is kept", SOON, || async {
        for customer in 0..CUSTOMERS.len() {
            for round in 0..COUNT / CUSTOMERS.len() {
                let wamid = format!("wamid.{customer}.{round}");
                let id = tenant.store().message_id_of_wamid(&tenant.id, &wamid).await;
                id.unwrap()?;
            }
        }
        Some(())
    })
    .await;
    state(tenant).await
}

#[tokio::test]
async fn a_hundred_callbacks_doubled_split_otherwise_and_shuffled_end_in_the_same_state() {
    let platform = Running::shared();
    // All of it has been.
    let began = Clock::system().now().seconds() - 1000;
    let orderly = platform.tenant().make().await;
    for told in story(orderly.channel(), began) {
        orderly
            .callback(&callback(orderly.channel(), &[told]))
            .await
            .ok();
    }
    let expected = settled(&orderly).await;
    assert!(
        expected.to_string().contains("edited again"),
        "{expected:#}"
    );

    let tenant = platform.tenant().make().await;
    let mut told = story(tenant.channel(), began);
    told.extend(told.clone());
    let random = Entropy::system();
    told.sort_by_cached_key(|_| random.bytes::<8>());
    let mut callbacks = Vec::new();
    while !told.is_empty() {
        let size = usize::from(random.bytes::<1>()[0] % 7) + 1;
        let rest = told.split_off(size.min(told.len()));
        callbacks.push(callback(tenant.channel(), &told));
        told = rest;
    }
    let posts = stream::iter(&callbacks).map(async |body| {
        tenant.callback(body).await.ok();
    });
    posts.buffer_unordered(8).for_each(async |()| ()).await;
    settled(&tenant).await;
    // What a message does to others, and what duplicates do not, may take a moment more.
    let same = eventually("the same state", SOON, || async {
        (state(&tenant).await == expected).then_some(())
    });
    same.await;
}
