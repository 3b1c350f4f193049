//! A message as WATI Pro shows it.

use openwati_services::messages;
use openwati_store::message;
use openwati_web::extract::BaseUrl;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A message from or to a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "message_id": "wamid.HBgMOTIzMDAxMjM0NTY3FQIAERgSQzVFOEI5",
    "direction": "out",
    "peer": "923001234567",
    "type": "text",
    "text": "Hello from WATI",
    "status": "delivered",
    "device_id": "6a297f90-0000-8c41-a2f6-4b8d60e1c357",
    "created_at": "2026-06-10T12:34:56Z",
    "delivered_at": "2026-06-10T12:34:58Z",
}))]
pub(crate) struct Message {
    /// Our id.
    #[schema(format = "uuid")]
    id: String,
    /// WhatsApp's id, once WhatsApp took the message.
    message_id: Option<String>,
    /// `out` for a message to the customer, `in` for one from the customer.
    #[schema(value_type = Direction)]
    direction: &'static str,
    /// The customer's number as digits with the country code.
    peer: String,
    /// The kind of the message, for example `text`, in WhatsApp's word: others may come.
    #[serde(rename = "type")]
    kind: String,
    /// The text, or what a person reads in its place; as it was edited last, and empty where it was taken back.
    text: String,
    /// What the message holds besides, as WhatsApp wrote it: the coordinates of a location, the id of a button.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Object)]
    payload: Option<Value>,
    /// WhatsApp's id of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reply_to: Option<String>,
    /// Its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    media: Option<Media>,
    /// The emojis on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<Reaction>,
    /// How far it has come.
    #[schema(value_type = Status)]
    status: &'static str,
    /// The device that sent or received it.
    #[schema(format = "uuid")]
    device_id: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it came to the customer's phone, or from it to this platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    delivered_at: Option<String>,
    /// When the customer read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    read_at: Option<String>,
    /// When its writer changed its words last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    edited_at: Option<String>,
    /// When its writer took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    revoked_at: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<MessageError>,
}

/// The file of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Media {
    /// Its type, by its bytes once it is stored.
    mime_type: String,
    /// The customer's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    file_name: Option<String>,
    /// Its length in bytes, once it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    size: Option<u64>,
    /// How far it has come: `pending`, `stored` or `failed`.
    #[schema(value_type = MediaStatus)]
    status: &'static str,
    /// Why it will never be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// A link to it, good for seven days. It answers 404 until the file is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    url: Option<String>,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum MediaStatus {
    /// It is yet to be brought: from WhatsApp, or from where the sender said.
    Pending,
    /// It is there.
    Stored,
    /// It will never be there.
    Failed,
}

/// An emoji on a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reaction {
    /// `in` where the customer put it there, `out` where the business did.
    #[schema(value_type = Direction)]
    direction: &'static str,
    /// The emoji.
    emoji: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// Why a message failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": 131026, "title": "Message undeliverable"}))]
pub(crate) struct MessageError {
    /// The number of the error in Meta's table, where Meta said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<i64>,
    /// A stable name of the reason, where this platform gave the message up: `media_url_failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// What went wrong.
    title: String,
    /// More of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    details: Option<String>,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum Direction {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

/// How far a message has come. It only moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum Status {
    /// Taken on, and perhaps being sent.
    Accepted,
    /// Handed to WhatsApp, which did not say what became of it.
    Unknown,
    /// Taken by WhatsApp.
    Sent,
    /// Refused by WhatsApp, or not deliverable.
    Failed,
    /// On the customer's phone.
    Delivered,
    /// Read by the customer.
    Read,
}

impl Message {
    /// A message as it is shown to who reaches the API at `base`.
    pub(crate) fn shown(message: messages::Message, base: &BaseUrl) -> Self {
        Self {
            id: message.id.uuid(),
            message_id: message.wamid,
            direction: message.direction.name(),
            peer: message.peer,
            kind: message.kind,
            text: message.text,
            payload: message.payload,
            reply_to: message.reply_to,
            media: message.media.map(|media| Media::shown(media, base)),
            reactions: message.reactions.into_iter().map(Reaction::from).collect(),
            edited_at: message.edited_at.map(|at| at.iso()),
            revoked_at: message.revoked_at.map(|at| at.iso()),
            status: message.state.public_name(),
            device_id: message.channel.uuid(),
            created_at: message.created_at.iso(),
            delivered_at: message.delivered_at.map(|at| at.iso()),
            read_at: message.read_at.map(|at| at.iso()),
            error: message.error.map(|error| MessageError {
                code: error.code,
                name: error.name,
                title: error.title,
                details: error.details,
            }),
        }
    }
}

impl Media {
    fn shown(media: messages::Media, base: &BaseUrl) -> Self {
        let record = media.record;
        Self {
            mime_type: record.mime_type,
            file_name: record.file_name,
            size: record.size,
            status: match record.state {
                message::MediaState::Pending => "pending",
                message::MediaState::Stored => "stored",
                message::MediaState::Failed => "failed",
            },
            reason: record.reason,
            url: media.link_path.map(|path| format!("{}{path}", base.0)),
        }
    }
}

impl From<messages::Reaction> for Reaction {
    fn from(reaction: messages::Reaction) -> Self {
        Self {
            direction: reaction.direction.name(),
            emoji: reaction.emoji,
            at: reaction.at.iso(),
        }
    }
}
