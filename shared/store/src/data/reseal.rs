//! Secrets under a new key.

use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;

use crate::error::StoreError;
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// A sealed secret, by whose it is and the attribute that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretOf {
    /// What a channel sends with.
    AccessToken(Id),
    /// What signs a channel's callbacks.
    AppSecret(Id),
    /// What Meta shows when it asks for a channel's callback URL.
    VerifyToken(Id),
    /// What signs an endpoint's events.
    Endpoint(Id),
    /// What signed them before.
    EndpointBefore(Id),
    /// An API key's text, while its creation may be repeated.
    KeyCopy(Id),
}

impl SecretOf {
    const fn attribute(self) -> &'static str {
        match self {
            Self::AccessToken(_) => "access_token",
            Self::AppSecret(_) => "app_secret",
            Self::VerifyToken(_) => "verify_token",
            Self::Endpoint(_) => "secret",
            Self::EndpointBefore(_) => "previous_secret",
            Self::KeyCopy(_) => "sealed",
        }
    }

    fn key(self, tenant: &TenantId) -> Key {
        match self {
            Self::AccessToken(channel) | Self::AppSecret(channel) | Self::VerifyToken(channel) => {
                Key::channel(tenant, channel)
            }
            Self::Endpoint(endpoint) | Self::EndpointBefore(endpoint) => {
                Key::endpoint(tenant, endpoint)
            }
            Self::KeyCopy(key) => Key::key_copy(tenant, key),
        }
    }
}

impl Store {
    /// Puts a secret that is sealed anew in the place of what it was sealed as before. A change by somebody else wins.
    /// Says whether it was done.
    ///
    /// # Errors
    /// If the store did not answer; it may be done then.
    pub async fn reseal(
        &self,
        tenant: &TenantId,
        secret: SecretOf,
        before: &Sealed,
        after: &Sealed,
    ) -> Result<bool, StoreError> {
        let operation = "sealing a secret anew";
        let value = |sealed: &Sealed| {
            serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(sealed)
                .map_err(StoreError::corrupt(operation))
        };
        let update = Update::new(secret.key(tenant), "SET #secret = :after")
            .condition("#secret = :before")
            .name("#secret", secret.attribute())
            .value(":before", value(before)?)
            .value(":after", value(after)?);
        let updated = self.update(operation, update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }
}
