//! A customer writes.

use std::{sync::PoisonError, time::Instant};

use axum::{
    Json,
    extract::{Path, State},
};
use rusqlite::params;
use serde_json::{Map, Value, json};

use super::{
    attach::{Attached, attach},
    customer, inbound,
    sender::Sender,
};
use crate::{
    base::Base,
    callbacks::envelope,
    control::channel,
    faults::Occasion,
    http::{Bad, optional_text},
    identity::{self, Origin},
    media::{Source, Submission, is_file, link},
    simulator::{Draft, Simulator},
    store::{Direction, MessageRow, Traits, insert_callback, insert_message, update_media},
    time::now_ms,
};

/// `POST /customers/{number}/messages`.
pub(crate) async fn write(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    base: Base,
    Submission { request, file }: Submission,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let customer = customer(&simulator.inner, &named)?;
    let line = channel(inner, optional_text(&request, "channel")?)?;
    let number = &line.number;
    if customer == identity::wa_id(&number.display_phone_number) {
        return Err(Bad::field("number", "is the business itself"));
    }
    let name = optional_text(&request, "name")?;
    if name.is_some_and(|name| name.is_empty() || name.chars().count() > 256) {
        return Err(Bad::field("name", "must have from 1 to 256 characters"));
    }
    let delivers = match request.get("deliver") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(deliver)) => *deliver,
        Some(_) => return Err(Bad::field("deliver", "must be true or false")),
    };
    let sender = Sender::of(&request, &customer, &inner.users)?;
    let now_ms = now_ms();
    let written = inbound::Timestamp::of(&request, now_ms)?;
    let mut content = inbound::message(&request, &number.display_phone_number)?;
    let kind = content["type"].as_str().unwrap_or_default().to_owned();
    let attached = match content.get_mut(&kind) {
        Some(Value::Object(node)) if is_file(&kind) => {
            let source = Source {
                kind: &kind,
                phone_number_id: &number.phone_number_id,
                customer: Some(&customer),
                now_ms,
            };
            attach(inner, source, &number.app_secret, node, file).await?
        }
        _ if file.is_some() => return Err(Bad::field("file", "this type carries no file")),
        _ => Attached::Nothing,
    };

    let id = identity::wamid(&customer, Origin::Customer);
    let mut message = Map::new();
    sender.sign(&mut message);
    message.insert("id".into(), json!(id));
    message.insert("timestamp".into(), json!(written.text));
    message.extend(content);

    if let Some(name) = name {
        let mut names = inner.names.write().unwrap_or_else(PoisonError::into_inner);
        names.insert(customer.clone(), name.to_owned());
    }
    let user_id = sender
        .taken()
        .filter(|id| **id != inner.users.id_of(&customer))
        .map(str::to_owned);
    if let Some(id) = &user_id {
        inner.users.take(&customer, id);
    }
    let message = Value::Object(message);
    // What the phone shows must not lead to an address of an earlier start.
    let mut shown = message.clone();
    link::complete_message(&mut shown, None);
    let mut contents = json!({"messages": [message]});
    let by_hand = kind != "system";
    if by_hand {
        contents["contacts"] = json!([sender.contact(&inner.name_of(&customer))]);
    }
    // Inbound messages use up the number's throughput, but are never refused.
    line.throughput.take(Instant::now());
    let body = envelope(number, contents);
    let mut answer = json!({"id": id});
    inner.bases.learn(&base);
    let callbacks = if delivers {
        let webhooks = inner.faults.for_webhooks(Occasion::of(Some(&customer)));
        let draft = Draft {
            lane: &id,
            kind: format!("message:{kind}"),
            body,
            due_ms: now_ms,
            delivers: Some(id.clone()),
        };
        inner.callbacks(number, webhooks, draft)
    } else {
        let body: Value = serde_json::from_slice(&link::complete(&body, Some(&base)))
            .expect("a callback of the simulator's own is JSON");
        answer["value"] = body["entry"][0]["changes"][0]["value"].clone();
        Vec::new()
    };
    let row = MessageRow {
        id: id.clone(),
        phone_number_id: number.phone_number_id.clone(),
        customer: customer.clone(),
        direction: Direction::In,
        kind,
        raw: shown.to_string(),
        at_ms: now_ms,
        sent_ms: Some(now_ms),
        delivered_ms: (!delivers).then_some(now_ms),
        failed_ms: None,
        traits: Traits {
            media: attached.id().map(str::to_owned),
            ..Traits::default()
        },
    };
    let name = name.map(str::to_owned);
    let opened_ms = written.ms.min(now_ms);
    let opened_ms = by_hand.then(|| {
        inner
            .windows
            .open(&number.phone_number_id, &customer, opened_ms)
    });
    let (callbacks, attached) = inner
        .writer
        .write(move |db| {
            insert_message(db, &row)?;
            match &attached {
                Attached::Nothing => {}
                Attached::New(new) => new.insert(db)?,
                Attached::Known(media) => update_media(db, media)?,
            }
            if let Some(opened_ms) = opened_ms {
                db.prepare_cached("INSERT OR REPLACE INTO windows VALUES (?1, ?2, ?3)")?
                    .execute(params![row.phone_number_id, row.customer, opened_ms])?;
            }
            if let Some(name) = name {
                db.prepare_cached("INSERT OR REPLACE INTO customers VALUES (?1, ?2)")?
                    .execute(params![row.customer, name])?;
            }
            if let Some(id) = user_id {
                db.prepare_cached("INSERT OR REPLACE INTO users VALUES (?1, ?2)")?
                    .execute(params![row.customer, id])?;
            }
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok((callbacks, attached))
        })
        .await?;
    if let Attached::New(new) = attached {
        new.keep();
    }
    inner.deliverer.enqueue(callbacks);
    Ok(Json(answer))
}
