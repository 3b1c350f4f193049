//! Keys as they are shown.

use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::time::Moment;
use openwati_store::api_key::ListedKey;

/// A key, without its text.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// How its text ends.
    pub last_four: String,
    /// The names of its scopes.
    pub scopes: Vec<String>,
    /// What it may do.
    pub role: Role,
    /// Whether it works.
    pub enabled: bool,
    /// Requests a minute.
    pub per_minute: u32,
    /// When it ends.
    pub expires_at: Option<Moment>,
    /// When it was last let in, to the minute.
    pub last_used: Option<Moment>,
    /// When its text was last replaced.
    pub rotated_at: Option<Moment>,
    /// When it came to be.
    pub created_at: Moment,
}

/// A page of keys.
#[derive(Debug)]
pub struct KeyPage {
    /// Oldest first.
    pub keys: Vec<Key>,
    /// The last one's id, where more follow.
    pub next: Option<Id>,
}

impl From<ListedKey> for Key {
    fn from(key: ListedKey) -> Self {
        Self {
            id: key.record.id,
            name: key.record.name,
            last_four: key.listed.last_four,
            scopes: key.record.scopes,
            role: key.record.role,
            enabled: key.record.enabled,
            per_minute: key.record.per_minute,
            expires_at: key.record.expires_at,
            last_used: key.last_used,
            rotated_at: key.listed.rotated_at,
            created_at: key.listed.created_at,
        }
    }
}
