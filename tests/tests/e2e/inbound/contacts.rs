//! Who customers are.

use openwati_core::{id::Id, message::Recipient};
use openwati_store::{contact::ContactRecord, conversation::ConversationRecord};
use openwati_tests::{Running, SOON, Tenant, eventually, someone};
use serde_json::{Value, json};

use super::received;

fn key(text: &str) -> Recipient {
    Recipient::parse_peer(text).unwrap()
}

/// The contact that a number or an id leads to.
pub(crate) async fn contact(tenant: &Tenant, of: &str) -> Option<ContactRecord> {
    let store = tenant.store();
    let alias = store.alias(&tenant.id, &key(of)).await.unwrap()?;
    let contact = store.contact(&tenant.id, alias.contact).await.unwrap();
    Some(contact.expect("an alias leads to a contact"))
}

/// The conversation of a tenant's first channel that lies under a peer.
pub(crate) async fn conversation(tenant: &Tenant, peer: &str) -> ConversationRecord {
    let all = tenant
        .store()
        .conversations(&tenant.id, peer)
        .await
        .unwrap();
    let channel = tenant.channel().id;
    let own = all.into_iter().find(|one| one.channel == channel);
    own.expect("there is a conversation")
}

async fn texts(tenant: &Tenant, customer: &str, count: usize) -> Vec<String> {
    let mut texts: Vec<String> = received(tenant, customer, count)
        .await
        .iter()
        .map(|message| message["text"].as_str().unwrap().to_owned())
        .collect();
    texts.sort();
    texts
}

/// A text, known by these things.
fn text(body: &str, more: Value) -> Value {
    let mut message = json!({"type": "text", "text": body});
    message
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    message
}

/// A user id that no other customer has.
fn user_id() -> String {
    format!("PK.{}", someone())
}

#[tokio::test]
async fn who_writes_first_is_a_contact_with_a_conversation_from_then_on() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (customer, user) = (someone(), user_id());
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let named = |name: &str, at: i64| json!({"name": name, "username": "ali", "user_id": user, "timestamp": at});
    let now = tenant.services().now().seconds();
    phone
        .does(number, text("first", named("Ali", now - 20)))
        .await;
    received(&tenant, &customer, 1).await;
    let made = contact(&tenant, &customer).await.unwrap();
    assert_eq!(
        (made.name.as_deref(), made.username.as_deref()),
        (Some("Ali"), Some("ali"))
    );
    assert_eq!(made.peer, key(&customer));
    assert_eq!(contact(&tenant, &user).await.unwrap().id, made.id);

    phone
        .does(number, text("second", named("Ali Khan", now - 10)))
        .await;
    // An older one that comes late neither names nor is the last.
    phone
        .does(number, text("late", named("Ally", now - 15)))
        .await;
    received(&tenant, &customer, 3).await;
    let renamed = contact(&tenant, &customer).await.unwrap();
    assert_eq!(
        (renamed.id, renamed.name.as_deref()),
        (made.id, Some("Ali Khan"))
    );
    let sum = conversation(&tenant, &customer).await;
    assert_eq!(sum.contact, Some(made.id));
    assert_eq!(
        (sum.summary.unread, sum.summary.preview.as_deref()),
        (3, Some("second"))
    );
    assert_eq!(sum.summary.last_inbound_at.unwrap().seconds(), now - 10);
    assert_eq!(sum.summary.name.as_deref(), Some("Ali Khan"));
}

#[tokio::test]
async fn whose_number_is_not_known_is_known_by_id_and_by_both_once_both_are_told() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (customer, user) = (someone(), user_id());
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    phone
        .does(
            number,
            text("hidden", json!({"user_id": user, "hide_phone": true})),
        )
        .await;
    let hidden = &received(&tenant, &user, 1).await[0];
    assert_eq!(hidden["peer"], user.as_str());
    let before = contact(&tenant, &user).await.unwrap();

    phone
        .does(number, text("both", json!({"user_id": user})))
        .await;
    for peer in [&customer, &user] {
        assert_eq!(texts(&tenant, peer, 2).await, ["both", "hidden"]);
    }
    let after = contact(&tenant, &customer).await.unwrap();
    assert_eq!((after.id, &after.peer), (before.id, &key(&customer)));
    let sum = conversation(&tenant, &customer).await.summary;
    assert_eq!((sum.unread, sum.preview.as_deref()), (2, Some("both")));
    let left = conversation(&tenant, &user).await;
    assert_eq!(
        (left.moved_to, left.summary.unread),
        (Some(key(&customer)), 0)
    );

    // What comes without the number goes on where the number's conversation is.
    phone
        .does(
            number,
            text("again", json!({"user_id": user, "hide_phone": true})),
        )
        .await;
    assert_eq!(
        texts(&tenant, &customer, 3).await,
        ["again", "both", "hidden"]
    );
    assert_eq!(conversation(&tenant, &customer).await.summary.unread, 3);
}

#[tokio::test]
async fn two_contacts_that_turn_out_to_be_one_become_the_older_one() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (customer, user) = (someone(), user_id());
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let now = tenant.services().now().seconds();
    let by_number = json!({"user_id": null, "name": "Sara", "timestamp": now - 30});
    phone.does(number, text("by number", by_number)).await;
    received(&tenant, &customer, 1).await;
    let by_id =
        json!({"user_id": user, "hide_phone": true, "name": "Sara K", "timestamp": now - 20});
    phone.does(number, text("by id", by_id)).await;
    received(&tenant, &user, 1).await;
    let (older, younger) = (
        contact(&tenant, &customer).await.unwrap(),
        contact(&tenant, &user).await.unwrap(),
    );
    assert_ne!(older.id, younger.id);

    let by_both = json!({"user_id": user, "name": "Sara K", "timestamp": now - 10});
    phone.does(number, text("by both", by_both)).await;
    for peer in [&customer, &user] {
        assert_eq!(
            texts(&tenant, peer, 3).await,
            ["by both", "by id", "by number"]
        );
        let one = contact(&tenant, peer).await.unwrap();
        assert_eq!((one.id, one.name.as_deref()), (older.id, Some("Sara K")));
    }
    let gone = tenant
        .store()
        .contact(&tenant.id, younger.id)
        .await
        .unwrap();
    assert_eq!(gone.unwrap().merged_into, Some(older.id));
    let sum = conversation(&tenant, &customer).await;
    assert_eq!((sum.contact, sum.summary.unread), (Some(older.id), 3));
    assert_eq!(sum.summary.preview.as_deref(), Some("by both"));
}

/// A note of WhatsApp's that somebody is known by something else from now on.
async fn moves(tenant: &Tenant, from: &str, system: Value, at: i64) -> Id {
    let wamid = format!("wamid.{}", someone());
    let channel = tenant.channel();
    let message = json!({"from": from, "id": wamid, "timestamp": at.to_string(), "type": "system", "system": system});
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": channel.phone_number, "phone_number_id": channel.phone_number_id},
        "messages": [message],
    });
    let body = json!({"object": "whatsapp_business_account",
        "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": value}]}]});
    tenant.callback(&body).await.ok();
    eventually("the note is kept", SOON, || async {
        tenant
            .store()
            .message_id_of_wamid(&tenant.id, &wamid)
            .await
            .unwrap()
    })
    .await
}

#[tokio::test]
async fn a_customer_with_a_new_number_stays_the_same_contact() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (old, new, newest) = (someone(), someone(), someone());
    let number = &tenant.channel().phone_number_id;
    let now = tenant.services().now().seconds();
    let alone = json!({"user_id": null, "timestamp": now - 50});
    platform
        .whatsapp()
        .phone(&old)
        .does(number, text("from the old number", alone))
        .await;
    received(&tenant, &old, 1).await;
    let before = contact(&tenant, &old).await.unwrap();

    // The second move is told before the first.
    let second = json!({"type": "user_changed_number", "body": "moved again", "wa_id": newest});
    moves(&tenant, &new, second, now - 20).await;
    let first = json!({"type": "customer_changed_number", "body": "moved", "new_wa_id": new});
    moves(&tenant, &old, first, now - 30).await;

    for peer in [&old, &new, &newest] {
        let one = contact(&tenant, peer).await.unwrap();
        assert_eq!((one.id, &one.peer), (before.id, &key(&newest)), "{peer}");
        assert_eq!(
            texts(&tenant, peer, 3).await,
            ["from the old number", "moved", "moved again"]
        );
    }
    let sum = conversation(&tenant, &newest).await.summary;
    // A note of WhatsApp's is neither unread nor the customer's writing.
    assert_eq!(
        (sum.unread, sum.preview.as_deref()),
        (1, Some("from the old number"))
    );
    assert_eq!(sum.last_inbound_at.unwrap().seconds(), now - 50);
}

#[tokio::test]
async fn a_customer_with_a_new_user_id_stays_the_same_contact() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (customer, old, new) = (someone(), user_id(), user_id());
    let number = &tenant.channel().phone_number_id;
    let phone = platform.whatsapp().phone(&customer);
    phone
        .does(number, text("hello", json!({"user_id": old})))
        .await;
    received(&tenant, &customer, 1).await;
    let now = tenant.services().now().seconds();
    let note = json!({"type": "user_changed_user_id", "body": "another id", "user_id": new});
    moves(&tenant, &customer, note, now).await;
    let one = contact(&tenant, &new).await.unwrap();
    assert_eq!(one.id, contact(&tenant, &old).await.unwrap().id);
    assert_eq!(one.peer, key(&customer));
}

#[tokio::test]
async fn a_brazilian_is_found_by_either_spelling_of_the_number() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let digits = &someone()[4..];
    let (dialled, wa_id) = (format!("55119{digits}"), format!("5511{digits}"));
    let (dialled, wa_id) = (
        dialled.replacen("551190", "551199", 1),
        wa_id.replacen("55110", "55119", 1),
    );
    assert_eq!((dialled.len(), wa_id.len()), (13, 12));
    let number = &tenant.channel().phone_number_id;
    platform
        .whatsapp()
        .phone(&dialled)
        .writes(number, "Oi")
        .await;
    for spelled in [&wa_id, &dialled] {
        let message = &received(&tenant, spelled, 1).await[0];
        assert_eq!(message["peer"], wa_id.as_str());
    }
}

#[tokio::test]
async fn who_writes_opens_the_window() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let day = std::time::Duration::from_secs(25 * 3600);
    tenant.heard_from(&customer, day).await;
    let refused = tenant.client.send(&customer, "Are you there?").await;
    refused.refused(422, "window_closed");
    let number = &tenant.channel().phone_number_id;
    platform
        .whatsapp()
        .phone(&customer)
        .writes(number, "I am")
        .await;
    received(&tenant, &customer, 1).await;
    tenant.client.send(&customer, "Good").await.ok();
}
