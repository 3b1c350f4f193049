//! The columns of an export, and what contacts have in them.

use std::collections::{BTreeMap, BTreeSet};

use openwati_core::fold::fold;
use serde::{Deserialize, Serialize};

use super::columns::ATTRIBUTE;
use super::sheet::guarded;
use crate::contacts::Contact;

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// Something that every contact has.
    Own(Own),
    /// An attribute of this name.
    Attribute(String),
}

/// What every contact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Id,
    Phone,
    Name,
    Tags,
    Lists,
    UserId,
    ProfileName,
    OptedOut,
    OptedOutAt,
    CreatedAt,
    UpdatedAt,
}

impl Own {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Id, "id"),
        (Self::Phone, "phone"),
        (Self::Name, "name"),
        (Self::Tags, "tags"),
        (Self::Lists, "lists"),
        (Self::UserId, "user_id"),
        (Self::ProfileName, "profile_name"),
        (Self::OptedOut, "opted_out"),
        (Self::OptedOutAt, "opted_out_at"),
        (Self::CreatedAt, "created_at"),
        (Self::UpdatedAt, "updated_at"),
    ];
}

impl Field {
    /// The column that is meant by a name: one of a contact's own fields, else an attribute.
    pub(super) fn named(name: &str) -> Self {
        let own = Own::ALL.into_iter().find(|(_, own)| *own == name);
        match own {
            Some((own, _)) => Self::Own(own),
            None => Self::Attribute(name.strip_prefix(ATTRIBUTE).unwrap_or(name).to_owned()),
        }
    }

    /// The columns where nobody says which: those that an import reads, so that a file that was exported is imported as it
    /// is.
    pub(super) fn usual(attributes: &BTreeSet<String>) -> Vec<Self> {
        let own = [Own::Phone, Own::Name, Own::Tags].map(Self::Own);
        let attributes = attributes.iter().cloned().map(Self::Attribute);
        own.into_iter().chain(attributes).collect()
    }

    /// What the column is called.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Own(own) => {
                let title = Own::ALL.into_iter().find(|(other, _)| other == own);
                title.map(|(_, title)| title.to_owned()).unwrap_or_default()
            }
            Self::Attribute(name) => {
                let is_own = Own::ALL.iter().any(|(_, own)| *own == fold(name));
                match is_own || name.starts_with(ATTRIBUTE) {
                    true => format!("{ATTRIBUTE}{name}"),
                    false => guarded(name).into_owned(),
                }
            }
        }
    }
}

/// A contact as it is written down for an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    id: String,
    phone: String,
    name: String,
    tags: Vec<String>,
    lists: Vec<String>,
    user_id: String,
    profile_name: String,
    opted_out_at: String,
    created_at: String,
    updated_at: String,
    pub(super) attributes: BTreeMap<String, String>,
}

impl Line {
    pub(super) fn of(contact: Contact) -> Self {
        let phone = contact.phone.map(|phone| format!("+{phone}"));
        let user_id = contact.user_id.map(|id| id.as_str().to_owned());
        Self {
            id: contact.id.uuid(),
            phone: phone.unwrap_or_default(),
            name: contact.name.unwrap_or_default(),
            tags: contact.tags,
            lists: contact.lists.iter().map(|list| list.uuid()).collect(),
            user_id: user_id.unwrap_or_default(),
            profile_name: contact.profile_name.unwrap_or_default(),
            opted_out_at: contact.opted_out_at.map(|at| at.iso()).unwrap_or_default(),
            created_at: contact.created_at.iso(),
            updated_at: contact.updated_at.iso(),
            attributes: contact.attributes,
        }
    }

    /// What the contact has in a column. A number begins with a `+` and is no formula.
    pub(super) fn cell(&self, field: &Field) -> String {
        let own = match field {
            Field::Attribute(name) => {
                let value = self.attributes.get(name).map(String::as_str);
                return guarded(value.unwrap_or_default()).into_owned();
            }
            Field::Own(own) => own,
        };
        match own {
            Own::Phone => self.phone.clone(),
            Own::Tags => guarded(&self.tags.join(";")).into_owned(),
            Own::Lists => self.lists.join(";"),
            Own::OptedOut => (!self.opted_out_at.is_empty()).to_string(),
            Own::Id => self.id.clone(),
            Own::Name => guarded(&self.name).into_owned(),
            Own::UserId => guarded(&self.user_id).into_owned(),
            Own::ProfileName => guarded(&self.profile_name).into_owned(),
            Own::OptedOutAt => self.opted_out_at.clone(),
            Own::CreatedAt => self.created_at.clone(),
            Own::UpdatedAt => self.updated_at.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_such_that_an_import_understands_them() {
        let attributes = ["City", "phone", "=1", "attribute.x"].map(str::to_owned);
        let fields = Field::usual(&attributes.into());
        let titles: Vec<String> = fields.iter().map(Field::title).collect();
        assert_eq!(
            titles,
            [
                "phone",
                "name",
                "tags",
                "'=1",
                "City",
                "attribute.attribute.x",
                "attribute.phone"
            ]
        );
        let read = super::super::columns::columns(&titles, &BTreeMap::new()).unwrap();
        let names: Vec<String> = fields[3..]
            .iter()
            .map(|field| format!("{field:?}"))
            .collect();
        let read: Vec<String> = read[3..]
            .iter()
            .map(|column| format!("{column:?}"))
            .collect();
        assert_eq!(read, names);
        for (own, name) in Own::ALL {
            assert_eq!(Field::named(name), Field::Own(own));
            assert_eq!(Field::Own(own).title(), name);
        }
        assert_eq!(
            Field::named("attribute.id"),
            Field::Attribute("id".to_owned())
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        let line = Line {
            phone: "+15550001111".to_owned(),
            name: "=cmd|' /C calc'!A0".to_owned(),
            tags: vec!["@a".to_owned(), "b".to_owned()],
            attributes: [("x".to_owned(), "-1".to_owned())].into(),
            ..Line::default()
        };
        let cell = |name| line.cell(&Field::named(name));
        assert_eq!(cell("phone"), "+15550001111");
        assert_eq!(cell("name"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("tags"), "'@a;b");
        assert_eq!(cell("x"), "'-1");
        assert_eq!(cell("opted_out"), "false");
    }
}
