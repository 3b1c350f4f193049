//! Contacts removed.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use openwati_core::id::Id;

use super::{MOST_AT_ONCE, invalid, resolved};
use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// Contacts that are removed at the same time.
const AT_A_TIME: usize = 16;

/// Removes these contacts; ids that are nobody's are skipped. Their messages stay, and so does what they said of messages.
/// Answers how many were removed.
///
/// # Errors
/// More than [`MOST_AT_ONCE`].
pub async fn remove(platform: &Platform, caller: &Caller, ids: &[String]) -> Result<usize, Error> {
    if ids.len() > MOST_AT_ONCE {
        let error = format!("ids: must hold at most {MOST_AT_ONCE} ids");
        return Err(invalid(error));
    }
    let ids: Vec<Id> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let store = platform.store();
    let (tenant, contacts) = tokio::join!(
        store.tenant(&caller.tenant),
        resolved(platform, &caller.tenant, &ids),
    );
    admit(caller, &tenant?.ok_or(Error::Unauthorized)?)?;
    let removed = stream::iter(contacts?)
        .map(|contact| async move { store.delete_contact(&caller.tenant, contact.id).await })
        .buffer_unordered(AT_A_TIME)
        .try_fold(0, |count, removed| async move {
            Ok(count + usize::from(removed))
        })
        .await?;
    tracing::info!(tenant = %caller.tenant, removed, "removed contacts");
    Ok(removed)
}
