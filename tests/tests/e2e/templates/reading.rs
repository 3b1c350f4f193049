//! What is read from Meta: when somebody asks, by the hour, and when a number is connected.

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_core::time::Moment;
use openwati_store::template::TemplateRecord;
use openwati_tests::{Needs, Running, SOON, eventually, lacks};
use serde_json::json;

use super::{counts, listed, meta_has, names, parts, path, sync, unheard};

/// A template that Meta does not have.
pub(crate) fn stranger(waba_id: &str) -> TemplateRecord {
    let long_ago = Moment::from_seconds(1_700_000_000);
    TemplateRecord {
        name: "gone".to_owned(),
        language: "en".to_owned(),
        waba_id: waba_id.to_owned(),
        template_id: Some("1".to_owned()),
        category: "UTILITY".to_owned(),
        status: "APPROVED".to_owned(),
        reason: None,
        quality: None,
        told: "{}".to_owned(),
        stale: false,
        status_at: long_ago,
        category_at: long_ago,
        quality_at: long_ago,
        made: None,
        written_at: long_ago,
        version: 0,
    }
}

#[tokio::test]
async fn a_reading_adds_changes_and_removes() {
    let (tenant, whatsapp) = unheard().await;
    let client = &tenant.client;
    assert_eq!(counts(client).await, [2, 0, 0]);
    assert_eq!(counts(client).await, [0, 0, 0]);
    assert_eq!(
        names(&listed(client, "").await),
        ["hello_world en_US", "order_update en"]
    );
    meta_has(
        &whatsapp,
        &tenant,
        "hello_world",
        json!({"status": "PAUSED", "quality": "RED"}),
    )
    .await;
    meta_has(
        &whatsapp,
        &tenant,
        "summer",
        json!({"language": "de", "components": parts("Hallo")}),
    )
    .await;
    let mut gone = stranger(&tenant.channel().waba_id);
    assert!(
        tenant
            .store()
            .put_template(&tenant.id, &mut gone)
            .await
            .unwrap()
    );
    assert_eq!(counts(client).await, [1, 1, 1]);
    let now = listed(client, "").await;
    assert_eq!(
        names(&now),
        ["hello_world en_US", "order_update en", "summer de"]
    );
    assert_eq!(
        (&now[0]["status"], &now[0]["quality"]),
        (&json!("PAUSED"), &json!("RED"))
    );
    assert_eq!(now[2]["components"][0]["text"], "Hallo");
}

#[tokio::test]
async fn a_list_is_filtered_and_comes_page_by_page() {
    let (tenant, whatsapp) = unheard().await;
    let client = &tenant.client;
    for language in ["de", "en", "fr"] {
        let template =
            json!({"language": language, "components": parts("Hi"), "category": "MARKETING"});
        meta_has(&whatsapp, &tenant, "summer", template).await;
    }
    counts(client).await;
    assert_eq!(names(&listed(client, "limit=2").await).len(), 5);
    assert_eq!(
        names(&listed(client, "name=summ&limit=1").await),
        ["summer de", "summer en", "summer fr"]
    );
    let device = tenant.channel().id.uuid();
    for (query, expected) in [
        ("status=approved&category=UTILITY".to_owned(), 2),
        ("language=en".to_owned(), 2),
        ("status=PAUSED".to_owned(), 0),
        (format!("deviceId={device}&category=marketing"), 3),
    ] {
        assert_eq!(listed(client, &query).await.len(), expected, "{query}");
    }
    for (query, status, code) in [
        ("limit=0", 400, "invalid_request"),
        ("cursor=x", 400, "invalid_cursor"),
        (
            "deviceId=6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
            404,
            "not_found",
        ),
    ] {
        let path = format!("/api/templates?{query}");
        let answer = client.call(Method::GET, &path).await;
        answer.refused(status, code);
    }
    let one = &listed(client, "name=summer&language=fr").await[0];
    let shown = client.call(Method::GET, &path(one, "")).await.ok();
    assert_eq!(&shown.body["template"], one);
}

#[tokio::test]
async fn an_account_of_several_pages_is_read_to_its_end() {
    let (tenant, whatsapp) = unheard().await;
    let puts = stream::iter(0..255).map(|number| {
        let (whatsapp, tenant) = (&whatsapp, &tenant);
        async move {
            let name = format!("many_{number:03}");
            let template = json!({"components": parts("Hi")});
            meta_has(whatsapp, tenant, &name, template).await;
        }
    });
    puts.buffer_unordered(16).for_each(async |()| ()).await;
    assert_eq!(counts(&tenant.client).await, [257, 0, 0]);
    let calls = whatsapp.get("/requests").await;
    let pages = calls.as_array().unwrap().iter().filter(|call| {
        let path = call["path"].as_str().unwrap_or_default();
        path.contains(&format!("{}/message_templates", tenant.channel().waba_id))
    });
    assert!(pages.count() >= 2, "{calls}");
    assert_eq!(counts(&tenant.client).await, [0, 0, 0]);
    assert_eq!(listed(&tenant.client, "limit=100").await.len(), 257);
}

#[tokio::test]
async fn the_seeded_account_is_read_at_the_start_and_again_by_the_hour() {
    if lacks(Needs::OwnPlatform) || lacks(Needs::FastQueues) {
        return;
    }
    // An hour is six seconds, and a minute a tenth.
    let platform = Running::start(|options| options.speed = 600.0).await;
    let client = platform.client();
    eventually("the two that are seeded", SOON, || async {
        (listed(&client, "").await.len() == 2).then_some(())
    })
    .await;
    let tenant = &platform.ready().tenant_id;
    let services = platform.services_with(|_| ());
    let mut gone = stranger(&platform.ready().channel.waba_id);
    let tenant = tenant.parse().unwrap();
    assert!(
        services
            .store()
            .put_template(&tenant, &mut gone)
            .await
            .unwrap()
    );
    eventually("it is gone within the hour", SOON, || async {
        (listed(&client, "").await.len() == 2).then_some(())
    })
    .await;
    platform.stop().await;
}

#[tokio::test]
async fn a_number_that_is_connected_brings_its_templates_and_takes_them_along() {
    let platform = Running::shared();
    let tenant = platform.tenant().channels(0).make().await;
    let client = &tenant.client;
    sync(client).await.refused(409, "no_device");
    let number = platform.whatsapp().post("/numbers", &json!({})).await;
    let body = json!({
        "phoneNumberId": number["phone_number_id"],
        "wabaId": number["waba_id"],
        "accessToken": number["access_token"],
        "appSecret": number["app_secret"],
    });
    let connected = client.call_with(Method::POST, "/api/channels", &body).await;
    assert_eq!(connected.status, 201, "{}", connected.text);
    eventually("its templates are there", SOON, || async {
        (listed(client, "").await.len() == 2).then_some(())
    })
    .await;
    let channel = connected.body["channel"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/channels/{channel}");
    client.call(Method::DELETE, &path).await.ok();
    assert!(listed(client, "").await.is_empty());
}

#[tokio::test]
async fn what_meta_says_instead_is_told() {
    let (tenant, whatsapp) = unheard().await;
    let path = format!("{}/message_templates", tenant.channel().waba_id);
    for (code, status, name) in [
        (80_008, 429, "whatsapp_busy"),
        (200, 422, "whatsapp_refused"),
    ] {
        let fault = json!({"match": {"path": path}, "error": {"code": code}, "times": 1});
        whatsapp.post("/faults", &fault).await;
        let answer = sync(&tenant.client).await.refused(status, name);
        assert_eq!(status == 429, answer.header("retry-after").is_some());
    }
    let fault = json!({"match": {"path": path}, "drop": true, "times": 1});
    whatsapp.post("/faults", &fault).await;
    sync(&tenant.client)
        .await
        .refused(503, "whatsapp_unreachable");
    assert_eq!(counts(&tenant.client).await, [2, 0, 0]);
}
