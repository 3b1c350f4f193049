//! Contacts.

mod filters;
mod limits;
mod lists;
mod merged;
mod pages;
mod reach;
mod repeated;
mod round_trips;
mod saving;
mod searches;

use http::Method;
use openwati_tests::{Answer, Client, someone};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

const CONTACTS: &str = "/api/contacts";

/// Saves contacts.
async fn save(client: &Client, contacts: Value) -> Answer {
    let body = json!({ "contacts": contacts });
    client.call_with(Method::POST, CONTACTS, &body).await
}

/// Saves one contact, which is taken.
async fn saved(client: &Client, contact: Value) -> Value {
    let mut answer = save(client, json!([contact])).await.ok();
    assert_eq!(answer.body["rejected"], json!([]), "{}", answer.text);
    answer.body["contacts"][0].take()
}

/// A page of contacts.
async fn page(client: &Client, query: &[(&str, &str)]) -> Answer {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    client
        .call(Method::GET, &format!("{CONTACTS}?{query}"))
        .await
}

/// All contacts that a query names, page by page.
async fn all(client: &Client, query: &[(&str, &str)]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = query.to_vec();
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let answer = page(client, &query).await.ok();
        let contacts = answer.body["contacts"].as_array();
        all.extend(contacts.expect("a page has contacts").iter().cloned());
        cursor = answer.body["nextCursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return all;
        }
    }
}

/// The names of the contacts that a query names, in their order.
async fn names(client: &Client, query: &[(&str, &str)]) -> Vec<String> {
    let all = all(client, query).await;
    let names = all.iter().map(|contact| contact["name"].as_str());
    names
        .map(|name| name.unwrap_or_default().to_owned())
        .collect()
}

/// The contact with this id.
async fn shown(client: &Client, id: &str) -> Answer {
    client.call(Method::GET, &format!("{CONTACTS}/{id}")).await
}

/// Changes the contact with this id.
async fn change(client: &Client, id: &str, change: Value) -> Answer {
    client
        .call_with(Method::PUT, &format!("{CONTACTS}/{id}"), &change)
        .await
}

/// Deletes contacts.
async fn delete(client: &Client, ids: &[&str]) -> Answer {
    let body = json!({ "ids": ids });
    client.call_with(Method::DELETE, CONTACTS, &body).await
}

fn id(contact: &Value) -> &str {
    contact["id"].as_str().expect("a contact has an id")
}

/// A number as people write it.
fn plus(digits: &str) -> String {
    format!("+{digits}")
}

/// The ids of a contact and of a list that it is on.
pub(crate) async fn one_of_each(client: &Client) -> (String, String) {
    let contact = saved(client, json!({"phone": plus(&someone())})).await;
    let body = json!({"name": "Newsletter"});
    let list = client
        .call_with(Method::POST, "/api/contact-lists", &body)
        .await;
    let list = id(&list.body["contact_list"]).to_owned();
    change(client, id(&contact), json!({ "lists": [list] }))
        .await
        .ok();
    (id(&contact).to_owned(), list)
}
