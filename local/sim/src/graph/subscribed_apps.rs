//! Which app gets an account's callbacks, and where.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Incoming, error::GraphError};
use crate::{numbers::Line, simulator::Inner};

pub(super) fn list(inner: &Inner, lines: &[Arc<Line>]) -> Value {
    let Some(number) = lines.first().map(|line| &line.number) else {
        return json!({"data": []});
    };
    if !inner.numbers.is_subscribed(&number.waba_id) {
        return json!({"data": []});
    }
    let mut app = json!({
        "whatsapp_business_api_data": {
            "id": number.app_id,
            "name": "OpenWATI",
            "link": format!("https://www.facebook.com/games/?app_id={}", number.app_id),
        },
    });
    if let Some(address) = inner.numbers.override_of(&number.waba_id) {
        app["override_callback_uri"] = json!(address);
    }
    json!({"data": [app]})
}

/// Subscribes the app. An address of its own is asked to confirm itself before it counts.
pub(super) async fn subscribe(
    inner: &Inner,
    lines: &[Arc<Line>],
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let Some(number) = lines.first().map(|line| &line.number) else {
        return Ok(json!({"success": false}));
    };
    let body = incoming.body.as_ref().map_err(Clone::clone)?;
    let parameter = |name: &str| -> Result<Option<String>, GraphError> {
        match body.get(name) {
            None | Some(Value::Null) => Ok(incoming.query.get(name).cloned()),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(GraphError::graph(
                100,
                format!("Param {name} must be a string"),
            )),
        }
    };
    let address = parameter("override_callback_uri")?;
    if let Some(address) = &address {
        let token = parameter("verify_token")?
            .ok_or_else(|| GraphError::graph(100, "The parameter verify_token is required"))?;
        confirm(inner, address, &token).await?;
    }
    let waba_id = number.waba_id.clone();
    let path = address
        .as_deref()
        .and_then(|address| own_path(inner, address));
    inner
        .writer
        .write(move |db| {
            db.execute("DELETE FROM unsubscribed WHERE waba_id = ?1", [&waba_id])?;
            match path {
                Some(path) => db.execute(
                    "INSERT OR REPLACE INTO overrides VALUES (?1, ?2)",
                    [waba_id, path],
                ),
                None => db.execute("DELETE FROM overrides WHERE waba_id = ?1", [waba_id]),
            }
        })
        .await?;
    inner.numbers.subscribe(&number.waba_id, address);
    Ok(json!({"success": true}))
}

pub(super) async fn unsubscribe(inner: &Inner, lines: &[Arc<Line>]) -> Result<Value, GraphError> {
    if let Some(number) = lines.first().map(|line| &line.number) {
        let waba_id = number.waba_id.clone();
        inner
            .writer
            .write(move |db| {
                db.execute("DELETE FROM overrides WHERE waba_id = ?1", [&waba_id])?;
                db.execute("INSERT OR IGNORE INTO unsubscribed VALUES (?1)", [waba_id])
            })
            .await?;
        inner.numbers.unsubscribe(&number.waba_id);
    }
    Ok(json!({"success": true}))
}

/// What is kept of an address: its path, where it is the platform's, which is elsewhere at the next start. Others are
/// forgotten with the process.
fn own_path(inner: &Inner, address: &str) -> Option<String> {
    let path = address.strip_prefix(inner.own_origin.as_deref()?)?;
    path.starts_with('/').then(|| path.to_owned())
}

/// The handshake: the address must answer 200 with the challenge.
async fn confirm(inner: &Inner, address: &str, token: &str) -> Result<(), GraphError> {
    let url = url::Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(mut url) = url else {
        let text = "Param override_callback_uri must be a valid URL";
        return Err(GraphError::graph(100, text));
    };
    let challenge = (rand::random::<u32>() | 1).to_string();
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", token);
    let refused = |why: String| {
        let text = format!("Callback verification failed with the following errors: {why}");
        Err(GraphError::graph(2200, text))
    };
    let Ok(answer) = inner.deliverer.client().get(url).send().await else {
        return refused("The URL couldn't be reached".into());
    };
    let status = answer.status().as_u16();
    let echoed = answer.text().await.unwrap_or_default();
    if status == 200 && echoed.trim() == challenge {
        return Ok(());
    }
    refused(format!(
        "HTTP Status Code = {status}; the challenge was not returned"
    ))
}
