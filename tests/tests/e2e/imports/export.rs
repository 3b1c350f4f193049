//! Contacts into files.

use http::Method;
use openwati_tests::{Client, Running, eventually};
use serde_json::{Value, json};

use super::{EXPORTS, WORKED, contacts, counts, imported, told};

/// Asks for an export, and answers it once it is done, with its file.
pub(crate) async fn exported(client: &Client, body: &Value) -> (Value, String) {
    let answer = client.call_with(Method::POST, EXPORTS, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let id = answer.body["export"]["id"].as_str().unwrap().to_owned();
    done(client, &id).await
}

/// The export once it is done, with its file.
pub(crate) async fn done(client: &Client, id: &str) -> (Value, String) {
    let export = eventually("the export is done", WORKED, || async {
        let answer = client.call(Method::GET, &format!("{EXPORTS}/{id}")).await;
        let export = answer.body["export"].clone();
        assert_ne!(export["status"], "failed", "{export}");
        (export["status"] == "done").then_some(export)
    })
    .await;
    let file = reqwest::get(export["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(file.status(), 200);
    let text = file.bytes().await.unwrap();
    assert_eq!(export["bytes"], text.len());
    (export, String::from_utf8(text.to_vec()).unwrap())
}

#[tokio::test]
async fn what_was_exported_is_imported_as_it_was() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let made = json!({"contacts": [
        {"phone": "+923001230001", "name": "Khan, \"Ali\"", "tags": ["vip", "=new"],
            "attributes": {"City": "Lahore\nCantt", "formula": "=1+1", "name": "Alias"}},
        {"phone": "+15551234567", "name": "@sara", "attributes": {"City": "Ünïcödé 👍"}},
        {"phone": "+4915112345678"},
    ]});
    let answer = tenant
        .client
        .call_with(Method::POST, "/api/contacts", &made)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);

    let (export, file) = exported(&tenant.client, &json!({})).await;
    assert_eq!(export["rows"], 3);
    assert!(
        file.starts_with("\u{feff}phone,name,tags,City,formula,attribute.name\r\n"),
        "{file}"
    );
    for formula in ["'=1+1", "'@sara", "'=new;vip"] {
        assert!(file.contains(formula), "{file}");
    }
    let other = platform.tenant().make().await;
    let import = imported(&other.client, &file, json!({})).await;
    assert_eq!(counts(&import), [3, 3, 0, 0], "{import}");
    let sorted = |mut contacts: Vec<Value>| {
        contacts.sort_by_key(|contact| contact["phone"].to_string());
        told(&contacts)
    };
    let (before, after) = (
        contacts(&tenant.client).await,
        contacts(&other.client).await,
    );
    assert_eq!(sorted(after), sorted(before));
}

#[tokio::test]
async fn an_export_holds_what_was_asked_for() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let (empty, file) = exported(client, &json!({})).await;
    assert_eq!(empty["rows"], 0);
    assert_eq!(file, "\u{feff}phone,name,tags\r\n");
    let made = json!({"contacts": [
        {"phone": "+923001230001", "name": "Ali", "tags": ["vip"], "attributes": {"city": "Lahore"}},
        {"phone": "+923001230002", "name": "Sara"},
    ]});
    client
        .call_with(Method::POST, "/api/contacts", &made)
        .await
        .ok();
    let columns = json!({"tag": "VIP", "columns": ["name", "city", "opted_out", "nothing"]});
    let (_, file) = exported(client, &columns).await;
    assert_eq!(
        file,
        "\u{feff}name,city,opted_out,nothing\r\nAli,Lahore,false,\r\n"
    );

    let listed = client.call(Method::GET, EXPORTS).await.ok();
    let listed = listed.body["exports"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert!(
        listed.iter().all(|export| export.get("url").is_none()),
        "{listed:?}"
    );
    let other = platform.tenant().make().await;
    let path = format!("{EXPORTS}/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(other.client.call(Method::GET, &path).await.status, 404);
}
