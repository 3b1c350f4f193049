//! Contacts that turned out to be one.

use http::Method;
use openwati_tests::{Running, someone};
use serde_json::json;

use super::{all, change, delete, id, plus, saved, shown};
use crate::inbound::received;

#[tokio::test]
async fn who_turned_out_to_be_another_is_shown_changed_and_deleted_by_either_id() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let (customer, user) = (someone(), format!("PK.{}", someone()));
    let kept = saved(
        client,
        json!({"phone": plus(&customer), "name": "Sara", "tags": ["vip"], "attributes": {"city": "Lahore"}}),
    )
    .await;
    let phone = platform.whatsapp().phone(&customer);
    let channel = &tenant.channel().phone_number_id;
    let hidden = json!({"type": "text", "text": "by id", "user_id": user, "hide_phone": true, "name": "Sara K"});
    phone.does(channel, hidden).await;
    received(&tenant, &user, 1).await;
    let everybody = all(client, &[]).await;
    let known_by_id = everybody
        .iter()
        .find(|contact| contact["user_id"] == json!(user))
        .unwrap();
    assert_eq!(known_by_id["phone"], json!(null));
    change(
        client,
        id(known_by_id),
        json!({"tags": ["new"], "attributes": {"age": "30"}}),
    )
    .await
    .ok();

    let both = json!({"type": "text", "text": "by both", "user_id": user, "name": "Sara K"});
    phone.does(channel, both).await;
    received(&tenant, &customer, 2).await;
    let one = all(client, &[]).await;
    assert_eq!(one.len(), 1);
    let one = &one[0];
    // The older one's id stays; the message names its second alone, and so either may be older.
    let mut both = [id(&kept), id(known_by_id)];
    both.sort_unstable_by_key(|contact| *contact != id(one));
    let [stays, old] = both;
    assert_eq!(id(one), stays);
    assert_eq!(
        (
            &one["name"],
            &one["profile_name"],
            &one["phone"],
            &one["user_id"]
        ),
        (
            &json!("Sara"),
            &json!("Sara K"),
            &json!(customer),
            &json!(user)
        ),
    );
    assert_eq!(one["tags"], json!(["new", "vip"]));
    assert_eq!(one["attributes"], json!({"age": "30", "city": "Lahore"}));
    for (query, count) in [
        ([("tag", "new")], 1),
        ([("tag", "vip")], 1),
        ([("name", "sara")], 1),
        ([("phone", customer.as_str())], 1),
        ([("attribute.age", "30")], 1),
    ] {
        assert_eq!(all(client, &query).await.len(), count, "{query:?}");
    }

    assert_eq!(&shown(client, old).await.ok().body["contact"], one);
    let renamed = change(client, old, json!({"name": "Sara Khan"})).await.ok();
    assert_eq!(id(&renamed.body["contact"]), stays);
    let list = client
        .call_with(Method::POST, "/api/contact-lists", &json!({"name": "List"}))
        .await;
    let list = id(&list.body["contact_list"]).to_owned();
    let path = format!("/api/contact-lists/{list}/contacts");
    let added = client
        .call_with(Method::POST, &path, &json!({"ids": [old, stays]}))
        .await
        .ok();
    assert_eq!(added.body["added"], 1);
    let deleted = delete(client, &[old, stays]).await.ok();
    assert_eq!(deleted.body["deleted"], 1);
    for gone in [old, stays] {
        shown(client, gone).await.refused(404, "not_found");
    }
    assert_eq!(all(client, &[]).await.len(), 0);
}
