//! A tenant's team: who may what with whom.

use futures::future::join_all;
use http::Method;
use openwati_core::role::Role;
use openwati_tests::{Answer, Client, Running, Tenant};
use serde_json::{Value, json};

use crate::accounts::{PASSWORD, Somebody, address, token_of};

const TEAM: &str = "/api/team";
const INVITATIONS: &str = "/api/team/invitations";

async fn invite(client: &Client, email: &str, role: &str) -> Answer {
    let body = json!({"email": email, "role": role});
    client.call_with(Method::POST, INVITATIONS, &body).await
}

fn path(id: &str) -> String {
    format!("{TEAM}/{id}")
}

async fn amend(client: &Client, id: &str, change: &Value) -> Answer {
    client.call_with(Method::PATCH, &path(id), change).await
}

async fn join(platform: &Running, token: &str) -> Answer {
    let body = json!({"invitation": token, "name": "Ada 🦊", "password": PASSWORD});
    platform.visitor().post("/api/auth/signup", &body).await
}

#[tokio::test]
async fn somebody_is_invited_comes_is_changed_and_removed() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let email = address();
    let invited = invite(client, &email.to_uppercase(), "agent").await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    let user = &invited.body["user"];
    assert_eq!(
        (&user["email"], &user["state"], &user["role"]),
        (&json!(email), &json!("invited"), &json!("agent"))
    );
    assert!(user["invitedUntil"].is_string() && user["lastSeenAt"].is_null());
    let id = user["id"].as_str().unwrap();
    let listed = client.call(Method::GET, TEAM).await.ok();
    assert_eq!(listed.body, json!({"users": [user], "nextCursor": null}));
    assert!(!listed.text.contains("token"));

    let link = token_of(&invited.body["invitation"]);
    let came = join(&platform, &link).await;
    assert_eq!(came.status, 201, "{}", came.text);
    join(&platform, &link)
        .await
        .refused(400, "invalid_invitation");
    let shown = client.call(Method::GET, &path(id)).await.ok();
    let user = &shown.body["user"];
    assert_eq!(
        (&user["name"], &user["state"]),
        (&json!("Ada 🦊"), &json!("active"))
    );
    assert!(user["invitedUntil"].is_null() && user["lastSeenAt"].is_string());

    let change = json!({"name": "Grace", "role": "manager"});
    let changed = amend(client, id, &change).await.ok();
    assert_eq!(
        (&changed.body["user"]["name"], &changed.body["user"]["role"]),
        (&json!("Grace"), &json!("manager"))
    );
    // From the next request on, in the session that is open.
    let visitor = platform.visitor();
    let access = came.str("accessToken");
    let me = visitor.get_as(access, "/api/me").await.ok();
    assert_eq!(me.body["role"], "manager");
    visitor
        .get_as(access, TEAM)
        .await
        .refused(403, "missing_role");

    amend(client, id, &json!({"enabled": false})).await.ok();
    visitor
        .get_as(access, "/api/me")
        .await
        .refused(401, "unauthorized");
    visitor
        .log_in(&email, PASSWORD)
        .await
        .refused(401, "wrong_credentials");
    let again = client
        .call(Method::POST, &format!("{}/invitation", path(id)))
        .await;
    again.refused(409, "already_joined");
    let reset = client
        .call(Method::POST, &format!("{}/password-reset", path(id)))
        .await;
    reset.refused(409, "user_not_active");
    amend(client, id, &json!({"enabled": true})).await.ok();
    visitor
        .get_as(access, "/api/me")
        .await
        .refused(401, "unauthorized");
    let tokens = visitor.log_in(&email, PASSWORD).await.ok();

    let removed = client.call(Method::DELETE, &path(id)).await.ok();
    assert_eq!(removed.body, json!({"ok": true, "deleted": 1}));
    visitor
        .get_as(tokens.str("accessToken"), "/api/me")
        .await
        .refused(401, "unauthorized");
    visitor
        .log_in(&email, PASSWORD)
        .await
        .refused(401, "wrong_credentials");
    client
        .call(Method::GET, &path(id))
        .await
        .refused(404, "not_found");
    client
        .call(Method::DELETE, &path(id))
        .await
        .refused(404, "not_found");
    assert_eq!(invite(client, &email, "agent").await.status, 201);

    let acts = client.call(Method::GET, "/api/audit?limit=100").await.ok();
    let acts: Vec<_> = acts.body["acts"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|act| act["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        acts,
        [
            "user.invited",
            "user.joined",
            "user.logged_in",
            "user.changed",
            "user.changed",
            "user.changed",
            "user.logged_in",
            "user.removed",
            "user.invited",
        ]
    );
}

#[tokio::test]
async fn a_team_is_shown_page_by_page() {
    let tenant = Running::shared().tenant().make().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let invited = invite(&tenant.client, &address(), "agent").await;
        ids.push(invited.body["user"]["id"].clone());
    }
    let mut shown = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = tenant
            .client
            .call(Method::GET, &format!("{TEAM}{query}"))
            .await
            .ok();
        let users = page.body["users"].as_array().unwrap();
        assert!((1..=2).contains(&users.len()));
        shown.extend(users.iter().map(|user| user["id"].clone()));
        let Some(cursor) = page.body["nextCursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(shown, ids);
    let bad = tenant.client.call(Method::GET, "/api/team?cursor=x").await;
    bad.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn a_tenant_is_never_without_an_admin() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let one = Somebody::of(&platform, &tenant, "admin").await;
    let two = Somebody::of(&platform, &tenant, "admin").await;
    let demote = json!({"role": "agent"});
    let disable = json!({"enabled": false});
    let one_path = path(&one.id);
    // Both go at the same time.
    let (first, second) = tokio::join!(
        client.call(Method::DELETE, &one_path),
        amend(client, &two.id, &demote)
    );
    let (refused, kept) = match first.status {
        200 => (second, two.id),
        _ => (first, one.id),
    };
    refused.refused(409, "last_admin");
    for change in [&demote, &disable] {
        amend(client, &kept, change)
            .await
            .refused(409, "last_admin");
    }
    client
        .call(Method::DELETE, &path(&kept))
        .await
        .refused(409, "last_admin");
    // Who was invited and has not come does not hold it up, and neither does who is shut out.
    assert_eq!(invite(client, &address(), "admin").await.status, 201);
    let next = Somebody::of(&platform, &tenant, "admin").await;
    amend(client, &next.id, &disable).await.ok();
    client
        .call(Method::DELETE, &path(&kept))
        .await
        .refused(409, "last_admin");
    amend(client, &next.id, &json!({"enabled": true}))
        .await
        .ok();
    client.call(Method::DELETE, &path(&kept)).await.ok();
    amend(client, &next.id, &demote)
        .await
        .refused(409, "last_admin");
}

#[tokio::test]
async fn nobody_reaches_above_the_own_role_or_at_the_own_one() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let admin = Somebody::of(&platform, &tenant, "admin").await;
    let other = Somebody::of(&platform, &tenant, "admin").await;
    let operator = tenant.person().role(Role::SuperAdmin).make().await;
    let operator = operator.id.uuid();
    for (method, way, body) in [
        (Method::PATCH, path(&operator), json!({"role": "agent"})),
        (Method::PATCH, path(&operator), json!({"name": "Eve"})),
        (Method::DELETE, path(&operator), json!({})),
        (
            Method::POST,
            format!("{}/password-reset", path(&operator)),
            json!({}),
        ),
    ] {
        let refused = admin.call(method, &way, &body).await;
        refused.refused(403, "above_own_role");
    }
    // Whoever has got hold of a token is not to get hold of the account by it.
    let own = format!("{}/password-reset", path(&admin.id));
    admin
        .call(Method::POST, &own, &json!({}))
        .await
        .refused(409, "own_account");
    let make = json!({"role": "super_admin"});
    admin
        .call(Method::PATCH, &path(&other.id), &make)
        .await
        .refused(403, "super_admin_by_command");
    let invitation = json!({"email": address(), "role": "super_admin"});
    admin
        .call(Method::POST, INVITATIONS, &invitation)
        .await
        .refused(403, "super_admin_by_command");
    for change in [json!({"role": "manager"}), json!({"enabled": false})] {
        let refused = admin.call(Method::PATCH, &path(&admin.id), &change).await;
        refused.refused(409, "own_account");
    }
    // The own name, and the role as it is, anybody sets.
    let same = json!({"role": "admin", "enabled": true, "name": "Ada"});
    admin
        .call(Method::PATCH, &path(&admin.id), &same)
        .await
        .ok();
    for (field, value, code) in [
        ("role", json!("king"), "invalid_role"),
        ("name", json!(""), "invalid_name"),
        ("enabled", json!("yes"), "invalid_request"),
    ] {
        let mut change = json!({});
        change[field] = value;
        admin
            .call(Method::PATCH, &path(&other.id), &change)
            .await
            .refused(400, code);
    }

    // A key that may not do everything makes nobody who may, and gets hold of nobody.
    let key = tenant
        .key()
        .scopes(&["account:read", "account:write"])
        .make()
        .await;
    invite(&key, &address(), "agent")
        .await
        .refused(403, "scope_exceeds_own");
    amend(&key, &other.id, &json!({"role": "agent"}))
        .await
        .refused(403, "scope_exceeds_own");
    let reset = format!("{}/password-reset", path(&other.id));
    key.call(Method::POST, &reset)
        .await
        .refused(403, "scope_exceeds_own");
    key.call(Method::GET, TEAM).await.ok();
}

#[tokio::test]
async fn seats_are_counted_with_who_was_invited_and_never_exceeded() {
    let tenant = Running::shared().tenant().plan("Pro").make().await;
    let client = &tenant.client;
    let invitations = (0..10).map(|_| async { invite(client, &address(), "agent").await });
    let (made, refused): (Vec<_>, Vec<_>) = join_all(invitations)
        .await
        .into_iter()
        .partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (5, 5));
    for answer in refused {
        let answer = answer.refused(409, "plan_cap_reached");
        assert!(answer.error().contains("5 seats"), "{}", answer.text);
    }
    let id = made[0].body["user"]["id"].as_str().unwrap();
    client.call(Method::DELETE, &path(id)).await.ok();
    assert_eq!(invite(client, &address(), "agent").await.status, 201);
    invite(client, &address(), "agent")
        .await
        .refused(409, "plan_cap_reached");
}

#[tokio::test]
async fn an_invitation_made_anew_or_taken_back_is_dead() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let invited = invite(client, &address(), "agent").await;
    let id = invited.body["user"]["id"].as_str().unwrap();
    let first = token_of(&invited.body["invitation"]);
    let again = format!("{}/invitation", path(id));
    let second = client.call(Method::POST, &again).await.ok();
    let second = token_of(&second.body["invitation"]);
    join(&platform, &first)
        .await
        .refused(400, "invalid_invitation");
    client.call(Method::DELETE, &path(id)).await.ok();
    join(&platform, &second)
        .await
        .refused(400, "invalid_invitation");
    client
        .call(Method::POST, &again)
        .await
        .refused(404, "not_found");
    let enable = json!({"enabled": true});
    let invited = invite(client, &address(), "agent").await;
    let id = invited.body["user"]["id"].as_str().unwrap();
    amend(client, id, &enable)
        .await
        .refused(409, "user_not_active");
    // Of several who come by it at once one is in.
    let token = token_of(&invited.body["invitation"]);
    let came = join_all((0..4).map(|_| join(&platform, &token))).await;
    assert_eq!(came.iter().filter(|answer| answer.status == 201).count(), 1);
}

#[tokio::test]
async fn an_address_is_one_person_over_all_tenants_and_a_tenant_is_a_wall() {
    let platform = Running::shared();
    let (tenant, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let email = address();
    let invited = invite(&tenant.client, &email, "agent").await;
    let id = invited.body["user"]["id"].as_str().unwrap();
    for client in [&tenant.client, &other.client] {
        invite(client, &email, "agent")
            .await
            .refused(409, "email_taken");
    }
    let ways = [
        (Method::GET, path(id)),
        (Method::PATCH, path(id)),
        (Method::DELETE, path(id)),
        (Method::POST, format!("{}/invitation", path(id))),
        (Method::POST, format!("{}/password-reset", path(id))),
    ];
    for (method, way) in ways {
        let answer = other
            .client
            .call_with(method, &way, &json!({"name": "Eve"}))
            .await;
        answer.refused(404, "not_found");
    }
    for none in ["none", "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"] {
        other
            .client
            .call(Method::GET, &path(none))
            .await
            .refused(404, "not_found");
    }
    let listed = other.client.call(Method::GET, TEAM).await.ok();
    assert_eq!(listed.body["users"], json!([]));
}

#[tokio::test]
async fn an_invitation_repeated_under_its_key_is_one() {
    let platform = Running::shared();
    let tenant: Tenant = platform.tenant().make().await;
    let body = json!({"email": address(), "role": "agent"});
    let invite = || {
        let request = tenant.client.request(Method::POST, INVITATIONS);
        Client::answer(request.header("idempotency-key", "team-1").json(&body))
    };
    let first = invite().await;
    assert_eq!(first.status, 201, "{}", first.text);
    let second = invite().await;
    assert!(second.status == 201 && second.replayed());
    assert_eq!(first.body["user"], second.body["user"]);
    let came = join(&platform, &token_of(&second.body["invitation"])).await;
    assert_eq!(came.status, 201, "{}", came.text);
}
