//! A key as the API shows it.

use openwati_core::api_key::ApiKey;
use openwati_core::secret::Secret;
use openwati_services::keys;
use serde::Serialize;
use utoipa::ToSchema;

/// What a program calls the API with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "name": "Shop",
    "hint": "wati_…9fKd",
    "scopes": ["messages:write"],
    "role": "admin",
    "enabled": true,
    "perMinute": 60,
    "expiresAt": null,
    "lastUsedAt": "2026-06-10T12:34:00Z",
    "rotatedAt": null,
    "createdAt": "2026-06-10T12:00:00Z",
}))]
pub(crate) struct Key {
    #[schema(format = "uuid")]
    id: String,
    /// What you call it.
    name: String,
    /// How it begins and ends. It is kept as its hash alone, so that there is no more to show.
    hint: String,
    /// What it may be used for; `api` covers all.
    scopes: Vec<String>,
    /// What it may do.
    #[schema(value_type = KeyRole)]
    role: &'static str,
    /// Whether it works.
    enabled: bool,
    /// Requests a minute that it may make.
    per_minute: u32,
    /// When it ends; `null` is never.
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[schema(required, format = DateTime)]
    last_used_at: Option<String>,
    /// When it was last rotated.
    #[schema(required, format = DateTime)]
    rotated_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// The key itself, `wati_` and 32 characters. Shown once: when it is made, and when it is rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>)]
    secret: Option<Secret<String>>,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum KeyRole {
    /// Conversations, campaigns, contacts, rules, templates and figures.
    Manager,
    /// That, and the account's set-up.
    Admin,
}

/// One key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneKey {
    key: Key,
}

impl OneKey {
    pub(crate) fn new(key: keys::Key) -> Self {
        Self { key: key.into() }
    }

    pub(crate) fn with_secret(key: keys::Key, secret: Option<&ApiKey>) -> Self {
        let mut one = Self::new(key);
        one.key.secret = secret.map(|secret| Secret::new(secret.expose().to_owned()));
        one
    }
}

impl From<keys::Key> for Key {
    fn from(key: keys::Key) -> Self {
        Self {
            id: key.id.uuid(),
            name: key.name,
            hint: format!("wati_…{}", key.last_four),
            scopes: key.scopes,
            role: key.role.name(),
            enabled: key.enabled,
            per_minute: key.per_minute,
            expires_at: key.expires_at.map(|at| at.iso()),
            last_used_at: key.last_used.map(|at| at.iso()),
            rotated_at: key.rotated_at.map(|at| at.iso()),
            created_at: key.created_at.iso(),
            secret: None,
        }
    }
}
