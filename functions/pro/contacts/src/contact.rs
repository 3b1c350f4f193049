//! Contacts as they are shown.

use std::collections::BTreeMap;

use openwati_core::id::Id;
use openwati_services::contacts;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody whom messages are with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    #[schema(format = "uuid")]
    id: String,
    /// What you call them, else what they call themselves.
    #[schema(required, example = "Ali")]
    name: Option<String>,
    /// Digits with the country code; `null` where WhatsApp never told their number.
    #[schema(required, example = "923001234567")]
    phone: Option<String>,
    /// WhatsApp's id of them for your business, where it is known.
    #[schema(required, example = "US.13491208655302741918")]
    user_id: Option<String>,
    /// What they call themselves.
    #[schema(required, example = "Ali K.")]
    profile_name: Option<String>,
    /// Your words for them, in order.
    #[schema(example = json!(["lead", "jan26"]))]
    tags: Vec<String>,
    /// What else you keep of them.
    #[schema(example = json!({"city": "Lahore"}))]
    attributes: BTreeMap<String, String>,
    /// The ids of the lists that they are on.
    lists: Vec<String>,
    /// Whether they want no messages: none at all, or none of marketing.
    opted_out: bool,
    /// Since when.
    #[schema(required, format = DateTime)]
    opted_out_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When they were changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// One contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneContact {
    contact: Contact,
}

/// A page of contacts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyContacts {
    contacts: Vec<Contact>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl From<contacts::Contact> for Contact {
    fn from(contact: contacts::Contact) -> Self {
        Self {
            id: contact.id.uuid(),
            name: contact.name,
            phone: contact.phone.map(|phone| phone.as_str().to_owned()),
            user_id: contact.user_id.map(|id| id.as_str().to_owned()),
            profile_name: contact.profile_name,
            tags: contact.tags,
            attributes: contact.attributes,
            lists: contact.lists.into_iter().map(Id::uuid).collect(),
            opted_out: contact.opted_out_at.is_some(),
            opted_out_at: contact.opted_out_at.map(|at| at.iso()),
            created_at: contact.created_at.iso(),
            updated_at: contact.updated_at.iso(),
        }
    }
}

impl From<contacts::Contact> for OneContact {
    fn from(contact: contacts::Contact) -> Self {
        let contact = contact.into();
        Self { contact }
    }
}

impl From<contacts::Page> for ManyContacts {
    fn from(page: contacts::Page) -> Self {
        Self {
            contacts: page.contacts.into_iter().map(Contact::from).collect(),
            next_cursor: page.next_cursor,
        }
    }
}
