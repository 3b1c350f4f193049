//! Requests that are wrong, and a world that does not answer: errors are where texts are quoted.

use http::Method;
use openwati_tests::someone;
use serde_json::{Value, json};

use super::scene::Scene;

/// Where secrets are posted, and by which field.
const POSTED: [(&str, &str); 8] = [
    ("/api/auth/login", "password"),
    ("/api/auth/signup", "password"),
    ("/api/auth/signup", "invitation"),
    ("/api/auth/refresh", "refreshToken"),
    ("/api/auth/password/reset", "token"),
    ("/api/auth/password", "newPassword"),
    ("/api/channels", "accessToken"),
    ("/api/webhooks", "secret"),
];

/// A body of more than API Gateway takes is cut there; more than this is refused by the functions.
const LARGE: usize = 300 * 1024;

/// Secrets where others belong, in bodies that are none and in bodies that are too large.
pub(super) async fn requests(scene: &Scene, admin: &str) {
    let secret = "in-the-wr0ng-place";
    scene.secret("a secret in the wrong place", secret, &[]);
    let large = format!(
        "{{\"password\":\"{secret}\",\"x\":\"{}\"}}",
        "x".repeat(LARGE)
    );
    for (path, field) in POSTED {
        let bodies = [
            Value::from(secret).to_string(),
            json!([secret]).to_string(),
            json!({field: {secret: secret}}).to_string(),
            json!({field: [secret]}).to_string(),
            json!({field: secret, "email": [secret], "url": secret, "phoneNumberId": secret})
                .to_string(),
            format!("{{\"{field}\": \"{secret}\", \"{secret}"),
            format!("{secret}{{"),
            large.clone(),
        ];
        for body in bodies {
            let request = scene.request(Method::POST, path, Some(admin));
            let request = request.header("content-type", "application/json");
            let answer = scene.ask("a wrong body", request.body(body)).await;
            assert!((400..500).contains(&answer.status), "{}", answer.text);
        }
    }
    for path in [
        format!("/api/keys?cursor={secret}"),
        format!("/api/audit?limit={secret}"),
        format!("/api/team/{secret}"),
    ] {
        let refused = scene.get("a wrong path", &path, Some(admin)).await;
        assert!((400..500).contains(&refused.status), "{}", refused.text);
    }
    let request = scene.request(Method::GET, "/api/me", None);
    let request = request.header("authorization", format!("Basic {secret}"));
    scene
        .ask("a wrong scheme", request)
        .await
        .refused(401, "unauthorized");
}

/// Neither Meta nor the mail server can be reached.
pub(super) async fn nobody_answers(scene: &Scene, admin: &str) {
    let sent = json!({"to": someone(), "message": "Hello"});
    let path = "/api/public/v1/send";
    let answer = scene.post("send to nobody", path, Some(admin), &sent).await;
    assert!(answer.status >= 500, "{}", answer.text);
    let number = json!({
        "phoneNumberId": "1066", "wabaId": "1022",
        "accessToken": "EAAanotherTokenForNobody0123", "appSecret": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    });
    for field in ["accessToken", "appSecret"] {
        let name = format!("nobody's {field}");
        scene.secret(&name, number[field].as_str().unwrap(), &[]);
    }
    let refused = scene
        .post("connect nobody", "/api/channels", Some(admin), &number)
        .await;
    refused.refused(503, "whatsapp_unreachable");
    let forgot = json!({"email": "somebody@example.com"});
    let path = "/api/auth/password/forgot";
    let answer = scene.post("mail to nobody", path, None, &forgot).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let invited = json!({"email": "nobody@example.com", "role": "agent"});
    let path = "/api/team/invitations";
    scene
        .post("invitation of nobody", path, Some(admin), &invited)
        .await;
}
