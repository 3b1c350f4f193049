//! What is read back: everything small at the start, messages when a phone is looked at.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OptionalExtension as _, Row, params, types::Type};

use super::{
    Callback, Kept, Lost, Traits, block, errands::read_errands, media::forget_media,
    templates::read_templates,
};
use crate::{
    media::{Errand, UPLOAD_LIVES_MS},
    templates::Template,
    time::now_ms,
};

/// What is kept in memory while the simulator runs.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) callbacks: Vec<Callback>,
    /// When each customer's window last opened; `None` where it was shut by hand.
    pub(crate) windows: HashMap<(String, String), Option<i64>>,
    pub(crate) names: HashMap<String, String>,
    /// The user ids that customers took.
    pub(crate) users: HashMap<String, String>,
    pub(crate) unsubscribed: HashSet<String>,
    /// Business numbers that were made here, in the order in which they were.
    pub(crate) numbers: Vec<Kept>,
    /// The paths at the platform that accounts' callbacks go to.
    pub(crate) overrides: HashMap<String, String>,
    /// The ids of the files.
    pub(crate) media: HashSet<String>,
    /// Messages that wait for their files.
    pub(crate) errands: Vec<Errand>,
    /// The templates of all accounts, the oldest first.
    pub(crate) templates: Vec<Template>,
}

/// A message as a customer's phone shows it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) phone_number_id: String,
    pub(crate) direction: String,
    pub(crate) kind: String,
    pub(crate) raw: String,
    pub(crate) at_ms: i64,
    pub(crate) sent_ms: Option<i64>,
    pub(crate) delivered_ms: Option<i64>,
    pub(crate) read_ms: Option<i64>,
    pub(crate) failed_ms: Option<i64>,
    /// What the customer reads of a template.
    pub(crate) template: Option<serde_json::Value>,
    /// Meta's code for why it failed.
    pub(crate) failure: Option<u32>,
    /// What was wrong, where the code's own text says too little.
    pub(crate) failure_details: Option<String>,
    /// The files that it carries.
    pub(crate) files: Vec<String>,
    /// Until when the customer sees under it that the business types.
    pub(crate) typing_until_ms: Option<i64>,
}

/// Which of a customer's messages are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) customer: String,
    /// Those with this number alone.
    pub(crate) phone_number_id: Option<String>,
    /// Also those that failed, which never reached the phone.
    pub(crate) failed: bool,
    /// Those older than this message alone.
    pub(crate) before: Option<String>,
    /// The newest so many.
    pub(crate) limit: Option<u32>,
}

/// A customer who has written, was written to, or was made up.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) customer: String,
    pub(crate) unread: u32,
    /// The newest message, with any number.
    pub(crate) last: Option<Shown>,
}

impl Loaded {
    pub(crate) fn read(db: &Connection) -> rusqlite::Result<Self> {
        let mut loaded = Self::default();
        let mut callbacks = db.prepare("SELECT * FROM callbacks ORDER BY id")?;
        for callback in callbacks.query_map([], callback)? {
            loaded.callbacks.push(callback?);
        }
        let mut windows = db.prepare("SELECT * FROM windows")?;
        for window in windows.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))? {
            let (key, opened) = window?;
            loaded.windows.insert(key, opened);
        }
        let mut names = db.prepare("SELECT customer, name FROM customers")?;
        for name in names.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (customer, name) = name?;
            loaded.names.insert(customer, name);
        }
        let mut users = db.prepare("SELECT customer, user_id FROM users")?;
        for user in users.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (customer, user_id) = user?;
            loaded.users.insert(customer, user_id);
        }
        let mut unsubscribed = db.prepare("SELECT waba_id FROM unsubscribed")?;
        for waba in unsubscribed.query_map([], |row| row.get(0))? {
            loaded.unsubscribed.insert(waba?);
        }
        let mut numbers = db.prepare("SELECT record FROM numbers ORDER BY rowid")?;
        for record in numbers.query_map([], |row| row.get::<_, String>(0))? {
            let kept = serde_json::from_str(&record?).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
            })?;
            loaded.numbers.push(kept);
        }
        let mut overrides = db.prepare("SELECT waba_id, path FROM overrides")?;
        for row in overrides.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (waba, path) = row?;
            loaded.overrides.insert(waba, path);
        }
        forget_media(db, now_ms() - UPLOAD_LIVES_MS)?;
        let mut media = db.prepare("SELECT id FROM media")?;
        for id in media.query_map([], |row| row.get(0))? {
            loaded.media.insert(id?);
        }
        loaded.errands = read_errands(db)?;
        loaded.templates = read_templates(db)?;
        Ok(loaded)
    }
}

fn callback(row: &Row<'_>) -> rusqlite::Result<Callback> {
    Ok(Callback {
        id: row.get("id")?,
        lane: row.get("lane")?,
        phone_number_id: row.get("phone_number_id")?,
        kind: row.get("kind")?,
        body: row.get::<_, Vec<u8>>("body")?.into(),
        created_ms: row.get("created_ms")?,
        due_ms: row.get("due_ms")?,
        attempts: row.get("attempts")?,
        delivers: row.get("delivers")?,
    })
}

fn shown(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let traits: String = row.get("traits")?;
    let traits: Traits = serde_json::from_str(&traits).unwrap_or_default();
    Ok(Shown {
        id: row.get("id")?,
        phone_number_id: row.get("phone_number_id")?,
        direction: row.get("direction")?,
        kind: row.get("kind")?,
        raw: row.get("raw")?,
        at_ms: row.get("at_ms")?,
        sent_ms: row.get("sent_ms")?,
        delivered_ms: row.get("delivered_ms")?,
        read_ms: row.get("read_ms")?,
        failed_ms: row.get("failed_ms")?,
        template: traits.template,
        failure: traits.failure,
        failure_details: traits.failure_details,
        typing_until_ms: traits.typing_until_ms,
        files: traits.media.into_iter().chain(traits.files).collect(),
    })
}

/// A second connection, which reads beside the writer.
#[derive(Clone, Debug)]
pub(crate) struct Reader(Arc<Mutex<Connection>>);

impl Reader {
    pub(crate) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(connection)))
    }

    /// A customer's messages, oldest first.
    pub(crate) async fn messages(&self, wanted: Wanted) -> Result<Vec<Shown>, Lost> {
        self.read(move |db| {
            let mut messages = db.prepare_cached(
                "SELECT * FROM messages
                 WHERE customer = ?1
                   AND (?2 IS NULL OR phone_number_id = ?2)
                   AND (?3 OR failed_ms IS NULL)
                   AND (?4 IS NULL OR seq < (SELECT seq FROM messages WHERE id = ?4))
                 ORDER BY seq DESC LIMIT ?5",
            )?;
            let of = params![
                wanted.customer,
                wanted.phone_number_id,
                wanted.failed,
                wanted.before,
                // To SQLite, a limit below 0 is none.
                wanted.limit.map_or(-1, i64::from),
            ];
            let messages = messages.query_map(of, shown)?;
            let mut messages: Vec<_> = messages.collect::<rusqlite::Result<_>>()?;
            messages.reverse();
            Ok(messages)
        })
        .await
    }

    /// The customers that there are: first those that nobody wrote to yet, then the others, the last to write or to be
    /// written to first.
    pub(crate) async fn customers(&self, limit: u32) -> Result<Vec<Known>, Lost> {
        self.read(move |db| {
            let mut customers = db.prepare_cached(
                "WITH everybody AS (
                    SELECT customer, MAX(seq) AS seq FROM messages GROUP BY customer
                    UNION ALL SELECT customer, 0 FROM customers
                 ), listed AS (
                    SELECT customer, MAX(seq) AS last FROM everybody GROUP BY customer
                    ORDER BY MAX(seq) <> 0, MAX(seq) DESC, customer LIMIT ?1
                 )
                 SELECT customer, last, (
                    SELECT COUNT(*) FROM messages
                    WHERE messages.customer = listed.customer AND direction = 'out'
                      AND delivered_ms IS NOT NULL AND read_ms IS NULL
                 ) AS unread
                 FROM listed ORDER BY last <> 0, last DESC, customer",
            )?;
            let mut last = db.prepare_cached("SELECT * FROM messages WHERE seq = ?1")?;
            customers
                .query_map([limit], |row| {
                    let seq: i64 = row.get("last")?;
                    Ok(Known {
                        customer: row.get("customer")?,
                        unread: row.get("unread")?,
                        last: last.query_row([seq], shown).optional()?,
                    })
                })?
                .collect()
        })
        .await
    }

    /// The customer who sent the message `id` to a number, if there is such a message.
    pub(crate) async fn sender_of(
        &self,
        phone_number_id: String,
        id: String,
    ) -> Result<Option<String>, Lost> {
        self.read(move |db| {
            db.prepare_cached(
                "SELECT customer FROM messages
                 WHERE id = ?1 AND phone_number_id = ?2 AND direction = 'in'",
            )?
            .query_row(params![id, phone_number_id], |row| row.get(0))
            .optional()
        })
        .await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Lost> {
        let connection = Arc::clone(&self.0);
        block(move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}
