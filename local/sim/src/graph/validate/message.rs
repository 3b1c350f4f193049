//! The members that all messages have, and which content goes with which type.

use serde_json::Value;

use super::{
    carried::{Carried, carried},
    contacts, content, interactive,
    node::{Node, Problem},
    template,
};
use crate::identity;

/// The types of messages, each with a member of the same name.
const TYPES: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "template",
    "reaction",
    "pin",
];

/// Members besides the content that a message may have.
const COMMON: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
];

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// A phone number: as it was written, and its digits.
    Phone { input: String, digits: String },
    /// A business-scoped user id.
    User { input: String },
    /// A group's id.
    Group { id: String },
}

/// A message that passed the check.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) recipient: Recipient,
    pub(crate) kind: &'static str,
    pub(crate) callback_data: Option<String>,
    /// The files that it carries, in the order in which they stand in it.
    pub(crate) files: Vec<Carried>,
}

/// What a POST to `messages` asks for.
#[derive(Clone, Debug)]
pub(crate) enum Request {
    /// To send a message.
    Send(Outgoing),
    /// To mark a customer's message as read, and perhaps to show that an answer is typed.
    Read {
        message_id: String,
        /// Whether it shows that an answer is typed.
        typing: bool,
    },
}

/// Checks a body.
pub(crate) fn parse(body: &Value) -> Result<Request, Problem> {
    let members = body.as_object().ok_or_else(|| Problem {
        code: 100,
        details: "The body must be a JSON object.".into(),
    })?;
    let root = Node::root(members);
    root.choice("messaging_product", &["whatsapp"])?;
    if root.get("status").is_some() {
        return read(root);
    }
    send(root).map(Request::Send)
}

fn read(root: Node<'_, '_>) -> Result<Request, Problem> {
    root.only(&[
        "messaging_product",
        "status",
        "message_id",
        "typing_indicator",
    ])?;
    root.choice("status", &["read"])?;
    let message_id = root.text("message_id", 512)?.to_owned();
    let typing = root.opt_object("typing_indicator", |typing| {
        typing.only(&["type"])?;
        typing.choice("type", &["text"])
    })?;
    Ok(Request::Read {
        message_id,
        typing: typing.is_some(),
    })
}

fn send(root: Node<'_, '_>) -> Result<Outgoing, Problem> {
    let kind = kind(root)?;
    let known: Vec<&str> = COMMON.iter().copied().chain([kind]).collect();
    root.only(&known)?;
    let recipient = recipient(root)?;
    root.opt_object("context", |context| {
        context.only(&["message_id"])?;
        context.text("message_id", 512)
    })?;
    if kind == "reaction" && root.get("context").is_some() {
        return Err(root.bad("context", "is not allowed with a reaction"));
    }
    root.opt_text("recipient_identity_key_hash", 512)?;
    let callback_data = root.opt_text("biz_opaque_callback_data", 512)?;
    if kind == "pin" && !matches!(recipient, Recipient::Group { .. }) {
        return Err(root.bad("type", "may be pin in groups alone"));
    }
    match kind {
        "contacts" => contacts::check(root)?,
        _ => root.object(kind, |node| match kind {
            "text" => content::text(node),
            "image" | "video" | "audio" | "document" | "sticker" => content::media(kind, node),
            "location" => content::location(node),
            "interactive" => interactive::check(node),
            "template" => template::check(node),
            "reaction" => content::reaction(node),
            _ => content::pin(node),
        })?,
    }
    Ok(Outgoing {
        recipient,
        kind,
        callback_data: callback_data.map(str::to_owned),
        files: root
            .get(kind)
            .map_or_else(Vec::new, |content| carried(kind, content)),
    })
}

/// The type; a message without one is a text.
fn kind(root: Node<'_, '_>) -> Result<&'static str, Problem> {
    let Some(named) = root.opt_text("type", usize::MAX)? else {
        return Ok("text");
    };
    let known = TYPES.iter().find(|known| **known == named);
    known.copied().ok_or_else(|| Problem {
        code: 100,
        details: format!("Param type must be one of {{{}}}.", TYPES.join(", ")),
    })
}

fn recipient(root: Node<'_, '_>) -> Result<Recipient, Problem> {
    let form = root.opt_choice("recipient_type", &["individual", "group"])?;
    // A number goes before a user id when both are there.
    let to = root.opt_text("to", 128)?;
    let user = root.opt_text("recipient", 256)?;
    if form == Some("group") {
        let id = to.ok_or_else(|| root.missing("to"))?.to_owned();
        return Ok(Recipient::Group { id });
    }
    match (to, user) {
        (Some(to), _) => {
            let digits = identity::digits(to)
                .ok_or_else(|| root.bad("to", "is not a phone number with country code"))?;
            Ok(Recipient::Phone {
                input: to.to_owned(),
                digits,
            })
        }
        (None, Some(user)) if identity::is_user_id(user) => Ok(Recipient::User {
            input: user.to_owned(),
        }),
        (None, Some(_)) => Err(root.bad("recipient", "is not a business-scoped user id")),
        (None, None) => Err(root.missing("to")),
    }
}
