use std::collections::BTreeSet;

use http::Method;
use openwati_core::id::Id;
use openwati_services::data;
use openwati_store::audit::AuditRecord;
use openwati_store::user::UserState;
use openwati_tests::{Receiver, SOON, Tenant, eventually};
use serde_json::json;

use super::{asked, fast, filled, is_of, items, kept_of, objects, operator, over, services, text};

#[tokio::test]
async fn a_contact_is_erased_with_everything_and_nobody_else() {
    let Some(platform) = fast().await else { return };
    let receiver = Receiver::start().await;
    let tenant = platform.tenant().make().await;
    let [erased, other] = filled(&platform, &tenant, &receiver).await;
    let (aws, ready) = (platform.aws(), platform.ready());
    let before = items(&aws, ready).await;
    let files = objects(&aws, ready).await;
    let others = |items: &[super::Item]| {
        let others = items
            .iter()
            .filter(|item| format!("{item:?}").contains(&other));
        others
            .map(|item| (text(item, "pk").to_owned(), text(item, "sk").to_owned()))
            .collect::<BTreeSet<_>>()
    };
    assert!(format!("{before:?}").contains(&erased));

    let body = json!({"contact": erased});
    let job = asked(&tenant.client, "/api/data/erasures", &body).await;
    assert_eq!(job["counts"]["messages"], 4, "{job}");
    assert_eq!(job["counts"]["contacts"], 1);
    assert_eq!(job["counts"]["notices"], 1);
    let after = items(&aws, ready).await;
    for item in &after {
        // A list is the tenant's own, whatever it is called.
        let is_list = text(item, "pk").ends_with("#contact-lists");
        assert!(
            is_list || !format!("{item:?}").contains(&erased),
            "{item:?}"
        );
    }
    let term = |item: &super::Item, term: &str| text(item, "sk").starts_with(term);
    let terms = |items: &[super::Item], wanted: &str| {
        items.iter().filter(|item| term(item, wanted)).count()
    };
    for wanted in ["tag:vip#", "name:customer#", "list:", "full:customer "] {
        assert_eq!(terms(&before, wanted), 2, "{wanted}");
        assert_eq!(terms(&after, wanted), 1, "{wanted}");
    }
    assert_eq!(others(&before), others(&after));
    // The picture is the other's too.
    assert_eq!(objects(&aws, ready).await, files);
    let audited = |act: &str| after.iter().any(|item| text(item, "act") == act);
    assert!(audited("contact.erasure_begun") && audited("contact.erased"));
    let again = tenant
        .client
        .call_with(Method::POST, "/api/data/erasures", &body)
        .await;
    again.refused(404, "not_found");

    let job = asked(
        &tenant.client,
        "/api/data/erasures",
        &json!({"contact": other}),
    )
    .await;
    assert_eq!(job["counts"]["messages"], 4, "{job}");
    let left = objects(&aws, ready).await;
    assert!(left.is_empty(), "{left:?}");

    let number = &tenant.channel().phone_number_id;
    let wamid = platform
        .whatsapp()
        .phone(&erased)
        .writes(number, "Again")
        .await;
    eventually("whoever writes again is kept", SOON, || async {
        (tenant.client.message(&wamid).await.status == 200).then_some(())
    })
    .await;
    assert_eq!(tenant.client.with(&erased).await.len(), 1);
    platform.stop().await;
}

#[tokio::test]
async fn a_tenant_is_erased_whole_and_its_neighbour_stays_as_it_is() {
    let Some(platform) = fast().await else { return };
    let receiver = Receiver::start().await;
    let home = platform.tenant().make().await;
    let neighbour = platform.tenant().make().await;
    let tenant = platform.tenant().make().await;
    filled(&platform, &neighbour, &receiver).await;
    people(&neighbour).await;
    let customers = filled(&platform, &tenant, &receiver).await;
    people(&tenant).await;
    let (aws, ready) = (platform.aws(), platform.ready());
    let services = services(&platform);
    let before = items(&aws, ready).await;
    let of_tenant = kept_of(&before, &tenant.id);
    let kinds: BTreeSet<&str> = of_tenant
        .keys()
        .map(|(pk, _)| pk.split('#').nth(1).unwrap_or("tenant"))
        .collect();
    for kind in [
        "tenant",
        "slots",
        "outbound",
        "messages",
        "wamid",
        "contacts",
        "contact-terms",
        "contact-lists",
        "aliases",
        "consents",
        "media",
        "callbacks",
        "peer",
        "endpoints",
        "gone-endpoints",
        "deliveries",
        "attempts",
        "keys",
        "team",
        "audit",
    ] {
        assert!(kinds.contains(kind), "the tenant has no {kind}: {kinds:?}");
    }
    let lead = |kind: &str| {
        of_tenant
            .keys()
            .filter(|key| key.0.starts_with(kind))
            .count()
    };
    assert_eq!((lead("email#"), lead("oidc#")), (2, 1));

    let caller = operator(&services, &home.id);
    let own = data::erase_tenant(&services, &caller, &home.id).await;
    assert!(own.is_err(), "a Super Admin erases their own tenant");
    let job = data::erase_tenant(&services, &caller, &tenant.id)
        .await
        .unwrap();
    // Nobody gets in any more, before all is gone.
    eventually("its keys are dead", SOON, || async {
        let answer = tenant.client.call(Method::GET, "/api/webhooks").await;
        (answer.status == 401).then_some(())
    })
    .await;
    let job = over(&services, &home.id, job.id).await;
    assert_eq!(job.counts["messages"], 8, "{job:?}");
    assert_eq!(job.counts["people"], 2, "{job:?}");

    let after = items(&aws, ready).await;
    let left = kept_of(&after, &tenant.id);
    assert!(left.is_empty(), "{left:#?}");
    for item in after.iter().filter(|item| !is_of(item, &tenant.id)) {
        let item = format!("{item:?}");
        assert!(
            customers.iter().all(|customer| !item.contains(customer)),
            "{item}"
        );
    }
    let left: Vec<String> = objects(&aws, ready)
        .await
        .into_iter()
        .filter(|name| name.contains(tenant.id.as_str()))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(
        kept_of(&before, &neighbour.id)
            .into_keys()
            .collect::<BTreeSet<_>>(),
        kept_of(&after, &neighbour.id)
            .into_keys()
            .collect::<BTreeSet<_>>()
    );
    let tombstones = after
        .iter()
        .filter(|item| text(item, "act") == "tenant.erased");
    let tombstones: Vec<_> = tombstones.collect();
    assert_eq!(tombstones.len(), 1);
    assert!(is_of(tombstones[0], &home.id));
    assert_eq!(text(tombstones[0], "target"), tenant.id.as_str());
    // Meta's callbacks for it are answered like a bad signature.
    let body = json!({"object": "whatsapp_business_account", "entry": []});
    assert_eq!(tenant.callback(&body).await.status, 401);
    platform.stop().await;
}

/// Gives a tenant a team: somebody who logs in by an issuer, and somebody who was invited.
async fn people(tenant: &Tenant) {
    let invited = tenant.person().state(UserState::Invited);
    invited.make().await;
    let person = tenant.person().make().await;
    person.session().await;
    let now = tenant.services().now();
    let act = AuditRecord {
        id: Id::new(now, tenant.services().entropy()),
        actor: "test".to_owned(),
        act: "user.linked".to_owned(),
        target: Some(person.id.to_string()),
        details: None,
    };
    let subject = ("https://issuer.example", tenant.id.as_str());
    let (store, record) = (tenant.store(), person.record().await);
    let linked = store.link_oidc(&tenant.id, &record, subject, now, &act);
    assert!(linked.await.unwrap());
}
