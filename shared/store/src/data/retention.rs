//! When a tenant's old messages go. While it does not keep them for ever, its item stands in the index `due`, so that
//! nobody has to look through all tenants.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use crate::keys::due_shard;

/// How often old messages are looked for. The first time is so much after it was wished, so that a slip of the hand can be
/// mended.
pub const EVERY: Duration = Duration::from_secs(86_400);

/// The shard of the index in which a tenant stands, and when it is due first.
pub(crate) fn due(tenant: &TenantId, now: Moment) -> (String, Moment) {
    // Spread like everything else that is due.
    let shard = due_shard(Id::derived(Moment::from_seconds(0), &[tenant.as_str()]));
    (shard, now.plus(EVERY))
}
