//! The platform as who runs it meets it.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use openwati_tests::{Client, Needs, Program, Running, SOON, eventually, lacks, someone};
use openwati_web::App;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const PROGRAM: &str = env!("CARGO_BIN_EXE_openwati-crashable");

#[tokio::test]
async fn a_send_that_runs_is_finished_before_the_end() {
    // A queue elsewhere may hand a job to the receiver that ends; it comes back six of these time-outs later.
    let program = Program::new(PROGRAM, &["--function-timeout", "4"]);
    let process = program.start().await;
    let to = someone();
    process
        .whatsapp()
        .trouble(&to, json!({"delay_ms": 1_500, "times": 1}))
        .await;
    let client = process.client();
    let (sent, ()) = tokio::join!(client.send(&to, "Hello"), async {
        eventually("the send runs", SOON, || async {
            (!client.with(&to).await.is_empty()).then_some(())
        })
        .await;
        process.ask_to_end().await;
    });
    let sent = sent.ok();
    let (status, _, errors) = process.ends().await;
    assert!(status.success(), "{errors}");
    assert!(!program.data_dir().join("ready.json").exists());

    let process = program.start().await;
    process.client().reaches(sent.id(), "delivered").await;
    assert_eq!(process.whatsapp().phone(&to).texts().await, ["Hello"]);
    process.kill().await;
}

#[tokio::test]
async fn what_it_says_when_it_is_ready_is_what_was_agreed() {
    let program = Program::new(PROGRAM, &[]);
    let process = program.start().await;
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(program.data_dir().join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let ready = read("ready.json");
    for pointer in [
        "/base_url",
        "/tenant_id",
        "/api_key",
        "/channel/id",
        "/channel/phone_number",
        "/channel/phone_number_id",
        "/channel/waba_id",
        "/channel/app_secret",
        "/channel/verify_token",
        "/aws/endpoints/dynamodb",
        "/aws/endpoints/sqs",
        "/aws/endpoints/s3",
        "/aws/region",
        "/aws/table",
        "/aws/bucket",
    ] {
        let text = ready.pointer(pointer).and_then(Value::as_str);
        assert!(
            text.is_some_and(|text| !text.is_empty()),
            "{pointer} in {ready}"
        );
    }
    assert_eq!(ready["channel"]["phone_number"], "15550000001");
    let (out, _) = process.printed();
    for text in [&ready["base_url"], &ready["api_key"]] {
        assert!(out.contains(text.as_str().unwrap()), "{out}");
    }
    #[cfg(unix)]
    for name in ["seed.json", "ready.json"] {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::metadata(program.data_dir().join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
    process.kill().await;
}

#[tokio::test]
async fn no_secret_and_no_number_is_logged() {
    let program = Program::new(PROGRAM, &[]);
    let levels = "debug,hyper=info,h2=info,dynoxide=info,aws_smithy_runtime=info,aws_sdk_s3=info";
    let process = program.start_with(&[("RUST_LOG", levels)]).await;
    let client = process.client();
    let (to, refused, broken) = (someone(), someone(), someone());
    let whatsapp = process.whatsapp();
    whatsapp
        .trouble(&refused, json!({"error": {"code": 131_030}}))
        .await;
    whatsapp.trouble(&broken, json!({"drop": true})).await;
    let text = "a text that is nobody's business";
    let sent = client
        .send_once("a key of the caller", &to, text)
        .await
        .ok();
    client
        .send(&refused, text)
        .await
        .refused(422, "whatsapp_refused");
    client
        .send(&broken, text)
        .await
        .refused(504, "outcome_unknown");
    client
        .send("+12", text)
        .await
        .refused(400, "invalid_phone_number");
    client.with(&to).await;
    client.reaches(sent.id(), "delivered").await;
    whatsapp
        .phone(&to)
        .writes(&process.ready().channel.phone_number_id, text)
        .await;
    process
        .callback(&json!({"entry": 1}))
        .header("x-hub-signature-256", "sha256=00")
        .send()
        .await
        .unwrap();
    let seed = std::fs::read_to_string(program.data_dir().join("seed.json")).unwrap();
    let seed: Value = serde_json::from_str(&seed).unwrap();
    let (out, errors) = process.printed();
    // What a person is shown at the start shows the key on purpose.
    assert!(out.contains(client.key()) && !errors.is_empty());
    let mut secrets = vec![
        client.key().to_owned(),
        text.to_owned(),
        to,
        refused,
        broken,
    ];
    for pointer in [
        "/channel/access_token",
        "/channel/app_secret",
        "/channel/verify_token",
        "/aws/secret_access_key",
        "/key_ring/keys/k1",
    ] {
        let secret = seed.pointer(pointer).and_then(Value::as_str);
        secrets.push(secret.unwrap_or_else(|| panic!("no {pointer}")).to_owned());
    }
    for secret in secrets {
        let line = errors.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret} was logged");
    }
    process.kill().await;
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_503_and_nothing_of_the_inside_is_told() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let services =
        platform.services_over(&format!("http://{free}"), &platform.ready().graph_base_url);
    let app = App::new(services);
    let callback = tenant.callback_path();
    let body = json!({"to": "923001234567", "message": "Hello"}).to_string();
    let requests = [
        (send::router(app.clone()), "/api/public/v1/send"),
        (cloud_api_webhook::router(app), &callback),
    ];
    for (router, path) in requests {
        let request = Request::post(path).header("authorization", tenant.client.key());
        let signature = openwati_tests::sign(&tenant.channel().app_secret, body.as_bytes());
        let request = request.header("x-hub-signature-256", signature);
        let answer = router
            .oneshot(request.body(Body::from(body.clone())).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.headers()["retry-after"], "1", "{path}");
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        let told: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(told["code"], "unavailable");
        assert!(
            !told.to_string().contains("127.0.0.1") && !told.to_string().contains("Dynamo"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_folder_from_before_there_were_log_ins_gets_one() {
    if lacks(Needs::Embedded("its folder is taken up again")) {
        return;
    }
    let program = Program::new(PROGRAM, &[]);
    let process = program.start().await;
    let (aws, ready) = (process.aws(), process.ready());
    for item in crate::data::items(&aws, ready).await {
        let pk = item["pk"].as_s().unwrap();
        if pk == "tenants" || pk.starts_with("email#") || pk.ends_with("#team") {
            let delete = aws.dynamodb.delete_item().table_name(&ready.aws.table);
            let delete = delete.key("pk", item["pk"].clone());
            let delete = delete.key("sk", item["sk"].clone());
            delete.send().await.unwrap();
        }
    }
    process.kill().await;
    let path = program.data_dir().join("seed.json");
    let mut seed: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for name in ["admin", "session_key"] {
        seed.as_object_mut().unwrap().remove(name).unwrap();
    }
    std::fs::write(&path, seed.to_string()).unwrap();

    let process = program.start().await;
    let admin = process.ready().admin.as_ref().unwrap();
    let body = json!({"email": admin.email, "password": admin.password});
    let client = process.client();
    let asking = client.stranger(Method::POST, "/api/auth/login").json(&body);
    let login = Client::answer(asking).await.ok();
    let client = client.with_token(login.str("accessToken"));
    let listed = client.call(Method::GET, "/api/admin/tenants").await.ok();
    assert_eq!(
        listed.body["tenants"][0]["id"],
        process.ready().tenant_id.as_str()
    );
    process.kill().await;
}
