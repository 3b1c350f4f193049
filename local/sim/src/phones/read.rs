//! A customer reads; the 24-hour window is opened or shut by hand.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::customer;
use crate::{
    callbacks::{About, Stage, envelope, status},
    control::channel,
    faults::Occasion,
    http::{Bad, Input},
    simulator::{Draft, Inner, Simulator},
    store::{Callback, Traits, insert_callback},
    time::now_ms,
};

/// What is read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// The chat with this number alone.
    channel: Option<String>,
}

/// `POST /customers/{number}/read`: everything that was sent to this phone is read, or all in one chat.
pub(crate) async fn read(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    Input(reading): Input<Reading>,
) -> Result<Json<Value>, Bad> {
    let customer = customer(&simulator.inner, &named)?;
    let number = match reading.channel {
        Some(named) => {
            let line = channel(&simulator.inner, Some(&named))?;
            Some(line.number.phone_number_id.clone())
        }
        None => None,
    };
    let inner = Arc::clone(&simulator.inner);
    let now_ms = now_ms();
    let (count, callbacks) = simulator
        .inner
        .writer
        .write(move |db| {
            let unread = take_unread(db, &customer, number.as_deref(), now_ms)?;
            let mut callbacks = Vec::new();
            for message in &unread {
                callbacks.extend(read_callbacks(&inner, message, &customer, now_ms));
            }
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok((unread.len(), callbacks))
        })
        .await?;
    simulator.inner.deliverer.enqueue(callbacks);
    Ok(Json(json!({"read": count})))
}

/// A message that has just been read.
struct Unread {
    id: String,
    phone_number_id: String,
    kind: String,
    traits: Traits,
    read_ms: i64,
}

/// Marks what is unread; a message that is still on its way is read as soon as it arrives.
fn take_unread(
    db: &Connection,
    customer: &str,
    phone_number_id: Option<&str>,
    now_ms: i64,
) -> rusqlite::Result<Vec<Unread>> {
    db.prepare_cached(
        "UPDATE messages SET read_ms = MAX(?1, delivered_ms)
         WHERE customer = ?2 AND direction = 'out' AND read_ms IS NULL AND failed_ms IS NULL
           AND delivered_ms IS NOT NULL AND (?3 IS NULL OR phone_number_id = ?3)
         RETURNING id, phone_number_id, kind, traits, read_ms",
    )?
    .query_map(params![now_ms, customer, phone_number_id], |row| {
        let traits: String = row.get(3)?;
        Ok(Unread {
            id: row.get(0)?,
            phone_number_id: row.get(1)?,
            kind: row.get(2)?,
            traits: serde_json::from_str(&traits).unwrap_or_default(),
            read_ms: row.get(4)?,
        })
    })?
    .collect()
}

fn read_callbacks(inner: &Inner, message: &Unread, customer: &str, now_ms: i64) -> Vec<Callback> {
    let Some(line) = inner.numbers.by_id(&message.phone_number_id) else {
        return Vec::new();
    };
    let webhooks = inner.faults.for_webhooks(Occasion::of(Some(customer)));
    let user_id = inner.users.id_of(customer);
    let about = About {
        id: &message.id,
        customer,
        user_id: &user_id,
        kind: &message.kind,
        traits: &message.traits,
        with_conversation: false,
    };
    let overtaking = format!("{}#read", message.id);
    let (lane, due_ms) = match webhooks.reorder {
        true => (&overtaking, now_ms),
        false => (&message.id, message.read_ms),
    };
    let draft = Draft {
        lane,
        kind: "status:read".into(),
        body: envelope(&line.number, status(about, Stage::Read, message.read_ms)),
        due_ms,
        delivers: None,
    };
    inner.callbacks(&line.number, webhooks, draft)
}

/// What is to become of a window.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    open: bool,
    channel: Option<String>,
}

/// `POST /customers/{number}/window`.
pub(crate) async fn window(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    Input(change): Input<Change>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let customer = customer(&simulator.inner, &named)?;
    let line = channel(inner, change.channel.as_deref())?;
    let number = line.number.phone_number_id.clone();
    let opened_ms = change.open.then(now_ms);
    let key = (number.clone(), customer.clone());
    inner
        .writer
        .write(move |db| {
            db.execute(
                "INSERT OR REPLACE INTO windows VALUES (?1, ?2, ?3)",
                params![key.0, key.1, opened_ms],
            )
        })
        .await?;
    inner.windows.set(&number, &customer, opened_ms);
    Ok(Json(json!({"open": change.open})))
}
