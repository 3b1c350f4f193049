//! The first message.

use reqwest::Client;

use crate::support::{json_of, message, send, start, until};

#[tokio::test]
async fn the_first_message_stands_on_the_phone_once_and_walks_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let base_url = host.base_url();
    let key = host.ready().api_key.clone().unwrap();

    let sent = send(base_url, &key, "923001234567").await;
    assert_eq!(sent["ok"], true);
    assert_eq!(sent["status"], "sent");

    let phone = format!("{base_url}/_sim/customers/923001234567");
    let shown = json_of(Client::new().get(format!("{phone}/messages"))).await;
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["text"], "Hello");
    assert_eq!(shown[0]["id"], sent["messageId"]);

    let (id, wamid) = (
        sent["id"].as_str().unwrap(),
        sent["messageId"].as_str().unwrap(),
    );
    let reaches = async |wanted: &str, id: &str| {
        until(wanted, || async {
            let status = message(base_url, &key, id).await["status"].clone();
            (status == wanted).then_some(())
        })
        .await;
    };
    reaches("delivered", id).await;
    let read = Client::new()
        .post(format!("{phone}/read"))
        .send()
        .await
        .unwrap();
    assert_eq!(read.status(), 200);
    reaches("read", id).await;
    reaches("read", wamid).await;
    host.shutdown().await;
}
