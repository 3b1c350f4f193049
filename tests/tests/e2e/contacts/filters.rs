//! Contacts by what no index knows.

use openwati_tests::{Running, Tenant};
use serde_json::{Value, json};

use super::{all, change, id, names, page, plus, save};

/// Contacts of whom every hundredth lives in Lahore, and half have a plan.
async fn crowd(tenant: &Tenant, count: u64) {
    let contacts: Vec<Value> = (0..count)
        .map(|n| {
            let city = match n % 100 {
                7 => "Lahore",
                _ => "Karachi",
            };
            let mut attributes = json!({"city": city});
            if n % 2 == 1 {
                attributes["plan"] = json!("Gold");
            }
            let phone = plus(&(923_200_000_000 + n).to_string());
            json!({"phone": phone, "name": format!("C{n:04}"), "attributes": attributes})
        })
        .collect();
    for part in contacts.chunks(1000) {
        save(&tenant.client, json!(part)).await.ok();
    }
}

#[tokio::test]
async fn attributes_are_found_over_pages_that_may_hold_few() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    crowd(&tenant, 2600).await;
    let query = [("attribute.city", "lahore"), ("limit", "100")];
    let first = page(client, &query).await.ok().body;
    assert!(first["contacts"].as_array().unwrap().len() < 26);
    assert!(first["nextCursor"].is_string());
    for limit in ["3", "100"] {
        let mut found = names(client, &[("attribute.city", "LAHORE"), ("limit", limit)]).await;
        found.sort_unstable();
        let expected: Vec<String> = (0..26).map(|n| format!("C{:04}", n * 100 + 7)).collect();
        assert_eq!(found, expected);
    }
    let both = [("attribute.city", "Lahore"), ("attribute.plan", "gold")];
    assert_eq!(names(client, &both).await.len(), 26);
    for none in [
        [("attribute.city", "Lahore"), ("attribute.plan", "silver")],
        [("attribute.city", "Lahore"), ("attribute.age", "")],
        [("attribute.City", "Lahore"), ("attribute.plan", "gold")],
    ] {
        assert_eq!(names(client, &none).await.len(), 0, "{none:?}");
    }
    let fine = names(client, &[("attribute.plan", "gold"), ("limit", "1000")]).await;
    assert_eq!(fine.len(), 1300);
}

#[tokio::test]
async fn who_opted_out_is_told_apart() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    crowd(&tenant, 12).await;
    let everybody = all(client, &[]).await;
    for contact in &everybody[..3] {
        change(client, id(contact), json!({"opted_out": true}))
            .await
            .ok();
    }
    let out = all(client, &[("opted_out", "true"), ("limit", "2")]).await;
    assert_eq!(
        out.iter().map(id).collect::<Vec<_>>(),
        everybody[..3].iter().map(id).collect::<Vec<_>>()
    );
    assert!(out.iter().all(|contact| contact["opted_out"] == true));
    assert_eq!(
        all(client, &[("opted_out", "false"), ("limit", "2")])
            .await
            .len(),
        9
    );
}

#[tokio::test]
async fn parameters_that_are_none_are_refused_by_name() {
    let tenant = Running::shared().tenant().make().await;
    for (query, name) in [
        (&[("limit", "0")][..], "limit"),
        (&[("limit", "1001")], "limit"),
        (&[("limit", "x")], "limit"),
        (&[("opted_out", "maybe")], "opted_out"),
        (&[("attribute.a", "1"), ("attribute.a", "2")], "attribute.a"),
        (&[("search", "a"), ("search", "b")], "search"),
    ] {
        let answer = page(&tenant.client, query)
            .await
            .refused(400, "invalid_request");
        assert!(answer.error().contains(name), "{}", answer.text);
    }
    let list = [("list", "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90")];
    page(&tenant.client, &list).await.refused(404, "not_found");
    page(&tenant.client, &[("list", "x")])
        .await
        .refused(404, "not_found");
}
