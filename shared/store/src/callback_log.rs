//! What became of WhatsApp's callbacks, for people who look for the reason why nothing arrives.
//!
//! It is no record of each: who writes it writes few, and says for how many they stand.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{read, s, ttl, write};
use crate::keys::Key;
use crate::keys::place::Place;
use crate::store::Store;

/// How long an entry is kept.
pub const CALLBACK_LOG_KEPT: Duration = Duration::from_secs(30 * 86_400);

/// Entries that one query reads.
const PAGE: i32 = 200;

/// Queries that one look may cost before it answers with what it has found.
const ROUNDS: usize = 5;

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallbackOutcome {
    /// Everything in it is on its way.
    Taken,
    /// It was told to go away.
    Refused,
    /// It was taken, and nothing in it concerned a channel of the app that signed it.
    Ignored,
    /// Meta asked whether the address is ours, and it is.
    Verified,
}

impl CallbackOutcome {
    /// The name in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Refused => "refused",
            Self::Ignored => "ignored",
            Self::Verified => "verified",
        }
    }
}

/// One entry. It holds nothing that a customer wrote, and no customer's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackLogRecord {
    /// Its id, which tells when it was.
    #[serde(rename = "sk", skip_serializing)]
    pub id: Id,
    /// What became of it.
    pub outcome: CallbackOutcome,
    /// The stable name of the reason, where it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The channel; of one that was refused the channel that it claimed to be about, if it is the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Id>,
    /// For how many callbacks it stands: this one, and those alike before it that were not written down.
    pub count: u32,
}

impl Store {
    /// Keeps an entry.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn put_callback_log(
        &self,
        tenant: &TenantId,
        record: &CallbackLogRecord,
    ) -> Result<(), StoreError> {
        let operation = "keeping what became of a callback";
        let mut item = write(operation, record)?;
        let until = record.id.moment().plus(CALLBACK_LOG_KEPT);
        item.insert("ttl".to_owned(), ttl(until));
        self.put_new(operation, &Key::callback_log(tenant, record.id), item)
            .await?;
        Ok(())
    }

    /// The newest entries that `wanted` picks, newest first and at most `most`.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn callback_log(
        &self,
        tenant: &TenantId,
        now: Moment,
        most: usize,
        wanted: impl Fn(&CallbackLogRecord) -> bool,
    ) -> Result<Vec<CallbackLogRecord>, StoreError> {
        let operation = "reading what became of callbacks";
        let mut found = Vec::new();
        // What is kept spans at most two months, and three where one of them is a February.
        let mut month = now.month_begins();
        let oldest = now.minus(CALLBACK_LOG_KEPT);
        let mut rounds = ROUNDS;
        loop {
            let partition = Place::CallbackLog(month.year_month()).partition(tenant);
            let mut start = None;
            while rounds > 0 {
                rounds -= 1;
                let request = self.client.query().table_name(&*self.table);
                let page = request
                    .key_condition_expression("pk = :pk")
                    .expression_attribute_values(":pk", s(&partition))
                    .scan_index_forward(false)
                    .limit(PAGE)
                    .set_exclusive_start_key(start)
                    .send()
                    .await
                    .map_err(StoreError::sdk(operation))?;
                for item in page.items.unwrap_or_default() {
                    let record: CallbackLogRecord = read(operation, item)?;
                    if wanted(&record) && record.id.moment() >= oldest {
                        found.push(record);
                    }
                    if found.len() == most {
                        return Ok(found);
                    }
                }
                start = page.last_evaluated_key;
                if start.is_none() {
                    break;
                }
            }
            if rounds == 0 || month <= oldest {
                return Ok(found);
            }
            month = month.minus(Duration::from_secs(1)).month_begins();
        }
    }
}
