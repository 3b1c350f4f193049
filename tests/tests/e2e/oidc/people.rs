//! Who comes in by an issuer.

use futures::future::join_all;
use http::Method;
use openwati_core::role::Role;
use openwati_store::{
    audit::AuditRecord,
    user::{Changed, UserState},
};
use openwati_tests::{Client, Issuer, Needs, PersonBuilder, Running, SigningKey, Tenant, lacks};
use serde_json::{Value, json};

use super::{claims, named, with};

/// A platform that takes an issuer's tokens, and a tenant of it.
struct Setting {
    platform: Running,
    tenant: Tenant,
    issuer: Issuer,
    key: SigningKey,
}

impl Setting {
    async fn start() -> Self {
        let key = SigningKey::ec("e");
        let issuer = Issuer::start(&[&key]).await;
        let issuers = json!([named(&issuer)]).to_string();
        let platform = Running::start(|options| options.oidc_issuers = issuers).await;
        let tenant = platform.tenant().make().await;
        Self {
            platform,
            tenant,
            issuer,
            key,
        }
    }

    /// Somebody to be who sees all messages.
    fn person(&self) -> PersonBuilder {
        self.tenant.person().role(Role::Manager)
    }

    /// What the issuer says of somebody with this address.
    fn says(&self, subject: &str, email: &str) -> Value {
        let claims = with(&claims(&self.issuer, subject), "email", json!(email));
        with(&claims, "email_verified", json!(true))
    }

    /// A program with a token that says this.
    fn client(&self, claims: &Value) -> Client {
        self.tenant.client.with_token(self.key.sign(claims))
    }
}

#[tokio::test]
async fn who_was_invited_comes_by_their_address_and_stays_who_they_are() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let setting = Setting::start().await;
    let person = setting.person();
    let person = person.state(UserState::Invited).email("ada@example.com");
    let person = person.make().await;
    let ada = setting.client(&setting.says("subject-1", "ADA@example.com"));
    let answer = ada.messages(&[]).await.ok();
    assert_eq!(answer.header("ratelimit-limit"), Some("600"));
    assert_eq!(person.record().await.state, UserState::Active);
    // The issuer's own name for them tells from now on.
    let moved = setting.client(&setting.says("subject-1", "ada@elsewhere.example"));
    moved.messages(&[]).await.ok();
    let silent = setting.client(&claims(&setting.issuer, "subject-1"));
    silent.messages(&[]).await.ok();
    // Their role is what it is here.
    let request = ada.request(Method::GET, "/api/webhooks");
    Client::answer(request).await.refused(403, "missing_role");
    // Headers are the ones of keys.
    let stranger = ada.stranger(Method::GET, "/api/public/v1/messages");
    Client::answer(stranger.header("x-api-key", ada.key()))
        .await
        .ok();
    setting.platform.stop().await;
}

#[tokio::test]
async fn who_was_not_invited_stays_outside() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let setting = Setting::start().await;
    let person = setting.person().state(UserState::Invited);
    let person = person.email("ada@example.com").make().await;
    let disabled = setting.person().state(UserState::Disabled);
    disabled.email("grace@example.com").make().await;
    // Whoever signed up with this address may not be who has it.
    let squatter = setting.person().unproven();
    squatter.email("joan@example.com").make().await;
    // An issuer's word about an address is not enough for all tenants.
    let operator = setting.person().role(Role::SuperAdmin);
    operator.email("root@example.com").make().await;
    let ada = setting.says("ada", "ada@example.com");
    for claims in [
        setting.says("somebody", "somebody@example.com"),
        setting.says("grace", "grace@example.com"),
        setting.says("joan", "joan@example.com"),
        setting.says("root", "root@example.com"),
        with(&ada, "email_verified", json!(false)),
        with(&ada, "email_verified", Value::Null),
        with(&ada, "email", Value::Null),
        with(&ada, "aud", json!("another")),
        with(&ada, "exp", json!(1_000_000_000)),
    ] {
        let answer = setting.client(&claims).messages(&[]).await;
        let answer = answer.refused(401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    assert_eq!(person.record().await.state, UserState::Invited);
    setting.client(&ada).messages(&[]).await.ok();
    // The address is taken: another subject that has it now is the same person.
    let again = setting.client(&setting.says("ada-anew", "ada@example.com"));
    again.messages(&[]).await.ok();
    setting.platform.stop().await;
}

#[tokio::test]
async fn who_is_disabled_or_removed_is_outside_at_once() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let setting = Setting::start().await;
    let person = setting.person().email("ada@example.com").make().await;
    let ada = setting.client(&setting.says("ada", "ada@example.com"));
    ada.messages(&[]).await.ok();
    let platform = setting.tenant.services();
    let audit = |name: &str| AuditRecord {
        id: openwati_core::id::Id::new(platform.now(), platform.entropy()),
        actor: "test".to_owned(),
        act: name.to_owned(),
        target: None,
        details: None,
    };
    let store = setting.tenant.store();
    let change = |state| openwati_store::user::UserChange {
        state: Some(state),
        ..Default::default()
    };
    for (state, status) in [(UserState::Disabled, 401), (UserState::Active, 200)] {
        let seen = person.record().await;
        let changed = store
            .change_user(
                &person.tenant,
                &seen,
                &change(state),
                &audit("user.changed"),
            )
            .await;
        assert!(matches!(changed, Ok(Changed::Done(_))));
        assert_eq!(ada.messages(&[]).await.status, status);
    }
    let removed = store
        .remove_user(
            &person.tenant,
            &person.record().await,
            &audit("user.removed"),
        )
        .await;
    assert!(matches!(removed, Ok(Changed::Done(()))));
    ada.messages(&[]).await.refused(401, "unauthorized");
    setting.platform.stop().await;
}

#[tokio::test]
async fn first_requests_that_come_together_are_of_one_person() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let setting = Setting::start().await;
    let person = setting.person().state(UserState::Invited);
    let person = person.email("ada@example.com").make().await;
    let ada = setting.client(&setting.says("ada", "ada@example.com"));
    let answers = join_all((0..10).map(|_| ada.messages(&[]))).await;
    for answer in answers {
        answer.ok();
    }
    assert_eq!(person.record().await.oidc.len(), 1);
    setting.platform.stop().await;
}

#[tokio::test]
async fn while_an_issuer_is_down_its_people_are_asked_to_come_again() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let setting = Setting::start().await;
    setting.person().email("ada@example.com").make().await;
    let ada = setting.client(&setting.says("ada", "ada@example.com"));
    setting.issuer.goes_down(true);
    let answer = ada.messages(&[]).await.refused(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    // Keys are not concerned.
    setting.tenant.client.messages(&[]).await.ok();
    setting.platform.stop().await;
}
