//! `POST /{phone_number_id}/messages`: sending, and marking as read.

use std::{sync::Arc, time::Instant};

use rusqlite::params;
use serde_json::{Value, json};

use super::{
    Incoming,
    error::GraphError,
    validate::{self, Outgoing, Recipient, Request},
};
use crate::{
    callbacks::{About, Stage, envelope, failed, status},
    faults::Occasion,
    identity::{self, Origin},
    numbers::Line,
    simulator::{Draft, Inner},
    store::{Callback, Direction, MessageRow, Traits, insert_callback, insert_message},
    time::now_ms,
};

/// The pauses between acceptance and the statuses, at speed 1.
const SENT_AFTER_MS: f64 = 50.0;
const DELIVERED_AFTER_MS: f64 = 150.0;

/// The first version whose callbacks have no conversation object.
const WITHOUT_CONVERSATION: u32 = 24;

pub(super) async fn post(
    inner: &Arc<Inner>,
    line: &Line,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let body = incoming.body.as_ref().map_err(Clone::clone)?;
    match validate::parse(body)? {
        Request::Send(message) => send(inner, line, incoming, message).await,
        Request::Read { message_id } => mark_read(inner, line, message_id).await,
    }
}

async fn send(
    inner: &Arc<Inner>,
    line: &Line,
    incoming: &Incoming,
    message: Outgoing,
) -> Result<Value, GraphError> {
    let number = &line.number;
    let (customer, exists) = match &message.recipient {
        Recipient::Phone { digits, .. } => (identity::wa_id(digits), true),
        Recipient::User { input } => match inner.users.customer_of(input) {
            Some(customer) => (customer, true),
            None => (input.clone(), false),
        },
        Recipient::Group { id } => (id.clone(), true),
    };
    if customer == identity::wa_id(&number.display_phone_number) {
        return Err(GraphError::messaging(131_021, None));
    }
    // No file has been uploaded, and every template counts as approved: there is neither a store
    // of media nor a catalogue of templates to ask here.
    if let Some(id) = &message.media_id {
        return Err(GraphError::unknown_object("get", id));
    }
    let now = Instant::now();
    if !line.throughput.take(now) {
        return Err(GraphError::messaging(130_429, None));
    }
    let pairs = inner.pair_rate.as_ref();
    if pairs.is_some_and(|pairs| !pairs.take(&number.phone_number_id, &customer, now)) {
        return Err(GraphError::messaging(131_056, None));
    }

    let now_ms = now_ms();
    let group = matches!(message.recipient, Recipient::Group { .. });
    let free = message.kind != "template" && !group;
    let refusal = match exists {
        false => Some(131_026),
        true if free
            && !inner
                .windows
                .is_open(&number.phone_number_id, &customer, now_ms) =>
        {
            Some(131_047)
        }
        true => None,
    };
    let sent_ms = now_ms + inner.pause_ms(SENT_AFTER_MS);
    let delivered_ms = now_ms + inner.pause_ms(DELIVERED_AFTER_MS);
    let row = MessageRow {
        id: identity::wamid(&customer, Origin::Business),
        phone_number_id: number.phone_number_id.clone(),
        direction: Direction::Out,
        kind: message.kind.to_owned(),
        raw: String::from_utf8_lossy(&incoming.raw).into_owned(),
        at_ms: now_ms,
        sent_ms: refusal.is_none().then_some(sent_ms),
        // A reaction is never reported as delivered or read.
        delivered_ms: (refusal.is_none() && message.kind != "reaction").then_some(delivered_ms),
        failed_ms: refusal.map(|_| sent_ms),
        traits: Traits {
            callback_data: message.callback_data,
            by_user_id: matches!(message.recipient, Recipient::User { .. }),
            group,
            media: None,
            failure: refusal,
        },
        customer,
    };
    let answer = accepted(inner, &message.recipient, message.kind, &row);
    let callbacks = statuses(inner, line, incoming, &row, refusal);
    let callbacks = inner
        .writer
        .write(move |db| {
            insert_message(db, &row)?;
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok(callbacks)
        })
        .await?;
    inner.deliverer.enqueue(callbacks);
    Ok(answer)
}

/// The callbacks that follow from an accepted message.
fn statuses(
    inner: &Inner,
    line: &Line,
    incoming: &Incoming,
    row: &MessageRow,
    refusal: Option<u32>,
) -> Vec<Callback> {
    let number = &line.number;
    let path = format!("/{}/{}", incoming.version, incoming.rest);
    let webhooks = inner.faults.for_webhooks(Occasion {
        customer: Some(&row.customer),
        path: Some(&path),
        method: Some(incoming.method.as_str()),
        is_file: false,
    });
    let user_id = inner.users.id_of(&row.customer);
    let about = About {
        id: &row.id,
        customer: &row.customer,
        user_id: &user_id,
        kind: &row.kind,
        traits: &row.traits,
        with_conversation: incoming.major_version() < WITHOUT_CONVERSATION,
    };
    let draft = |name: &str, contents, due_ms| Draft {
        lane: &row.id,
        kind: format!("status:{name}"),
        body: envelope(number, contents),
        due_ms,
        delivers: None,
    };
    let mut drafts = Vec::with_capacity(2);
    if let (Some(code), Some(at_ms)) = (refusal, row.failed_ms) {
        drafts.push(draft("failed", failed(about, code, at_ms), at_ms));
    }
    let stages = [
        (Stage::Sent, row.sent_ms),
        (Stage::Delivered, row.delivered_ms),
    ];
    for (stage, at_ms) in stages {
        if let Some(at_ms) = at_ms {
            drafts.push(draft(stage.as_str(), status(about, stage, at_ms), at_ms));
        }
    }
    if webhooks.reorder
        && let [first, second] = &mut drafts[..]
    {
        std::mem::swap(&mut first.due_ms, &mut second.due_ms);
        drafts.reverse();
    }
    drafts
        .into_iter()
        .flat_map(|draft| inner.callbacks(number, webhooks, draft))
        .collect()
}

/// The answer to a send.
fn accepted(inner: &Inner, recipient: &Recipient, kind: &str, row: &MessageRow) -> Value {
    let mut message = json!({"id": row.id});
    if kind == "template" {
        message["message_status"] = json!("accepted");
    }
    let contact = match recipient {
        Recipient::Phone { input, .. } => json!({"input": input, "wa_id": row.customer}),
        Recipient::User { input } if identity::is_user_id(&row.customer) => {
            json!({"input": input, "user_id": input})
        }
        Recipient::User { input } => {
            json!({"input": input, "user_id": inner.users.id_of(&row.customer)})
        }
        Recipient::Group { id } => {
            message["group_id"] = json!(id);
            json!({"input": id, "wa_id": id})
        }
    };
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

/// Marks a customer's message and all before it in the conversation as read.
async fn mark_read(inner: &Inner, line: &Line, message_id: String) -> Result<Value, GraphError> {
    let number = line.number.phone_number_id.clone();
    let sender = inner
        .reader
        .sender_of(number.clone(), message_id.clone())
        .await?;
    let Some(customer) = sender else {
        let details = "Parameter message_id is not a message that this number received.";
        return Err(GraphError::messaging(131_009, Some(details.into())));
    };
    let now_ms = now_ms();
    inner
        .writer
        .write(move |db| {
            db.prepare_cached(
                "UPDATE messages SET read_ms = ?1
                 WHERE customer = ?2 AND phone_number_id = ?3 AND direction = 'in'
                   AND read_ms IS NULL
                   AND seq <= (SELECT seq FROM messages WHERE id = ?4)",
            )?
            .execute(params![now_ms, customer, number, message_id])
        })
        .await?;
    Ok(json!({"success": true}))
}
