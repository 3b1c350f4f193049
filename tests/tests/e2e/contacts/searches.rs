//! Contacts by name and number.

use openwati_tests::{Running, Tenant, someone};
use serde_json::json;

use super::{all, change, id, names, page, plus, save, saved};

async fn found(tenant: &Tenant, search: &str) -> Vec<String> {
    let mut names = names(&tenant.client, &[("search", search)]).await;
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_name_is_found_by_how_it_or_a_word_of_it_begins_in_any_spelling() {
    let tenant = Running::shared().tenant().make().await;
    let contacts = [
        "Ali Khan",
        "ALİ Yılmaz",
        "Khalid Alison",
        "Straße GmbH",
        "Ömer Işık",
        "أحمد عَلِي",
        "مُحَمَّد",
        "अनीता शर्मा",
        "Zoë",
    ];
    let contacts: Vec<_> = contacts
        .iter()
        .map(|name| json!({"name": name, "phone": plus(&someone())}))
        .collect();
    save(&tenant.client, json!(contacts)).await.ok();
    let none: [&str; 0] = [];
    for (search, expected) in [
        ("ali", &["ALİ Yılmaz", "Ali Khan", "Khalid Alison"][..]),
        ("ALI", &["ALİ Yılmaz", "Ali Khan", "Khalid Alison"]),
        ("alı", &["ALİ Yılmaz", "Ali Khan", "Khalid Alison"]),
        ("ali kh", &["Ali Khan"]),
        ("khan", &["Ali Khan"]),
        ("kha", &["Ali Khan", "Khalid Alison"]),
        ("han", &none),
        ("YILMAZ", &["ALİ Yılmaz"]),
        ("strasse", &["Straße GmbH"]),
        ("IŞIK", &["Ömer Işık"]),
        ("احمد", &["أحمد عَلِي"]),
        ("على", &["أحمد عَلِي"]),
        ("محمد", &["مُحَمَّد"]),
        ("शर्मा", &["अनीता शर्मा"]),
        ("zoë", &["Zoë"]),
        ("nobody", &none),
    ] {
        assert_eq!(found(&tenant, search).await, expected, "{search}");
    }
}

#[tokio::test]
async fn a_name_with_several_words_that_fit_is_found_once_over_all_pages() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let contacts: Vec<_> = (0..25)
        .map(|n| json!({"name": format!("Ali Alison Alia {n:02}"), "phone": plus(&someone())}))
        .collect();
    save(client, json!(contacts)).await.ok();
    for limit in ["1", "7", "100"] {
        let found = all(client, &[("name", "ali"), ("limit", limit)]).await;
        let mut ids: Vec<&str> = found.iter().map(id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((found.len(), ids.len()), (25, 25), "limit {limit}");
    }
}

#[tokio::test]
async fn who_is_renamed_is_found_by_the_new_name_alone() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let contact = saved(
        client,
        json!({"name": "Ali Khan", "phone": plus(&someone())}),
    )
    .await;
    change(client, id(&contact), json!({"name": "Sara Ahmed"}))
        .await
        .ok();
    for (search, count) in [
        ("ali", 0),
        ("khan", 0),
        ("ali khan", 0),
        ("sara", 1),
        ("ahm", 1),
    ] {
        assert_eq!(found(&tenant, search).await.len(), count, "{search}");
    }
}

#[tokio::test]
async fn a_number_is_found_by_how_it_begins_with_and_without_plus() {
    let tenant = Running::shared().tenant().country("PK").make().await;
    let client = &tenant.client;
    let contacts = json!([
        {"name": "a", "phone": "+923001111111"},
        {"name": "b", "phone": "+923001111112"},
        {"name": "c", "phone": "+923451111111"},
        {"name": "d", "phone": "+14155552671"},
    ]);
    save(client, contacts).await.ok();
    for (search, expected) in [
        ("92300", &["a", "b"][..]),
        ("+92300", &["a", "b"]),
        ("0092300", &["a", "b"]),
        ("+92 (300) 111-1111", &["a"]),
        ("923001111112", &["b"]),
        ("92", &["a", "b", "c"]),
        ("03451111111", &["c"]),
        ("1", &["d"]),
        ("1111111", &[]),
    ] {
        assert_eq!(
            names(client, &[("search", search)]).await,
            expected,
            "{search}"
        );
        assert_eq!(
            names(client, &[("phone", search)]).await,
            expected,
            "{search}"
        );
    }
    // A `+` that was not escaped comes as a blank.
    let raw = client
        .call(http::Method::GET, "/api/contacts?search=+92345")
        .await
        .ok();
    assert_eq!(raw.body["contacts"][0]["name"], "c");
    let two = names(client, &[("search", "9"), ("limit", "2")]).await;
    assert_eq!(
        two,
        ["a", "b", "c"],
        "in the order of numbers, over two pages"
    );
    page(client, &[("phone", "Ali")])
        .await
        .refused(400, "invalid_request");
}

#[tokio::test]
async fn conditions_hold_together() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let contacts = json!([
        {"name": "Ali A", "phone": "+923001111111", "tags": ["vip"]},
        {"name": "Ali B", "phone": "+923001111112"},
        {"name": "Sara A", "phone": "+923001111113", "tags": ["vip"]},
        {"name": "Ali C", "phone": "+14155552671", "tags": ["VIP", "new"]},
    ]);
    save(client, contacts).await.ok();
    let mut found = names(client, &[("name", "ali"), ("tag", "vip")]).await;
    found.sort_unstable();
    assert_eq!(found, ["Ali A", "Ali C"]);
    let found = names(client, &[("search", "92"), ("name", "ali"), ("tag", "vip")]).await;
    assert_eq!(found, ["Ali A"]);
    let found = names(client, &[("search", "ali"), ("phone", "+1")]).await;
    assert_eq!(found, ["Ali C"]);
    assert_eq!(
        names(client, &[("search", ""), ("tag", "new")]).await,
        ["Ali C"]
    );
}
