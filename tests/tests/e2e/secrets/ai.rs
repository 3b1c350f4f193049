//! The AI is asked, and what it refuses is written down.

use http::Method;
use openwati_tests::{SOON, Simulated, eventually, someone};
use serde_json::json;

use super::scene::Scene;

pub(super) async fn answers(scene: &Scene, whatsapp: &Simulated, channel: &str, admin: &str) {
    let settings = json!({"enabled": true});
    let request = scene.request(Method::PUT, "/api/auto-replies/ai", Some(admin));
    scene.ask("the AI", request.json(&settings)).await.ok();
    let phone = whatsapp.phone(&someone());
    phone.writes(channel, "Is anybody there?").await;
    eventually("the AI answers", SOON, || async {
        (!phone.texts().await.is_empty()).then_some(())
    })
    .await;
    let log = "/api/auto-replies/log";
    scene.get("what was answered", log, Some(admin)).await.ok();
}
