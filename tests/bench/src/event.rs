//! The sample events, filled with what runs.

use std::{fs, path::Path, time::SystemTime};

use anyhow::Context as _;
use openwati_core::signature::sign_sha256;
use serde_json::Value;

use crate::tenant::Tenant;

/// The event of a function out of `folder`: `${…}` in it stands for a value of the tenant, and the signature is made over
/// the body as it then stands.
pub(crate) fn load(folder: &Path, function: &str, tenant: &Tenant) -> anyhow::Result<Value> {
    let file = folder.join(format!("{function}.json"));
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let filled = [
        ("${tenant_id}", tenant.id.as_str()),
        ("${api_key}", &tenant.api_key),
        ("${channel.id}", &tenant.channel),
        ("${channel.phone_number}", &tenant.phone_number),
        ("${channel.phone_number_id}", &tenant.phone_number_id),
        ("${channel.waba_id}", &tenant.waba_id),
        ("${now}", &now.unwrap_or_default().as_secs().to_string()),
    ]
    .into_iter()
    .fold(text, |text, (name, value)| text.replace(name, value));
    let mut event: Value =
        serde_json::from_str(&filled).with_context(|| format!("{} is not JSON", file.display()))?;
    if let Some(header) = event["headers"].get("x-hub-signature-256") {
        anyhow::ensure!(
            header == "sha256=${signature}",
            "the event is signed in another way"
        );
        let body = event["body"].as_str().unwrap_or_default();
        let signature = sign_sha256(body.as_bytes(), &tenant.app_secret);
        event["headers"]["x-hub-signature-256"] = Value::String(signature);
    }
    anyhow::ensure!(
        !event.to_string().contains("${"),
        "{} asks for more than is known",
        file.display()
    );
    Ok(event)
}
