//! What a plan allows is never exceeded.

use futures::future::join_all;
use http::Method;
use openwati_core::role::Role;
use openwati_tests::Running;
use serde_json::json;

use super::{create, listed, path, plain};

#[tokio::test]
async fn a_plans_rules_are_never_exceeded() {
    let platform = Running::shared();
    for (plan, cap) in [("Free", 3), ("Starter", 20)] {
        let tenant = platform.tenant().plan(plan).make().await;
        // Keys of these plans open nothing; people may.
        let body = json!({"keyword": "hi", "response": "Hi"});
        create(&tenant.client, &body)
            .await
            .refused(403, "plan_has_no_api");
        let admin = tenant.person().role(Role::Admin).per_minute(6_000);
        let admin = admin.make().await.logged_in().await;
        let wanted = (0..cap + 7).map(|i| {
            let body =
                json!({"keyword": format!("word {i}"), "response": "Hi", "active": i % 2 == 0});
            let admin = &admin;
            async move { create(admin, &body).await }
        });
        let answers = join_all(wanted).await;
        let (made, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 201);
        // Who was refused because others were at it in the same moment tries again.
        let (busy, full): (Vec<_>, Vec<_>) = refused
            .into_iter()
            .partition(|answer| answer.body["code"] == "tenant_busy");
        assert!(
            made.len() <= cap && made.len() + busy.len() >= cap,
            "{plan}"
        );
        for answer in full {
            let answer = answer.refused(409, "plan_cap_reached");
            assert!(answer.error().contains(&cap.to_string()), "{}", answer.text);
        }
        for i in made.len()..cap {
            plain(&admin, &format!("later {i}")).await;
        }
        create(&admin, &body).await.refused(409, "plan_cap_reached");
        let rules = listed(&admin).await;
        assert_eq!(rules.len(), cap, "{plan}");
        // A place that is freed can be taken, and a change takes none.
        let off = json!({"active": false});
        admin
            .call_with(Method::PUT, &path(&rules[1]), &off)
            .await
            .ok();
        admin.call(Method::DELETE, &path(&rules[0])).await.ok();
        plain(&admin, "last").await;
        create(&admin, &body).await.refused(409, "plan_cap_reached");
    }
}
