//! Contacts page by page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_tests::{Running, Tenant, someone};
use serde_json::{Value, json};

use super::{all, id, page, plus, save};

async fn people(tenant: &Tenant, count: usize) {
    let contacts: Vec<Value> = (0..count)
        .map(|n| json!({"phone": plus(&someone()), "name": format!("Ali {n}"), "tags": ["t"]}))
        .collect();
    save(&tenant.client, json!(contacts)).await.ok();
}

#[tokio::test]
async fn a_list_is_read_page_by_page_newest_first_and_whole() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    for _ in 0..3 {
        people(&tenant, 40).await;
    }
    let whole = page(client, &[]).await.ok().body;
    assert_eq!(whole["contacts"].as_array().unwrap().len(), 120);
    assert_eq!(whole["nextCursor"], json!(null));
    for query in [vec![], vec![("tag", "t")]] {
        for limit in ["1000", "40", "7"] {
            let mut query = query.clone();
            query.push(("limit", limit));
            let all = all(client, &query).await;
            assert_eq!(all, *whole["contacts"].as_array().unwrap(), "{query:?}");
        }
    }
    let times: Vec<&str> = whole["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["created_at"].as_str())
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b));
    // With a cursor and no limit a page has 50.
    let first = page(client, &[("limit", "10")]).await.ok().body;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = page(client, &[("cursor", cursor)]).await.ok().body;
    assert_eq!(second["contacts"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_page_ends_before_an_answer_is_too_large() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let notes: Value = (0..30)
        .map(|n| (format!("note{n}"), json!("x".repeat(1000))))
        .collect();
    for _ in 0..5 {
        let contacts: Vec<Value> = (0..40)
            .map(|_| json!({"phone": plus(&someone()), "attributes": notes}))
            .collect();
        let answer = save(client, json!(contacts)).await.ok();
        assert_eq!(answer.body["created"], 40);
        assert!(answer.text.len() < 5_000_000);
    }
    let first = page(client, &[]).await.ok();
    assert!(first.text.len() < 5_000_000, "{}", first.text.len());
    assert!(first.body["nextCursor"].is_string());
    assert_eq!(all(client, &[("limit", "1000")]).await.len(), 200);
}

#[tokio::test]
async fn a_cursor_that_is_forged_or_of_another_list_is_refused_or_a_mere_place() {
    let platform = Running::shared();
    let (mine, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    people(&mine, 5).await;
    people(&other, 5).await;
    let own: Vec<String> = all(&mine.client, &[])
        .await
        .iter()
        .map(|c| id(c).to_owned())
        .collect();
    let mut cursors = Vec::new();
    for query in [
        vec![],
        vec![("tag", "t")],
        vec![("name", "ali")],
        vec![("phone", "9")],
    ] {
        let mut query = query.clone();
        query.push(("limit", "2"));
        let page = page(&other.client, &query).await.ok();
        cursors.push(page.body["nextCursor"].as_str().unwrap().to_owned());
    }
    for text in [
        "a",
        "aXYZ",
        "a000000000000000000000000",
        "affffffffffffffffffffffff",
        "ttag:t#",
        "nname:ali",
        "nname:",
        "nzzz",
        "pphone:9",
        "p",
        "p\u{0}",
        "l",
        "x",
    ] {
        cursors.push(URL_SAFE_NO_PAD.encode(text));
    }
    cursors.extend(["", "x", "ä", "%%%"].map(str::to_owned));
    cursors.push(URL_SAFE_NO_PAD.encode(format!("nname:{}", "x".repeat(2000))));
    cursors.push(URL_SAFE_NO_PAD.encode([b'a', 0xff, 0xfe]));
    for cursor in &cursors {
        for query in [
            vec![],
            vec![("tag", "t")],
            vec![("name", "ali")],
            vec![("phone", "9")],
        ] {
            let mut query = query.clone();
            query.push(("cursor", cursor.as_str()));
            let answer = page(&mine.client, &query).await;
            match answer.status {
                400 => drop(answer.refused(400, "invalid_cursor")),
                200 => {
                    let contacts = answer.body["contacts"].as_array().unwrap();
                    assert!(
                        contacts.iter().all(|c| own.iter().any(|own| own == id(c))),
                        "{}",
                        answer.text
                    );
                }
                _ => panic!("{cursor} {query:?}: {} {}", answer.status, answer.text),
            }
        }
    }
    page(&mine.client, &[("cursor", &cursors[1])])
        .await
        .refused(400, "invalid_cursor");
}
