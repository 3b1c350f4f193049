//! Lists as they are shown.

use openwati_services::contact_lists;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A list of contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactList {
    #[schema(format = "uuid")]
    id: String,
    #[schema(example = "Newsletter")]
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// One list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneContactList {
    contact_list: ContactList,
}

/// What a list is to be called.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NamedContactList {
    /// No two lists have the same, whatever its spelling.
    #[schema(min_length = 1, max_length = 100, example = "Newsletter")]
    pub(crate) name: String,
}

impl From<contact_lists::ContactList> for ContactList {
    fn from(list: contact_lists::ContactList) -> Self {
        Self {
            id: list.id.uuid(),
            name: list.name,
            created_at: list.created_at.iso(),
        }
    }
}

impl From<contact_lists::ContactList> for OneContactList {
    fn from(list: contact_lists::ContactList) -> Self {
        let contact_list = list.into();
        Self { contact_list }
    }
}
