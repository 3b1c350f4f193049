//! What survives a crash: messages, pending callbacks, windows, customers' names, business numbers that
//! were made here, subscriptions, templates, and what is known of files.
//!
//! All writes go through one thread that commits whatever has gathered in one transaction, so that
//! a thousand messages a second cost a few dozen commits. What has been answered stands in SQLite's
//! write-ahead log, which outlives the process however it ends.

mod errands;
mod kept;
mod media;
mod read;
mod schema;
mod templates;
mod write;

pub(crate) use errands::{insert_errand, remove_errand, settle_message};
pub(crate) use kept::{Kept, insert_number};
pub(crate) use media::{insert_media, update_media};
pub(crate) use read::{Known, Loaded, Reader, Shown, Wanted};
pub(crate) use schema::open;
pub(crate) use templates::put_template;
pub(crate) use write::{Lost, Writer, block, insert_callback, insert_message, show_typing};

/// Which way a message went, as the business sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

impl Direction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// One message on a customer's phone. Its state follows from the clock and the times below, so
/// that a message needs no further writes while it moves from accepted to delivered.
#[derive(Debug)]
pub(crate) struct MessageRow {
    pub(crate) id: String,
    pub(crate) phone_number_id: String,
    pub(crate) customer: String,
    pub(crate) direction: Direction,
    pub(crate) kind: String,
    /// The message as JSON, as it went over the wire.
    pub(crate) raw: String,
    pub(crate) at_ms: i64,
    pub(crate) sent_ms: Option<i64>,
    pub(crate) delivered_ms: Option<i64>,
    pub(crate) failed_ms: Option<i64>,
    /// What a later status of it needs to know.
    pub(crate) traits: Traits,
}

/// What the statuses of a message repeat from the request that sent it.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Traits {
    /// `biz_opaque_callback_data`, echoed in every status.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) callback_data: Option<String>,
    /// Whether it was addressed by a business-scoped user id.
    #[serde(default)]
    pub(crate) by_user_id: bool,
    /// Whether the recipient is a group.
    #[serde(default)]
    pub(crate) group: bool,
    /// The customer's file that it carries.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) media: Option<String>,
    /// The business's files that it carries, in the order in which they stand in it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) files: Vec<String>,
    /// Meta's code for why it never reached the customer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) failure: Option<u32>,
    /// What the customer reads of a template.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) template: Option<serde_json::Value>,
    /// What was wrong, where the code's own text says too little.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) failure_details: Option<String>,
    /// Until when the customer sees under it that the business types.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) typing_until_ms: Option<i64>,
}

/// A callback on its way to the platform.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) id: i64,
    /// Callbacks of one lane are delivered one after the other.
    pub(crate) lane: String,
    /// The number whose configuration says where it goes.
    pub(crate) phone_number_id: String,
    /// What it tells, for people: `status:sent`, `message:text`, `event:account_update`.
    pub(crate) kind: String,
    /// The bytes that are signed and sent.
    pub(crate) body: bytes::Bytes,
    pub(crate) created_ms: i64,
    pub(crate) due_ms: i64,
    pub(crate) attempts: u32,
    /// The inbound message that counts as delivered once this was taken.
    pub(crate) delivers: Option<String>,
}
