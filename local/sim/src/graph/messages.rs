//! `POST /{phone_number_id}/messages`: sending, and marking as read.

use std::{sync::Arc, time::Instant};

use rusqlite::params;
use serde_json::{Value, json};

use super::{
    Incoming, attached,
    error::GraphError,
    outcome::{Failure, Times, Told},
    validate::{self, Carried, Outgoing, Recipient, Request},
};
use crate::{
    faults::Occasion,
    identity::{self, Origin},
    media::Errand,
    numbers::Line,
    simulator::Inner,
    store::{
        Direction, MessageRow, Traits, insert_callback, insert_errand, insert_message, show_typing,
    },
    templates::fit,
    time::now_ms,
    typing::SHOWN_MS,
};

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
        Request::Read { message_id, typing } => mark_read(inner, line, message_id, typing).await,
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
    let problem = attached::problem(inner, &number.phone_number_id, &message.files).await?;
    let template = match message.kind {
        "template" => Some(template(inner, line, incoming, &message.recipient)?),
        _ => None,
    };
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
    let failure = match exists {
        false => Some(131_026.into()),
        true if free
            && !inner
                .windows
                .is_open(&number.phone_number_id, &customer, now_ms) =>
        {
            Some(131_047.into())
        }
        true => problem.map(Failure::of_file),
    };
    let waits = failure.is_none() && message.files.iter().any(|file| file.id().is_none());
    let times = match waits {
        true => Times::default(),
        false => Times::of(inner, message.kind, failure.is_some(), now_ms),
    };
    let ids = message.files.iter().filter_map(Carried::id);
    let ids = ids.filter(|_| !waits);
    let mut traits = Traits {
        callback_data: message.callback_data,
        by_user_id: matches!(message.recipient, Recipient::User { .. }),
        group,
        files: ids.map(str::to_owned).collect(),
        template,
        ..Traits::default()
    };
    if let Some(failure) = failure {
        failure.note(&mut traits);
    }
    let row = MessageRow {
        id: identity::wamid(&customer, Origin::Business),
        phone_number_id: number.phone_number_id.clone(),
        direction: Direction::Out,
        kind: message.kind.to_owned(),
        raw: String::from_utf8_lossy(&incoming.raw).into_owned(),
        at_ms: now_ms,
        sent_ms: times.sent_ms,
        delivered_ms: times.delivered_ms,
        failed_ms: times.failed_ms,
        traits,
        customer,
    };
    let answer = accepted(inner, &message.recipient, message.kind, &row);
    let told = told(inner, incoming, &row);
    let callbacks = match waits {
        true => Vec::new(),
        false => told.callbacks(inner, line, times),
    };
    let errand = waits.then(|| Errand {
        phone_number_id: row.phone_number_id.clone(),
        told,
        files: message.files,
    });
    let typed = inner.typing.end(&number.phone_number_id, &row.customer);
    let (callbacks, errand) = inner
        .writer
        .write(move |db| {
            insert_message(db, &row)?;
            if let Some(errand) = &errand {
                insert_errand(db, errand)?;
            }
            if let Some(typed) = typed {
                show_typing(db, &typed, None)?;
            }
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok((callbacks, errand))
        })
        .await?;
    inner.deliverer.enqueue(callbacks);
    if let Some(errand) = errand {
        inner.errands.add(errand);
    }
    Ok(answer)
}

/// What the customer reads of the template that a message names.
fn template(
    inner: &Inner,
    line: &Line,
    incoming: &Incoming,
    recipient: &Recipient,
) -> Result<Value, GraphError> {
    let body = incoming.body.as_ref().map_err(Clone::clone)?;
    let sent = &body["template"];
    let waba_id = &line.number.waba_id;
    inner.templates.seed(waba_id, &inner.writer);
    let languages = sent["name"]
        .as_str()
        .map(|name| inner.templates.named(waba_id, name));
    let fitting = fit(&languages.unwrap_or_default(), sent);
    let read =
        fitting.map_err(|misfit| GraphError::messaging(misfit.code, Some(misfit.details)))?;
    if read["category"] == "AUTHENTICATION" && matches!(recipient, Recipient::User { .. }) {
        return Err(GraphError::messaging(131_062, None));
    }
    Ok(read)
}

/// How the statuses of a message are told.
fn told(inner: &Inner, incoming: &Incoming, row: &MessageRow) -> Told {
    let path = format!("/{}/{}", incoming.version, incoming.rest);
    let webhooks = inner.faults.for_webhooks(Occasion {
        customer: Some(&row.customer),
        path: Some(&path),
        method: Some(incoming.method.as_str()),
        is_file: false,
    });
    Told {
        id: row.id.clone(),
        customer: row.customer.clone(),
        kind: row.kind.clone(),
        traits: row.traits.clone(),
        with_conversation: incoming.major_version() < WITHOUT_CONVERSATION,
        webhooks,
    }
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

/// Marks a customer's message and all before it in the conversation as read, and shows that an answer is typed.
async fn mark_read(
    inner: &Inner,
    line: &Line,
    message_id: String,
    typing: bool,
) -> Result<Value, GraphError> {
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
    let typed = typing.then(|| {
        let before = inner.typing.begin(&number, &customer, &message_id);
        (before, message_id.clone())
    });
    inner
        .writer
        .write(move |db| {
            db.prepare_cached(
                "UPDATE messages SET read_ms = ?1
                 WHERE customer = ?2 AND phone_number_id = ?3 AND direction = 'in'
                   AND read_ms IS NULL
                   AND seq <= (SELECT seq FROM messages WHERE id = ?4)",
            )?
            .execute(params![now_ms, customer, number, message_id])?;
            if let Some((before, here)) = typed {
                if let Some(before) = before {
                    show_typing(db, &before, None)?;
                }
                show_typing(db, &here, Some(now_ms + SHOWN_MS))?;
            }
            Ok(())
        })
        .await?;
    Ok(json!({"success": true}))
}
