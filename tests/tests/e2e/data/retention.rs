use std::time::Duration;

use openwati_store::due::Due;
use openwati_store::tenant::TenantChange;
use openwati_tests::{SOON, eventually, someone};
use serde_json::json;

use super::{fast, image, items, kept_of, objects};

#[tokio::test]
async fn what_is_old_goes_with_its_file_and_what_is_new_stays() {
    let Some(platform) = fast().await else { return };
    let tenant = platform.tenant().make().await;
    let (client, number) = (&tenant.client, &tenant.channel().phone_number_id);
    let (aws, ready) = (platform.aws(), platform.ready());
    let [old, new, other] = [someone(), someone(), someone()];
    // What the phone shows tells no old time: the callback is made older on its way.
    let phone = platform.whatsapp().phone(&old);
    let mut value = phone.holds(number, image("old")).await;
    let sent = tenant
        .services()
        .now()
        .minus(Duration::from_secs(40 * 86_400));
    value["messages"][0]["timestamp"] = json!(sent.seconds().to_string());
    let wamid = value["messages"][0]["id"].as_str().unwrap().to_owned();
    let change = json!({"field": "messages", "value": value});
    let entry = json!({"id": tenant.channel().waba_id, "changes": [change]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    tenant.callback(&body).await.ok();
    crate::media::settled(client, &wamid, SOON).await;
    let kept = platform.whatsapp().phone(&new).writes(number, "New").await;
    let also_kept = client.send(&other, "New too").await;
    assert_eq!(also_kept.status, 200, "{}", also_kept.text);
    eventually("the new one is kept", SOON, || async {
        (client.message(&kept).await.status == 200).then_some(())
    })
    .await;

    let store = tenant.store();
    let record = store.tenant(&tenant.id).await.unwrap().unwrap();
    let change = TenantChange {
        retention_days: Some(Some(30)),
        ..TenantChange::default()
    };
    let now = tenant.services().now();
    let changed = store.change_tenant(&record, &change, &[], now, &[]).await;
    assert!(changed.unwrap());
    // It is due tomorrow; today will do.
    let due = Due::Retention(tenant.id.clone());
    store.postpone(&due, now).await.unwrap();

    eventually("the old one goes", super::WORKED, || async {
        (client.message(&wamid).await.status == 404).then_some(())
    })
    .await;
    assert_eq!(client.message(&kept).await.status, 200);
    assert_eq!(client.message(also_kept.id()).await.status, 200);
    eventually("its file goes", SOON, || async {
        objects(&aws, ready).await.is_empty().then_some(())
    })
    .await;
    let left = kept_of(&items(&aws, ready).await, &tenant.id);
    let is_contact = |pk: &str| pk.contains("#contacts#");
    let contacts = left.keys().filter(|(pk, _)| is_contact(pk)).count();
    assert_eq!(contacts, 2, "contacts stay");
    let job = eventually("the work is over", SOON, || async {
        let jobs = store.data_jobs(&tenant.id, None, 10).await.unwrap();
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs.into_iter().find(|job| job.finished_at.is_some())
    })
    .await;
    assert_eq!(job.counts["messages"], 1);
    platform.stop().await;
}
