//! Contacts from CSV files, and into them.

pub(crate) mod export;
mod files;

use std::time::Duration;

use http::Method;
use openwati_tests::{Answer, Client, Running, SOON, eventually};
use serde_json::{Value, json};

pub(crate) const IMPORTS: &str = "/api/contacts/import";
pub(crate) const EXPORTS: &str = "/api/contacts/export";

/// Longer than an import of a test takes on a busy machine.
pub(crate) const WORKED: Duration = SOON.saturating_mul(3);

/// Asks for an import of this file, and puts it where it is to be.
pub(crate) async fn uploaded(client: &Client, file: &[u8], more: Value) -> String {
    let mut body = more;
    body["size"] = file.len().into();
    let answer = client.call_with(Method::POST, IMPORTS, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.body["import"]["status"], "waiting");
    let upload = &answer.body["upload"];
    assert_eq!(upload["method"], "PUT");
    let mut put = reqwest::Client::new().put(upload["url"].as_str().unwrap());
    for (name, value) in upload["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    let put = put.body(file.to_vec()).send().await.unwrap();
    assert_eq!(put.status(), 200);
    answer.body["import"]["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn start(client: &Client, id: &str) -> Answer {
    let path = format!("{IMPORTS}/{id}/start");
    client.call(Method::POST, &path).await
}

/// The import once it is over.
pub(crate) async fn over(client: &Client, id: &str) -> Value {
    eventually("the import is over", WORKED, || async {
        let answer = client.call(Method::GET, &format!("{IMPORTS}/{id}")).await;
        let import = answer.body["import"].clone();
        ["done", "failed"]
            .contains(&import["status"].as_str()?)
            .then_some(import)
    })
    .await
}

/// Imports a file, and answers the import once it is over.
pub(crate) async fn imported(client: &Client, file: impl AsRef<[u8]>, more: Value) -> Value {
    let id = uploaded(client, file.as_ref(), more).await;
    let started = start(client, &id).await;
    assert_eq!(started.status, 202, "{}", started.text);
    over(client, &id).await
}

/// The ids of an import that waits for its start, and of an export.
pub(crate) async fn one_of_each(client: &Client) -> (String, String) {
    let import = uploaded(client, b"phone\n", json!({})).await;
    let export = client.call_with(Method::POST, EXPORTS, &json!({})).await;
    let export = export.body["export"]["id"].as_str().unwrap().to_owned();
    (import, export)
}

/// The rows of an import that nothing was done with.
pub(crate) async fn errors(client: &Client, import: &Value) -> Vec<Value> {
    let id = import["id"].as_str().unwrap();
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{IMPORTS}/{id}/errors{cursor}");
        let page = client.call(Method::GET, &path).await.ok();
        all.extend(page.body["errors"].as_array().unwrap().clone());
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("?cursor={next}"),
            None => return all,
        }
    }
}

/// Every contact of a tenant's, newest first.
pub(crate) async fn contacts(client: &Client) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/contacts?limit=1000{cursor}");
        let page = client.call(Method::GET, &path).await.ok();
        all.extend(page.body["contacts"].as_array().unwrap().clone());
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// What is told of contacts, without their ids and times.
pub(crate) fn told(contacts: &[Value]) -> Vec<Value> {
    let names = ["phone", "name", "tags", "attributes"];
    let told = contacts.iter().map(|contact| {
        let told = names.map(|name| (name.to_owned(), contact[name].clone()));
        Value::Object(told.into_iter().collect())
    });
    told.collect()
}

/// Rows, created, updated, rejected.
pub(crate) fn counts(import: &Value) -> [u64; 4] {
    ["rows", "created", "updated", "rejected"].map(|name| import[name].as_u64().unwrap())
}

#[tokio::test]
async fn rows_become_contacts_and_what_is_wrong_is_told_row_by_row() {
    let platform = Running::shared();
    let tenant = platform.tenant().country("PK").make().await;
    let client = &tenant.client;
    let list = json!({"name": "Fair"});
    let list = client
        .call_with(Method::POST, "/api/contact-lists", &list)
        .await;
    let list = list.body["contact_list"]["id"].clone();
    assert!(list.is_string(), "{list}");

    let file = "\u{feff}Mobile;name;Tags;City\r\n\
        +923001230001;\"Khan; Ali\";vip|new;Lahore\r\n\
        0300 1230002;;;\r\n\
        \r\n\
        12;Nobody;;\r\n\
        +923001230001;;VIP;\"Karachi\r\nCantt\"\r\n\
        ;Missing;;\r\n\
        ;;;\r\n";
    let more = json!({"tags": ["fair"], "columns": {"mobile": "phone"}, "list_id": list});
    let import = imported(client, file, more).await;
    assert_eq!(import["status"], "done", "{import}");
    assert_eq!(counts(&import), [5, 2, 1, 2], "{import}");
    assert_eq!(import["bytes"], file.len());
    assert_eq!(import["bytes_done"], file.len());

    let kept = contacts(client).await;
    assert_eq!(
        told(&kept),
        [
            json!({"phone": "923001230001", "name": "Khan; Ali", "tags": ["fair", "new", "vip"],
                "attributes": {"City": "Karachi\r\nCantt"}}),
            json!({"phone": "923001230002", "name": null, "tags": ["fair"], "attributes": {}}),
        ]
    );
    assert!(
        kept.iter().all(|contact| contact["lists"] == json!([list])),
        "{kept:?}"
    );

    let errors = errors(client, &import).await;
    let wrong: Vec<(u64, &str)> = errors
        .iter()
        .map(|error| {
            (
                error["row"].as_u64().unwrap(),
                error["phone"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(wrong, [(4, "12"), (6, "")], "{errors:?}");
    assert!(
        errors
            .iter()
            .all(|error| error["reason"].as_str().unwrap().starts_with("phone: "))
    );

    let listed = client.call(Method::GET, IMPORTS).await.ok();
    assert_eq!(listed.body["imports"], json!([import]));
    assert_eq!(listed.body["nextCursor"], Value::Null);
}

#[tokio::test]
async fn a_file_that_is_imported_again_makes_nobody_twice() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    // More than are worked at a time, and each number twice, far apart.
    let row = |n: usize, city: &str| format!("+9230012{n:05},{city}\n");
    let mut file = "phone,city\n".to_owned();
    file.extend((0..700).map(|n| row(n, "Lahore")));
    file.extend((0..700).map(|n| row(n, "Karachi")));
    let first = imported(client, &file, json!({})).await;
    assert_eq!(counts(&first), [1_400, 700, 700, 0], "{first}");
    let again = imported(client, &file, json!({"tags": ["again"]})).await;
    assert_eq!(counts(&again), [1_400, 0, 1_400, 0], "{again}");
    let kept = contacts(client).await;
    assert_eq!(kept.len(), 700);
    for contact in told(&kept) {
        assert_eq!(contact["attributes"], json!({"city": "Karachi"}));
        assert_eq!(contact["tags"], json!(["again"]));
    }
    // In the order of the file.
    assert_eq!(kept[0]["phone"], "923001200000");
    assert_eq!(kept[699]["phone"], "923001200699");
    let found = client
        .call(Method::GET, "/api/contacts?tag=AGAIN&limit=1000")
        .await;
    assert_eq!(found.body["contacts"].as_array().unwrap().len(), 700);
}

#[tokio::test]
async fn an_import_starts_once_and_when_its_file_is_there() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let body = json!({"size": 10});
    let asking = client
        .request(Method::POST, IMPORTS)
        .header("idempotency-key", "one");
    let first = Client::answer(asking.json(&body)).await;
    let asking = client
        .request(Method::POST, IMPORTS)
        .header("idempotency-key", "one");
    let again = Client::answer(asking.json(&body)).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body["import"], again.body["import"]);
    let early = start(client, first.body["import"]["id"].as_str().unwrap()).await;
    assert_eq!(
        (early.status, &early.body["code"]),
        (409, &json!("upload_not_found")),
        "{}",
        early.text
    );

    let id = uploaded(client, b"phone\n+923001234567\n", json!({})).await;
    for _ in 0..3 {
        assert_eq!(start(client, &id).await.status, 202);
    }
    assert_eq!(counts(&over(client, &id).await), [1, 1, 0, 0]);
    let late = start(client, &id).await;
    assert_eq!(
        (late.status, &late.body["import"]["status"]),
        (202, &json!("done"))
    );

    let other = platform.tenant().make().await;
    for path in [id.clone(), format!("{id}/errors")] {
        let path = format!("{IMPORTS}/{path}");
        assert_eq!(other.client.call(Method::GET, &path).await.status, 404);
    }
    assert_eq!(start(&other.client, &id).await.status, 404);
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_named() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    for (body, status, word) in [
        (json!({}), 400, "size"),
        (json!({"size": 0}), 400, "size"),
        (json!({"size": 52_428_801}), 400, "size"),
        (json!({"size": 1, "tags": [" "]}), 400, "tags"),
        (
            json!({"size": 1, "default_country": "XX"}),
            400,
            "default_country",
        ),
        (json!({"size": 1, "list_id": "x"}), 404, "list"),
        (
            json!({"size": 1, "columns": {"a": "x".repeat(201)}}),
            400,
            "columns",
        ),
    ] {
        let answer = client.call_with(Method::POST, IMPORTS, &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(answer.text.contains(word), "{body}: {}", answer.text);
    }
    for (body, status, word) in [
        (json!({"tag": ""}), 400, "tags"),
        (json!({"list": "x"}), 404, "list"),
        (json!({"tag": "a", "list": "b"}), 400, "list"),
        (json!({"columns": []}), 400, "columns"),
    ] {
        let answer = client.call_with(Method::POST, EXPORTS, &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(answer.text.contains(word), "{body}: {}", answer.text);
    }
    let sample = client
        .call(Method::GET, "/api/contacts/import/sample")
        .await
        .ok();
    let import = imported(client, &sample.text, json!({})).await;
    assert_eq!(counts(&import), [2, 2, 0, 0], "{import}");
}
