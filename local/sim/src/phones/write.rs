//! A customer writes.

use std::{sync::PoisonError, time::Instant};

use axum::{
    Json,
    extract::{Path, State},
};
use rusqlite::params;
use serde_json::{Map, Value, json};

use super::{customer, inbound};
use crate::{
    callbacks::envelope,
    control::channel,
    faults::Occasion,
    http::{Bad, Input},
    identity::{self, Origin},
    simulator::{Draft, Simulator},
    store::{Direction, MessageRow, Traits, insert_callback, insert_message},
    time::now_ms,
};

/// `POST /customers/{number}/messages`.
pub(crate) async fn write(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    Input(request): Input<Map<String, Value>>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let customer = customer(&named)?;
    let line = channel(inner, optional_text(&request, "channel")?)?;
    let number = &line.number;
    if customer == identity::wa_id(&number.display_phone_number) {
        return Err(Bad::field("number", "is the business itself"));
    }
    let name = optional_text(&request, "name")?;
    if name.is_some_and(|name| name.is_empty() || name.chars().count() > 256) {
        return Err(Bad::field("name", "must have from 1 to 256 characters"));
    }
    let content = inbound::message(&request, &number.display_phone_number)?;
    let kind = content["type"].as_str().unwrap_or_default().to_owned();

    let now_ms = now_ms();
    let id = identity::wamid(&customer, Origin::Customer);
    let user_id = identity::user_id(&customer);
    let mut message = Map::new();
    message.insert("from".into(), json!(customer));
    message.insert("from_user_id".into(), json!(user_id));
    message.insert("id".into(), json!(id));
    message.insert("timestamp".into(), json!((now_ms / 1000).to_string()));
    message.extend(content);

    if let Some(name) = name {
        let mut names = inner.names.write().unwrap_or_else(PoisonError::into_inner);
        names.insert(customer.clone(), name.to_owned());
    }
    let raw = Value::Object(message.clone()).to_string();
    let mut contents = json!({"messages": [message]});
    let by_hand = kind != "system";
    if by_hand {
        contents["contacts"] = json!([{
            "profile": {"name": inner.name_of(&customer)},
            "wa_id": customer,
            "user_id": user_id,
        }]);
    }
    let webhooks = inner.faults.for_webhooks(Occasion {
        customer: Some(&customer),
        path: None,
    });
    // Inbound messages use up the number's throughput, but are never refused.
    line.throughput.take(Instant::now());
    let draft = Draft {
        lane: &id,
        kind: format!("message:{kind}"),
        body: envelope(number, contents),
        due_ms: now_ms,
        delivers: Some(id.clone()),
    };
    let callbacks = inner.callbacks(number, webhooks, draft);
    let row = MessageRow {
        id: id.clone(),
        phone_number_id: number.phone_number_id.clone(),
        customer: customer.clone(),
        direction: Direction::In,
        kind,
        raw,
        at_ms: now_ms,
        sent_ms: Some(now_ms),
        delivered_ms: None,
        failed_ms: None,
        traits: Traits::default(),
    };
    let name = name.map(str::to_owned);
    let callbacks = inner
        .writer
        .write(move |db| {
            insert_message(db, &row)?;
            if by_hand {
                db.prepare_cached("INSERT OR REPLACE INTO windows VALUES (?1, ?2, ?3)")?
                    .execute(params![row.phone_number_id, row.customer, now_ms])?;
            }
            if let Some(name) = name {
                db.prepare_cached("INSERT OR REPLACE INTO customers VALUES (?1, ?2)")?
                    .execute(params![row.customer, name])?;
            }
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok(callbacks)
        })
        .await?;
    if by_hand {
        inner
            .windows
            .set(&number.phone_number_id, &customer, Some(now_ms));
    }
    inner.deliverer.enqueue(callbacks);
    Ok(Json(json!({"id": id})))
}

fn optional_text<'v>(request: &'v Map<String, Value>, name: &str) -> Result<Option<&'v str>, Bad> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Bad::field(name, "must be a text")),
    }
}
