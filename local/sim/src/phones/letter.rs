//! A message that a customer writes, before it goes anywhere.

use serde_json::{Map, Value, json};

use super::{
    attach::{Attached, attach},
    customers::check_name,
    inbound,
    sender::Sender,
};
use crate::{
    http::{Bad, optional_text},
    identity::{self, Origin},
    media::{Source, Submission, is_file},
    numbers::Line,
    simulator::Inner,
};

/// A message, complete.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) kind: String,
    /// As the callback has it.
    pub(super) message: Value,
    /// When it was written.
    pub(super) written_ms: i64,
    pub(super) sender: Sender,
    /// The name that the customer's profile has from now on.
    pub(super) name: Option<String>,
    pub(super) attached: Attached,
    /// Whether a callback goes out.
    pub(super) delivers: bool,
}

impl Letter {
    /// Checks a request and completes it as Meta does.
    pub(super) async fn of(
        inner: &Inner,
        line: &Line,
        customer: &str,
        submission: Submission,
        now_ms: i64,
    ) -> Result<Self, Bad> {
        let Submission { request, file } = submission;
        let number = &line.number;
        if customer == identity::wa_id(&number.display_phone_number) {
            return Err(Bad::field("number", "is the business itself"));
        }
        let name = optional_text(&request, "name")?;
        name.map_or(Ok(()), check_name)?;
        let delivers = match request.get("deliver") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(deliver)) => *deliver,
            Some(_) => return Err(Bad::field("deliver", "must be true or false")),
        };
        let sender = Sender::of(&request, customer, &inner.users)?;
        let written = inbound::Timestamp::of(&request, now_ms)?;
        let mut content = inbound::message(&request, &number.display_phone_number)?;
        let kind = content["type"].as_str().unwrap_or_default().to_owned();
        let attached = match content.get_mut(&kind) {
            Some(Value::Object(node)) if is_file(&kind) => {
                let source = Source {
                    kind: &kind,
                    phone_number_id: &number.phone_number_id,
                    customer: Some(customer),
                    now_ms,
                };
                attach(inner, source, &number.app_secret, node, file).await?
            }
            _ if file.is_some() => return Err(Bad::field("file", "this type carries no file")),
            _ => Attached::Nothing,
        };
        let id = identity::wamid(customer, Origin::Customer);
        let mut message = Map::new();
        sender.sign(&mut message);
        message.insert("id".into(), json!(id));
        message.insert("timestamp".into(), json!(written.text));
        message.extend(content);
        Ok(Self {
            id,
            kind,
            message: Value::Object(message),
            written_ms: written.ms.min(now_ms),
            name: name.map(str::to_owned),
            sender,
            attached,
            delivers,
        })
    }

    /// Whether a person wrote it: WhatsApp's own messages name no contact and open no window.
    pub(super) fn is_by_hand(&self) -> bool {
        self.kind != "system"
    }
}
