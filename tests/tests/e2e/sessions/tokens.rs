//! Sessions that go on by their refresh tokens, by HTTP alone.

use http::Method;
use openwati_tests::{Answer, Running, Visitor};
use serde_json::json;

use crate::accounts::Somebody;

async fn renews(visitor: &Visitor, refresh: &str) -> Answer {
    let renewal = json!({"refreshToken": refresh});
    visitor.post("/api/auth/refresh", &renewal).await
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_ends_the_session() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let ada = Somebody::of(&platform, &tenant, "manager").await;
    let (elsewhere, _) = ada.log_in().await;
    let second = renews(&ada.visitor, &ada.refresh).await.ok();
    let third = renews(&ada.visitor, second.str("refreshToken")).await.ok();
    ada.me(third.str("accessToken")).await.ok();
    // It was used twice ago: somebody has a copy.
    let stolen = renews(&ada.visitor, &ada.refresh).await;
    stolen.refused(401, "session_over");
    for token in [
        &ada.access,
        second.str("accessToken"),
        third.str("accessToken"),
    ] {
        ada.me(token).await.refused(401, "unauthorized");
    }
    let over = renews(&ada.visitor, third.str("refreshToken")).await;
    over.refused(401, "session_over");
    ada.me(&elsewhere).await.ok();
}

#[tokio::test]
async fn a_role_that_was_taken_does_not_come_back_with_new_tokens() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    // A team keeps an Admin.
    Somebody::of(&platform, &tenant, "admin").await;
    let ada = Somebody::of(&platform, &tenant, "admin").await;
    let nothing = json!({});
    let webhooks = "/api/webhooks";
    ada.call(Method::GET, webhooks, &nothing).await.ok();
    let member = format!("/api/team/{}", ada.id);
    let change = json!({"role": "manager"});
    tenant
        .client
        .call_with(Method::PATCH, &member, &change)
        .await
        .ok();
    let refused = ada.call(Method::GET, webhooks, &nothing).await;
    refused.refused(403, "missing_role");
    let renewed = renews(&ada.visitor, &ada.refresh).await.ok();
    let refused = ada.visitor.get_as(renewed.str("accessToken"), webhooks);
    refused.await.refused(403, "missing_role");
}
