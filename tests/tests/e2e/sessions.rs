//! People who are logged in, and how far each of them reaches.

mod tokens;

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use openwati_core::{
    entropy::Entropy,
    id::Id,
    role::Role,
    session::{Access, Invitation, Refresh, Reset, SessionKeys},
};
use openwati_store::{
    audit::AuditRecord,
    user::{Changed, UserChange, UserState},
};
use openwati_tests::{
    Client, Person, Running, SOON, Tenant, eventually, someone, until_the_minute_has_left,
};
use serde_json::json;

fn audit(tenant: &Tenant) -> AuditRecord {
    let platform = tenant.services();
    AuditRecord {
        id: Id::new(platform.now(), platform.entropy()),
        actor: "test".to_owned(),
        act: "user.changed".to_owned(),
        target: None,
        details: None,
    }
}

async fn change(tenant: &Tenant, person: &Person, change: UserChange) {
    let seen = person.record().await;
    let changed = tenant
        .store()
        .change_user(&tenant.id, &seen, &change, &audit(tenant))
        .await;
    assert!(matches!(changed, Ok(Changed::Done(_))), "{changed:?}");
}

/// Assigns the conversation with a customer.
pub(crate) async fn assign(platform: &Running, tenant: &Tenant, customer: &str, to: &Person) {
    let text = |text: String| AttributeValue::S(text);
    let assigned = platform
        .aws()
        .dynamodb
        .update_item()
        .table_name(&platform.ready().aws.table)
        .key("pk", text(format!("{}#peer#{customer}", tenant.id)))
        .key("sk", text(format!("conversation#{}", tenant.channel().id)))
        .update_expression("SET assigned_to = :to")
        .expression_attribute_values(":to", text(to.id.to_string()))
        .send()
        .await;
    assigned.unwrap();
}

#[tokio::test]
async fn who_is_logged_in_uses_the_api() {
    let tenant = Running::shared().tenant().make().await;
    let person = tenant.person().role(Role::Manager).make().await;
    let client = person.logged_in().await;
    let (first, second) = (someone(), someone());
    let sent = client.send(&first, "Hello").await.ok();
    assert_eq!(sent.header("ratelimit-limit"), Some("600"));
    assert_eq!(sent.header("ratelimit-remaining"), Some("599"));
    client.message(sent.str("id")).await.ok();
    assert_eq!(client.with(&first).await.len(), 1);
    // In every header that a key comes in.
    for (name, value) in [
        ("authorization", client.key().to_owned()),
        ("authorization", format!("bearer {}", client.key())),
        ("x-api-key", client.key().to_owned()),
    ] {
        let request = client.stranger(Method::POST, "/api/public/v1/send");
        let request = request.json(&json!({"to": second, "message": "Hello"}));
        Client::answer(request.header(name, value)).await.ok();
    }
}

#[tokio::test]
async fn a_plan_without_an_api_does_not_hold_people_off() {
    let tenant = Running::shared().tenant().plan("Free").make().await;
    let person = tenant.person().make().await;
    tenant
        .client
        .messages(&[])
        .await
        .refused(403, "plan_has_no_api");
    let manager = tenant.person().role(Role::Manager).make().await;
    manager.logged_in().await.messages(&[]).await.ok();
    let agent = person.logged_in().await;
    agent
        .messages(&[])
        .await
        .refused(403, "not_your_conversation");
}

#[tokio::test]
async fn a_session_that_is_over_is_over_at_once() {
    let tenant = Running::shared().tenant().make().await;
    let person = tenant.person().role(Role::Manager).make().await;
    let (one, other) = (person.session().await, person.session().await);
    let (here, there) = (person.client(&one), person.client(&other));
    here.messages(&[]).await.ok();
    there.messages(&[]).await.ok();
    let ended = tenant
        .store()
        .end_sessions(&tenant.id, person.id, Some(one.session), &audit(&tenant))
        .await;
    assert!(ended.unwrap());
    here.messages(&[]).await.refused(401, "unauthorized");
    there.messages(&[]).await.ok();
    let ended = tenant
        .store()
        .end_sessions(&tenant.id, person.id, None, &audit(&tenant))
        .await;
    assert!(ended.unwrap());
    there.messages(&[]).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_role_and_a_removal_hold_with_the_next_request() {
    let tenant = Running::shared().tenant().make().await;
    let person = tenant.person().role(Role::Admin).make().await;
    // A team keeps an Admin.
    tenant.person().role(Role::Admin).make().await;
    let client = person.logged_in().await;
    let webhooks = || Client::answer(client.request(Method::GET, "/api/webhooks"));
    webhooks().await.ok();
    let role = |role| UserChange {
        role: Some(role),
        ..UserChange::default()
    };
    change(&tenant, &person, role(Role::Manager)).await;
    webhooks().await.refused(403, "missing_role");
    client.messages(&[]).await.ok();
    change(&tenant, &person, role(Role::Agent)).await;
    client
        .messages(&[])
        .await
        .refused(403, "not_your_conversation");
    let disabled = UserChange {
        state: Some(UserState::Disabled),
        ..UserChange::default()
    };
    change(&tenant, &person, disabled).await;
    client.messages(&[]).await.refused(401, "unauthorized");
    // Whoever is let in again logs in again.
    let active = UserChange {
        state: Some(UserState::Active),
        ..UserChange::default()
    };
    change(&tenant, &person, active).await;
    client.messages(&[]).await.refused(401, "unauthorized");
    let client = person.logged_in().await;
    client
        .messages(&[])
        .await
        .refused(403, "not_your_conversation");
    let removed = tenant
        .store()
        .remove_user(&tenant.id, &person.record().await, &audit(&tenant))
        .await;
    assert!(matches!(removed, Ok(Changed::Done(()))));
    client.messages(&[]).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_token_that_is_not_good_gets_the_answer_of_a_key_that_is_not() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let person = tenant.person().role(Role::Admin).make().await;
    let access = person.session().await;
    let now = tenant.services().now();
    let keys = platform.session_keys();
    let (tenant_id, user, session) = (tenant.id.clone(), person.id, access.session);
    let refresh = Refresh {
        tenant: tenant_id.clone(),
        user,
        session,
        generation: 0,
    };
    let invitation = Invitation {
        tenant: tenant_id.clone(),
        user,
        generation: 0,
    };
    let reset = Reset {
        tenant: tenant_id,
        user,
        password_version: 0,
    };
    let another = SessionKeys::parse(SessionKeys::generate(&Entropy::system()).expose()).unwrap();
    let elsewhere = platform.tenant().make().await;
    let good = keys.sign(&access, now).expose().clone();
    let (signed, _) = good.rsplit_once('.').unwrap();
    let tokens = [
        keys.sign(&refresh, now).expose().clone(),
        keys.sign(&invitation, now).expose().clone(),
        keys.sign(&reset, now).expose().clone(),
        keys.sign(&access, now.minus(Duration::from_mins(15)))
            .expose()
            .clone(),
        another.sign(&access, now).expose().clone(),
        // Another tenant's.
        keys.sign(
            &Access {
                tenant: elsewhere.id.clone(),
                ..access.clone()
            },
            now,
        )
        .expose()
        .clone(),
        keys.sign(
            &Access {
                session: Id::new(now, tenant.services().entropy()),
                ..access.clone()
            },
            now,
        )
        .expose()
        .clone(),
        // What only a Super Admin may.
        keys.sign(
            &Access {
                entered: Some(elsewhere.id.clone()),
                ..access.clone()
            },
            now,
        )
        .expose()
        .clone(),
        format!("{signed}."),
        signed.to_owned(),
        format!("{good}x"),
    ];
    let stranger = tenant
        .client
        .stranger(Method::GET, "/api/public/v1/messages");
    let missing = Client::answer(stranger).await.refused(401, "unauthorized");
    for token in tokens {
        let client = tenant.client.with_token(&token);
        let answer = client.messages(&[]).await.refused(401, "unauthorized");
        assert_eq!(answer.text, missing.text);
    }
    tenant.client.with_token(good).messages(&[]).await.ok();
}

#[tokio::test]
async fn people_have_a_minute_of_their_own() {
    let tenant = Running::shared().tenant().make().await;
    let person = tenant
        .person()
        .role(Role::Manager)
        .per_minute(2)
        .make()
        .await;
    let (here, there) = (person.logged_in().await, person.logged_in().await);
    until_the_minute_has_left(Duration::from_secs(10)).await;
    here.messages(&[]).await.ok();
    // Wherever they are logged in.
    there.messages(&[]).await.ok();
    let full = here.messages(&[]).await.refused(429, "rate_limited");
    assert_eq!(full.header("ratelimit-limit"), Some("2"));
    assert_eq!(full.header("ratelimit-remaining"), Some("0"));
    assert!(full.header("retry-after").is_some());
    tenant.client.messages(&[]).await.ok();
}

#[tokio::test]
async fn a_super_admin_is_an_admin_where_they_entered_and_nowhere_else() {
    let platform = Running::shared();
    let (own, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let person = own.person().role(Role::SuperAdmin).make().await;
    let customer = someone();
    other.client.send(&customer, "Hello").await.ok();
    let access = person.session().await;
    let entered = person.client(&Access {
        entered: Some(other.id.clone()),
        ..access.clone()
    });
    assert_eq!(entered.with(&customer).await.len(), 1);
    Client::answer(entered.request(Method::GET, "/api/webhooks"))
        .await
        .ok();
    assert!(person.client(&access).with(&customer).await.is_empty());
    // It ends with their own session.
    let ended = own
        .store()
        .end_sessions(&own.id, person.id, Some(access.session), &audit(&own))
        .await;
    assert!(ended.unwrap());
    entered.messages(&[]).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn an_agent_answers_the_own_conversations_alone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let agent = tenant.person().make().await;
    let colleague = tenant.person().make().await;
    let client = agent.logged_in().await;
    let (own, others, nobodys, new) = (someone(), someone(), someone(), someone());
    let mut ids = Vec::new();
    for customer in [&own, &others, &nobodys] {
        tenant.heard_from(customer, Duration::from_secs(60)).await;
        ids.push(
            tenant
                .client
                .send(customer, "Hello")
                .await
                .ok()
                .str("id")
                .to_owned(),
        );
    }
    assign(&platform, &tenant, &own, &agent).await;
    assign(&platform, &tenant, &others, &colleague).await;

    client.send(&own, "Hello").await.ok();
    assert_eq!(client.with(&own).await.len(), 2);
    client.message(&ids[0]).await.ok();
    for customer in [&others, &nobodys, &new] {
        let refused = client.send(customer, "Hello").await;
        refused.refused(403, "not_your_conversation");
        let refused = client.messages(&[("peer", customer.as_str())]).await;
        refused.refused(403, "not_your_conversation");
        assert!(platform.whatsapp().phone(customer).texts().await.len() <= 1);
    }
    for id in &ids[1..] {
        client
            .message(id)
            .await
            .refused(403, "not_your_conversation");
        let path = format!("/api/public/v1/messages/{id}/media-link");
        let revoke = client.request(Method::DELETE, &path);
        Client::answer(revoke)
            .await
            .refused(403, "not_your_conversation");
    }
    client
        .messages(&[])
        .await
        .refused(403, "not_your_conversation");
    // A key that was made for an agent has no conversations.
    let key = tenant.key().role(Role::Agent).make().await;
    key.send(&own, "Hello")
        .await
        .refused(403, "not_your_conversation");
    // What was refused took no place of the day.
    assert_eq!(tenant.places_taken().await, 4);
    // Whoever it is given to goes on with it.
    assign(&platform, &tenant, &own, &colleague).await;
    client
        .send(&own, "Hello")
        .await
        .refused(403, "not_your_conversation");
    colleague.logged_in().await.send(&own, "Hello").await.ok();
}

#[tokio::test]
async fn an_agent_writes_a_local_number_in_the_own_conversation_alone() {
    let platform = Running::shared();
    let tenant = platform.tenant().country("PK").make().await;
    let agent = tenant.person().make().await;
    let client = agent.logged_in().await;
    let (own, other) = (someone(), someone());
    assign(&platform, &tenant, &own, &agent).await;
    let local = |number: &str| format!("0{}", number.trim_start_matches("92"));
    client.send(&local(&own), "Hello").await.ok();
    client
        .send(&local(&other), "Hello")
        .await
        .refused(403, "not_your_conversation");
    assert_eq!(tenant.places_taken().await, 1);
}

#[tokio::test]
async fn a_conversation_stays_whose_it_is_when_its_customer_writes() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let agent = tenant.person().make().await;
    let client = agent.logged_in().await;
    let customer = someone();
    assign(&platform, &tenant, &customer, &agent).await;
    let phone = platform.whatsapp().phone(&customer);
    phone
        .writes(&tenant.channel().phone_number_id, "Hello")
        .await;
    eventually("the message is there", SOON, || async {
        let messages = client.with(&customer).await;
        (messages.len() == 1).then_some(())
    })
    .await;
    client.send(&customer, "Hello").await.ok();
}
