//! What one tenant's catalogue is to the others.

use http::Method;
use openwati_tests::someone;
use serde_json::json;

use super::{TEMPLATES, counts, listed, meta_has, parts, path, unheard};

#[tokio::test]
async fn the_tenth_tenant_sees_nothing_of_the_other_nine() {
    let mut others = Vec::new();
    for number in 0..9 {
        let (tenant, whatsapp) = unheard().await;
        let template = json!({"components": parts(&format!("Of {number}"))});
        meta_has(&whatsapp, &tenant, "private", template).await;
        assert_eq!(counts(&tenant.client).await, [3, 0, 0]);
        others.push(tenant);
    }
    let (tenth, _) = unheard().await;
    let client = &tenth.client;
    assert_eq!(counts(client).await, [2, 0, 0]);
    assert!(listed(client, "name=private").await.is_empty());
    let to = someone();
    let body = json!({"to": to, "template": "private"});
    let answer = client.call_with(Method::POST, "/api/public/v1/send-template", &body);
    answer.await.refused(422, "template_not_found");
    for other in &others {
        let theirs = listed(&other.client, "name=private").await.remove(0);
        for method in [Method::GET, Method::DELETE] {
            client
                .call(method, &path(&theirs, ""))
                .await
                .refused(404, "not_found");
        }
        let device = other.channel().id.uuid();
        let listing = format!("{TEMPLATES}?deviceId={device}");
        client
            .call(Method::GET, &listing)
            .await
            .refused(404, "not_found");
    }
    let delete = format!("{TEMPLATES}?name=private");
    client
        .call(Method::DELETE, &delete)
        .await
        .refused(404, "not_found");
    for other in &others {
        assert_eq!(counts(&other.client).await, [0, 0, 0]);
    }
}
