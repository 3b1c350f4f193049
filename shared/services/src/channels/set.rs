//! The set of a tenant's channels, read and changed while others change it too.

use openwati_core::id::Id;
use openwati_store::StoreError;
use openwati_store::channel::ChannelRecord;
use openwati_store::tenant::TenantRecord;

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use openwati_core::role::Role;

/// How often a change of the set is tried when others change it too. Each time one of them is done.
pub(super) const TRIES: u32 = 100;

/// The tenant and its channels, for an Admin of it.
pub(super) async fn read(
    platform: &Platform,
    caller: &Caller,
) -> Result<(TenantRecord, Vec<ChannelRecord>), Error> {
    caller.require_role(Role::Admin)?;
    let found = platform
        .store()
        .tenant_with_channels(&caller.tenant)
        .await?;
    let found = found.ok_or(Error::Unauthorized)?;
    admit(caller, &found.tenant)?;
    Ok((found.tenant, found.channels))
}

/// Others were faster every time.
pub(super) fn busy() -> Error {
    StoreError::Unavailable {
        operation: "changing a tenant's channels",
        reason: "others kept changing them".to_owned(),
    }
    .into()
}

/// The channel that becomes the default where this one goes: the oldest that can send, else the oldest.
pub(super) fn heir(channels: &[ChannelRecord], gone: Id) -> Option<Id> {
    use openwati_store::channel::ChannelState::Connected;
    let was_default = channels
        .iter()
        .any(|channel| channel.id == gone && channel.is_default);
    let others = channels.iter().filter(|channel| channel.id != gone);
    let heir =
        others.min_by_key(|channel| (channel.state != Connected, channel.created_at, channel.id));
    heir.filter(|_| was_default).map(|heir| heir.id)
}
