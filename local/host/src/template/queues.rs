//! Queues.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::{Resolved, STACK, TemplateError, property, resolve::Parameters};

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its logical id.
    pub logical_id: String,
    /// What it is called within the stack: `statuses`, `inbound.fifo`.
    pub short_name: String,
    /// Its attributes as SQS names them, without the redrive policy.
    pub attributes: BTreeMap<&'static str, String>,
    /// Where messages end that were received too often.
    pub dead_letters: Option<DeadLetters>,
}

/// The other queue of a redrive policy.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    /// Its logical id.
    pub queue: String,
    /// A message that was received more often goes there.
    pub max_receive_count: u32,
}

/// Properties in the template and the attributes of SQS that they are. Encryption means nothing here.
const NUMBERS: [(&str, &str); 5] = [
    ("VisibilityTimeout", "VisibilityTimeout"),
    ("MessageRetentionPeriod", "MessageRetentionPeriod"),
    ("DelaySeconds", "DelaySeconds"),
    (
        "ReceiveMessageWaitTimeSeconds",
        "ReceiveMessageWaitTimeSeconds",
    ),
    ("MaximumMessageSize", "MaximumMessageSize"),
];
const TEXTS: [&str; 4] = [
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
];

impl Queue {
    /// Its name in a stack.
    pub fn name_in(&self, stack: &str) -> String {
        format!("{stack}-{}", self.short_name)
    }
}

pub(super) fn read(
    name: &str,
    resource: &Value,
    parameters: &Parameters,
) -> Result<Queue, TemplateError> {
    let properties = property(resource, "Properties")?;
    let full_name = match parameters.resolve(property(properties, "QueueName")?)? {
        Resolved::Text(text) => text,
        _ => return Err(TemplateError::NotAScalar),
    };
    let short_name = full_name
        .strip_prefix(STACK)
        .and_then(|rest| rest.strip_prefix('-'));
    let mut attributes = BTreeMap::new();
    for (property, attribute) in NUMBERS {
        if let Some(value) = properties.get(property) {
            attributes.insert(attribute, parameters.number(value)?.to_string());
        }
    }
    for attribute in TEXTS {
        if let Some(value) = properties.get(attribute)
            && let Resolved::Text(text) = parameters.resolve(value)?
        {
            attributes.insert(attribute, text);
        }
    }
    let policy = properties.get("RedrivePolicy");
    let dead_letters = policy
        .map(|policy| dead_letters(policy, parameters))
        .transpose()?;
    Ok(Queue {
        logical_id: name.to_owned(),
        short_name: short_name.unwrap_or(&full_name).to_owned(),
        attributes,
        dead_letters,
    })
}

fn dead_letters(policy: &Value, parameters: &Parameters) -> Result<DeadLetters, TemplateError> {
    let target = property(policy, "deadLetterTargetArn")?;
    let Resolved::Attribute { resource, .. } = parameters.resolve(target)? else {
        return Err(TemplateError::Missing("deadLetterTargetArn".to_owned()));
    };
    Ok(DeadLetters {
        queue: resource,
        max_receive_count: parameters.number(property(policy, "maxReceiveCount")?)?,
    })
}
