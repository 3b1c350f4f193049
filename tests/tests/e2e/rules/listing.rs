//! Rules are listed in the order in which they are looked at.

use http::Method;
use openwati_tests::{Client, Running};
use serde_json::{Value, json};

use super::{RULES, keywords, listed, path, rule};

/// Rules of every type, made in another order than that of the list, which is answered.
async fn some_rules(client: &Client) -> Vec<&'static str> {
    for (keyword, match_type, order) in [
        ("contained", "contains", 0),
        ("begun", "starts_with", 5),
        ("whole", "exact", 3),
        ("first contained", "contains", -1),
        ("begun first", "starts_with", -2_000_000_000),
        ("whole too", "exact", 3),
        ("contained last", "contains", 2_000_000_000),
        ("contained too", "contains", 0),
    ] {
        let body =
            json!({"keyword": keyword, "match_type": match_type, "order": order, "response": "Hi"});
        rule(client, body).await;
    }
    vec![
        "whole",
        "whole too",
        "begun first",
        "begun",
        "first contained",
        "contained",
        "contained too",
        "contained last",
    ]
}

async fn page(client: &Client, query: &str) -> (Vec<Value>, Option<String>) {
    let answer = client
        .call(Method::GET, &format!("{RULES}?{query}"))
        .await
        .ok();
    let rules = answer.body["rules"].as_array().unwrap().clone();
    let next = answer.body["nextCursor"].as_str();
    (rules, next.map(ToOwned::to_owned))
}

#[tokio::test]
async fn the_list_has_the_order_in_which_rules_are_looked_at() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let order = some_rules(client).await;
    let rules = listed(client).await;
    assert_eq!(keywords(&rules), order);

    // A rule that is changed has its new place; when it was made stays.
    let last = rules.last().unwrap();
    let change = json!({"match_type": "exact", "order": -1, "active": false});
    let answer = client.call_with(Method::PUT, &path(last), &change).await;
    let changed = &answer.ok().body["rule"];
    assert_eq!(changed["created_at"], last["created_at"]);
    let rules = listed(client).await;
    assert_eq!(keywords(&rules)[0], "contained last");
}

#[tokio::test]
async fn pages_hold_every_rule_once_in_the_same_order() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let order = some_rules(client).await;
    for limit in [1, 3, 8, 100] {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            let (rules, next) = page(client, &format!("limit={limit}{after}")).await;
            assert!(rules.len() <= limit && !rules.is_empty());
            all.extend(rules);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(keywords(&all), order, "{limit}");
    }

    // After one that was deleted since, the list goes on all the same.
    let (rules, next) = page(client, "limit=3").await;
    client.call(Method::DELETE, &path(&rules[2])).await.ok();
    let (rules, _) = page(client, &format!("cursor={}", next.unwrap())).await;
    assert_eq!(keywords(&rules), order[3..]);

    for query in ["limit=0", "limit=101", "limit=x"] {
        let path = format!("{RULES}?{query}");
        let answer = client.call(Method::GET, &path).await;
        answer.refused(400, "invalid_request");
    }
    let path = format!("{RULES}?cursor=nowhere");
    let answer = client.call(Method::GET, &path).await;
    answer.refused(400, "invalid_cursor");
}
