//! What is no message: kept as it came.

use openwati_core::digest::hex_of_parts;
use openwati_core::id::Id;
use openwati_store::notice::NoticeRecord;

use super::value::ToldNotice;
use crate::automate;
use crate::error::Error;
use crate::platform::Platform;
use crate::templates;

/// The longest value that is kept in an item, in bytes. An item holds 400 KB; what is longer goes to the bucket.
pub(super) const LARGEST: usize = 256 * 1024;

/// Keeps it, once: its id follows from what it tells, and when.
pub(super) async fn keep(platform: &Platform, told: ToldNotice) -> Result<(), Error> {
    let text = told.value.to_string();
    let tenant = &told.tenant;
    let digest = hex_of_parts(&[&told.waba_id, &told.field, &text]);
    let id = Id::derived(told.told_at, &[tenant.as_str(), "notice", &digest]);
    let (value, whole) = match text.len() > LARGEST {
        false => (Some(text), None),
        true => {
            let name = format!("{tenant}/{id}");
            platform
                .blobs()?
                .put_whole(&name, text.into_bytes())
                .await?;
            (None, Some(name))
        }
    };
    let notice = NoticeRecord {
        field: told.field,
        waba_id: told.waba_id,
        channel: told.channel,
        value,
        whole,
    };
    platform.store().put_notice(tenant, id, &notice).await?;
    tracing::info!(%tenant, notice = %id, field = notice.field, "WhatsApp told something that is no message");
    // What is kept twice is told twice: only what was heard to the end is off its queue.
    let (waba_id, field) = (&notice.waba_id, &notice.field);
    templates::hear(platform, tenant, waba_id, field, told.told_at, &told.value).await?;
    if field == automate::PREFERENCES {
        automate::hear_preferences(platform, tenant, told.told_at, &told.value).await?;
    }
    Ok(())
}
