//! How much there may be of a contact.

use openwati_tests::{Running, someone};
use serde_json::{Value, json};

use super::{all, change, id, plus, save, saved, shown};

fn tags(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|n| format!("tag {n:03}")).collect()
}

#[tokio::test]
async fn a_contact_has_a_hundred_tags_of_64_characters_and_no_more() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let phone = plus(&someone());
    let many: Vec<String> = (0..100)
        .map(|n| format!("{n:03}{}", "é".repeat(61)))
        .collect();
    let full = saved(client, json!({"phone": phone, "tags": many})).await;
    assert_eq!(full["tags"], json!(many));
    let more = save(client, json!([{"phone": phone, "tags": ["one more"]}]))
        .await
        .ok()
        .body;
    assert_eq!(
        (&more["updated"], &more["contacts"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(
        more["rejected"][0]["reason"],
        "tags: there may be at most 100"
    );
    let known = save(client, json!([{"phone": phone, "tags": [many[0]]}]))
        .await
        .ok()
        .body;
    assert_eq!(known["updated"], 1);

    let other = change(client, id(&full), json!({"tags": tags(0..100)}))
        .await
        .ok()
        .body;
    assert_eq!(other["contact"]["tags"], json!(tags(0..100)));
    for tag in [&many[0], &many[99]] {
        assert_eq!(all(client, &[("tag", tag)]).await.len(), 0);
    }
    assert_eq!(all(client, &[("tag", "TAG 099")]).await.len(), 1);
    change(client, id(&full), json!({"tags": tags(0..101)}))
        .await
        .refused(400, "invalid_request");
    let long = save(client, json!([{"phone": phone, "tags": ["é".repeat(65)]}]))
        .await
        .ok()
        .body;
    let reason = "tags: each must have 1 to 64 characters";
    assert_eq!(long["rejected"][0]["reason"], reason);
    let none = change(client, id(&full), json!({"tags": []}))
        .await
        .ok()
        .body;
    assert_eq!(none["contact"]["tags"], json!([]));
    assert_eq!(all(client, &[("tag", "tag 099")]).await.len(), 0);
}

#[tokio::test]
async fn attributes_have_limits_each_and_all_together() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let phone = plus(&someone());
    let attributes = |count: usize, length: usize| -> Value {
        (0..count)
            .map(|n| (format!("a{n}"), json!("x".repeat(length))))
            .collect()
    };
    for (given, reason) in [
        (attributes(101, 1), "attributes: there may be at most 100"),
        (
            attributes(1, 1025),
            "attributes: each value may have at most 1024 characters",
        ),
        (
            json!({"x".repeat(65): "1"}),
            "attributes: each name must have 1 to 64 characters",
        ),
        (
            json!({" ": "1"}),
            "attributes: each name must have 1 to 64 characters",
        ),
        (
            attributes(40, 1000),
            "attributes: all together may have at most 32768 bytes",
        ),
    ] {
        let answer = save(client, json!([{"phone": phone, "attributes": given}]))
            .await
            .ok()
            .body;
        assert_eq!(answer["rejected"][0]["reason"], reason);
    }
    assert_eq!(all(client, &[]).await.len(), 0);
    let full = saved(
        client,
        json!({"phone": phone, "attributes": attributes(100, 100)}),
    )
    .await;
    assert_eq!(full["attributes"].as_object().unwrap().len(), 100);
    let more = save(
        client,
        json!([{"phone": phone, "attributes": {"one": "more"}}]),
    )
    .await
    .ok();
    assert_eq!(
        more.body["rejected"][0]["reason"],
        "attributes: there may be at most 100"
    );
    let swapped = json!([{"phone": phone, "attributes": {"one": "more", "a0": null}}]);
    let swapped = save(client, swapped).await.ok().body["contacts"][0].take();
    assert_eq!(swapped["attributes"]["one"], "more");
    assert!(swapped["attributes"]["a0"].is_null());
}

#[tokio::test]
async fn names_and_tags_are_of_any_script_and_come_back_as_they_were_written() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let name = "نور خان 👩🏽‍💻 Ğİış Straße ศรี";
    let given = ["Müşteri", "عميل", "ग्राहक", "🔥", "a#b", "a;b|c", "tag:x"];
    let contact = saved(
        client,
        json!({"phone": plus(&someone()), "name": name, "tags": given}),
    )
    .await;
    assert_eq!(contact["name"], name);
    let mut sorted = given.to_vec();
    sorted.sort_unstable();
    assert_eq!(contact["tags"], json!(sorted));
    assert_eq!(
        shown(client, id(&contact)).await.ok().body["contact"],
        contact
    );
    for tag in given {
        let found = all(client, &[("tag", tag)]).await;
        assert_eq!(found, std::slice::from_ref(&contact), "{tag}");
    }
    for tag in ["a", "b", "tag", "x", "a#"] {
        assert_eq!(all(client, &[("tag", tag)]).await.len(), 0, "{tag}");
    }
}
