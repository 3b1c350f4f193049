//! Sign-up, log-in, passwords, as people meet them.

mod limits;
mod mails;
mod passwords;

use http::Method;
use openwati_tests::{Answer, Client, Needs, Running, Tenant, Visitor, lacks};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An address that nobody else has.
pub(crate) fn address() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("person-{}-{number}@example.com", std::process::id())
}

/// The token behind a link.
#[track_caller]
pub(crate) fn token_of(link: &Value) -> String {
    let url = link["url"].as_str().expect("there is a link");
    url.split_once("#token=")
        .expect("with a token")
        .1
        .to_owned()
}

/// Somebody of a tenant's team, who has come by an invitation.
#[derive(Debug)]
pub(crate) struct Somebody {
    pub(crate) visitor: Visitor,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Somebody {
    /// Invites somebody by a key of the tenant's, and lets them come.
    pub(crate) async fn of(platform: &Running, tenant: &Tenant, role: &str) -> Self {
        let email = address();
        let invitation = json!({"email": email, "name": "Somebody", "role": role});
        let invited = tenant
            .client
            .call_with(Method::POST, "/api/team/invitations", &invitation)
            .await;
        assert_eq!(invited.status, 201, "{}", invited.text);
        let token = token_of(&invited.body["invitation"]);
        let visitor = platform.visitor();
        let body = json!({"invitation": token, "password": PASSWORD});
        let came = visitor.post("/api/auth/signup", &body).await;
        assert_eq!(came.status, 201, "{}", came.text);
        Self {
            visitor,
            id: came.body["user"]["id"].as_str().unwrap().to_owned(),
            email,
            access: came.str("accessToken").to_owned(),
            refresh: came.str("refreshToken").to_owned(),
        }
    }

    /// One more session of theirs: its access token and its refresh token.
    pub(crate) async fn log_in(&self) -> (String, String) {
        let tokens = self.visitor.log_in(&self.email, PASSWORD).await.ok();
        let text = |name| tokens.str(name).to_owned();
        (text("accessToken"), text("refreshToken"))
    }

    pub(crate) async fn me(&self, access: &str) -> Answer {
        self.visitor.get_as(access, "/api/me").await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.visitor.call_as(&self.access, method, path, body).await
    }
}

#[tokio::test]
async fn where_anybody_may_somebody_makes_an_account_and_is_its_admin() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|options| {
        options.sign_up = "open".to_owned();
        options.sign_up_plan = "Pro".to_owned();
    })
    .await;
    let visitor = platform.visitor();
    let password = "🦊é".repeat(100);
    let new = json!({
        "email": "  Ada@BÜCHER.example ", "name": "Ada 👩‍🚀 Lovelace", "password": password, "company": "Ada's Bakery 🥐",
    });
    let came = visitor.post("/api/auth/signup", &new).await;
    assert_eq!(came.status, 201, "{}", came.text);
    assert_eq!(
        (&came.body["tokenType"], &came.body["expiresIn"]),
        (&json!("Bearer"), &json!(900))
    );
    let me = visitor
        .get_as(came.str("accessToken"), "/api/me")
        .await
        .ok();
    assert_eq!(me.body["user"]["email"], "ada@xn--bcher-kva.example");
    assert_eq!(me.body["user"]["name"], "Ada 👩‍🚀 Lovelace");
    assert_eq!(me.body["tenant"]["name"], "Ada's Bakery 🥐");
    assert_eq!(
        (&me.body["tenant"]["plan"], &me.body["role"]),
        (&json!("Pro"), &json!("admin"))
    );
    let twin = json!({"email": "ada@bücher.example", "name": "Eve", "password": PASSWORD});
    let twin = visitor.post("/api/auth/signup", &twin).await;
    twin.refused(409, "email_taken");
    for spelling in ["ada@bücher.example", " ADA@xn--bcher-kva.EXAMPLE"] {
        visitor.log_in(spelling, &password).await.ok();
    }
    for (field, value, code) in [
        ("email", json!("ada"), "invalid_email"),
        ("email", json!(null), "invalid_request"),
        ("name", json!("  "), "invalid_name"),
        ("name", json!("a\u{0}"), "invalid_name"),
        ("name", json!("x".repeat(101)), "invalid_name"),
        ("company", json!("a\nb"), "invalid_name"),
        ("password", json!("too short"), "invalid_password"),
        ("password", json!("x".repeat(201)), "invalid_password"),
        ("password", json!("Other@example.com"), "invalid_password"),
        ("invitation", json!("none"), "invalid_invitation"),
    ] {
        let mut new = json!({"email": "other@example.com", "name": "Other", "password": PASSWORD});
        new[field] = value;
        let refused = visitor.post("/api/auth/signup", &new).await;
        refused.refused(400, code);
    }
    platform.stop().await;
}

#[tokio::test]
async fn sign_up_is_closed_or_by_invitation_unless_it_is_opened() {
    let new = json!({"email": address(), "name": "Eve", "password": PASSWORD});
    let closed = Running::shared();
    let refused = closed.visitor().post("/api/auth/signup", &new).await;
    refused.refused(403, "sign_up_closed");
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|options| options.sign_up = "invite".to_owned()).await;
    let refused = platform.visitor().post("/api/auth/signup", &new).await;
    refused.refused(403, "sign_up_by_invitation");
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    somebody.me(&somebody.access).await.ok();
    platform.stop().await;
}

#[tokio::test]
async fn who_logs_out_is_out_at_once() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "manager").await;
    let (one, refresh) = somebody.log_in().await;
    let (two, _) = somebody.log_in().await;
    let visitor = &somebody.visitor;
    visitor
        .post_as(&one, "/api/auth/logout", &json!({}))
        .await
        .ok();
    somebody.me(&one).await.refused(401, "unauthorized");
    let renewed = visitor
        .post("/api/auth/refresh", &json!({"refreshToken": refresh}))
        .await;
    renewed.refused(401, "session_over");
    somebody.me(&two).await.ok();
    let everywhere = json!({"everywhere": true});
    visitor
        .post_as(&two, "/api/auth/logout", &everywhere)
        .await
        .ok();
    for token in [&two, &somebody.access] {
        somebody.me(token).await.refused(401, "unauthorized");
    }
    // An empty body is none.
    let (three, _) = somebody.log_in().await;
    let out = visitor
        .request(Method::POST, "/api/auth/logout")
        .bearer_auth(&three);
    Client::answer(out).await.ok();
    somebody.me(&three).await.refused(401, "unauthorized");
    let key = tenant.client.call(Method::POST, "/api/auth/logout").await;
    key.refused(403, "not_a_person");
    let me = tenant.client.call(Method::GET, "/api/me").await.ok();
    assert_eq!(
        (&me.body["user"], &me.body["role"]),
        (&Value::Null, &json!("admin"))
    );
}

#[tokio::test]
async fn tokens_are_renewed_and_pages_that_renew_at_the_same_time_both_go_on() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    let renewal = json!({"refreshToken": somebody.refresh});
    let pages = (0..4).map(|_| somebody.visitor.post("/api/auth/refresh", &renewal));
    let renewed = futures::future::join_all(pages).await;
    for answer in renewed {
        let answer = answer.ok();
        somebody.me(answer.str("accessToken")).await.ok();
        let again = json!({"refreshToken": answer.str("refreshToken")});
        somebody
            .visitor
            .post("/api/auth/refresh", &again)
            .await
            .ok();
    }
    // No token passes for one of another purpose.
    for wrong in [somebody.access.as_str(), "", "none", "a.b.c"] {
        let renewal = json!({"refreshToken": wrong});
        let refused = somebody.visitor.post("/api/auth/refresh", &renewal).await;
        refused.refused(401, "session_over");
    }
    somebody
        .me(&somebody.refresh)
        .await
        .refused(401, "unauthorized");
}

#[tokio::test]
async fn the_local_hosts_admin_is_the_super_admin() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::shared();
    let admin = platform.ready().admin.clone().unwrap();
    let visitor = platform.visitor();
    let tokens = visitor.log_in(&admin.email, &admin.password).await.ok();
    assert_eq!(tokens.body["user"]["role"], "super_admin");
    assert_eq!(tokens.str("tenantId"), platform.ready().tenant_id);
    assert!(!format!("{:?}", platform.ready()).contains(&admin.password));
}
