//! From nothing to the first message, as somebody new goes the way: by HTTP alone.

use http::Method;
use openwati_tests::{Needs, Running, SOON, eventually, lacks, someone};
use serde_json::{Value, json};

use crate::accounts::{PASSWORD, address, token_of};

#[tokio::test]
async fn somebody_signs_up_connects_a_number_makes_a_key_and_sends() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|options| {
        options.sign_up = "open".to_owned();
        options.sign_up_plan = "Pro".to_owned();
    })
    .await;
    let (visitor, whatsapp) = (platform.visitor(), platform.whatsapp());
    let email = address();
    let body = json!({"company": "Zoë's 🥐", "name": "Zoë", "email": email, "password": PASSWORD});
    let signed_up = visitor.post("/api/auth/signup", &body).await;
    assert_eq!(signed_up.status, 201, "{}", signed_up.text);
    let tokens = visitor.log_in(&email, PASSWORD).await.ok();
    let access = tokens.str("accessToken");
    let plan = visitor.get_as(access, "/api/plan").await.ok();
    assert_eq!(plan.body["plan"]["name"], "Pro", "{}", plan.text);

    // Without a number nothing is sent, by whoever it is.
    let (customer, message) = (someone(), "Bonjour");
    let text = json!({"to": customer, "message": message});
    let send = "/api/public/v1/send";
    let nothing = visitor.post_as(access, send, &text).await;
    nothing.refused(409, "no_device");

    let number = whatsapp.post("/numbers", &json!({})).await;
    let mut credentials = json!({
        "phoneNumberId": number["phone_number_id"],
        "wabaId": number["waba_id"],
        "accessToken": number["access_token"],
        "appSecret": "0123456789abcdef0123456789abcdef",
    });
    let channels = "/api/channels";
    let wrong = visitor.post_as(access, channels, &credentials).await;
    wrong.refused(422, "app_secret_mismatch");
    credentials["appSecret"] = number["app_secret"].clone();
    let connected = visitor.post_as(access, channels, &credentials).await;
    assert_eq!(connected.status, 201, "{}", connected.text);
    assert!(connected.body["problem"].is_null(), "{}", connected.text);

    let made = json!({"name": "Shop", "scopes": ["messages:read", "messages:write"]});
    let key = visitor.post_as(access, "/api/keys", &made).await;
    assert_eq!(key.status, 201, "{}", key.text);
    let key = key.body["key"]["secret"].as_str().unwrap();
    let sent = visitor.post_as(key, send, &text).await.ok();
    assert_eq!(sent.body["to"], customer.as_str());
    let path = format!("/api/public/v1/messages/{}", sent.id());
    eventually("the message is delivered", SOON, || async {
        let shown = visitor.get_as(key, &path).await.ok();
        (shown.body["message"]["status"] == "delivered").then_some(())
    })
    .await;
    // Meta posts to the address that the subscription gave it.
    let wrote = json!({"type": "text", "text": "Merci", "channel": number["phone_number_id"]});
    let phone = format!("/customers/{customer}/messages");
    whatsapp.post(&phone, &wrote).await;
    let list = format!("/api/public/v1/messages?peer={customer}&direction=in");
    eventually("the answer is there", SOON, || async {
        let listed = visitor.get_as(key, &list).await.ok();
        (listed.body["messages"][0]["text"] == "Merci").then_some(())
    })
    .await;

    // What a colleague may, role by role.
    for (role, may_list, may_set_up) in [("agent", false, false), ("manager", true, false)] {
        let body = json!({"email": address(), "name": role, "role": role});
        let invited = visitor
            .post_as(access, "/api/team/invitations", &body)
            .await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        let token = token_of(&invited.body["invitation"]);
        let body = json!({"invitation": token, "password": PASSWORD});
        let colleague = platform.visitor();
        let came = colleague.post("/api/auth/signup", &body).await;
        let theirs = came.str("accessToken");
        let listed = colleague.get_as(theirs, &list).await;
        assert_eq!(listed.status == 200, may_list, "{role}: {}", listed.text);
        let answered = colleague.post_as(theirs, send, &text).await;
        assert_eq!(
            answered.status == 200,
            may_list,
            "{role}: {}",
            answered.text
        );
        for (method, path) in [
            (Method::GET, channels),
            (Method::GET, "/api/keys"),
            (Method::GET, "/api/team"),
            (Method::PATCH, "/api/settings"),
            (Method::POST, "/api/webhooks"),
            (Method::POST, "/api/data/exports"),
        ] {
            let answer = colleague.call_as(theirs, method, path, &json!({})).await;
            assert_eq!(answer.status != 403, may_set_up, "{role}: {}", answer.text);
        }
    }
    let operators = visitor.get_as(access, "/api/admin/tenants").await;
    operators.refused(403, "missing_role");

    // Who did all this stands in the audit log, and none of its secrets.
    let audit = visitor.get_as(access, "/api/audit?limit=100").await.ok();
    let entries = audit.body["acts"].as_array().unwrap();
    let acts: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry["act"].as_str())
        .collect();
    for act in [
        "tenant.signed_up",
        "user.logged_in",
        "channel.connected",
        "key.created",
        "user.invited",
    ] {
        assert!(acts.contains(&act), "{act} is not in {acts:?}");
    }
    for secret in [
        key,
        PASSWORD,
        access,
        text_of(&number["access_token"]),
        text_of(&number["app_secret"]),
    ] {
        assert!(!audit.text.contains(secret));
    }
    platform.stop().await;
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}
