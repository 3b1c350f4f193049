//! How a key is made under an id.
//!
//! A key is kept as its hash alone. Whoever promises by an idempotency key to be the same caller gets the same answer for
//! as long as that is kept: for this long, and only then, the text lies beside it, sealed, and goes with it.

use openwati_core::api_key::ApiKey;
use openwati_core::id::Id;
use openwati_core::idempotency::KEPT;
use openwati_core::role::Role;
use openwati_core::scope::Scopes;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::api_key::{ApiKeyRecord, KeyListRecord, ListedKey, NewApiKey};
use serde_json::json;

use super::{Key, MOST_KEYS};
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::Creation;
use crate::platform::Platform;

/// A key to be, with everything but its id.
pub(super) struct Creating<'a> {
    pub(super) platform: &'a Platform,
    pub(super) caller: &'a Caller,
    pub(super) name: String,
    pub(super) scopes: Scopes,
    pub(super) role: Role,
    pub(super) per_minute: u32,
    pub(super) expires_at: Option<Moment>,
    /// Whether its text is kept for a while.
    pub(super) repeatable: bool,
}

/// Where a key's text is sealed to.
pub(crate) fn context(tenant: &TenantId, id: Id) -> String {
    format!("{tenant}#keys#{id}")
}

impl Creation for Creating<'_> {
    /// The text is there unless it was replaced since.
    type Thing = (Key, Option<ApiKey>);

    async fn find(&self, id: Id) -> Result<Option<Self::Thing>, Error> {
        let (store, tenant) = (self.platform.store(), &self.caller.tenant);
        let Some(key) = store.api_key(tenant, id).await? else {
            return Ok(None);
        };
        let sealed = store.api_key_copy(tenant, id, self.platform.now()).await?;
        let text = match sealed {
            Some(sealed) => {
                let ring = self.platform.key_ring()?;
                ApiKey::parse(ring.open(&context(tenant, id), &sealed)?.expose())
            }
            None => None,
        };
        // One that was replaced in between is not the key's any more.
        let text = text.filter(|text| text.hash() == key.listed.hash);
        Ok(Some((key.into(), text)))
    }

    async fn make(&self, id: Id) -> Result<Self::Thing, Error> {
        let (platform, tenant) = (self.platform, &self.caller.tenant);
        let text = ApiKey::new(platform.entropy());
        let now = platform.now();
        let record = ApiKeyRecord {
            tenant: tenant.clone(),
            id,
            name: self.name.clone(),
            scopes: self.scopes.names().to_vec(),
            role: self.role,
            enabled: true,
            per_minute: self.per_minute,
            operator_limit: None,
            held: false,
            expires_at: self.expires_at,
            version: 0,
        };
        let listed = KeyListRecord {
            id,
            hash: text.hash(),
            last_four: text.last_four().to_owned(),
            created_at: now,
            rotated_at: None,
        };
        let copy = match self.repeatable {
            true => {
                let ring = platform.key_ring()?;
                let context = context(tenant, id);
                let sealed = ring.seal(&context, text.expose(), platform.entropy());
                Some((sealed, now.plus(KEPT)))
            }
            false => None,
        };
        let details = json!({
            "name": record.name,
            "scopes": record.scopes,
            "role": record.role.name(),
            "perMinute": record.per_minute,
            "expiresAt": record.expires_at.map(Moment::iso),
        });
        let act = audit::act(platform, self.caller, "key.created", id, details);
        let new = NewApiKey {
            record: &record,
            listed: &listed,
            most: Some(MOST_KEYS),
            copy,
            audit: Some(&act),
        };
        if !platform.store().create_api_key(&new).await? {
            return Err(Error::Conflict {
                message: format!("a tenant may have {MOST_KEYS} keys: revoke one first"),
                code: "too_many_keys",
            });
        }
        let key = ListedKey {
            record,
            listed,
            last_used: None,
        };
        Ok((key.into(), Some(text)))
    }
}
