//! By which of WhatsApp's ids a message is known.

use openwati_core::state::Reported;
use openwati_store::message::Reporting;

use crate::messages::{claimed, report};
use crate::table::{NOW, store, tenant};

#[tokio::test]
async fn what_is_reported_under_another_wamid_is_of_no_message() {
    let store = store().await;
    let (id, tenant) = (claimed(&store).await, tenant());
    let report = async |wamid, stage| {
        let reports = [report(stage, 10)];
        let reporting = store.report_message(&tenant, id, wamid, &reports).await;
        reporting.unwrap()
    };
    let of_wamid = async |wamid| store.message_id_of_wamid(&tenant, wamid).await.unwrap();
    // A program that sends by the same number may have given its own message our id, even before our sender is answered.
    let before = report("wamid.other", Reported::Read).await;
    assert!(matches!(before, Reporting::Recorded(_)));
    let accepted = store.message_accepted(&tenant, id, "wamid.1", NOW);
    accepted.await.unwrap();
    assert_eq!(of_wamid("wamid.1").await, Some(id));
    let other = report("wamid.other", Reported::Failed).await;
    assert_eq!(other, Reporting::Missing);
    let third = report("wamid.third", Reported::Failed).await;
    assert_eq!(third, Reporting::Missing);
    assert_eq!(of_wamid("wamid.third").await, None);
    let own = report("wamid.1", Reported::Delivered).await;
    assert!(matches!(own, Reporting::Recorded(_)));
    let message = store.message(&tenant, id).await.unwrap().unwrap();
    assert_eq!(message.wamid.as_deref(), Some("wamid.1"));
    assert_eq!(message.stages().failed_at, None);
}
