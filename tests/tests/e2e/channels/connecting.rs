//! From credentials to a channel, and away again.

use futures::future::join_all;
use http::Method;
use openwati_tests::{
    Answer, Channel, Client, Running, SOON, Simulated, eventually, inbound, someone,
};
use serde_json::{Value, json};

use super::{CHANNELS, Number, connect, connected, listed, path, tenant};

/// What a customer wrote, once it is there.
async fn heard(client: &Client, customer: &str) -> Value {
    eventually("the message is there", SOON, || async {
        let messages = client.with(customer).await;
        messages.into_iter().find(|one| one["direction"] == "in")
    })
    .await
}

#[tokio::test]
async fn a_number_is_connected_sent_by_and_heard() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({"name": "Zoë’s 花店"})).await;
    let body = number.with("name", " Laden 🌸 ");
    let made = connect(client, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for secret in ["access_token", "app_secret"] {
        assert!(!made.text.contains(number.get(secret)), "{}", made.text);
    }
    let mut channel = made.body["channel"].clone();
    assert_eq!(channel["name"], "Laden 🌸");
    assert_eq!(channel["phoneNumber"], number.get("phone_number"));
    assert_eq!(
        (&channel["isDefault"], &channel["status"]),
        (&json!(true), &json!("connected"))
    );
    assert_eq!(channel["number"]["verifiedName"], "Zoë’s 花店");
    assert_eq!(channel["number"]["qualityRating"], "GREEN");
    assert_eq!(channel["number"]["messagingLimit"], "TIER_UNLIMITED");
    let url = channel["callbackUrl"].as_str().unwrap();
    assert!(url.ends_with(&tenant.callback_path()), "{url}");
    assert_eq!(channel["verifyToken"].as_str().unwrap().len(), 24);
    let shown = client.call(Method::GET, &path(&channel, "")).await.ok();
    assert_eq!(shown.body["channel"], channel);
    channel.as_object_mut().unwrap().remove("verifyToken");
    let list = client.call(Method::GET, CHANNELS).await.ok();
    assert_eq!(
        list.body,
        json!({"channels": [channel], "nextCursor": null})
    );

    let customer = someone();
    client.send(&customer, "Hello").await.ok();
    assert_eq!(whatsapp.phone(&customer).texts().await, ["Hello"]);
    let phone = whatsapp.phone(&customer);
    phone.writes(number.get("phone_number_id"), "Hi").await;
    assert_eq!(heard(client, &customer).await["text"], "Hi");

    let logged = eventually("both are written down", SOON, || async {
        let answer = client
            .call(Method::GET, &path(&channel, "/callbacks"))
            .await;
        let logged = answer.ok().body["callbacks"].as_array().unwrap().clone();
        let has = |outcome: &str| logged.iter().any(|one| one["outcome"] == outcome);
        (has("taken") && has("verified")).then_some(logged)
    })
    .await;
    let taken = logged.iter().find(|one| one["outcome"] == "taken").unwrap();
    assert!(
        taken["count"].as_u64() >= Some(1) && taken["reason"].is_null(),
        "{taken}"
    );
}

#[tokio::test]
async fn one_key_makes_one_channel() {
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let ask = async || {
        let request = tenant.client.request(Method::POST, CHANNELS);
        let request = request.header("idempotency-key", "same");
        Client::answer(request.json(&number.body())).await
    };
    let first = ask().await;
    assert_eq!(
        (first.status, first.replayed()),
        (201, false),
        "{}",
        first.text
    );
    let second = ask().await;
    assert_eq!((second.status, second.replayed()), (201, true));
    assert_eq!(second.body, first.body);
    assert_eq!(listed(&tenant.client).await.len(), 1);
    // Without the key it is another request, for a number that is connected.
    let again = connect(&tenant.client, &number.body()).await;
    again.refused(409, "already_connected");
}

#[tokio::test]
async fn there_is_one_default_and_it_sends() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let first = connected(client, &Number::new(&whatsapp, json!({})).await).await;
    let second = connected(client, &Number::new(&whatsapp, json!({})).await).await;
    let defaults = async || -> Vec<Value> {
        let all = listed(client).await;
        let defaults = all.into_iter().filter(|one| one["isDefault"] == true);
        defaults.map(|one| one["id"].clone()).collect()
    };
    assert_eq!(defaults().await, [first["id"].clone()]);
    let switch = json!({"isDefault": true});
    let changed = client
        .call_with(Method::PATCH, &path(&second, ""), &switch)
        .await;
    assert_eq!(changed.ok().body["channel"]["isDefault"], true);
    assert_eq!(defaults().await, [second["id"].clone()]);
    let by = async |answer: Answer| {
        let message = client.message(answer.ok().id()).await.ok();
        message.body["message"]["device_id"].clone()
    };
    assert_eq!(
        by(client.send(&someone(), "By the default").await).await,
        second["id"]
    );
    let id = first["id"].as_str().unwrap();
    assert_eq!(
        by(client.send_by(id, &someone(), "By name").await).await,
        first["id"]
    );
    let no = json!({"isDefault": false});
    let answer = client
        .call_with(Method::PATCH, &path(&second, ""), &no)
        .await;
    answer.refused(400, "invalid_request");

    // However many switch at once, one of them is the default afterwards.
    let paths: Vec<_> = (0..10)
        .map(|turn| path(if turn % 2 == 0 { &first } else { &second }, ""))
        .collect();
    let switches = paths
        .iter()
        .map(|path| client.call_with(Method::PATCH, path, &switch));
    for answer in join_all(switches).await {
        answer.ok();
    }
    assert_eq!(defaults().await.len(), 1);

    let default = defaults().await[0].clone();
    let gone = if default == first["id"] {
        &first
    } else {
        &second
    };
    client.call(Method::DELETE, &path(gone, "")).await.ok();
    let left = listed(client).await;
    assert_eq!((left.len(), &left[0]["isDefault"]), (1, &json!(true)));
}

#[tokio::test]
async fn a_plans_devices_are_never_exceeded() {
    let platform = Running::shared();
    let whatsapp = platform.whatsapp();
    let tenant = platform.tenant().plan("Pro").channels(0).make().await;
    let numbers = join_all((0..50).map(|_| Number::new(&whatsapp, json!({})))).await;
    let answers = join_all(
        numbers
            .iter()
            .map(async |number| connect(&tenant.client, &number.body()).await),
    );
    let answers = answers.await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 3);
    for answer in answers {
        if answer.status != 201 {
            let refused = answer.refused(409, "plan_cap_reached");
            assert!(refused.error().contains("Pro allows 3 connected devices"));
        }
    }
    let left = listed(&tenant.client).await;
    assert_eq!(left.len(), 3);
    assert!(
        left.iter().all(|one| one["status"] == "connected"),
        "{left:?}"
    );
    assert_eq!(
        left.iter().filter(|one| one["isDefault"] == true).count(),
        1
    );
    // A place that is freed can be taken.
    tenant
        .client
        .call(Method::DELETE, &path(&left[0], ""))
        .await
        .ok();
    let last = Number::new(&whatsapp, json!({})).await;
    connected(&tenant.client, &last).await;
}

#[tokio::test]
async fn two_apps_share_a_tenants_address() {
    let (tenant, whatsapp) = tenant().await;
    let mut channels = Vec::new();
    for _ in 0..2 {
        let number = Number::new(&whatsapp, json!({})).await;
        channels.push((connected(&tenant.client, &number).await, number));
    }
    assert_eq!(channels[0].0["callbackUrl"], channels[1].0["callbackUrl"]);
    for (channel, number) in &channels {
        let customer = someone();
        let phone = whatsapp.phone(&customer);
        phone.writes(number.get("phone_number_id"), "Hi").await;
        assert_eq!(
            heard(&tenant.client, &customer).await["device_id"],
            channel["id"]
        );
    }
}

#[tokio::test]
async fn a_channel_that_is_deleted_neither_sends_nor_hears() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(client, &number).await;
    let id = channel["id"].as_str().unwrap();
    let sent = client.send(&someone(), "Kept").await.ok();
    let deleted = client.call(Method::DELETE, &path(&channel, "")).await.ok();
    assert_eq!(deleted.body, json!({"ok": true, "deleted": 1}));
    client
        .send_by(id, &someone(), "By nothing")
        .await
        .refused(404, "not_found");
    client
        .send(&someone(), "By nothing")
        .await
        .refused(409, "no_device");
    assert_eq!(client.message(sent.id()).await.ok().status, 200);
    for (method, rest) in [
        (Method::GET, ""),
        (Method::DELETE, ""),
        (Method::POST, "/check"),
        (Method::GET, "/callbacks"),
    ] {
        let answer = client.call(method, &path(&channel, rest)).await;
        answer.refused(404, "not_found");
    }
    // Meta was asked to post no more, and what it posts all the same is not taken.
    let apps = apps(&number, &whatsapp).await;
    assert_eq!(apps["data"], json!([]), "{apps}");
    let as_channel = Channel {
        id: id.parse().unwrap(),
        phone_number: number.get("phone_number").to_owned(),
        phone_number_id: number.get("phone_number_id").to_owned(),
        waba_id: number.get("waba_id").to_owned(),
        app_secret: number.get("app_secret").to_owned(),
        verify_token: String::new(),
    };
    let body = inbound(&as_channel, "wamid.GONE", "Too late");
    let body = body.to_string().into_bytes();
    eventually("the app is not known any more", SOON, || async {
        let answer = tenant
            .callback_signed_by(number.get("app_secret"), body.clone())
            .await;
        (answer.status == 401).then_some(())
    })
    .await;
}

/// What Meta tells the number's token about the account's subscriptions.
async fn apps(number: &Number, whatsapp: &Simulated) -> Value {
    let token = number.get("access_token");
    let path = format!("{}?access_token={token}", number.subscriptions());
    whatsapp.get(&path).await
}
