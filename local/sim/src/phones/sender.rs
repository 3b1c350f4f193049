//! Who wrote, as a callback tells it.

use serde_json::{Map, Value, json};

use crate::{
    http::{Bad, optional_text},
    identity,
    users::Users,
};

/// Members of a request that are about the sender.
pub(super) const MEMBERS: &[&str] = &[
    "name",
    "username",
    "user_id",
    "parent_user_id",
    "identity_key_hash",
    "hide_phone",
];

/// The customer as one message shows them.
#[derive(Debug)]
pub(super) struct Sender {
    /// The number, unless it is hidden.
    wa_id: Option<String>,
    /// The id, unless the callback is one of the time before there were any.
    user_id: Option<String>,
    parent_user_id: Option<String>,
    username: Option<String>,
    identity_key_hash: Option<String>,
}

impl Sender {
    pub(super) fn of(
        request: &Map<String, Value>,
        customer: &str,
        users: &Users,
    ) -> Result<Self, Bad> {
        let text = |name| optional_text(request, name).map(|text| text.map(str::to_owned));
        let user = |name| match text(name)? {
            Some(id) if !identity::is_user_id(&id) => Err(Bad::field(
                name,
                "must be two capitals, a dot and up to 128 letters or digits",
            )),
            id => Ok(id),
        };
        let hidden = match request.get("hide_phone") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(hidden)) => *hidden,
            Some(_) => return Err(Bad::field("hide_phone", "must be true or false")),
        };
        Ok(Self {
            wa_id: (!hidden).then(|| customer.to_owned()),
            user_id: match request.get("user_id") {
                Some(Value::Null) => None,
                _ => Some(user("user_id")?.unwrap_or_else(|| users.id_of(customer))),
            },
            parent_user_id: user("parent_user_id")?,
            username: text("username")?,
            identity_key_hash: text("identity_key_hash")?,
        })
    }

    /// The id that the customer has from now on.
    pub(super) fn taken(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// Writes the sender into a message.
    pub(super) fn sign(&self, message: &mut Map<String, Value>) {
        let members = [
            ("from", self.wa_id.as_ref()),
            ("from_user_id", self.user_id.as_ref()),
            ("from_parent_user_id", self.parent_user_id.as_ref()),
        ];
        insert(message, members);
    }

    /// The entry in the callback's contacts.
    pub(super) fn contact(&self, name: &str) -> Value {
        let mut profile = Map::new();
        profile.insert("name".into(), json!(name));
        insert(&mut profile, [("username", self.username.as_ref())]);
        let mut contact = Map::new();
        contact.insert("profile".into(), Value::Object(profile));
        let members = [
            ("wa_id", self.wa_id.as_ref()),
            ("user_id", self.user_id.as_ref()),
            ("parent_user_id", self.parent_user_id.as_ref()),
            ("identity_key_hash", self.identity_key_hash.as_ref()),
        ];
        insert(&mut contact, members);
        Value::Object(contact)
    }
}

/// Inserts the members that there are.
fn insert<'a>(
    object: &mut Map<String, Value>,
    members: impl IntoIterator<Item = (&'a str, Option<&'a String>)>,
) {
    for (name, text) in members {
        if let Some(text) = text {
            object.insert(name.into(), json!(text));
        }
    }
}
