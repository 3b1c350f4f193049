//! What a tenant's own server can be told of.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventType {
    /// A customer wrote.
    #[serde(rename = "message.received")]
    MessageReceived,
    /// A message to a customer was sent, delivered or read, or has failed.
    #[serde(rename = "message.status")]
    MessageStatus,
    /// An endpoint gets no events any more.
    #[serde(rename = "endpoint.disabled")]
    EndpointDisabled,
}

impl EventType {
    /// All of them, as they are listed.
    pub const ALL: [Self; 3] = [
        Self::MessageReceived,
        Self::MessageStatus,
        Self::EndpointDisabled,
    ];

    /// The name in the API and in the event itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MessageReceived => "message.received",
            Self::MessageStatus => "message.status",
            Self::EndpointDisabled => "endpoint.disabled",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_the_name_it_is_stored_by() {
        for kind in EventType::ALL {
            assert_eq!(EventType::named(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(EventType::named("message.lost"), None);
    }
}
