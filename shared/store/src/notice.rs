//! What WhatsApp tells that is no message: of templates, numbers, accounts, payments, and what nobody knows yet.

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::write;
use crate::keys::Key;
use crate::store::Store;

/// Something that WhatsApp told, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRecord {
    /// Meta's name of the kind of change: `message_template_status_update`, ….
    pub field: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// The channel, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Id>,
    /// Meta's value, as JSON; none where it lies in the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where in the bucket the value lies that is too large for an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
}

impl Store {
    /// Keeps a notice. One with the same id, which follows from what it tells, is the same.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn put_notice(
        &self,
        tenant: &TenantId,
        id: Id,
        notice: &NoticeRecord,
    ) -> Result<(), StoreError> {
        let operation = "keeping a notice";
        let item = write(operation, notice)?;
        self.put_new(operation, &Key::notice(tenant, id), item)
            .await?;
        Ok(())
    }
}
