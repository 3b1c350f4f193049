//! What answers beside rules: settings and the AI's.

use http::Method;
use openwati_tests::{Answer, Client, Running};
use serde_json::{Value, json};

use super::RULES;

async fn get(client: &Client, what: &str) -> Value {
    let answer = client.call(Method::GET, &format!("{RULES}/{what}")).await;
    answer.ok().body
}

async fn put(client: &Client, what: &str, body: Value) -> Answer {
    let path = format!("{RULES}/{what}");
    client.call_with(Method::PUT, &path, &body).await
}

#[tokio::test]
async fn who_set_nothing_sees_what_holds() {
    let tenant = Running::shared().tenant().make().await;
    let settings = get(&tenant.client, "settings").await;
    for (words, one) in [("opt_out", "unsubscribe"), ("opt_in", "start")] {
        let words = &settings[words];
        assert_eq!(
            (&words["words"], &words["reply"]),
            (&Value::Null, &Value::Null)
        );
        let defaults = words["default_words"].as_array().unwrap();
        assert!(defaults.contains(&json!(one)), "{words}");
    }
    assert_eq!(
        settings["working_hours"],
        json!({"enabled": false, "time_zone": "UTC", "windows": [], "away_message": null})
    );
    assert_eq!(settings["human_pause_minutes"], 30);

    let ai = get(&tenant.client, "ai").await;
    assert_eq!(
        ai,
        json!({
            "enabled": false,
            "system_prompt": "",
            "fallback_language": "en",
            "available": ai["available"],
            "used_today": 0,
            "limit": null,
        })
    );
    assert!(ai["available"].is_boolean());
    let agency = Running::shared().tenant().plan("Agency").make().await;
    assert_eq!(get(&agency.client, "ai").await["limit"], 10_000);
}

#[tokio::test]
async fn settings_change_where_they_are_named_and_come_back_as_they_are() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let before = get(client, "settings").await;
    let hours = json!({
        "enabled": true,
        "time_zone": "Asia/Karachi",
        "windows": [
            {"days": ["monday", "tuesday"], "from": "09:00", "to": "18:00"},
            {"days": ["friday"], "from": "20:00", "to": "02:00"},
            {"days": ["sunday"], "from": "00:00", "to": "24:00"},
        ],
        "away_message": "Back at nine 🌙",
    });
    let all = json!({
        "opt_out": {"words": ["Basta", "لا أريد"], "reply": "Bye"},
        "opt_in": {"words": [], "reply": "Hello again"},
        "working_hours": hours,
        "human_pause_minutes": 0,
    });
    let mut expected = all.clone();
    for words in ["opt_out", "opt_in"] {
        expected[words]["default_words"] = before[words]["default_words"].clone();
    }
    let answer = put(client, "settings", all).await.ok();
    assert_eq!(answer.body, expected);
    assert_eq!(get(client, "settings").await, expected);
    // What is shown may be put back.
    let answer = put(client, "settings", expected.clone()).await.ok();
    assert_eq!(answer.body, expected);

    for (change, at, now) in [
        (json!({}), "/human_pause_minutes", json!(0)),
        (
            json!({"human_pause_minutes": 1440}),
            "/human_pause_minutes",
            json!(1440),
        ),
        (
            json!({"working_hours": {"enabled": false}}),
            "/working_hours/enabled",
            json!(false),
        ),
        (
            json!({"working_hours": {"away_message": null}}),
            "/working_hours/away_message",
            json!(null),
        ),
        (
            json!({"opt_out": {"words": null}}),
            "/opt_out/words",
            json!(null),
        ),
        (
            json!({"opt_in": {"reply": null}}),
            "/opt_in/reply",
            json!(null),
        ),
        (
            json!({"opt_in": null, "working_hours": null}),
            "/opt_in/words",
            json!([]),
        ),
    ] {
        *expected.pointer_mut(at).unwrap() = now;
        let answer = put(client, "settings", change.clone()).await.ok();
        assert_eq!(answer.body, expected, "{change}");
    }
    assert_eq!(get(client, "settings").await, expected);
    // The AI's are apart from these.
    assert_eq!(get(client, "ai").await["enabled"], false);
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_by_their_names() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let before = get(client, "settings").await;
    let window = |window: Value| json!({"working_hours": {"windows": [window]}});
    for (body, code, expected) in [
        (
            json!({"human_pause_minutes": 1441}),
            "invalid_settings",
            "human_pause_minutes",
        ),
        (
            json!({"human_pause_minutes": -1}),
            "invalid_settings",
            "human_pause_minutes",
        ),
        (
            json!({"human_pause_minutes": 1e9}),
            "invalid_request",
            "human_pause_minutes",
        ),
        (
            json!({"human_pause_minutes": "30"}),
            "invalid_request",
            "human_pause_minutes",
        ),
        (
            json!({"opt_out": {"words": ["a", "!?"]}}),
            "invalid_settings",
            "opt_out.words[1]",
        ),
        (
            json!({"opt_out": {"words": ["x".repeat(65)]}}),
            "invalid_settings",
            "opt_out.words[0]",
        ),
        (
            json!({"opt_out": {"words": vec!["a"; 101]}}),
            "invalid_settings",
            "opt_out.words",
        ),
        (
            json!({"opt_out": {"words": "stop"}}),
            "invalid_request",
            "opt_out.words",
        ),
        (
            json!({"opt_in": {"reply": ""}}),
            "invalid_settings",
            "opt_in.reply",
        ),
        (
            json!({"opt_in": {"reply": "x".repeat(4097)}}),
            "invalid_settings",
            "opt_in.reply",
        ),
        (
            json!({"working_hours": {"time_zone": "Mars/Base"}}),
            "invalid_settings",
            "working_hours.time_zone",
        ),
        (
            json!({"working_hours": {"enabled": true}}),
            "invalid_settings",
            "working_hours.windows",
        ),
        (
            json!({"working_hours": {"away_message": ""}}),
            "invalid_settings",
            "working_hours.away_message",
        ),
        (
            window(json!({"days": [], "from": "09:00", "to": "18:00"})),
            "invalid_settings",
            "working_hours.windows[0].days",
        ),
        (
            window(json!({"days": ["monday"], "from": "24:00", "to": "18:00"})),
            "invalid_settings",
            "working_hours.windows[0].from",
        ),
        (
            window(json!({"days": ["monday"], "from": "9am", "to": "18:00"})),
            "invalid_request",
            "working_hours.windows[0].from",
        ),
        (
            window(json!({"days": ["funday"], "from": "09:00", "to": "18:00"})),
            "invalid_request",
            "working_hours.windows[0].days[0]",
        ),
        (
            window(json!({"days": ["monday"], "from": "09:00"})),
            "invalid_request",
            "working_hours.windows[0]",
        ),
    ] {
        let answer = put(client, "settings", body).await.refused(400, code);
        assert!(answer.error().starts_with(expected), "{}", answer.text);
    }
    assert_eq!(get(client, "settings").await, before);

    for (body, code, expected) in [
        (
            json!({"enabled": true, "system_prompt": "x".repeat(8_001)}),
            "invalid_settings",
            "system_prompt",
        ),
        (
            json!({"enabled": true, "fallback_language": "klingon!"}),
            "invalid_settings",
            "fallback_language",
        ),
        (
            json!({"enabled": true, "fallback_language": ""}),
            "invalid_settings",
            "fallback_language",
        ),
        (json!({"enabled": 1}), "invalid_request", "enabled"),
    ] {
        let answer = put(client, "ai", body).await.refused(400, code);
        assert!(answer.error().starts_with(expected), "{}", answer.text);
    }
    assert_eq!(get(client, "ai").await["enabled"], false);
}

#[tokio::test]
async fn the_ai_is_set_where_it_is_named() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let prompt = "You are Amal of the bakery.\nKurz und freundlich. 🥐";
    let change = json!({
        "enabled": true, "system_prompt": prompt, "fallback_language": "pt-BR",
        "available": true, "used_today": 7, "limit": 1_000_000,
    });
    let answer = put(client, "ai", change).await.ok();
    let seen = |ai: &Value| {
        (
            ai["enabled"].clone(),
            ai["system_prompt"].clone(),
            ai["fallback_language"].clone(),
        )
    };
    assert_eq!(
        seen(&answer.body),
        (json!(true), json!(prompt), json!("pt-BR"))
    );
    // What only the platform says is not the caller's to say.
    assert_eq!(
        (&answer.body["used_today"], &answer.body["limit"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(get(client, "ai").await, answer.body);
    let answer = put(
        client,
        "ai",
        json!({"enabled": false, "system_prompt": null}),
    )
    .await
    .ok();
    assert_eq!(
        seen(&answer.body),
        (json!(false), json!(prompt), json!("pt-BR"))
    );
    let answer = put(client, "ai", json!({"system_prompt": ""})).await.ok();
    assert_eq!(
        seen(&answer.body),
        (json!(false), json!(""), json!("pt-BR"))
    );

    // Another tenant's are its own.
    let other = Running::shared().tenant().make().await;
    assert_eq!(get(&other.client, "ai").await["fallback_language"], "en");
}

#[tokio::test]
async fn changes_of_settings_at_the_same_time_are_all_made() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let (pause, reply, ai, rule) = tokio::join!(
        put(client, "settings", json!({"human_pause_minutes": 5})),
        put(client, "settings", json!({"opt_out": {"reply": "Bye"}})),
        put(client, "ai", json!({"enabled": true})),
        super::plain(client, "hi"),
    );
    for answer in [pause, reply, ai] {
        answer.ok();
    }
    let settings = get(client, "settings").await;
    assert_eq!(settings["human_pause_minutes"], 5);
    assert_eq!(settings["opt_out"]["reply"], "Bye");
    assert_eq!(get(client, "ai").await["enabled"], true);
    assert_eq!(super::listed(client).await, [rule]);
}
