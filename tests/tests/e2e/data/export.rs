use std::collections::BTreeMap;

use http::Method;
use openwati_tests::{Client, Receiver};
use serde_json::{Value, json};

use super::{asked, fast, filled};

/// The lines of an export, by their type.
async fn lines(job: &Value) -> BTreeMap<String, Vec<Value>> {
    let mut lines: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for file in job["files"].as_array().unwrap() {
        let answer = reqwest::get(file["url"].as_str().unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        if file["name"] == "manifest.json" {
            let manifest: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(manifest["counts"], job["counts"]);
            continue;
        }
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let kind = line["type"].as_str().unwrap().to_owned();
            lines.entry(kind).or_default().push(line);
        }
    }
    lines
}

async fn exported(client: &Client, body: &Value) -> BTreeMap<String, Vec<Value>> {
    let job = asked(client, "/api/data/exports", body).await;
    let lines = lines(&job).await;
    for (kind, lines) in &lines {
        assert_eq!(job["counts"][kind], lines.len(), "{kind}");
    }
    lines
}

#[tokio::test]
async fn a_tenant_exports_everything_but_secrets_and_a_contact_only_what_is_theirs() {
    let Some(platform) = fast().await else { return };
    let receiver = Receiver::start().await;
    let tenant = platform.tenant().make().await;
    let customers = filled(&platform, &tenant, &receiver).await;

    let all = exported(&tenant.client, &json!({})).await;
    let count = |kind: &str| all.get(kind).map_or(0, Vec::len);
    assert_eq!(count("tenant"), 1, "{all:?}");
    assert_eq!(count("channel"), 1);
    assert_eq!(count("contact"), 2);
    assert_eq!(all["contact"][0]["tags"], json!(["vip"]));
    assert_eq!(all["contact"][0]["attributes"], json!({"city": "Lahore"}));
    assert_eq!(count("contact_list"), 2);
    assert!(
        all["contact_list"]
            .iter()
            .any(|list| list["id"] == all["contact"][0]["lists"][0])
    );
    // Of the number and of WhatsApp's id of each.
    assert_eq!(count("consent"), 4);
    assert_eq!(count("conversation"), 2);
    assert_eq!(count("message"), 8, "{:#?}", all.get("message"));
    assert_eq!(count("callback"), 1);
    assert_eq!(count("webhook"), 1);
    assert!(count("audit") >= 1);
    let text = json!(all).to_string();
    let channel = tenant.channel();
    for secret in [
        &channel.app_secret,
        &channel.verify_token,
        "sealed",
        "whsec_",
        tenant.client.key(),
    ] {
        assert!(!text.contains(secret), "an export shows {secret}");
    }
    let pictures: Vec<&Value> = all["message"]
        .iter()
        .filter(|message| !message["media"].is_null())
        .collect();
    assert_eq!(pictures.len(), 2);
    let (status, file) = crate::media::follow(&tenant.client, &pictures[0]["media"]["link"]).await;
    assert_eq!((status, file.status().as_u16()), (302, 200));
    let reacted = |message: &&Value| message["amendments"]["customersEmoji"] == "👍";
    assert_eq!(all["message"].iter().filter(reacted).count(), 2);

    let one = exported(
        &tenant.client,
        &json!({"contact": format!("+{}", customers[0])}),
    )
    .await;
    let text = json!(one).to_string();
    assert!(!text.contains(&customers[1]), "{text}");
    assert_eq!(one["message"].len(), 4);
    assert_eq!(one["contact"].len(), 1);
    assert_eq!(one["conversation"].len(), 1);
    assert_eq!(one["consent"].len(), 2);
    assert_eq!(one["consent"][0]["marketing_state"], "out");
    assert_eq!(one["callback"].len(), 1);
    assert!(!one.contains_key("tenant"));

    let nobody = json!({"contact": "+923009999999"});
    let answer = tenant
        .client
        .call_with(Method::POST, "/api/data/exports", &nobody);
    answer.await.refused(404, "not_found");
    let listed = tenant
        .client
        .call(Method::GET, "/api/data/jobs?limit=1")
        .await;
    assert_eq!(listed.body["jobs"].as_array().unwrap().len(), 1);
    let cursor = listed.str("nextCursor");
    let path = format!("/api/data/jobs?limit=1&cursor={cursor}");
    let rest = tenant.client.call(Method::GET, &path).await;
    assert_eq!(rest.body["jobs"][0]["kind"], "export_tenant");
    assert!(rest.body["nextCursor"].is_null());
    platform.stop().await;
}

#[tokio::test]
async fn a_key_gets_by_a_file_nothing_that_it_may_not_read() {
    let Some(platform) = fast().await else { return };
    let tenant = platform.tenant().make().await;
    let account = ["account:read", "account:write"];
    let narrow = tenant.key().scopes(&account).make().await;
    for (path, body, missing) in [
        ("/api/data/exports", json!({}), "contacts:read"),
        (
            "/api/data/erasures",
            json!({"contact": "923001234567"}),
            "contacts:write",
        ),
    ] {
        let answer = narrow.call_with(Method::POST, path, &body).await;
        let answer = answer.refused(403, "missing_scope");
        assert!(answer.text.contains(missing), "{}", answer.text);
    }
    let done = asked(&tenant.client, "/api/data/exports", &json!({})).await;
    assert_ne!(done["files"], Value::Null);
    let path = format!("/api/data/jobs/{}", done["id"].as_str().unwrap());
    let shown = narrow.call(Method::GET, &path).await.body["job"].clone();
    assert_eq!(
        (&shown["state"], &shown["files"]),
        (&json!("done"), &Value::Null)
    );
    platform.stop().await;
}
