//! What a data folder keeps, and whose it is.

use openwati::{DataDirError, Host, Options, Ready};

use crate::support::{json_of, message, options, send, start, until};

#[tokio::test]
async fn a_restart_finds_key_channel_and_messages() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path()).await;
    let before = first.ready().clone();
    let key = before.api_key.clone().unwrap();
    let sent = send(first.base_url(), &key, "923001234567").await;
    let id = sent["id"].as_str().unwrap();
    assert_eq!(
        Ready::read(folder.path()).unwrap().base_url,
        before.base_url
    );
    first.shutdown().await;
    assert!(
        Ready::read(folder.path()).is_err(),
        "nothing listens any more"
    );

    let second = start(folder.path()).await;
    let after = second.ready();
    assert_eq!(after.api_key, before.api_key);
    assert_eq!(after.tenant_id, before.tenant_id);
    assert_eq!(after.channel.id, before.channel.id);
    let found = message(second.base_url(), &key, id).await;
    assert_eq!(found["text"], "Hello");
    // Callbacks that the first start left go to the address of this one.
    until("delivered", || async {
        let status = message(second.base_url(), &key, id).await["status"].clone();
        (status == "delivered").then_some(())
    })
    .await;
    second.shutdown().await;
}

#[tokio::test]
async fn what_its_owner_revokes_does_not_come_back_with_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path()).await;
    let key = first.ready().api_key.clone().unwrap();
    let client = reqwest::Client::new();
    let keys = format!("{}/api/keys", first.base_url());
    let listed = json_of(client.get(&keys).bearer_auth(&key)).await;
    let id = listed["keys"][0]["id"].as_str().unwrap();
    let revoked = json_of(client.delete(format!("{keys}/{id}")).bearer_auth(&key)).await;
    assert_eq!(revoked["ok"], true);
    first.shutdown().await;

    let second = start(folder.path()).await;
    let keys = format!("{}/api/keys", second.base_url());
    let answer = client.get(keys).bearer_auth(&key).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    second.shutdown().await;
}

#[tokio::test]
async fn a_folder_belongs_to_one_platform_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let error = Host::start(options(folder.path())).await.unwrap_err();
    let error = error.downcast_ref::<DataDirError>().unwrap();
    assert!(matches!(error, DataDirError::InUse(_)));
    assert!(error.to_string().contains("another openwati runs on it"));
    host.shutdown().await;
}

#[tokio::test]
async fn a_reset_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path()).await;
    let before = first.ready().clone();
    first.shutdown().await;
    let reset = Options {
        reset: true,
        ..options(folder.path())
    };
    let second = Host::start(reset).await.unwrap();
    assert_ne!(second.ready().tenant_id, before.tenant_id);
    assert_ne!(second.ready().api_key, before.api_key);
    second.shutdown().await;
}

#[tokio::test]
async fn with_another_graph_there_is_no_simulator_and_no_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = Options {
        graph_url: Some("http://127.0.0.1:9".parse().unwrap()),
        ..options(folder.path())
    };
    let host = Host::start(elsewhere).await.unwrap();
    let text = std::fs::read_to_string(folder.path().join("ready.json")).unwrap();
    let seed = host.seed();
    for secret in [
        seed.api_key.expose(),
        seed.channel.app_secret.expose(),
        seed.channel.verify_token.expose(),
        seed.aws.secret_access_key.expose(),
    ] {
        assert!(!text.contains(secret));
    }
    let answer = reqwest::get(format!("{}/_sim/requests", host.base_url()))
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    host.shutdown().await;
}

#[tokio::test]
async fn a_channel_that_a_simulated_fault_disconnected_sends_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path()).await;
    let key = first.ready().api_key.clone().unwrap();
    let fault = serde_json::json!({"match": {"to": "923001234567"}, "error": {"code": 190}});
    let faults = format!("{}/_sim/faults", first.base_url());
    let faults = reqwest::Client::new().post(faults).json(&fault).send();
    assert!(faults.await.unwrap().status().is_success());
    let base_url = first.base_url();
    // The token is asked for once more before a channel counts as disconnected.
    until("the channel is disconnected", || async {
        send(base_url, &key, "923001234567").await;
        let other = send(base_url, &key, "923001234568").await;
        (other["status"] != "sent").then_some(())
    })
    .await;
    first.shutdown().await;

    let second = start(folder.path()).await;
    let sent = send(second.base_url(), &key, "923001234568").await;
    assert_eq!(sent["status"], "sent", "{sent}");
    second.shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_broken_is_named_and_so_is_the_way_out() {
    for file in ["dynamodb.sqlite", "sqs.sqlite", "seed.json"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(file), "no such thing\n".repeat(1_000)).unwrap();
        let error = Host::start(options(folder.path())).await.unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(file), "{error}");
        assert!(error.contains("--reset"), "{error}");
    }
}
