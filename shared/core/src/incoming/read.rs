//! One message, read.

use serde_json::Value;

use super::{Act, File, Incoming, Party, Profile, words};
use crate::media::MediaKind;
use crate::message::Object;
use crate::time::Moment;

/// A message that came in, or an echo of one that the business sent by its own app.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// WhatsApp's id of it.
    pub wamid: String,
    /// When it was written, by WhatsApp's clock; none where it cannot be read.
    pub at: Option<Moment>,
    /// The customer.
    pub party: Party,
    /// How the customer presents themselves.
    pub profile: Profile,
    /// What it does.
    pub act: Act,
    /// Its file.
    pub file: Option<File>,
    /// What it holds.
    pub content: Incoming,
}

/// A message that cannot be one: it has no id, or is from nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has no id of WhatsApp's, or is from nobody")]
pub struct Unreadable;

/// Longer than any of WhatsApp's ids, and short enough for a key.
const LONGEST_ID: usize = 1024;

/// Longer than any of WhatsApp's words for a kind.
const LONGEST_KIND: usize = 64;

/// Members that are kept elsewhere than in `more`.
const READ: [&str; 9] = [
    "from",
    "from_user_id",
    "from_parent_user_id",
    "to",
    "to_user_id",
    "to_parent_user_id",
    "id",
    "timestamp",
    "type",
];

impl Arrived {
    /// Reads a customer's message, with the value of the change that it came in.
    ///
    /// # Errors
    /// If it has no id, or is from nobody: such a thing is no message.
    pub fn message(message: &Value, value: &Value) -> Result<Self, Unreadable> {
        let party = Party::of(message, "from", "from_user_id", "from_parent_user_id");
        read(message, value, party)
    }

    /// Reads the echo of a message that the business sent by WhatsApp's own app.
    ///
    /// # Errors
    /// If it has no id, or went to nobody.
    pub fn echo(message: &Value, value: &Value) -> Result<Self, Unreadable> {
        let party = Party::of(message, "to", "to_user_id", "to_parent_user_id");
        read(message, value, party)
    }
}

fn read(message: &Value, value: &Value, party: Party) -> Result<Arrived, Unreadable> {
    let contacts = value.get("contacts").and_then(Value::as_array);
    let contact = match contacts.map(Vec::as_slice) {
        Some([contact]) => contact,
        _ => &Value::Null,
    };
    let party = party.or(contact);
    let wamid = id(message, "id").ok_or(Unreadable)?;
    party.peer().ok_or(Unreadable)?;
    let kind = text(message, "type").filter(|kind| kind.len() <= LONGEST_KIND);
    let kind = kind.unwrap_or_else(|| "unknown".to_owned());
    let node = message.get(&kind).unwrap_or(&Value::Null);
    let context = message.get("context").unwrap_or(&Value::Null);
    let is = |name: &str| context.get(name).and_then(Value::as_bool) == Some(true);
    let content = Incoming {
        text: words::of_message(message),
        payload: Some(node)
            .filter(|node| !node.is_null() && !says_it_all(&kind, node))
            .map(|node| without_link(&kind, node)),
        reply_to: id(context, "id"),
        forwarded: is("forwarded") || is("frequently_forwarded"),
        more: more(message, &kind),
        business: value
            .get("metadata")
            .and_then(|metadata| text(metadata, "display_phone_number"))
            .map(|number| number.chars().filter(char::is_ascii_digit).collect()),
        whole: None,
        kind: kind.clone(),
    };
    Ok(Arrived {
        wamid,
        at: message.get("timestamp").and_then(moment),
        party,
        profile: Profile::of(contact),
        act: Act::of(&kind, node),
        file: File::of(&kind, node),
        content,
    })
}

/// Whether the node is a body alone.
fn says_it_all(kind: &str, node: &Value) -> bool {
    kind == "text"
        && node
            .as_object()
            .is_some_and(|node| node.keys().all(|name| name == "body"))
}

/// The node of a file without Meta's link, which is good for minutes and wants Meta's token: ours stands beside it.
fn without_link(kind: &str, node: &Value) -> Value {
    let mut node = node.clone();
    if MediaKind::named(kind).is_some()
        && let Some(members) = node.as_object_mut()
    {
        members.remove("url");
    }
    node
}

/// What came along that is kept nowhere else.
fn more(message: &Value, kind: &str) -> Object {
    let members = message.as_object().into_iter().flatten();
    members
        .filter(|(name, _)| !READ.contains(&name.as_str()) && *name != kind)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A text, or a number as one: ids are written both ways.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id of WhatsApp's. What is too long for a key is none: a key that the store refuses would be tried again and again,
/// and hold up whatever else its customer writes.
pub(super) fn id(value: &Value, name: &str) -> Option<String> {
    text(value, name).filter(|id| (1..=LONGEST_ID).contains(&id.len()))
}

/// Seconds since the epoch, as text or number; milliseconds were seen too.
fn moment(value: &Value) -> Option<Moment> {
    const FIRST_MILLIS: i64 = 100_000_000_000;
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let number = number.filter(|number| *number > 0)?;
    Some(if number >= FIRST_MILLIS {
        Moment::from_millis(number)
    } else {
        Moment::from_seconds(number)
    })
}
