//! `ReceiveMessage`: at once, or waiting until there is something.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};

use super::{batch::MAX_ENTRIES, send::sequence_number, visibility};
use crate::{
    attributes::MAX_WAIT_SECONDS,
    clock,
    fault::Fault,
    message::{self, Attributes},
    protocol::{Call, queue_name},
    store::{Delivery, Received, Receiving},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Receive {
    queue_url: Option<String>,
    max_number_of_messages: Option<i64>,
    wait_time_seconds: Option<i64>,
    visibility_timeout: Option<i64>,
    message_system_attribute_names: Option<Vec<String>>,
    /// The older name of the same.
    attribute_names: Option<Vec<String>>,
    message_attribute_names: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Messages {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    body_digest: String,
    body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'static str, String>,
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    attributes_digest: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: Attributes,
}

pub(crate) async fn receive(call: Call, input: Receive) -> Result<Messages, Fault> {
    let name = queue_name(input.queue_url)?;
    let limit = usize::try_from(input.max_number_of_messages.unwrap_or(1)).unwrap_or(0);
    if !(1..=MAX_ENTRIES).contains(&limit) {
        return Err(Fault::invalid(
            "MaxNumberOfMessages",
            input.max_number_of_messages.unwrap_or_default(),
            "Must be between 1 and 10, if provided.",
        ));
    }
    let visibility_seconds = match input.visibility_timeout {
        None => None,
        given => Some(visibility::check(given)?),
    };
    if let Some(wait) = input.wait_time_seconds
        && !(0..=MAX_WAIT_SECONDS).contains(&wait)
    {
        return Err(Fault::invalid(
            "WaitTimeSeconds",
            wait,
            "Must be >= 0 and <= 20, if provided.",
        ));
    }
    let look = Look {
        call,
        name,
        limit,
        visibility_seconds,
    };
    let received = look.wait(input.wait_time_seconds).await?;
    let mut system = input.message_system_attribute_names.unwrap_or_default();
    system.extend(input.attribute_names.unwrap_or_default());
    let wanted = input.message_attribute_names.unwrap_or_default();
    let messages = received.messages.into_iter().map(|delivery| {
        let fifo = received.queue.attributes.is_fifo();
        render(&look.call, delivery, fifo, &system, &wanted)
    });
    Ok(Messages {
        messages: messages.collect(),
    })
}

/// A look at the queue, which can be repeated.
struct Look {
    call: Call,
    name: String,
    limit: usize,
    visibility_seconds: Option<i64>,
}

impl Look {
    async fn once(&self) -> Result<Received, Fault> {
        let (call, name) = (self.call.clone(), self.name.clone());
        let (limit, visibility_seconds) = (self.limit, self.visibility_seconds);
        let work = self.call.shared.store.run(move |work| {
            let wanted = Receiving {
                limit,
                visibility_seconds,
                duplicates: call.shared.duplicates.rate(&name),
            };
            let queue = work.queue(&name)?;
            work.receive(queue, wanted, |queue| call.arn(queue))
        });
        work.await
    }

    /// Looks until there is something, for so many seconds or as many as the queue says.
    async fn wait(&self, seconds: Option<i64>) -> Result<Received, Fault> {
        let begun = Instant::now();
        let first = self.once().await?;
        let of_queue = || {
            first
                .queue
                .attributes
                .number("ReceiveMessageWaitTimeSeconds")
        };
        let seconds = u64::try_from(seconds.unwrap_or_else(of_queue)).unwrap_or(0);
        if !first.messages.is_empty() || seconds == 0 {
            return Ok(first);
        }
        let deadline = begun + Duration::from_secs(seconds);
        let mut closing = self.call.shared.closing.subscribe();
        let watch = self.call.shared.store.signals().watch(first.queue.id);
        loop {
            let bell = watch.bell().notified();
            tokio::pin!(bell);
            // Listen before looking: what comes after the look then rings.
            bell.as_mut().enable();
            let received = self.once().await?;
            if !received.messages.is_empty() || Instant::now() >= deadline {
                return Ok(received);
            }
            tokio::select! {
                () = bell => (),
                () = sleep_until(alarm(&received, deadline)) => (),
                _ = closing.wait_for(|closing| *closing) => return Ok(received),
            }
        }
    }
}

/// When to look again if nobody rings.
fn alarm(received: &Received, deadline: Instant) -> Instant {
    let Some(next_at) = received.next_at else {
        return deadline;
    };
    let left = u64::try_from(next_at - clock::now()).unwrap_or(0).max(1);
    deadline.min(Instant::now() + Duration::from_millis(left))
}

fn render(
    call: &Call,
    delivery: Delivery,
    fifo: bool,
    system: &[String],
    wanted: &[String],
) -> Message {
    let mut message_attributes: Attributes = delivery
        .attributes
        .as_deref()
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    message_attributes.retain(|name, _| wanted.iter().any(|wanted| asks_for(wanted, name)));
    let handle = delivery.handle;
    let mut attributes = BTreeMap::from([
        ("SenderId", call.shared.config.account.clone()),
        ("SentTimestamp", delivery.sent_at.to_string()),
        (
            "ApproximateReceiveCount",
            delivery.receive_count.to_string(),
        ),
        (
            "ApproximateFirstReceiveTimestamp",
            delivery.first_received_at.to_string(),
        ),
    ]);
    for (name, value) in [
        ("MessageGroupId", delivery.group_id),
        ("MessageDeduplicationId", delivery.deduplication_id),
        ("AWSTraceHeader", delivery.trace),
        ("DeadLetterQueueSourceArn", delivery.source),
        (
            "SequenceNumber",
            fifo.then(|| sequence_number(handle.sequence)),
        ),
    ] {
        attributes.extend(value.map(|value| (name, value)));
    }
    attributes.retain(|name, _| {
        system
            .iter()
            .any(|wanted| wanted == "All" || wanted == name)
    });
    Message {
        message_id: delivery.message_id,
        receipt_handle: handle.encode(),
        body_digest: message::body_digest(&delivery.body),
        body: delivery.body,
        attributes,
        attributes_digest: message::attributes_digest(&message_attributes),
        message_attributes,
    }
}

/// Whether a name that a receiver gave means this attribute: itself, `All`, or a prefix such as `trace.*`.
fn asks_for(wanted: &str, name: &str) -> bool {
    wanted == "All"
        || wanted == name
        || wanted
            .strip_suffix(".*")
            .is_some_and(|prefix| name.starts_with(prefix))
}
