//! Contacts that are made, changed and deleted.

use http::Method;
use openwati_tests::{Client, Running, someone};
use serde_json::{Value, json};

use super::{all, change, delete, id, names, plus, save, saved, shown};
use crate::inbound::received;

#[tokio::test]
async fn the_documented_requests_do_what_they_say() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let contacts = json!([
        {"name": "Ali", "phone": "+923001234567", "tags": ["lead", "jan26"]},
        {"name": "Sara", "phone": "+923009876543", "tags": ["customer"]},
    ]);
    let made = save(client, contacts).await.ok().body;
    assert_eq!(
        (
            &made["ok"],
            &made["created"],
            &made["updated"],
            &made["rejected"]
        ),
        (&json!(true), &json!(2), &json!(0), &json!([])),
    );
    let listed = client.call(Method::GET, "/api/contacts").await.ok().body;
    assert_eq!(listed["nextCursor"], json!(null));
    let (sara, ali) = (&listed["contacts"][0], &listed["contacts"][1]);
    let mut sorted = [sara, ali];
    sorted.sort_by_key(|contact| contact["name"].as_str());
    let [ali, sara] = sorted;
    assert_eq!(
        json!({"name": ali["name"], "phone": ali["phone"], "tags": ali["tags"]}),
        json!({"name": "Ali", "phone": "923001234567", "tags": ["jan26", "lead"]}),
    );
    assert_eq!(sara["phone"], "923009876543");
    let fields: Vec<&String> = ali.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "attributes",
            "created_at",
            "id",
            "lists",
            "name",
            "opted_out",
            "opted_out_at",
            "phone",
            "profile_name",
            "tags",
            "updated_at",
            "user_id",
        ]
    );
    let deleted = delete(client, &[id(ali), id(sara)]).await.ok().body;
    assert_eq!(deleted, json!({"ok": true, "deleted": 2}));
    let listed = client.call(Method::GET, "/api/contacts").await.ok().body;
    assert_eq!(listed, json!({"contacts": [], "nextCursor": null}));
}

#[tokio::test]
async fn a_number_that_is_known_gets_what_is_new_and_keeps_the_rest() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let number = plus(&someone());
    let first = saved(
        client,
        json!({"phone": number, "name": "Ali", "tags": ["Lead"], "attributes": {"city": "Lahore", "age": 30, "old": "x"}}),
    )
    .await;
    let again = json!([{"phone": number, "tags": ["lead", "VIP"], "attributes": {"city": "Karachi", "member": true, "old": null}}]);
    let answer = save(client, again).await.ok().body;
    assert_eq!(
        (&answer["created"], &answer["updated"]),
        (&json!(0), &json!(1))
    );
    let second = &answer["contacts"][0];
    assert_eq!(
        (id(second), &second["name"], &second["tags"]),
        (id(&first), &json!("Ali"), &json!(["Lead", "VIP"])),
    );
    assert_eq!(
        second["attributes"],
        json!({"city": "Karachi", "age": "30", "member": "true"})
    );
    assert_eq!(
        &shown(client, id(&first)).await.ok().body["contact"],
        second
    );
}

#[tokio::test]
async fn a_local_number_is_one_of_the_tenants_country() {
    let platform = Running::shared();
    let digits = someone();
    let local = format!("0{}", &digits[2..]);
    let at_home = platform.tenant().country("PK").make().await;
    let contact = saved(&at_home.client, json!({"phone": local})).await;
    assert_eq!(contact["phone"], digits);
    let found = all(&at_home.client, &[("phone", &local)]).await;
    assert_eq!(found, [contact]);

    let nowhere = platform.tenant().make().await;
    let answer = save(&nowhere.client, json!([{"phone": local}])).await.ok();
    assert_eq!(answer.body["contacts"], json!([]));
    let rejected = &answer.body["rejected"][0];
    assert_eq!(
        (&rejected["index"], &rejected["phone"]),
        (&json!(0), &json!(local))
    );
    assert!(
        rejected["reason"]
            .as_str()
            .unwrap()
            .contains("country code")
    );
}

#[tokio::test]
async fn the_same_number_twice_in_a_request_is_one_contact_with_the_tags_of_both() {
    let tenant = Running::shared().tenant().country("PK").make().await;
    let digits = someone();
    let contacts = json!([
        {"phone": plus(&digits), "name": "Ali", "tags": ["lead"]},
        {"phone": someone()},
        {"phone": format!("0{}", &digits[2..]), "name": "Ali Khan", "tags": ["LEAD", "vip"]},
    ]);
    let answer = save(&tenant.client, contacts).await.ok().body;
    assert_eq!(
        (&answer["created"], &answer["updated"]),
        (&json!(2), &json!(0))
    );
    let contacts = answer["contacts"].as_array().unwrap();
    assert_eq!(contacts.len(), 2);
    assert_eq!(
        (&contacts[0]["name"], &contacts[0]["tags"]),
        (&json!("Ali Khan"), &json!(["lead", "vip"])),
    );
    assert_eq!(all(&tenant.client, &[]).await.len(), 2);
}

#[tokio::test]
async fn a_brazilian_in_both_spellings_is_one_contact() {
    let tenant = Running::shared().tenant().make().await;
    let eight = format!("9{}", &someone()[5..]);
    let (dialled, wa_id) = (format!("55119{eight}"), format!("5511{eight}"));
    assert_eq!((dialled.len(), wa_id.len()), (13, 12), "{dialled}");
    let contacts =
        json!([{"phone": plus(&dialled), "tags": ["a"]}, {"phone": plus(&wa_id), "tags": ["b"]}]);
    let answer = save(&tenant.client, contacts).await.ok().body;
    assert_eq!(
        (&answer["created"], &answer["updated"]),
        (&json!(1), &json!(0))
    );
    let again = save(&tenant.client, json!([{"phone": plus(&wa_id)}]))
        .await
        .ok();
    assert_eq!(again.body["contacts"][0]["tags"], json!(["a", "b"]));
    assert_eq!(all(&tenant.client, &[("search", &wa_id)]).await.len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_one_contact_does_not_hold_up_the_others() {
    let tenant = Running::shared().tenant().make().await;
    let good = someone();
    let contacts = json!([
        {"phone": "12"},
        {"phone": plus(&good), "name": "Ali"},
        {"name": "nobody"},
        "text",
        {"phone": 923001234567_i64},
        {"phone": plus(&someone()), "tags": "lead"},
        {"phone": plus(&someone()), "tags": [""]},
        {"phone": plus(&someone()), "attributes": {"city": ["Lahore"]}},
        {"phone": plus(&someone()), "name": "x".repeat(201)},
    ]);
    let answer = save(&tenant.client, contacts).await.ok().body;
    assert_eq!(
        (&answer["created"], &answer["updated"]),
        (&json!(1), &json!(0))
    );
    let rejected: Vec<String> = answer["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let number = one["phone"].as_str().filter(|phone| phone.len() < 13);
            let reason = one["reason"].as_str().unwrap();
            format!("{} {} {reason}", one["index"], number.unwrap_or("-"))
        })
        .collect();
    let expected = [
        "0 12 phone: is too short or too long for a phone number of its country".to_owned(),
        "2 - missing field `phone`".to_owned(),
        "3 - must be an object".to_owned(),
        "4 923001234567 phone: invalid type: integer `923001234567`, expected a string".to_owned(),
        "5 - tags: invalid type: string \"lead\", expected a sequence".to_owned(),
        "6 - tags: each must have 1 to 64 characters".to_owned(),
        "7 - attributes.city: must be a text".to_owned(),
        "8 - name: must have 1 to 200 characters".to_owned(),
    ];
    assert_eq!(rejected, expected);
    assert_eq!(names(&tenant.client, &[]).await, ["Ali"]);
}

#[tokio::test]
async fn a_request_without_contacts_or_with_too_many_is_refused() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    for body in [
        json!({}),
        json!({"contacts": []}),
        json!({"contacts": {"phone": "+923001234567"}}),
        json!({"contacts": "all"}),
        json!({"contacts": vec![json!({"phone": "12"}); 1001]}),
    ] {
        let answer = client.call_with(Method::POST, "/api/contacts", &body).await;
        let error = answer.refused(400, "invalid_request");
        assert!(error.error().contains("contacts"), "{}", error.text);
    }
    let all_bad = save(client, json!([{"phone": "12"}])).await.ok().body;
    assert_eq!(
        (&all_bad["ok"], &all_bad["created"]),
        (&json!(true), &json!(0))
    );
    let many: Vec<&str> = vec!["x"; 1001];
    delete(client, &many).await.refused(400, "invalid_request");
    let none = client
        .call_with(Method::DELETE, "/api/contacts", &json!({}))
        .await;
    none.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_thousand_contacts_are_saved_listed_and_deleted_in_one_request_each() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let base: u64 = 923_100_000_000;
    let contacts: Vec<Value> = (0..1000)
        .map(|n| json!({"phone": plus(&(base + n).to_string()), "name": format!("Customer {n}"), "tags": ["bulk"]}))
        .collect();
    let made = save(client, json!(contacts)).await.ok().body;
    assert_eq!(
        (&made["created"], &made["updated"]),
        (&json!(1000), &json!(0))
    );
    assert_eq!(made["contacts"].as_array().unwrap().len(), 1000);
    let again = save(client, json!(contacts)).await.ok().body;
    assert_eq!(
        (&again["created"], &again["updated"]),
        (&json!(0), &json!(1000))
    );
    let listed = client.call(Method::GET, "/api/contacts").await.ok().body;
    assert_eq!(listed["nextCursor"], json!(null));
    let listed = listed["contacts"].as_array().unwrap();
    assert_eq!(listed.len(), 1000);
    assert_eq!(
        all(client, &[("tag", "BULK"), ("limit", "300")])
            .await
            .len(),
        1000
    );
    let ids: Vec<&str> = listed.iter().map(id).collect();
    let deleted = delete(client, &ids).await.ok().body;
    assert_eq!(deleted["deleted"], 1000);
    assert_eq!(all(client, &[]).await.len(), 0);
    assert_eq!(all(client, &[("tag", "bulk")]).await.len(), 0);
}

#[tokio::test]
async fn a_contact_is_changed_by_what_is_named() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let customer = someone();
    let channel = &tenant.channel().phone_number_id;
    let text = json!({"type": "text", "text": "Hi", "name": "Ali K."});
    platform
        .whatsapp()
        .phone(&customer)
        .does(channel, text)
        .await;
    received(&tenant, &customer, 1).await;
    let found = all(client, &[("phone", &customer)]).await.remove(0);
    assert_eq!(
        (&found["name"], &found["profile_name"]),
        (&json!("Ali K."), &json!("Ali K."))
    );
    let ali = id(&found);

    let body = json!({"name": " Ali ", "tags": ["a", "A", "b"], "attributes": {"city": "Lahore", "age": 30}});
    let changed = change(client, ali, body).await.ok().body["contact"].take();
    assert_eq!(
        (&changed["name"], &changed["profile_name"], &changed["tags"]),
        (&json!("Ali"), &json!("Ali K."), &json!(["a", "b"])),
    );
    assert_eq!(
        changed["attributes"],
        json!({"age": "30", "city": "Lahore"})
    );
    assert!(changed["updated_at"].as_str() >= found["updated_at"].as_str());

    let same = change(client, ali, json!({})).await.ok().body["contact"].take();
    assert_eq!(same, changed);
    let tags = change(client, ali, json!({"tags": ["c"]})).await.ok().body["contact"].take();
    assert_eq!(
        (&tags["tags"], &tags["attributes"]),
        (&json!(["c"]), &changed["attributes"])
    );
    let replaced = json!({"attributes": {"plan": "gold"}, "name": null});
    let last = change(client, ali, replaced).await.ok().body["contact"].take();
    assert_eq!(
        (&last["name"], &last["attributes"], &last["tags"]),
        (&json!("Ali K."), &json!({"plan": "gold"}), &json!(["c"])),
    );
    assert_eq!(names(client, &[("tag", "a")]).await, Vec::<String>::new());
    assert_eq!(names(client, &[("name", "ali k")]).await, ["Ali K."]);

    for bad in [
        json!({"tags": ["x".repeat(65)]}),
        json!({"attributes": {"": "x"}}),
        json!({"attributes": {"a": {}}}),
        json!({"name": "x".repeat(201)}),
        json!({"opted_out": "yes"}),
    ] {
        change(client, ali, bad)
            .await
            .refused(400, "invalid_request");
    }
}

#[tokio::test]
async fn changes_at_the_same_time_all_hold() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let phone = plus(&someone());
    let contact = saved(client, json!({"phone": phone})).await;
    let tags = (0..4).map(|n| save(client, json!([{"phone": phone, "tags": [format!("t{n}")]}])));
    let named = change(
        client,
        id(&contact),
        json!({"name": "Ali", "attributes": {"a": "1"}}),
    );
    let (tagged, named) = futures::join!(futures::future::join_all(tags), named);
    assert!(
        tagged.iter().all(|answer| answer.status == 200),
        "{tagged:?}"
    );
    named.ok();
    let now = shown(client, id(&contact)).await.ok().body["contact"].take();
    assert_eq!(
        (&now["name"], &now["tags"], &now["attributes"]),
        (
            &json!("Ali"),
            &json!(["t0", "t1", "t2", "t3"]),
            &json!({"a": "1"})
        ),
    );
}

#[tokio::test]
async fn who_was_deleted_and_writes_again_is_a_new_contact_with_the_old_messages() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let channel = &tenant.channel().phone_number_id;
    phone.writes(channel, "first").await;
    received(&tenant, &customer, 1).await;
    let before = all(client, &[("phone", &customer)]).await.remove(0);
    change(
        client,
        id(&before),
        json!({"tags": ["vip"], "opted_out": true}),
    )
    .await
    .ok();
    let deleted = delete(client, &[id(&before), id(&before), "nonsense"])
        .await
        .ok();
    assert_eq!(deleted.body["deleted"], 1);
    shown(client, id(&before)).await.refused(404, "not_found");
    assert_eq!(all(client, &[]).await.len(), 0);
    assert_eq!(client.with(&customer).await.len(), 1);

    phone.writes(channel, "again").await;
    received(&tenant, &customer, 2).await;
    let after = all(client, &[]).await.remove(0);
    assert_ne!(id(&after), id(&before));
    assert_eq!(
        (&after["phone"], &after["tags"], &after["opted_out"]),
        (&json!(customer), &json!([]), &json!(true)),
    );
    let one = client
        .call(Method::DELETE, &format!("/api/contacts/{}", id(&after)))
        .await;
    assert_eq!(one.ok().body, json!({"ok": true, "deleted": 1}));
}

#[tokio::test]
async fn an_opt_out_is_set_and_taken_back() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let contact = saved(client, json!({"phone": plus(&someone())})).await;
    assert_eq!(
        (&contact["opted_out"], &contact["opted_out_at"]),
        (&json!(false), &json!(null))
    );
    let out = change(client, id(&contact), json!({"opted_out": true}))
        .await
        .ok();
    let out = &out.body["contact"];
    assert_eq!(out["opted_out"], true);
    assert!(out["opted_out_at"].is_string());
    let again = change(client, id(&contact), json!({"opted_out": true}))
        .await
        .ok();
    assert_eq!(again.body["contact"]["opted_out_at"], out["opted_out_at"]);
    let back = change(client, id(&contact), json!({"opted_out": false}))
        .await
        .ok();
    assert_eq!(back.body["contact"]["opted_out"], false);
}

#[tokio::test]
async fn what_is_not_there_is_not_found_or_skipped() {
    let tenant = Running::shared().tenant().make().await;
    let client: &Client = &tenant.client;
    let nobody = "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90";
    for id in [nobody, "x", "923001234567"] {
        shown(client, id).await.refused(404, "not_found");
        change(client, id, json!({"name": "x"}))
            .await
            .refused(404, "not_found");
        let one = client
            .call(Method::DELETE, &format!("/api/contacts/{id}"))
            .await;
        one.refused(404, "not_found");
        let many = delete(client, &[id]).await.ok().body;
        assert_eq!(many, json!({"ok": true, "deleted": 0}));
    }
}
