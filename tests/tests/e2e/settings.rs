//! Settings, the plan and what is used of it, and the log of what was done.

use futures::future::join_all;
use http::Method;
use openwati_core::role::Role;
use openwati_tests::{Client, Running, someone};
use serde_json::{Value, json};

const SETTINGS: &str = "/api/settings";

#[tokio::test]
async fn settings_are_shown_and_changed() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let shown = client.call(Method::GET, SETTINGS).await.ok();
    let before = &shown.body["settings"];
    assert_eq!(before["name"], "Test");
    assert_eq!(
        (&before["defaultCountry"], &before["retentionDays"]),
        (&Value::Null, &Value::Null)
    );

    let change = json!({"name": "  Café Zürich ☕ ", "defaultCountry": "PK", "retentionDays": 30});
    let changed = client
        .call_with(Method::PATCH, SETTINGS, &change)
        .await
        .ok();
    let changed = &changed.body["settings"];
    assert_eq!(changed["name"], "Café Zürich ☕");
    assert_eq!(
        (&changed["defaultCountry"], &changed["retentionDays"]),
        (&json!("PK"), &json!(30))
    );
    assert_eq!(
        changed["billingAnchorMinutes"],
        before["billingAnchorMinutes"]
    );
    // A local number takes the country from now on.
    let sent = client.send("0300 1234567", "hello").await.ok();
    assert_eq!(sent.body["to"], "923001234567");

    let same = client
        .call_with(Method::PATCH, SETTINGS, &json!({}))
        .await
        .ok();
    assert_eq!(&same.body["settings"], changed);
    let clear = json!({"defaultCountry": null, "retentionDays": null});
    let cleared = client.call_with(Method::PATCH, SETTINGS, &clear).await.ok();
    let cleared = &cleared.body["settings"];
    assert_eq!(
        (&cleared["defaultCountry"], &cleared["retentionDays"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(cleared["name"], "Café Zürich ☕");
    assert_eq!(client.send("0300 1234567", "hello").await.status, 400);

    let log = client.call(Method::GET, "/api/audit").await.ok();
    let acts = log.body["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 2, "{}", log.text);
    assert!(acts.iter().all(|act| act["act"] == "settings.changed"));
    assert_eq!(acts[0]["details"], clear);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let before = client.call(Method::GET, SETTINGS).await.ok();
    for (field, value, code) in [
        ("name", json!(""), "invalid_name"),
        ("name", json!("x".repeat(101)), "invalid_name"),
        ("name", json!("a\nb"), "invalid_name"),
        ("name", json!(7), "invalid_request"),
        ("defaultCountry", json!("Pakistan"), "invalid_country"),
        ("defaultCountry", json!("pk"), "invalid_country"),
        ("defaultCountry", json!("XX"), "invalid_country"),
        ("defaultCountry", json!(""), "invalid_country"),
        ("billingAnchorMinutes", json!(1440), "invalid_anchor"),
        ("billingAnchorMinutes", json!(-1), "invalid_request"),
        ("billingAnchorMinutes", json!(99_999_999), "invalid_anchor"),
        ("retentionDays", json!(0), "invalid_retention"),
        ("retentionDays", json!(36_501), "invalid_retention"),
        ("retentionDays", json!("30"), "invalid_request"),
    ] {
        let mut body = json!({"name": "New"});
        body[field] = value;
        let answer = client.call_with(Method::PATCH, SETTINGS, &body).await;
        let answer = answer.refused(400, code);
        assert!(answer.error().contains(field), "{}", answer.text);
    }
    let after = client.call(Method::GET, SETTINGS).await.ok();
    assert_eq!(after.body, before.body);
}

#[tokio::test]
async fn moving_the_day_gives_nobody_more_messages() {
    let tenant = Running::shared().tenant().cap(2).make().await;
    let client = &tenant.client;
    client.send(&someone(), "1").await.ok();
    let shown = client.call(Method::GET, SETTINGS).await.ok();
    let ends = shown.body["settings"]["dayEndsAt"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut last = 0;
    for minutes in [0, 300, 600, 900, 1439, 7] {
        let body = json!({"billingAnchorMinutes": minutes});
        let changed = client.call_with(Method::PATCH, SETTINGS, &body).await.ok();
        let settings = &changed.body["settings"];
        assert_eq!(settings["billingAnchorMinutes"], minutes);
        // The day that runs is never cut short.
        assert!(
            settings["dayEndsAt"].as_str().unwrap() >= ends.as_str(),
            "{settings}"
        );
        let usage = client.call(Method::GET, "/api/usage").await.ok();
        let outbound = &usage.body["usage"]["outbound"];
        assert_eq!(outbound["used"], 1 + last, "{minutes}");
        assert_eq!(outbound["resetsAt"], settings["dayEndsAt"]);
        let answer = client.send(&someone(), "2").await;
        match last {
            0 => drop(answer.ok()),
            _ => drop(answer.refused(409, "plan_cap_reached")),
        }
        last = 1;
    }
}

#[tokio::test]
async fn the_plan_is_shown_with_what_is_used() {
    let platform = Running::shared();
    let tenant = platform.tenant().plan("Pro").channels(2).make().await;
    let client = &tenant.client;
    client.send(&someone(), "hello").await.ok();
    let plan = client.call(Method::GET, "/api/plan").await.ok();
    let plan = &plan.body["plan"];
    assert_eq!(
        (
            &plan["name"],
            &plan["devices"],
            &plan["outboundPerDay"],
            &plan["rules"]
        ),
        (&json!("Pro"), &json!(3), &json!(2000), &Value::Null)
    );
    let used = &plan["used"];
    assert_eq!(used["outbound"]["used"], 1);
    assert_eq!(used["devices"], json!({"used": 2, "limit": 3}));
    assert_eq!(used["seats"], json!({"used": 0, "limit": 5}));
    assert_eq!(used["keys"], json!({"used": 1, "limit": 50}));
    assert_eq!(used["webhooks"], json!({"used": 0, "limit": 20}));
    assert_eq!(used["rules"], json!({"used": 0, "limit": null}));
    assert_eq!(
        (&used["aiReplies"]["used"], &used["aiReplies"]["limit"]),
        (&json!(0), &json!(1000))
    );
    assert!(
        used["aiReplies"]["resetsAt"]
            .as_str()
            .unwrap()
            .ends_with("T00:00:00Z")
    );

    let usage = client.call(Method::GET, "/api/usage").await.ok();
    let mut usage = usage.body["usage"].clone();
    let minute = usage.as_object_mut().unwrap().remove("minute").unwrap();
    assert_eq!(&usage, used);
    assert_eq!(minute["limit"], 6000);
    assert!(minute["remaining"].as_u64().unwrap() < 6000);
}

#[tokio::test]
async fn the_log_is_read_page_by_page_newest_first() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let empty = client.call(Method::GET, "/api/audit").await.ok();
    assert_eq!(empty.body, json!({"acts": [], "nextCursor": null}));
    for name in ["one", "two", "three", "four", "five"] {
        let body = json!({"name": name});
        client.call_with(Method::PATCH, SETTINGS, &body).await.ok();
    }
    let mut names: Vec<String> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/audit?limit=2{cursor}");
        let page = client.call(Method::GET, &path).await.ok();
        let acts = page.body["acts"].as_array().unwrap();
        assert!(acts.len() <= 2);
        names.extend(
            acts.iter()
                .map(|act| act["details"]["name"].as_str().unwrap().to_owned()),
        );
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["five", "four", "three", "two", "one"]);
    for query in ["limit=0", "limit=101", "cursor=x"] {
        let answer = client
            .call(Method::GET, &format!("/api/audit?{query}"))
            .await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
}

#[tokio::test]
async fn changes_at_once_are_all_made() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let (one, two, three) = (
        json!({"name": "Once"}),
        json!({"defaultCountry": "DE"}),
        json!({"retentionDays": 7}),
    );
    let changes = [&one, &two, &three].map(|body| client.call_with(Method::PATCH, SETTINGS, body));
    for answer in join_all(changes).await {
        answer.ok();
    }
    let shown = client.call(Method::GET, SETTINGS).await.ok();
    let settings = &shown.body["settings"];
    assert_eq!(
        (
            &settings["name"],
            &settings["defaultCountry"],
            &settings["retentionDays"]
        ),
        (&json!("Once"), &json!("DE"), &json!(7))
    );
}

#[tokio::test]
async fn only_who_may_gets_in() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let body = json!({"name": "x"});
    for path in [SETTINGS, "/api/plan", "/api/usage", "/api/audit"] {
        let stranger = tenant.client.stranger(Method::GET, path);
        Client::answer(stranger).await.refused(401, "unauthorized");
        let client = tenant.key().scopes(&["messages:read"]).make().await;
        client
            .call(Method::GET, path)
            .await
            .refused(403, "missing_scope");
        for role in [Role::Agent, Role::Manager] {
            let client = tenant.key().role(role).make().await;
            client
                .call(Method::GET, path)
                .await
                .refused(403, "missing_role");
        }
        let client = tenant.key().scopes(&["account:read"]).make().await;
        client.call(Method::GET, path).await.ok();
    }
    let client = tenant.key().scopes(&["account:read"]).make().await;
    let answer = client.call_with(Method::PATCH, SETTINGS, &body).await;
    answer.refused(403, "missing_scope");
    let free = platform.tenant().plan("Free").make().await;
    let answer = free.client.call(Method::GET, SETTINGS).await;
    answer.refused(403, "plan_has_no_api");
}
