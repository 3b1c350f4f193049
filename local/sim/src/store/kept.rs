//! Business numbers that were made by `POST /numbers`.

use std::fmt;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{config::Number, numbers::Token};

/// A business number as it stands on disk, with all that it is used with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) phone_number_id: String,
    pub(crate) waba_id: String,
    pub(crate) phone_number: String,
    pub(crate) name: String,
    pub(crate) access_token: String,
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) throughput_per_second: u32,
    pub(crate) scopes: Vec<String>,
    /// In seconds since 1970; 0 is never.
    pub(crate) expires_at: i64,
    /// Members of its description that differ from the usual ones.
    pub(crate) fields: Map<String, Value>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}

impl Kept {
    /// The number, its token, and what differs in its description. Its app has no address for callbacks: an account's
    /// subscription names one.
    pub(crate) fn into_parts(self) -> (Number, Token, Map<String, Value>) {
        let number = Number {
            phone_number_id: self.phone_number_id,
            waba_id: self.waba_id,
            display_phone_number: self.phone_number,
            verified_name: self.name,
            access_token: self.access_token,
            app_id: self.app_id,
            app_secret: self.app_secret,
            callback_url: String::new(),
            verify_token: String::new(),
            throughput_per_second: self.throughput_per_second,
        };
        let token = Token {
            scopes: self.scopes,
            expires_at: self.expires_at,
        };
        (number, token, self.fields)
    }
}

pub(crate) fn insert_number(db: &Connection, kept: &Kept) -> rusqlite::Result<()> {
    let record = serde_json::to_string(kept)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    db.execute(
        "INSERT INTO numbers (phone_number_id, record) VALUES (?1, ?2)",
        [&kept.phone_number_id, &record],
    )?;
    Ok(())
}
