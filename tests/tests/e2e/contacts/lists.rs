//! Lists of contacts.

use http::Method;
use openwati_tests::{Answer, Client, Running, Tenant, someone};
use serde_json::{Value, json};

use super::{all, change, delete, id, plus, save, saved, shown};

const LISTS: &str = "/api/contact-lists";

async fn create(client: &Client, name: &str) -> Answer {
    client
        .call_with(Method::POST, LISTS, &json!({ "name": name }))
        .await
}

async fn created(client: &Client, name: &str) -> String {
    let answer = create(client, name).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    id(&answer.body["contact_list"]).to_owned()
}

/// Puts contacts on a list, or takes them off it.
async fn members(client: &Client, method: Method, list: &str, ids: &[&str]) -> Answer {
    let path = format!("{LISTS}/{list}/contacts");
    client
        .call_with(method, &path, &json!({ "ids": ids }))
        .await
}

async fn counted(client: &Client, list: &str) -> Value {
    let answer = client
        .call(Method::GET, &format!("{LISTS}/{list}"))
        .await
        .ok();
    answer.body["contact_list"]["contacts_count"].clone()
}

async fn people(tenant: &Tenant, count: usize) -> Vec<String> {
    let contacts: Vec<Value> = (0..count)
        .map(|_| json!({"phone": plus(&someone())}))
        .collect();
    let answer = save(&tenant.client, json!(contacts)).await.ok();
    let contacts = answer.body["contacts"].as_array().unwrap();
    contacts
        .iter()
        .map(|contact| id(contact).to_owned())
        .collect()
}

fn texts(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

#[tokio::test]
async fn a_list_is_made_filled_read_page_by_page_and_emptied() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let list = created(client, " Newsletter ").await;
    let people = people(&tenant, 60).await;
    let added = members(client, Method::POST, &list, &texts(&people))
        .await
        .ok();
    assert_eq!(added.body, json!({"ok": true, "added": 60, "rejected": []}));
    let again = members(client, Method::POST, &list, &texts(&people[..2]))
        .await
        .ok();
    assert_eq!(again.body["added"], 0);

    let answer = client
        .call(Method::GET, &format!("{LISTS}/{list}"))
        .await
        .ok()
        .body;
    let shown_list = &answer["contact_list"];
    assert_eq!(
        (
            &shown_list["name"],
            &shown_list["contacts_count"],
            &shown_list["contacts_count_exact"]
        ),
        (&json!("Newsletter"), &json!(60), &json!(true)),
    );
    let first = client
        .call(Method::GET, &format!("{LISTS}/{list}/contacts"))
        .await
        .ok()
        .body;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = client
        .call(
            Method::GET,
            &format!("{LISTS}/{list}/contacts?cursor={cursor}"),
        )
        .await
        .ok()
        .body;
    assert_eq!(second["nextCursor"], json!(null));
    let pages = [&first, &second].map(|page| page["contacts"].as_array().unwrap().clone());
    assert_eq!(pages.each_ref().map(Vec::len), [50, 10]);
    assert_eq!(pages.concat(), all(client, &[("list", &list)]).await);
    assert!(
        pages
            .concat()
            .iter()
            .all(|contact| contact["lists"] == json!([list]))
    );

    let removed = members(client, Method::DELETE, &list, &texts(&people[..20]))
        .await
        .ok();
    assert_eq!(removed.body, json!({"ok": true, "removed": 20}));
    assert_eq!(counted(client, &list).await, 40);
    delete(client, &texts(&people[20..30])).await.ok();
    assert_eq!(counted(client, &list).await, 30);
    assert_eq!(all(client, &[("list", &list)]).await.len(), 30);
}

#[tokio::test]
async fn a_name_is_one_lists_whatever_its_spelling() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let (a, b) = (
        created(client, "Straße").await,
        created(client, "Other").await,
    );
    for taken in ["Straße", "STRASSE", " strasse "] {
        create(client, taken)
            .await
            .refused(409, "contact_list_exists");
        let body = json!({ "name": taken });
        let renamed = client
            .call_with(Method::PUT, &format!("{LISTS}/{b}"), &body)
            .await;
        renamed.refused(409, "contact_list_exists");
    }
    let own = json!({"name": "STRASSE"});
    let renamed = client
        .call_with(Method::PUT, &format!("{LISTS}/{a}"), &own)
        .await
        .ok();
    assert_eq!(renamed.body["contact_list"]["name"], "STRASSE");
    for bad in [
        json!({}),
        json!({"name": ""}),
        json!({"name": " "}),
        json!({"name": "x".repeat(101)}),
        json!({"name": 1}),
    ] {
        let answer = client.call_with(Method::POST, LISTS, &bad).await;
        answer.refused(400, "invalid_request");
    }
    let deleted = client
        .call(Method::DELETE, &format!("{LISTS}/{a}"))
        .await
        .ok();
    assert_eq!(deleted.body, json!({"ok": true, "deleted": 1}));
    created(client, "Straße").await;
}

#[tokio::test]
async fn lists_are_listed_newest_first_page_by_page() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let empty = client.call(Method::GET, LISTS).await.ok().body;
    assert_eq!(empty, json!({"contact_lists": [], "nextCursor": null}));
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(created(client, &format!("List {n}")).await);
    }
    made.sort_unstable_by(|a, b| b.cmp(a));
    let first = client
        .call(Method::GET, &format!("{LISTS}?limit=3"))
        .await
        .ok()
        .body;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = client
        .call(Method::GET, &format!("{LISTS}?limit=3&cursor={cursor}"))
        .await
        .ok()
        .body;
    assert_eq!(second["nextCursor"], json!(null));
    let pages = [&first, &second].map(|page| page["contact_lists"].as_array().unwrap().clone());
    let pages = pages.concat();
    assert_eq!(pages.iter().map(id).collect::<Vec<_>>(), texts(&made));
    let bad = client.call(Method::GET, &format!("{LISTS}?cursor=x")).await;
    bad.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn a_list_that_is_deleted_is_on_nobody_any_more() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let (gone, stays) = (
        created(client, "Gone").await,
        created(client, "Stays").await,
    );
    let contact = saved(client, json!({"phone": plus(&someone())})).await;
    let both = json!({"lists": [gone, stays, gone, "x", "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"]});
    let on = change(client, id(&contact), both).await.ok().body["contact"]["lists"].take();
    assert_eq!(on.as_array().unwrap().len(), 2);
    client
        .call(Method::DELETE, &format!("{LISTS}/{gone}"))
        .await
        .ok();
    let now = shown(client, id(&contact)).await.ok().body["contact"]["lists"].take();
    assert_eq!(now, json!([stays]));
    for method in [Method::GET, Method::DELETE] {
        let answer = client.call(method, &format!("{LISTS}/{gone}")).await;
        answer.refused(404, "not_found");
    }
    let named = client
        .call_with(
            Method::PUT,
            &format!("{LISTS}/{gone}"),
            &json!({"name": "x"}),
        )
        .await;
    named.refused(404, "not_found");
    for method in [Method::POST, Method::DELETE] {
        members(client, method, &gone, &[id(&contact)])
            .await
            .refused(404, "not_found");
    }
    let page = client
        .call(Method::GET, &format!("{LISTS}/{gone}/contacts"))
        .await;
    page.refused(404, "not_found");
}

#[tokio::test]
async fn a_contact_is_on_a_hundred_lists_and_no_more() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let mut lists = Vec::new();
    for n in 0..101 {
        lists.push(created(client, &format!("List {n}")).await);
    }
    let contact = saved(client, json!({"phone": plus(&someone())})).await;
    let too_many = change(client, id(&contact), json!({ "lists": lists })).await;
    too_many.refused(400, "invalid_request");
    change(client, id(&contact), json!({"lists": lists[..100]}))
        .await
        .ok();
    let more = members(client, Method::POST, &lists[100], &[id(&contact)])
        .await
        .ok();
    assert_eq!(
        more.body,
        json!({"ok": true, "added": 0, "rejected": [id(&contact)]})
    );
    // What was deleted takes no place.
    client
        .call(Method::DELETE, &format!("{LISTS}/{}", lists[0]))
        .await
        .ok();
    let more = members(client, Method::POST, &lists[100], &[id(&contact)])
        .await
        .ok();
    assert_eq!(more.body["added"], 1);
}

#[tokio::test]
async fn unknown_contacts_are_skipped() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let list = created(client, "List").await;
    let contact = saved(client, json!({"phone": plus(&someone())})).await;
    let ids = [
        id(&contact),
        id(&contact),
        "x",
        "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    ];
    let added = members(client, Method::POST, &list, &ids).await.ok();
    assert_eq!(added.body["added"], 1);
    let removed = members(client, Method::DELETE, &list, &ids).await.ok();
    assert_eq!(removed.body["removed"], 1);
    let too_many = vec!["x"; 1001];
    members(client, Method::POST, &list, &too_many)
        .await
        .refused(400, "invalid_request");
}
