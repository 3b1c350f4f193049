//! The log of what answered by itself.

use http::Method;
use openwati_core::time::Moment;
use openwati_tests::{Client, Running, SOON, Tenant, eventually, someone};
use serde_json::{Value, json};

use super::{RULES, path, rule};

async fn log(client: &Client, query: &str) -> Vec<Value> {
    let path = format!("{RULES}/log?{query}");
    let answer = client.call(Method::GET, &path).await.ok();
    answer.body["entries"].as_array().unwrap().clone()
}

/// The log, once it has so many entries that are through.
async fn entries(tenant: &Tenant, query: &str, count: usize) -> Vec<Value> {
    eventually("the log has its entries", SOON, || async {
        let entries = log(&tenant.client, query).await;
        let answered = |entry: &Value| {
            entry["outcome"] != "keyword" || !entry["answers"].as_array().unwrap().is_empty()
        };
        (entries.len() >= count && entries.iter().all(answered)).then_some(entries)
    })
    .await
}

#[tokio::test]
async fn the_log_tells_what_answered_whom_and_can_be_narrowed() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    assert!(log(client, "").await.is_empty());
    let price = json!({"keyword": "price", "match_type": "contains", "response": "10 euros"});
    let price = rule(client, price).await;
    let hours = json!({"keyword": "hours", "match_type": "exact", "response": "9 to 5"});
    let hours = rule(client, hours).await;
    let (ali, sara) = (someone(), someone());
    let number = &tenant.channel().phone_number_id;
    // WhatsApp tells when a message was written in whole seconds.
    let now = tenant.services().now().seconds();
    let ask = async |customer: &str, ago: i64, text: &str, answers: usize| {
        let phone = platform.whatsapp().phone(customer);
        let message = json!({"type": "text", "text": text, "timestamp": now - ago});
        phone.does(number, message).await;
        eventually("the answer comes", SOON, || async {
            (phone.texts().await.len() >= answers).then_some(())
        })
        .await;
    };
    ask(&ali, 40, "What is the PRICE?", 1).await;
    ask(&sara, 30, "hours", 1).await;
    ask(&ali, 20, "nothing of this", 1).await;
    ask(&ali, 10, "price!", 2).await;

    let all = entries(&tenant, "", 3).await;
    assert_eq!(all.len(), 3, "{all:?}");
    let newest = &all[0];
    let [asked, answered] = ["in", "out"].map(|direction| {
        let query = [("peer", ali.clone()), ("direction", direction.to_owned())];
        async move {
            let query = query
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            client.all(&query).await[0]["id"].clone()
        }
    });
    assert_eq!(
        *newest,
        json!({
            "id": newest["id"],
            "at": newest["at"],
            "outcome": "keyword",
            "message_id": asked.await,
            "device_id": tenant.channel().id.uuid(),
            "peer": ali,
            "rule_id": price["id"],
            "keyword": "price",
            "answers": [answered.await],
            "reason": null,
            "model": null,
            "language": null,
        })
    );
    let ids = |entries: &[Value]| {
        let ids = entries.iter().map(|entry| entry["id"].clone());
        ids.collect::<Vec<_>>()
    };
    let (first, second) = (&all[2]["id"], &all[1]["id"]);
    let own = |query: String| async move { ids(&log(client, &query).await) };
    assert_eq!(
        own(format!("peer={ali}")).await,
        ids(&[all[0].clone(), all[2].clone()])
    );
    assert_eq!(
        own(format!("peer=%2B{sara}")).await,
        std::slice::from_ref(second)
    );
    let by = |rule: &Value| format!("rule={}", rule["id"].as_str().unwrap());
    assert_eq!(own(by(&hours)).await, std::slice::from_ref(second));
    assert_eq!(own("outcome=keyword".to_owned()).await.len(), 3);
    assert!(own("outcome=ai_failed".to_owned()).await.is_empty());
    let written = |ago: i64| Moment::from_millis((now - ago) * 1_000).iso();
    let newer = own(format!("since={}", written(30))).await;
    assert_eq!(newer, ids(&all[..2]));
    let older = own(format!("until={}", written(30))).await;
    assert_eq!(older, ids(&all[2..]));
    let both = format!("since={}&until={}", written(30), written(10));
    assert_eq!(own(both).await, std::slice::from_ref(second));
    assert!(
        own("since=2126-01-01T00:00:00Z".to_owned())
            .await
            .is_empty()
    );
    assert!(
        own("until=2026-01-01T00:00:00Z".to_owned())
            .await
            .is_empty()
    );

    // What a rule was stays in the log when it is gone.
    client.call(Method::DELETE, &path(&hours)).await.ok();
    assert_eq!(log(client, &by(&hours)).await[0]["keyword"], "hours");

    // Page by page.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{RULES}/log?limit=1{cursor}");
        let answer = client.call(Method::GET, &path).await.ok();
        let page = answer.body["entries"].as_array().unwrap();
        assert!(page.len() <= 1, "{}", answer.text);
        paged.extend(ids(page));
        match answer.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, ids(&all));
    assert_eq!(paged.last(), Some(first));

    let other = platform.tenant().make().await;
    assert!(log(&other.client, "").await.is_empty());
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_named() {
    let tenant = Running::shared().tenant().make().await;
    for (query, code, expected) in [
        ("outcome=nice", "invalid_request", "outcome: must be one of"),
        ("rule=x", "invalid_request", "rule: "),
        ("since=yesterday", "invalid_request", "since: "),
        ("until=x", "invalid_request", "until: "),
        ("limit=101", "invalid_request", "limit: "),
        ("cursor=x", "invalid_cursor", "cursor: "),
        ("peer=12", "invalid_phone_number", "peer: "),
    ] {
        let path = format!("{RULES}/log?{query}");
        let answer = tenant.client.call(Method::GET, &path);
        let answer = answer.await.refused(400, code);
        assert!(answer.error().starts_with(expected), "{}", answer.text);
    }
}
