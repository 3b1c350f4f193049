//! A customer writes.

use std::{sync::PoisonError, time::Instant};

use axum::{
    Json,
    extract::{Path, State},
};
use bytes::Bytes;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::{attach::Attached, customer, letter::Letter};
use crate::{
    base::Base,
    callbacks::envelope,
    control::channel,
    faults::Occasion,
    http::{Bad, optional_text},
    media::{Submission, link},
    simulator::{Draft, Inner, Simulator},
    store::{Direction, MessageRow, Traits, insert_callback, insert_message, update_media},
    time::now_ms,
};

/// `POST /customers/{number}/messages`.
pub(crate) async fn write(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    base: Base,
    submission: Submission,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let customer = customer(inner, &named)?;
    let line = channel(inner, optional_text(&submission.request, "channel")?)?;
    let number = &line.number;
    let now_ms = now_ms();
    let letter = Letter::of(inner, &line, &customer, submission, now_ms).await?;
    inner.bases.learn(&base);
    // Inbound messages use up the number's throughput, but are never refused.
    line.throughput.take(Instant::now());

    let news = News::of(inner, &customer, &number.phone_number_id, &letter);
    let mut contents = json!({"messages": [letter.message]});
    if letter.is_by_hand() {
        contents["contacts"] = json!([letter.sender.contact(&inner.name_of(&customer))]);
    }
    let body = envelope(number, contents);
    let mut answer = json!({"id": letter.id});
    let callbacks = if letter.delivers {
        let webhooks = inner.faults.for_webhooks(Occasion::of(Some(&customer)));
        let draft = Draft {
            lane: &letter.id,
            kind: format!("message:{}", letter.kind),
            body,
            due_ms: now_ms,
            delivers: Some(letter.id.clone()),
        };
        inner.callbacks(number, webhooks, draft)
    } else {
        answer["value"] = value(&body, &base);
        Vec::new()
    };
    let row = row(&letter, customer, &number.phone_number_id, now_ms);
    let (callbacks, attached) = inner
        .writer
        .write(move |db| {
            insert_message(db, &row)?;
            news.write(db, &row)?;
            match &letter.attached {
                Attached::Nothing => {}
                Attached::New(new) => new.insert(db)?,
                Attached::Known(media) => update_media(db, media)?,
            }
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok((callbacks, letter.attached))
        })
        .await?;
    if let Attached::New(new) = attached {
        new.keep();
    }
    inner.deliverer.enqueue(callbacks);
    Ok(Json(answer))
}

/// What a message changes for those after it.
struct News {
    name: Option<String>,
    user_id: Option<String>,
    opened_ms: Option<i64>,
}

impl News {
    fn of(inner: &Inner, customer: &str, phone_number_id: &str, letter: &Letter) -> Self {
        if let Some(name) = &letter.name {
            let mut names = inner.names.write().unwrap_or_else(PoisonError::into_inner);
            names.insert(customer.to_owned(), name.clone());
        }
        let user_id = letter.sender.taken();
        let user_id = user_id.filter(|id| **id != inner.users.id_of(customer));
        if let Some(id) = user_id {
            inner.users.take(customer, id);
        }
        let opened_ms = letter.is_by_hand().then(|| {
            inner
                .windows
                .open(phone_number_id, customer, letter.written_ms)
        });
        Self {
            name: letter.name.clone(),
            user_id: user_id.map(str::to_owned),
            opened_ms,
        }
    }

    fn write(&self, db: &Connection, row: &MessageRow) -> rusqlite::Result<()> {
        if let Some(opened_ms) = self.opened_ms {
            db.prepare_cached("INSERT OR REPLACE INTO windows VALUES (?1, ?2, ?3)")?
                .execute(params![row.phone_number_id, row.customer, opened_ms])?;
        }
        if let Some(name) = &self.name {
            db.prepare_cached("INSERT OR REPLACE INTO customers VALUES (?1, ?2)")?
                .execute(params![row.customer, name])?;
        }
        if let Some(id) = &self.user_id {
            db.prepare_cached("INSERT OR REPLACE INTO users VALUES (?1, ?2)")?
                .execute(params![row.customer, id])?;
        }
        Ok(())
    }
}

/// The message as the phone keeps it.
fn row(letter: &Letter, customer: String, phone_number_id: &str, now_ms: i64) -> MessageRow {
    // What the phone shows must not lead to an address of an earlier start.
    let mut shown = letter.message.clone();
    link::complete_message(&mut shown, None);
    MessageRow {
        id: letter.id.clone(),
        phone_number_id: phone_number_id.to_owned(),
        customer,
        direction: Direction::In,
        kind: letter.kind.clone(),
        raw: shown.to_string(),
        at_ms: now_ms,
        sent_ms: Some(now_ms),
        delivered_ms: (!letter.delivers).then_some(now_ms),
        failed_ms: None,
        traits: Traits {
            media: letter.attached.id().map(str::to_owned),
            ..Traits::default()
        },
    }
}

/// The value of a callback that does not go out.
fn value(body: &Bytes, base: &Base) -> Value {
    let body: Value = serde_json::from_slice(&link::complete(body, Some(base)))
        .expect("a callback of the simulator's own is JSON");
    body["entry"][0]["changes"][0]["value"].clone()
}
