//! `SendMessage` and `SendMessageBatch`.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::batch::{self, Outcome};
use crate::{
    attributes::MAX_DELAY_SECONDS,
    clock::SECOND,
    fault::{Fault, Kind},
    message::{self, Attributes, MAX_BYTES},
    protocol::{Call, queue_name},
    store::{Queue, Sending, Work},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Send {
    queue_url: Option<String>,
    #[serde(flatten)]
    message: Message,
}

/// What a single message and an entry of a batch have in common.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message_body: Option<String>,
    delay_seconds: Option<i64>,
    message_attributes: Option<Attributes>,
    message_system_attributes: Option<Attributes>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

/// What the sender is told; the digests let it check that the message arrived whole.
#[derive(Debug, Serialize)]
pub(crate) struct Receipt {
    #[serde(rename = "MessageId")]
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    body_digest: String,
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    attributes_digest: Option<String>,
    #[serde(
        rename = "MD5OfMessageSystemAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    system_attributes_digest: Option<String>,
    #[serde(rename = "SequenceNumber", skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

pub(crate) async fn send(call: Call, input: Send) -> Result<Receipt, Fault> {
    let name = queue_name(input.queue_url)?;
    let message = Prepared::from(input.message, call.shared.config.speed)?;
    call.shared
        .store
        .run(move |work| {
            let queue = work.queue(&name)?;
            message.send(work, &queue)
        })
        .await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SendBatch {
    queue_url: Option<String>,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = "Id")]
    id: String,
    #[serde(flatten)]
    message: Message,
}

/// An entry that was sent.
#[derive(Debug, Serialize)]
pub(crate) struct SentEntry {
    #[serde(rename = "Id")]
    id: String,
    #[serde(flatten)]
    receipt: Receipt,
}

pub(crate) async fn send_batch(call: Call, input: SendBatch) -> Result<Outcome<SentEntry>, Fault> {
    let name = queue_name(input.queue_url)?;
    batch::check(input.entries.iter().map(|entry| entry.id.as_str()))?;
    let speed = call.shared.config.speed;
    let prepared: Vec<_> = input
        .entries
        .into_iter()
        .map(|entry| (entry.id, Prepared::from(entry.message, speed)))
        .collect();
    let weights = prepared
        .iter()
        .filter_map(|(_, message)| message.as_ref().ok());
    let weight: usize = weights.map(|message| message.weight).sum();
    if weight > MAX_BYTES {
        return Err(Fault::new(
            Kind::BatchRequestTooLong,
            format!(
                "Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {weight} bytes."
            ),
        ));
    }
    call.shared
        .store
        .run(move |work| {
            let queue = work.queue(&name)?;
            let mut outcome = Outcome::default();
            for (id, message) in prepared {
                let receipt = message.and_then(|message| message.send(work, &queue));
                let sent = receipt.map(|receipt| SentEntry {
                    id: id.clone(),
                    receipt,
                });
                outcome.note(id, sent)?;
            }
            Ok(outcome)
        })
        .await
}

/// A message that is well-formed; whether its queue takes it is asked where the queue is known.
#[derive(Debug)]
struct Prepared {
    sending: Sending,
    /// Whether the sender named a delay, as opposed to the queue.
    delay_seconds: Option<i64>,
    speed: f64,
    weight: usize,
    body_digest: String,
    attributes_digest: Option<String>,
    system_attributes_digest: Option<String>,
}

impl Prepared {
    fn from(message: Message, speed: f64) -> Result<Self, Fault> {
        let body = message
            .message_body
            .ok_or_else(|| Fault::missing("MessageBody"))?;
        let attributes = message.message_attributes.unwrap_or_default();
        let system = message.message_system_attributes.unwrap_or_default();
        message::check_attributes(&system)?;
        // System attributes do not count towards the size of a message.
        let weight = message::check_body(&body)? + message::check_attributes(&attributes)?;
        if let Some(seconds) = message.delay_seconds
            && !(0..=MAX_DELAY_SECONDS).contains(&seconds)
        {
            return Err(Fault::invalid(
                "DelaySeconds",
                seconds,
                "DelaySeconds must be >= 0 and <= 900.",
            ));
        }
        for (parameter, id) in [
            ("MessageGroupId", &message.message_group_id),
            ("MessageDeduplicationId", &message.message_deduplication_id),
        ] {
            if let Some(id) = id {
                message::check_id(parameter, id)?;
            }
        }
        Ok(Self {
            delay_seconds: message.delay_seconds,
            speed,
            weight,
            body_digest: message::body_digest(&body),
            attributes_digest: message::attributes_digest(&attributes),
            system_attributes_digest: message::attributes_digest(&system),
            sending: Sending {
                body,
                attributes: to_json(&attributes),
                trace: trace(&system)?,
                group_id: message.message_group_id,
                deduplication_id: message.message_deduplication_id,
                delay: 0,
            },
        })
    }

    fn send(mut self, work: &mut Work<'_>, queue: &Queue) -> Result<Receipt, Fault> {
        self.fit(queue)?;
        let sent = work.send(queue, &self.sending)?;
        Ok(Receipt {
            message_id: sent.message_id,
            body_digest: self.body_digest,
            attributes_digest: self.attributes_digest,
            system_attributes_digest: self.system_attributes_digest,
            sequence_number: queue
                .attributes
                .is_fifo()
                .then(|| sequence_number(sent.sequence)),
        })
    }

    /// Checks the message against the queue, and takes from the queue what the sender left open.
    fn fit(&mut self, queue: &Queue) -> Result<(), Fault> {
        let most = queue.attributes.number("MaximumMessageSize");
        if self.weight as i64 > most {
            return Err(Fault::new(
                Kind::InvalidParameterValue,
                format!(
                    "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
                ),
            ));
        }
        if queue.attributes.is_fifo() {
            self.fit_fifo(queue)?;
        } else if let Some(id) = &self.sending.deduplication_id {
            return Err(Fault::not_for_this_kind_of_queue(
                "MessageDeduplicationId",
                id,
            ));
        }
        let seconds = self
            .delay_seconds
            .filter(|_| !queue.attributes.is_fifo())
            .unwrap_or_else(|| queue.attributes.number("DelaySeconds"));
        self.sending.delay = ((seconds * SECOND) as f64 / self.speed).ceil() as i64;
        Ok(())
    }

    fn fit_fifo(&mut self, queue: &Queue) -> Result<(), Fault> {
        if self.sending.group_id.is_none() {
            return Err(Fault::missing("MessageGroupId"));
        }
        if let Some(seconds) = self.delay_seconds.filter(|seconds| *seconds > 0) {
            return Err(Fault::not_for_this_kind_of_queue("DelaySeconds", seconds));
        }
        if self.sending.deduplication_id.is_some() {
            return Ok(());
        }
        if !queue.attributes.deduplicates_by_content() {
            return Err(Fault::new(
                Kind::InvalidParameterValue,
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
                 explicitly.",
            ));
        }
        self.sending.deduplication_id = Some(hex::encode(Sha256::digest(&self.sending.body)));
        Ok(())
    }
}

/// A place in a FIFO queue as callers see it: 20 digits, which grow.
pub(crate) fn sequence_number(sequence: i64) -> String {
    format!("{sequence:020}")
}

fn to_json(attributes: &Attributes) -> Option<String> {
    (!attributes.is_empty())
        .then(|| serde_json::to_string(attributes).expect("a map of texts is always JSON"))
}

/// The one system attribute that a sender may set.
fn trace(system: &Attributes) -> Result<Option<String>, Fault> {
    match system.keys().find(|name| *name != "AWSTraceHeader") {
        Some(name) => Err(Fault::invalid(
            "MessageSystemAttributeName",
            name,
            "The only message system attribute that can be sent is AWSTraceHeader.",
        )),
        None => Ok(system
            .get("AWSTraceHeader")
            .and_then(|value| value.text())
            .map(str::to_owned)),
    }
}
