//! What the operator does: tenants, plans, limits, entering; and that nobody else does.

use futures::future::join_all;
use http::Method;
use openwati_core::role::Role;
use openwati_tests::{Client, Person, Receiver, Running, Tenant, inbound, someone};
use serde_json::{Value, json};

const TENANTS: &str = "/api/admin/tenants";

/// A Super Admin of a tenant of their own, logged in.
pub(crate) async fn operator() -> (Tenant, Person, Client) {
    let tenant = Running::shared().tenant().make().await;
    let person = tenant.person().role(Role::SuperAdmin).make().await;
    let client = person.logged_in().await;
    (tenant, person, client)
}

fn path(tenant: &Tenant) -> String {
    format!("{TENANTS}/{}", tenant.id)
}

fn email() -> String {
    format!("{}@admins.example", someone())
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let other = path(&platform.tenant().make().await);
    let admin = tenant.person().role(Role::Admin).make().await;
    let manager = tenant.person().role(Role::Manager).make().await;
    let callers = [
        tenant.client.clone(),
        admin.logged_in().await,
        manager.logged_in().await,
    ];
    let calls = [
        (Method::GET, TENANTS.to_owned(), None),
        (
            Method::POST,
            TENANTS.to_owned(),
            Some(json!({"name": "x", "email": email()})),
        ),
        (Method::GET, other.clone(), None),
        (Method::PATCH, other.clone(), Some(json!({"name": "x"}))),
        (Method::DELETE, other.clone(), None),
        (Method::POST, format!("{other}/enter"), None),
        (
            Method::PATCH,
            format!("/api/admin/keys/x?tenant={}", tenant.id),
            Some(json!({})),
        ),
        (Method::POST, "/api/admin/key-ring/reseal".to_owned(), None),
    ];
    for (method, path, body) in &calls {
        for caller in &callers {
            let answer = match body {
                Some(body) => caller.call_with(method.clone(), path, body).await,
                None => caller.call(method.clone(), path).await,
            };
            answer.refused(403, "missing_role");
        }
        let stranger = tenant.client.stranger(method.clone(), path);
        Client::answer(stranger).await.refused(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_tenant_is_made_with_an_invitation_listed_shown_and_changed() {
    let (_, _, client) = operator().await;
    let email = email();
    let body = json!({"name": "Läden & Söhne 🏪", "plan": "Pro", "email": email,
        "figures": {"seats": 9, "outboundPerDay": null}});
    let made = client.call_with(Method::POST, TENANTS, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let tenant = &made.body["tenant"];
    assert_eq!(tenant["name"], "Läden & Söhne 🏪");
    let plan = &tenant["plan"];
    assert_eq!(
        (
            &plan["name"],
            &plan["seats"],
            &plan["outboundPerDay"],
            &plan["devices"]
        ),
        (&json!("Pro"), &json!(9), &Value::Null, &json!(3))
    );
    assert!(
        made.body["invitationLink"]
            .as_str()
            .unwrap()
            .contains("token=")
    );
    client
        .call_with(Method::POST, TENANTS, &body)
        .await
        .refused(409, "email_taken");

    let path = format!("{TENANTS}/{}", tenant["id"].as_str().unwrap());
    let shown = client.call(Method::GET, &path).await.ok();
    let used = &shown.body["tenant"]["used"];
    assert_eq!((&used["seats"], &used["keys"]), (&json!(1), &json!(0)));
    let change = json!({"name": "New", "plan": "Starter", "figures": {"devices": 2}});
    let changed = client.call_with(Method::PATCH, &path, &change).await.ok();
    let changed = &changed.body["tenant"];
    assert_eq!(changed["name"], "New");
    // Figures of its own are the plan's again, unless they are named again.
    let plan = &changed["plan"];
    assert_eq!((&plan["seats"], &plan["devices"]), (&json!(2), &json!(2)));
    let same = client
        .call_with(Method::PATCH, &path, &json!({}))
        .await
        .ok();
    assert_eq!(&same.body["tenant"], changed);
    let more = json!({"figures": {"seats": null}});
    let more = client.call_with(Method::PATCH, &path, &more).await.ok();
    let plan = &more.body["tenant"]["plan"];
    assert_eq!(
        (&plan["name"], &plan["seats"]),
        (&json!("Starter"), &Value::Null)
    );
    assert_eq!(plan["devices"], 2);

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client
            .call(Method::GET, &format!("{TENANTS}?limit=3{cursor}"))
            .await
            .ok();
        let tenants = page.body["tenants"].as_array().unwrap();
        assert!(tenants.len() <= 3);
        seen.extend(
            tenants
                .iter()
                .map(|tenant| tenant["id"].as_str().unwrap().to_owned()),
        );
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(seen.is_sorted() && seen.len() >= 2);
    assert!(seen.iter().any(|id| path.ends_with(id.as_str())));

    let log = client.call(Method::GET, "/api/audit").await.ok();
    let acts = log.body["acts"].as_array().unwrap().iter();
    let acts: Vec<_> = acts.filter(|act| act["target"] == tenant["id"]).collect();
    let told: Vec<_> = acts
        .iter()
        .map(|act| act["act"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["tenant.changed", "tenant.changed", "tenant.created"]);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (own, _, client) = operator().await;
    for (body, code, words) in [
        (json!({}), "invalid_request", "name"),
        (json!({"name": "x"}), "invalid_request", "email"),
        (
            json!({"name": "", "email": email()}),
            "invalid_name",
            "name",
        ),
        (
            json!({"name": "x", "email": "nobody"}),
            "invalid_email",
            "email",
        ),
        (
            json!({"name": "x", "email": email(), "plan": "pro"}),
            "invalid_plan",
            "Pro",
        ),
        (
            json!({"name": "x", "email": email(), "figures": {"seats": -1}}),
            "invalid_request",
            "seats",
        ),
        (
            json!({"name": "x", "email": email(), "figures": {"restApi": null, "devices": "3"}}),
            "invalid_request",
            "devices",
        ),
    ] {
        let answer = client
            .call_with(Method::POST, TENANTS, &body)
            .await
            .refused(400, code);
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    for query in ["limit=0", "limit=101", "cursor=x", "cursor=123456789"] {
        let answer = client
            .call(Method::GET, &format!("{TENANTS}?{query}"))
            .await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    for id in ["1000000000", "nothing", "%00"] {
        let path = format!("{TENANTS}/{id}");
        client
            .call(Method::GET, &path)
            .await
            .refused(404, "not_found");
        client
            .call(Method::DELETE, &path)
            .await
            .refused(404, "not_found");
        let change = json!({"plan": "Free"});
        client
            .call_with(Method::PATCH, &path, &change)
            .await
            .refused(404, "not_found");
        let enter = format!("{path}/enter");
        client
            .call(Method::POST, &enter)
            .await
            .refused(404, "not_found");
    }
    // Nobody locks themselves out.
    let suspend = json!({"suspended": true});
    let answer = client.call_with(Method::PATCH, &path(&own), &suspend).await;
    answer.refused(409, "own_tenant");
    client
        .call(Method::DELETE, &path(&own))
        .await
        .refused(409, "own_tenant");
    let enter = format!("{}/enter", path(&own));
    client
        .call(Method::POST, &enter)
        .await
        .refused(409, "own_tenant");
}

#[tokio::test]
async fn a_creation_is_repeated_and_made_once() {
    let (_, _, client) = operator().await;
    let body = json!({"name": "Once", "email": email()});
    let once = async || {
        let request = client.request(Method::POST, TENANTS).json(&body);
        Client::answer(request.header("idempotency-key", "first")).await
    };
    let answers = join_all((0..8).map(|_| once())).await;
    let again = once().await;
    assert_eq!(again.status, 201, "{}", again.text);
    for answer in answers {
        match answer.status {
            201 => assert_eq!(answer.body["tenant"], again.body["tenant"]),
            _ => drop(answer.refused(409, "in_progress")),
        }
    }
}

#[tokio::test]
async fn a_suspended_tenant_is_let_in_by_nobody_and_still_hears_its_customers() {
    let (_, _, client) = operator().await;
    let tenant = Running::shared().tenant().make().await;
    let admin = tenant
        .person()
        .role(Role::Admin)
        .make()
        .await
        .logged_in()
        .await;
    let suspend = json!({"suspended": true});
    let changed = client
        .call_with(Method::PATCH, &path(&tenant), &suspend)
        .await
        .ok();
    assert!(changed.body["tenant"]["suspendedAt"].is_string());
    tenant
        .client
        .send(&someone(), "hello")
        .await
        .refused(403, "tenant_suspended");
    for caller in [&tenant.client, &admin] {
        for path in [
            "/api/keys",
            "/api/settings",
            "/api/webhooks",
            "/api/public/v1/messages",
        ] {
            caller
                .call(Method::GET, path)
                .await
                .refused(403, "tenant_suspended");
        }
    }
    let callback = inbound(tenant.channel(), "wamid.SUSPENDED", "anybody there?");
    assert_eq!(tenant.callback(&callback).await.status, 200);

    // Who looks after it gets in.
    let entered = client
        .call(Method::POST, &format!("{}/enter", path(&tenant)))
        .await
        .ok();
    let entered = client.with_token(entered.body["accessToken"].as_str().unwrap());
    entered.call(Method::GET, "/api/settings").await.ok();

    let resume = json!({"suspended": false});
    client
        .call_with(Method::PATCH, &path(&tenant), &resume)
        .await
        .ok();
    tenant.client.send(&someone(), "hello").await.ok();
    openwati_tests::eventually("the customer was heard", openwati_tests::SOON, || async {
        let heard = tenant.client.message("wamid.SUSPENDED").await;
        (heard.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_tenant_is_entered_by_an_act_that_both_logs_hold() {
    let (own, person, client) = operator().await;
    let tenant = Running::shared().tenant().make().await;
    let enter = format!("{}/enter", path(&tenant));
    let answer = client.call(Method::POST, &enter).await.ok();
    assert_eq!(answer.body["tenantId"], tenant.id.as_str());
    let entered = client.with_token(answer.body["accessToken"].as_str().unwrap());
    // There they are one of its Admins, and no Super Admin.
    let settings = json!({"name": "Entered"});
    entered
        .call_with(Method::PATCH, "/api/settings", &settings)
        .await
        .ok();
    entered
        .call(Method::GET, TENANTS)
        .await
        .refused(403, "missing_role");
    entered
        .call(Method::POST, &enter)
        .await
        .refused(403, "missing_role");
    let there = tenant.client.call(Method::GET, "/api/audit").await.ok();
    let acts = there.body["acts"].as_array().unwrap();
    let actor = format!("super_admin:{}/{}", own.id, person.id.uuid());
    let told: Vec<_> = acts
        .iter()
        .map(|act| act["act"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["settings.changed", "tenant.entered"]);
    assert!(
        acts.iter().all(|act| act["actor"] == actor.as_str()),
        "{}",
        there.text
    );
    let here = client.call(Method::GET, "/api/audit").await.ok();
    assert_eq!(here.body["acts"][0]["act"], "tenant.entered");
    assert_eq!(
        here.body["acts"][0]["actor"],
        format!("user:{}", person.id.uuid())
    );
}

#[tokio::test]
async fn a_plan_without_webhooks_pauses_them_until_there_is_one_with_them() {
    let (_, _, client) = operator().await;
    let tenant = Running::shared().tenant().plan("Pro").make().await;
    let receiver = Receiver::start().await;
    let (paused, off) = (
        tenant.client.webhook(receiver.url(), &[]).await,
        tenant
            .client
            .webhook("http://127.0.0.1:47009/hook", &[])
            .await,
    );
    let change = json!({"enabled": false});
    tenant
        .client
        .call_with(Method::PATCH, &off.path(""), &change)
        .await
        .ok();
    let downgrade = json!({"plan": "Starter", "figures": {"restApi": true}});
    client
        .call_with(Method::PATCH, &path(&tenant), &downgrade)
        .await
        .ok();
    let now = paused.now().await;
    assert_eq!(now["enabled"], false);
    assert!(
        now["disabledReason"].as_str().unwrap().contains("Starter"),
        "{now}"
    );
    let enable = json!({"enabled": true});
    let answer = tenant
        .client
        .call_with(Method::PATCH, &paused.path(""), &enable)
        .await;
    answer.refused(403, "plan_has_no_webhooks");
    let again = json!({"plan": "Pro"});
    client
        .call_with(Method::PATCH, &path(&tenant), &again)
        .await
        .ok();
    let now = paused.now().await;
    assert_eq!(
        (&now["enabled"], now.get("disabledReason")),
        (&json!(true), None)
    );
    // What its owner disabled stays so.
    assert_eq!(off.now().await["enabled"], false);
    paused.test().await;
    receiver.gets(1).await;
}

#[tokio::test]
async fn a_lower_cap_holds_at_once_and_what_is_beyond_it_stays() {
    let (_, _, client) = operator().await;
    let tenant = Running::shared().tenant().channels(2).make().await;
    tenant.client.send(&someone(), "1").await.ok();
    tenant.client.send(&someone(), "2").await.ok();
    let lower = json!({"figures": {"outboundPerDay": 2, "devices": 1}});
    client
        .call_with(Method::PATCH, &path(&tenant), &lower)
        .await
        .ok();
    let answer = tenant.client.send(&someone(), "3").await;
    answer.refused(409, "plan_cap_reached");
    let raise = json!({"figures": {"outboundPerDay": 10}});
    client
        .call_with(Method::PATCH, &path(&tenant), &raise)
        .await
        .ok();
    let sends =
        join_all((0..50).map(|_| async { tenant.client.send(&someone(), "4").await })).await;
    assert_eq!(
        sends.iter().filter(|answer| answer.status == 200).count(),
        8
    );
    // The second number goes on.
    let device = tenant.channels[1].id.uuid();
    let raise = json!({"figures": {"outboundPerDay": null}});
    client
        .call_with(Method::PATCH, &path(&tenant), &raise)
        .await
        .ok();
    tenant.client.send_by(&device, &someone(), "5").await.ok();
}

#[tokio::test]
async fn the_operator_sets_the_limits_of_any_key() {
    let (_, _, client) = operator().await;
    let platform = Running::shared();
    let (tenant, other) = tokio::join!(platform.tenant().make(), platform.tenant().make());
    let listed = tenant.client.call(Method::GET, "/api/keys").await.ok();
    let id = listed.body["keys"][0]["id"].as_str().unwrap().to_owned();
    let path = |owner: &Tenant| format!("/api/admin/keys/{id}?tenant={}", owner.id);
    let limit = json!({"perMinute": 60_000});
    let changed = client
        .call_with(Method::PATCH, &path(&tenant), &limit)
        .await
        .ok();
    assert_eq!(changed.body["key"]["perMinute"], 60_000);
    let answer = tenant.client.call(Method::GET, "/api/keys").await.ok();
    assert_eq!(answer.headers["ratelimit-limit"], "60000");
    // Its Admin may give it less and all of that again, and no more.
    let own = format!("/api/keys/{id}");
    let less = json!({"perMinute": 100});
    let of_operator = client.call_with(Method::PATCH, &path(&tenant), &less).await;
    of_operator.ok();
    for (per_minute, fits) in [(100, true), (50, true), (100, true), (101, false)] {
        let body = json!({"perMinute": per_minute});
        let answer = tenant.client.call_with(Method::PATCH, &own, &body).await;
        match fits {
            true => drop(answer.ok()),
            false => drop(answer.refused(400, "invalid_limit")),
        }
    }

    for per_minute in [json!(0), json!(60_001)] {
        let body = json!({"perMinute": per_minute});
        let answer = client.call_with(Method::PATCH, &path(&tenant), &body).await;
        answer.refused(400, "invalid_limit");
    }
    client
        .call_with(Method::PATCH, &path(&other), &limit)
        .await
        .refused(404, "not_found");
    let unnamed = format!("/api/admin/keys/{id}");
    client
        .call_with(Method::PATCH, &unnamed, &limit)
        .await
        .refused(404, "not_found");
    let off = json!({"enabled": false});
    client
        .call_with(Method::PATCH, &path(&tenant), &off)
        .await
        .ok();
    tenant
        .client
        .call(Method::GET, "/api/keys")
        .await
        .refused(401, "unauthorized");

    // Nor does a person of the tenant's switch it on.
    let admin = tenant.person().role(Role::Admin).make().await;
    let admin = admin.logged_in().await;
    let on = json!({"enabled": true});
    let answer = admin.call_with(Method::PATCH, &own, &on).await;
    answer.refused(403, "held_by_operator");
    client
        .call_with(Method::PATCH, &path(&tenant), &on)
        .await
        .ok();
    let answer = tenant.client.call(Method::GET, "/api/keys").await;
    answer.ok();
}

#[tokio::test]
async fn a_deletion_and_a_sealing_anew_are_works_that_the_operator_sees() {
    let (_, _, client) = operator().await;
    let tenant = Running::shared().tenant().make().await;
    let path = path(&tenant);
    let begun = async |method: Method, path: &str| {
        let begun = client.call(method, path).await;
        assert_eq!(begun.status, 202, "{}", begun.text);
        let id = begun.body["job"]["id"].as_str().unwrap();
        format!("/api/data/jobs/{id}")
    };
    let reseal = begun(Method::POST, "/api/admin/key-ring/reseal").await;
    let erasure = begun(Method::DELETE, &path).await;
    for (job, kind) in [(reseal, "reseal"), (erasure, "erase_tenant")] {
        let shown = client.call(Method::GET, &job).await.ok();
        assert_eq!(shown.body["job"]["kind"], kind);
    }
}
