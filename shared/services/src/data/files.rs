//! Files of messages that are removed. A file is stored once however many messages have it: it goes with the last one.

use std::collections::BTreeMap;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::message::name_of;

use crate::error::Error;
use crate::files::is_used;
use crate::platform::Platform;

/// Removes that messages have files (where each lies, and the message), and the files that no other message has.
///
/// Between the look for others and the removal lie milliseconds in which the same file may come in anew by another
/// message; it is lost then, as if WhatsApp had not had it.
pub(super) async fn release(
    platform: &Platform,
    tenant: &TenantId,
    files: &[(String, Id)],
) -> Result<(), Error> {
    if files.is_empty() {
        return Ok(());
    }
    let store = platform.store();
    let by_name = |(key, id): &(String, Id)| (name_of(key).to_owned(), *id);
    let uses: Vec<(String, Id)> = files.iter().map(by_name).collect();
    store.forget_media_uses(tenant, &uses).await?;
    let mut unused = Vec::new();
    let distinct: BTreeMap<&str, &str> = files
        .iter()
        .map(|(key, _)| (name_of(key), key.as_str()))
        .collect();
    for (name, key) in distinct {
        if !is_used(platform, tenant, name).await? {
            unused.push(key.to_owned());
        }
    }
    for key in &unused {
        // First what leads to it: whoever wants to send it brings it anew.
        store.forget_file(tenant, name_of(key)).await?;
    }
    Ok(platform.blobs()?.remove(unused).await?)
}
