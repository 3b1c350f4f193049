//! Who reaches a contact.

use openwati_core::role::Role;
use openwati_tests::{Running, someone};
use serde_json::json;

use super::{all, change, delete, id, page, plus, save, saved, shown};
use crate::inbound::received;
use crate::sessions::assign;

#[tokio::test]
async fn an_agent_sees_and_changes_the_contact_of_the_own_conversation_alone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let agent = tenant.person().role(Role::Agent).make().await;
    let (mine, other) = (someone(), someone());
    let channel = &tenant.channel().phone_number_id;
    for customer in [&mine, &other] {
        platform
            .whatsapp()
            .phone(customer)
            .writes(channel, "Hi")
            .await;
        received(&tenant, customer, 1).await;
    }
    assign(&platform, &tenant, &mine, &agent).await;
    let contact = async |phone: &str| all(&tenant.client, &[("phone", phone)]).await.remove(0);
    let (mine, other) = (contact(&mine).await, contact(&other).await);
    let agent = agent.logged_in().await;
    assert_eq!(shown(&agent, id(&mine)).await.ok().body["contact"], mine);
    let changed = change(&agent, id(&mine), json!({"name": "Ali", "tags": ["vip"]}))
        .await
        .ok();
    assert_eq!(changed.body["contact"]["name"], "Ali");
    shown(&agent, id(&other))
        .await
        .refused(403, "not_your_conversation");
    let refused = change(&agent, id(&other), json!({"name": "x"})).await;
    refused.refused(403, "not_your_conversation");
    assert_eq!(contact(other["phone"].as_str().unwrap()).await, other);
    page(&agent, &[]).await.refused(403, "missing_role");
    delete(&agent, &[id(&mine)])
        .await
        .refused(403, "missing_role");
    save(&agent, json!([{"phone": plus(&someone())}]))
        .await
        .refused(403, "missing_role");
}

#[tokio::test]
async fn a_manager_may_all_of_it() {
    let tenant = Running::shared().tenant().make().await;
    let manager = tenant
        .person()
        .role(Role::Manager)
        .make()
        .await
        .logged_in()
        .await;
    let contact = saved(&manager, json!({"phone": plus(&someone())})).await;
    shown(&manager, id(&contact)).await.ok();
    change(&manager, id(&contact), json!({"name": "Ali"}))
        .await
        .ok();
    assert_eq!(all(&manager, &[]).await.len(), 1);
    assert_eq!(
        delete(&manager, &[id(&contact)]).await.ok().body["deleted"],
        1
    );
}

#[tokio::test]
async fn a_tenant_is_a_wall() {
    let platform = Running::shared();
    let (mine, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let number = plus(&someone());
    let body =
        json!({"phone": number, "name": "Ali", "tags": ["vip"], "attributes": {"city": "Lahore"}});
    let theirs = saved(&other.client, body).await;
    shown(&mine.client, id(&theirs))
        .await
        .refused(404, "not_found");
    let changed = change(&mine.client, id(&theirs), json!({"name": "x"})).await;
    changed.refused(404, "not_found");
    assert_eq!(
        delete(&mine.client, &[id(&theirs)]).await.ok().body["deleted"],
        0
    );
    for query in [
        &[][..],
        &[("tag", "vip")],
        &[("name", "ali")],
        &[("phone", number.as_str())],
        &[("attribute.city", "Lahore")],
    ] {
        assert_eq!(all(&mine.client, query).await.len(), 0, "{query:?}");
    }
    let own = saved(&mine.client, json!({"phone": number})).await;
    assert_ne!(id(&own), id(&theirs));
    assert_eq!(
        shown(&other.client, id(&theirs)).await.ok().body["contact"],
        theirs
    );
}

#[tokio::test]
async fn a_plan_without_api_lets_people_in_and_no_keys() {
    let tenant = Running::shared().tenant().plan("Free").make().await;
    page(&tenant.client, &[])
        .await
        .refused(403, "plan_has_no_api");
    let contacts = json!([{"phone": plus(&someone())}]);
    save(&tenant.client, contacts)
        .await
        .refused(403, "plan_has_no_api");
    let admin = tenant
        .person()
        .role(Role::Admin)
        .make()
        .await
        .logged_in()
        .await;
    assert_eq!(all(&admin, &[]).await.len(), 0);
}
