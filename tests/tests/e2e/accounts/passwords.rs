//! Passwords changed by who knows them, and set anew by a link.

use http::Method;
use openwati_tests::{Running, Tenant};
use serde_json::json;

use super::{PASSWORD, Somebody, token_of};

const NEW: &str = "another horse battery";

/// The token of a link that an Admin makes for somebody.
async fn reset_token(tenant: &Tenant, somebody: &Somebody) -> String {
    let path = format!("/api/team/{}/password-reset", somebody.id);
    let made = tenant.client.call(Method::POST, &path).await.ok();
    assert!(made.body["reset"]["expiresAt"].is_string());
    token_of(&made.body["reset"])
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions_and_every_link() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    let (other, refresh) = somebody.log_in().await;
    let token = reset_token(&tenant, &somebody).await;
    let visitor = &somebody.visitor;
    let change = |current: &str, new: &str| {
        let body = json!({"currentPassword": current, "newPassword": new});
        let (visitor, access) = (visitor.clone(), somebody.access.clone());
        async move { visitor.post_as(&access, "/api/auth/password", &body).await }
    };
    change("wrong", NEW).await.refused(401, "wrong_credentials");
    let short = change(PASSWORD, "short").await;
    let short = short.refused(400, "invalid_password");
    assert!(
        short.str("error").starts_with("newPassword: "),
        "{}",
        short.text
    );
    change(PASSWORD, &somebody.email.to_uppercase())
        .await
        .refused(400, "invalid_password");
    change(PASSWORD, NEW).await.ok();
    somebody.me(&somebody.access).await.ok();
    somebody.me(&other).await.refused(401, "unauthorized");
    let renewal = json!({"refreshToken": refresh});
    visitor
        .post("/api/auth/refresh", &renewal)
        .await
        .refused(401, "session_over");
    let reset = json!({"token": token, "password": "a third horse battery"});
    let used = visitor.post("/api/auth/password/reset", &reset).await;
    used.refused(400, "invalid_reset");
    visitor
        .log_in(&somebody.email, PASSWORD)
        .await
        .refused(401, "wrong_credentials");
    visitor.log_in(&somebody.email, NEW).await.ok();
    let key = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    let key = tenant
        .client
        .call_with(Method::POST, "/api/auth/password", &key)
        .await;
    key.refused(403, "not_a_person");
}

#[tokio::test]
async fn a_link_sets_the_password_anew_once() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    let token = reset_token(&tenant, &somebody).await;
    let visitor = platform.visitor();
    let reset = |token: &str, password: &str| {
        let body = json!({"token": token, "password": password});
        let visitor = visitor.clone();
        async move { visitor.post("/api/auth/password/reset", &body).await }
    };
    reset(&token, "short")
        .await
        .refused(400, "invalid_password");
    // Of several at once one is first.
    let mut answers = futures::future::join_all((0..4).map(|_| reset(&token, NEW))).await;
    answers.sort_by_key(|answer| answer.status);
    let mut answers = answers.into_iter();
    answers.next().unwrap().ok();
    for late in answers {
        late.refused(400, "invalid_reset");
    }
    somebody
        .me(&somebody.access)
        .await
        .refused(401, "unauthorized");
    visitor.log_in(&somebody.email, NEW).await.ok();
    for none in ["", "none", &somebody.access, &somebody.refresh] {
        reset(none, NEW).await.refused(400, "invalid_reset");
    }
}

#[tokio::test]
async fn without_a_mail_server_an_admin_makes_the_link() {
    let platform = Running::shared();
    let body = json!({"email": "ada@example.com"});
    let asked = platform
        .visitor()
        .post("/api/auth/password/forgot", &body)
        .await;
    asked.refused(409, "mail_not_configured");
}
