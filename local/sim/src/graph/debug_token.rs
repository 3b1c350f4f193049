//! What a token is good for (Meta, "Debug-Token").

use serde_json::{Value, json};

use super::{Incoming, error::GraphError};
use crate::{
    numbers::{Grant, Token},
    simulator::Inner,
    time::now_ms,
};

impl Token {
    /// Whether its time is over.
    pub(super) fn is_over(&self) -> bool {
        self.expires_at != 0 && self.expires_at <= now_ms() / 1000
    }
}

/// Describes `input_token` to its own holder, to a token of the same app, or to the app (`<id>|<secret>`).
pub(super) fn describe(inner: &Inner, incoming: &Incoming) -> Result<Value, GraphError> {
    let asker = incoming.token()?;
    let of_app = asker
        .split_once('|')
        .filter(|(app, secret)| inner.numbers.app_secret(app).as_deref() == Some(secret));
    let asking_app = match of_app {
        Some((app, _)) => app.to_owned(),
        None => incoming.authenticate(inner)?.1.app_id,
    };
    let Some(input) = incoming.query.get("input_token") else {
        let text = "The parameter input_token is required";
        return Err(GraphError::graph(100, text));
    };
    let Some(grant) = inner.numbers.grant(input) else {
        return Ok(json!({"data": {
            "error": {"code": 190, "message": "Malformed access token", "subcode": 0},
            "is_valid": false,
            "scopes": [],
        }}));
    };
    if grant.app_id != asking_app {
        let text = "You must provide an app access token, or a user access token that is an owner or developer of the app";
        return Err(GraphError::graph(100, text));
    }
    Ok(json!({"data": shown(&grant)}))
}

fn shown(grant: &Grant) -> Value {
    let Token { scopes, expires_at } = &grant.token;
    let granular: Vec<Value> = scopes
        .iter()
        .map(|scope| json!({"scope": scope, "target_ids": grant.wabas}))
        .collect();
    let mut data = json!({
        "app_id": grant.app_id,
        "type": "SYSTEM_USER",
        "application": "OpenWATI",
        "data_access_expires_at": 0,
        "expires_at": expires_at,
        "is_valid": !grant.token.is_over(),
        "issued_at": 1_700_000_000,
        "scopes": scopes,
        "granular_scopes": granular,
        "user_id": format!("1{}", grant.app_id),
    });
    if grant.token.is_over() {
        data["error"] = json!({
            "code": 190,
            "message": "Error validating access token: Session has expired",
            "subcode": 463,
        });
    }
    data
}
