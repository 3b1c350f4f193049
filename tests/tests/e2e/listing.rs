//! Lists of messages.

use futures::{StreamExt as _, stream};
use openwati_core::time::Moment;
use openwati_tests::{Running, Tenant, someone};
use serde_json::{Value, json};

fn ids(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| message["id"].as_str())
        .collect()
}

async fn send_many(tenant: &Tenant, to: &str, count: usize) {
    let sends = (0..count).map(|number| {
        let text = number.to_string();
        async move { tenant.client.send(to, &text).await.ok() }
    });
    stream::iter(sends)
        .buffer_unordered(8)
        .for_each(async |_| ())
        .await;
}

#[tokio::test]
async fn a_list_is_read_page_by_page_newest_first_and_whole() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let empty = tenant.client.messages(&[]).await.ok();
    assert_eq!(empty.body, json!({"messages": [], "nextCursor": null}));

    let customers: Vec<String> = std::iter::repeat_with(someone).take(4).collect();
    for customer in &customers {
        send_many(&tenant, customer, 30).await;
    }
    let default = tenant.client.messages(&[]).await.ok();
    assert_eq!(default.body["messages"].as_array().map(Vec::len), Some(50));
    assert!(default.body["nextCursor"].is_string());
    for limit in ["100", "50", "7"] {
        let all = tenant.client.all(&[("limit", limit)]).await;
        assert_eq!(all.len(), 120, "limit {limit}");
        let ids = ids(&all);
        assert!(ids.is_sorted_by(|a, b| a > b), "newest first, each once");
        let times: Vec<&str> = all
            .iter()
            .filter_map(|m| m["created_at"].as_str())
            .collect();
        assert!(times.is_sorted_by(|a, b| a >= b));
    }
    let hundred = tenant.client.messages(&[("limit", "100")]).await.ok();
    assert_eq!(hundred.body["messages"].as_array().map(Vec::len), Some(100));
    for customer in &customers {
        let theirs = tenant
            .client
            .all(&[("peer", customer), ("limit", "11")])
            .await;
        assert_eq!(theirs.len(), 30);
        assert!(
            theirs
                .iter()
                .all(|message| message["peer"] == customer.as_str())
        );
    }
    let written = format!("+{}", customers[0]);
    assert_eq!(
        tenant.client.with(&written).await.len(),
        30,
        "a peer in another spelling"
    );
    assert_eq!(tenant.client.with(&someone()).await.len(), 0);
    assert_eq!(tenant.client.all(&[("direction", "out")]).await.len(), 120);
    assert_eq!(tenant.client.all(&[("direction", "in")]).await.len(), 0);
}

#[tokio::test]
async fn a_list_ends_where_its_times_say() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let first = tenant.client.send(&to, "first").await.ok();
    let before = tenant.client.message(first.id()).await.ok().body["message"]["created_at"].take();
    let before = before.as_str().and_then(Moment::parse_iso).expect("a time");
    // Times are in whole seconds: the second message is made in a later one.
    openwati_tests::eventually("the next second", openwati_tests::SOON, || async {
        (tenant.services().now().seconds() > before.seconds()).then_some(())
    })
    .await;
    let second = tenant.client.send(&to, "second").await.ok();
    let between = Moment::from_seconds(before.seconds() + 1).iso();
    for peer in [None, Some(to.as_str())] {
        let list = async |name: &str| {
            let mut query = vec![(name, between.as_str())];
            query.extend(peer.map(|peer| ("peer", peer)));
            tenant.client.all(&query).await
        };
        assert_eq!(ids(&list("since").await), [second.id()]);
        assert_eq!(ids(&list("until").await), [first.id()]);
    }
    let offset = tenant
        .client
        .all(&[("since", "2020-01-01T00:00:00+05:30")])
        .await;
    assert_eq!(offset.len(), 2);
    assert_eq!(
        tenant
            .client
            .all(&[("since", "2100-01-01T00:00:00Z")])
            .await
            .len(),
        0
    );
    assert_eq!(
        tenant
            .client
            .all(&[("until", "2020-01-01T00:00:00Z")])
            .await
            .len(),
        0
    );
}

#[tokio::test]
async fn a_tenant_is_a_wall() {
    let platform = Running::shared();
    let to = someone();
    let mut tenants = Vec::new();
    for _ in 0..10 {
        let tenant = platform.tenant().make().await;
        send_many(&tenant, &to, 3).await;
        tenants.push(tenant);
    }
    let mut cursors = Vec::new();
    for tenant in &tenants {
        for query in [vec![], vec![("peer", to.as_str())]] {
            let all = tenant.client.all(&query).await;
            assert_eq!(all.len(), 3);
            assert!(
                all.iter()
                    .all(|message| message["device_id"] == tenant.channel().id.uuid())
            );
        }
        let page = tenant.client.messages(&[("limit", "1")]).await.ok();
        cursors.push(
            page.body["nextCursor"]
                .as_str()
                .expect("more follows")
                .to_owned(),
        );
    }
    // Another tenant's cursor is a place in time at the most.
    for cursor in &cursors {
        let answer = tenants[9].client.messages(&[("cursor", cursor)]).await;
        assert!(
            answer.status == 200 || answer.status == 400,
            "{}",
            answer.text
        );
        let messages = answer.body["messages"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let own = tenants[9].channel().id.uuid();
        assert!(messages.iter().all(|message| message["device_id"] == own));
    }
}
