//! What customers and the business did to a message after it was sent: reactions, other words, its end.
//!
//! It lies beside the look-up by the message's wamid, whether the message is known or not, so that it does not matter
//! which of them comes first.

use std::collections::HashMap;

use openwati_core::id::Id;
use openwati_core::incoming::Amendment;
use openwati_core::tenant::TenantId;
use serde::{Deserialize, Serialize};

use super::Direction;
use crate::error::StoreError;
use crate::item::{read, s};
use crate::keys::Key;
use crate::store::{Store, Update};

/// What was done to a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AmendmentsRecord {
    /// The words that it has now.
    #[serde(default)]
    pub text: Option<String>,
    /// The message that changed them last.
    #[serde(default)]
    pub edited_by: Option<Id>,
    /// The message that took it back.
    #[serde(default)]
    pub revoked_by: Option<Id>,
    /// The customer's emoji on it.
    #[serde(default)]
    pub emoji_in: Option<String>,
    /// The message that put it there, or took it away.
    #[serde(default)]
    pub reacted_in: Option<Id>,
    /// The business's emoji on it.
    #[serde(default)]
    pub emoji_out: Option<String>,
    /// The message that put it there, or took it away.
    #[serde(default)]
    pub reacted_out: Option<Id>,
}

impl Store {
    /// Records that the message `by`, which went this way, changes the message `target`. What a later message of its
    /// kind changed stays changed.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn amend_message(
        &self,
        tenant: &TenantId,
        target: &str,
        direction: Direction,
        amendment: &Amendment,
        by: Id,
    ) -> Result<(), StoreError> {
        let (mark, words) = match (amendment, direction) {
            (Amendment::Edit(text), _) => ("edited_by", Some(("text", Some(text)))),
            (Amendment::Revoke, _) => ("revoked_by", None),
            (Amendment::Reaction(emoji), Direction::In) => {
                ("reacted_in", Some(("emoji_in", emoji.as_ref())))
            }
            (Amendment::Reaction(emoji), Direction::Out) => {
                ("reacted_out", Some(("emoji_out", emoji.as_ref())))
            }
        };
        let mut update = Update::new(Key::amendments(tenant, target), format!("SET {mark} = :by"))
            .condition(format!("attribute_not_exists({mark}) OR {mark} < :by"))
            .value(":by", s(by.hex()));
        match words {
            Some((name, Some(words))) => {
                update.expression.push_str(", #words = :words");
                update = update.name("#words", name).value(":words", s(words));
            }
            Some((name, None)) => {
                update.expression.push_str(" REMOVE #words");
                update = update.name("#words", name);
            }
            None => {}
        }
        self.update("recording what was done to a message", update)
            .await?;
        Ok(())
    }

    /// What was done to each of these messages, by their wamids; those to which nothing was done are left out.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn amendments(
        &self,
        tenant: &TenantId,
        wamids: &[&str],
    ) -> Result<HashMap<String, AmendmentsRecord>, StoreError> {
        let operation = "reading what was done to messages";
        let keys = wamids.iter().map(|wamid| Key::amendments(tenant, wamid));
        let mut found = self.batch(operation, keys.collect()).await?;
        let mut amendments = HashMap::new();
        for wamid in wamids {
            if let Some(item) = found.remove(&Key::amendments(tenant, wamid)) {
                amendments.insert((*wamid).to_owned(), read(operation, item)?);
            }
        }
        Ok(amendments)
    }
}
