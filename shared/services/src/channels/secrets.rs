//! What a channel is used with, sealed.

use openwati_core::id::Id;
use openwati_core::key_ring::{KeyRing, KeyRingError, Sealed};
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_store::channel::ChannelRecord;

/// The place that a channel's secret is sealed for: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SecretField {
    AccessToken,
    AppSecret,
    VerifyToken,
}

/// The context of a sealed secret of a channel.
pub(crate) fn context(tenant: &TenantId, channel: Id, field: SecretField) -> String {
    let field = match field {
        SecretField::AccessToken => "access_token",
        SecretField::AppSecret => "app_secret",
        SecretField::VerifyToken => "verify_token",
    };
    format!("{tenant}/channel/{channel}/{field}")
}

/// Opens a secret of a channel.
pub(crate) fn open(
    ring: &KeyRing,
    tenant: &TenantId,
    channel: &ChannelRecord,
    field: SecretField,
) -> Result<Secret<String>, KeyRingError> {
    let sealed: &Sealed = match field {
        SecretField::AccessToken => &channel.access_token,
        SecretField::AppSecret => &channel.app_secret,
        SecretField::VerifyToken => &channel.verify_token,
    };
    ring.open(&context(tenant, channel.id, field), sealed)
}
