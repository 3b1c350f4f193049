//! The attributes of a queue: which there are, what they may be, and what they are when nobody says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    fault::{Fault, Kind},
    message::MAX_BYTES,
};

/// What a settable attribute may hold. Seconds and bytes, as the API Reference has them under `CreateQueue`.
enum Rule {
    Number {
        least: i64,
        most: i64,
        default: &'static str,
    },
    Flag {
        default: &'static str,
    },
    Choice(&'static [&'static str]),
    Json,
    Text,
}

/// The most seconds that a message may be hidden: 12 hours.
pub(crate) const MAX_VISIBILITY_SECONDS: i64 = 43_200;
/// The most seconds that a message may be delayed: 15 minutes.
pub(crate) const MAX_DELAY_SECONDS: i64 = 900;
/// The most seconds that a receiver may wait.
pub(crate) const MAX_WAIT_SECONDS: i64 = 20;

fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "DelaySeconds" => Rule::Number {
            least: 0,
            most: MAX_DELAY_SECONDS,
            default: "0",
        },
        "MaximumMessageSize" => Rule::Number {
            least: 1_024,
            most: MAX_BYTES as i64,
            default: "1048576",
        },
        "MessageRetentionPeriod" => Rule::Number {
            least: 60,
            most: 1_209_600,
            default: "345600",
        },
        "ReceiveMessageWaitTimeSeconds" => Rule::Number {
            least: 0,
            most: MAX_WAIT_SECONDS,
            default: "0",
        },
        "VisibilityTimeout" => Rule::Number {
            least: 0,
            most: MAX_VISIBILITY_SECONDS,
            default: "30",
        },
        "KmsDataKeyReusePeriodSeconds" => Rule::Number {
            least: 60,
            most: 86_400,
            default: "300",
        },
        "FifoQueue" | "ContentBasedDeduplication" => Rule::Flag { default: "false" },
        "SqsManagedSseEnabled" => Rule::Flag { default: "true" },
        "DeduplicationScope" => Rule::Choice(&["queue", "messageGroup"]),
        "FifoThroughputLimit" => Rule::Choice(&["perQueue", "perMessageGroupId"]),
        "Policy" | "RedrivePolicy" | "RedriveAllowPolicy" => Rule::Json,
        "KmsMasterKeyId" => Rule::Text,
        _ => return None,
    })
}

/// Attributes that only FIFO queues have.
const FIFO_ONLY: [&str; 4] = [
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
];
/// Attributes that a queue has whether or not anybody set them.
const ALWAYS: [&str; 6] = [
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];
/// Attributes that are counted or fixed and can be asked for, but not set.
const READ_ONLY: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redrive {
    /// The name of the dead-letter queue.
    pub(crate) target: String,
    /// How often a message is received before it goes there, 1 to 1,000.
    pub(crate) max_receive_count: i64,
}

/// The attributes that were set on a queue, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct QueueAttributes(BTreeMap<String, String>);

impl QueueAttributes {
    /// Reads what was stored.
    pub(crate) fn from_json(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// As it is stored.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("a map of texts is always JSON")
    }

    /// Takes over what a caller sets; an empty policy removes it.
    pub(crate) fn set(&mut self, changes: BTreeMap<String, String>) -> Result<(), Fault> {
        for (name, value) in changes {
            check(&name, &value)?;
            if value.is_empty() {
                self.0.remove(&name);
            } else {
                self.0.insert(name, value);
            }
        }
        Ok(())
    }

    /// The first of these attributes that is otherwise here; creating a queue anew is fine without one.
    pub(crate) fn differs<'a>(&self, wanted: &'a Self) -> Option<&'a str> {
        let differs =
            |(name, value): &(&String, &String)| self.value(name) != Some((*value).clone());
        wanted.0.iter().find(differs).map(|(name, _)| name.as_str())
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.flag("FifoQueue")
    }

    pub(crate) fn deduplicates_by_content(&self) -> bool {
        self.flag("ContentBasedDeduplication")
    }

    /// Whether a deduplication id is unique within its group alone.
    pub(crate) fn deduplicates_by_group(&self) -> bool {
        self.value("DeduplicationScope").as_deref() == Some("messageGroup")
    }

    /// A number in the unit of its name, or its default.
    pub(crate) fn number(&self, name: &str) -> i64 {
        self.value(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(0)
    }

    /// The redrive policy, if there is one.
    pub(crate) fn redrive(&self) -> Option<Redrive> {
        self.0
            .get("RedrivePolicy")
            .and_then(|text| redrive(text).ok())
    }

    /// Everything that is settable and has a value.
    pub(crate) fn all(&self) -> BTreeMap<String, String> {
        let mut all = self.0.clone();
        let fifo = FIFO_ONLY
            .iter()
            .filter(|_| self.is_fifo())
            .chain(ALWAYS.iter());
        for name in fifo {
            if let Some(value) = self.value(name) {
                all.insert((*name).to_owned(), value);
            }
        }
        all
    }

    fn flag(&self, name: &str) -> bool {
        self.value(name).as_deref() == Some("true")
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(value) = self.0.get(name) {
            return Some(value.clone());
        }
        match rule(name)? {
            Rule::Number { default, .. } | Rule::Flag { default } => Some(default.to_owned()),
            Rule::Choice(choices) => choices.first().map(|first| (*first).to_owned()),
            Rule::Json | Rule::Text => None,
        }
    }
}

/// Whether this is the name of an attribute that can be asked for.
pub(crate) fn is_known(name: &str) -> bool {
    name == "All" || READ_ONLY.contains(&name) || rule(name).is_some()
}

/// Checks what belongs together: the queue's name, its kind, and what only FIFO queues may have.
pub(crate) fn check_kind(name: &str, attributes: &BTreeMap<String, String>) -> Result<(), Fault> {
    let fifo = attributes
        .get("FifoQueue")
        .is_some_and(|value| value == "true");
    if fifo != name.ends_with(".fifo") {
        return Err(Fault::invalid(
            "QueueName",
            name,
            "The name of a FIFO queue ends with the suffix .fifo and its attribute FifoQueue is true.",
        ));
    }
    if fifo {
        return Ok(());
    }
    match FIFO_ONLY
        .iter()
        .find(|name| attributes.contains_key(**name))
    {
        // AWS takes `FifoQueue` on FIFO queues alone, even where it says false.
        Some(name) => Err(unknown(name)),
        None => Ok(()),
    }
}

/// The refusal of an attribute that does not exist, or not for this kind of queue.
pub(crate) fn unknown(name: &str) -> Fault {
    Fault::new(
        Kind::InvalidAttributeName,
        format!("Unknown Attribute {name}."),
    )
}

fn check(name: &str, value: &str) -> Result<(), Fault> {
    let fits = match rule(name).ok_or_else(|| unknown(name))? {
        Rule::Number { least, most, .. } => value
            .parse::<i64>()
            .is_ok_and(|number| (least..=most).contains(&number)),
        Rule::Flag { .. } => matches!(value, "true" | "false"),
        Rule::Choice(choices) => choices.contains(&value),
        Rule::Json if value.is_empty() => true,
        Rule::Json if name == "RedrivePolicy" => return redrive(value).map(|_| ()),
        Rule::Json => serde_json::from_str::<Value>(value).is_ok(),
        Rule::Text => true,
    };
    if fits {
        return Ok(());
    }
    Err(Fault::new(
        Kind::InvalidAttributeValue,
        format!("Invalid value for the parameter {name}."),
    ))
}

/// Reads a redrive policy; tools write `maxReceiveCount` as a number or as text.
fn redrive(text: &str) -> Result<Redrive, Fault> {
    let invalid = |reason| Fault::invalid("RedrivePolicy", text, reason);
    let policy: Value = serde_json::from_str(text)
        .map_err(|_| invalid("Redrive policy is not a valid JSON map."))?;
    let target = policy["deadLetterTargetArn"]
        .as_str()
        .and_then(|arn| arn.strip_prefix("arn:"))
        .and_then(|arn| arn.rsplit(':').next())
        .ok_or_else(|| {
            invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
        })?;
    let count = &policy["maxReceiveCount"];
    if count.is_null() {
        return Err(invalid(
            "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
        ));
    }
    let count = count
        .as_i64()
        .or_else(|| count.as_str().and_then(|count| count.parse().ok()))
        .filter(|count| (1..=1_000).contains(count))
        .ok_or_else(|| {
            invalid("Invalid value for maxReceiveCount. It must be an integer from 1 to 1000.")
        })?;
    Ok(Redrive {
        target: target.to_owned(),
        max_receive_count: count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: &str) -> Result<QueueAttributes, Fault> {
        let mut attributes = QueueAttributes::default();
        attributes.set(BTreeMap::from([(name.to_owned(), value.to_owned())]))?;
        Ok(attributes)
    }

    #[test]
    fn max_receive_count_is_a_number_or_a_text() {
        for count in ["3", "\"3\""] {
            let policy = format!(
                r#"{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":{count}}}"#
            );
            let redrive = set("RedrivePolicy", &policy).unwrap().redrive().unwrap();
            assert_eq!(
                (redrive.target.as_str(), redrive.max_receive_count),
                ("dead", 3)
            );
        }
    }

    #[test]
    fn values_beyond_the_limits_are_refused() {
        for (name, value) in [
            ("DelaySeconds", "901"),
            ("MessageRetentionPeriod", "59"),
            ("MessageRetentionPeriod", "1209601"),
            ("ReceiveMessageWaitTimeSeconds", "21"),
            ("VisibilityTimeout", "43201"),
            ("MaximumMessageSize", "1023"),
            ("MaximumMessageSize", "1048577"),
            ("ContentBasedDeduplication", "yes"),
            ("DeduplicationScope", "everywhere"),
        ] {
            let fault = set(name, value).unwrap_err();
            assert_eq!(fault.kind, Kind::InvalidAttributeValue, "{name}={value}");
        }
        assert_eq!(
            set("Colour", "red").unwrap_err().kind,
            Kind::InvalidAttributeName
        );
    }

    #[test]
    fn an_empty_policy_removes_the_policy() {
        let mut attributes = set(
            "RedrivePolicy",
            r#"{"deadLetterTargetArn":"arn:aws:sqs:r:1:d","maxReceiveCount":1}"#,
        )
        .unwrap();
        let none = BTreeMap::from([("RedrivePolicy".to_owned(), String::new())]);
        attributes.set(none).unwrap();
        assert_eq!(attributes.redrive(), None);
    }
}
