//! What a key may be used for, in our words and in Wati's.

use serde::{Deserialize, Serialize};

/// What an operation touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Sending and looking up messages.
    Messages,
    /// Campaigns.
    Campaigns,
    /// Contacts and their lists.
    Contacts,
    /// Auto-reply rules and chatbots.
    Rules,
    /// Conversations and their assignment.
    Inbox,
    /// The template catalogue.
    Templates,
    /// Webhook endpoints and deliveries.
    Webhooks,
    /// Figures. There is nothing to write.
    Analytics,
    /// Keys, channels, people, plan.
    Account,
}

/// Whether an operation changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It only looks.
    Read,
    /// It changes or sends.
    Write,
}

/// The scope that covers every operation, and what a key gets where none is named.
pub const ALL: &str = "api";

/// Every name of a scope: ours first, then Wati's synonyms. Wati writes its own with and without `wati_` in front.
///
/// A write scope does not cover reading, as at Wati: a key that shall do both holds both.
const NAMES: &[(&str, &[(Area, Access)])] = {
    use Access::{Read, Write};
    use Area::*;
    &[
        ("messages:read", &[(Messages, Read)]),
        ("messages:write", &[(Messages, Write)]),
        ("campaigns:read", &[(Campaigns, Read)]),
        ("campaigns:write", &[(Campaigns, Write)]),
        ("contacts:read", &[(Contacts, Read)]),
        ("contacts:write", &[(Contacts, Write)]),
        ("rules:read", &[(Rules, Read)]),
        ("rules:write", &[(Rules, Write)]),
        ("inbox:read", &[(Inbox, Read)]),
        ("inbox:write", &[(Inbox, Write)]),
        ("templates:read", &[(Templates, Read)]),
        ("templates:write", &[(Templates, Write)]),
        ("webhooks:read", &[(Webhooks, Read)]),
        ("webhooks:write", &[(Webhooks, Write)]),
        ("analytics:read", &[(Analytics, Read)]),
        ("account:read", &[(Account, Read)]),
        ("account:write", &[(Account, Write)]),
        // Wati. A conversation there is messages and inbox together; a template's write scope also sends it.
        ("contactsv3:read", &[(Contacts, Read)]),
        ("contactsv3:write", &[(Contacts, Write)]),
        ("conversations:read", &[(Messages, Read), (Inbox, Read)]),
        ("conversations:write", &[(Messages, Write), (Inbox, Write)]),
        ("conversationsv3:read", &[(Messages, Read), (Inbox, Read)]),
        (
            "conversationsv3:write",
            &[(Messages, Write), (Inbox, Write)],
        ),
        ("messagetemplate:read", &[(Templates, Read)]),
        (
            "messagetemplate:write",
            &[(Templates, Write), (Messages, Write), (Campaigns, Write)],
        ),
        ("messagetemplatev2:read", &[(Templates, Read)]),
        (
            "messagetemplatev2:write",
            &[(Templates, Write), (Messages, Write), (Campaigns, Write)],
        ),
        ("messagetemplatev3:read", &[(Templates, Read)]),
        (
            "messagetemplatev3:write",
            &[(Templates, Write), (Messages, Write), (Campaigns, Write)],
        ),
        ("payment:read", &[(Messages, Read)]),
        ("payment:write", &[(Messages, Write)]),
        (
            "wati_integration:read",
            &[
                (Messages, Read),
                (Inbox, Read),
                (Contacts, Read),
                (Templates, Read),
                (Campaigns, Read),
            ],
        ),
        (
            "wati_integration:write",
            &[
                (Messages, Write),
                (Inbox, Write),
                (Contacts, Write),
                (Templates, Write),
                (Campaigns, Write),
            ],
        ),
    ]
};

/// The scopes of one key, as they were given to it. Names that nobody knows are refused when a key is made, and grant
/// nothing if one is met all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Scopes by their names; none means [`ALL`].
    ///
    /// # Errors
    /// The first name that is no scope.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, String> {
        if names.is_empty() {
            return Ok(Self::all());
        }
        names
            .iter()
            .map(|name| {
                let name = name.as_ref();
                let known = name == ALL || granted(name).is_some();
                known
                    .then(|| name.to_owned())
                    .ok_or_else(|| name.to_owned())
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Scopes as they are stored. A name that a later version gave and this one does not know grants nothing.
    pub fn from_stored(names: Vec<String>) -> Self {
        Self(names)
    }

    /// The scope that covers every operation.
    pub fn all() -> Self {
        Self(vec![ALL.to_owned()])
    }

    /// Whether these scopes allow `access` to `area`.
    pub fn allow(&self, area: Area, access: Access) -> bool {
        self.0.iter().any(|name| {
            name == ALL || granted(name).is_some_and(|grants| grants.contains(&(area, access)))
        })
    }

    /// The first of `others` that allows something which these do not: who holds these may not hand it on.
    pub fn first_beyond<'a>(&self, others: &'a Self) -> Option<&'a str> {
        let all = self.0.iter().any(|name| name == ALL);
        let within = |name: &str| {
            let grants = granted(name).unwrap_or_default();
            all || name != ALL
                && grants
                    .iter()
                    .all(|(area, access)| self.allow(*area, *access))
        };
        let mut names = others.0.iter().map(String::as_str);
        names.find(|name| !within(name))
    }

    /// The names as they were given.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// The name of the one scope that allows `access` to `area`, for messages that say what is missing.
pub fn name(area: Area, access: Access) -> &'static str {
    let own = NAMES.iter().find(|(_, grants)| *grants == [(area, access)]);
    own.map_or(ALL, |(name, _)| name)
}

fn granted(name: &str) -> Option<&'static [(Area, Access)]> {
    let find = |name: &str| {
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, grants)| *grants)
    };
    find(name).or_else(|| name.strip_prefix("wati_").and_then(find))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(names: &[&str], area: Area, access: Access) -> bool {
        Scopes::parse(names).unwrap().allow(area, access)
    }

    #[test]
    fn api_covers_all_and_is_the_default() {
        for names in [&[][..], &["api"][..], &["contacts:read", "api"][..]] {
            assert!(allow(names, Area::Account, Access::Write));
        }
    }

    #[test]
    fn a_scope_covers_its_own_area_alone() {
        assert!(allow(&["messages:write"], Area::Messages, Access::Write));
        assert!(!allow(&["messages:write"], Area::Messages, Access::Read));
        assert!(!allow(&["messages:write"], Area::Contacts, Access::Write));
    }

    #[test]
    fn names_of_wati_mean_the_same_with_and_without_prefix() {
        for name in [
            "conversations:write",
            "wati_conversations:write",
            "conversationsv3:write",
        ] {
            assert!(allow(&[name], Area::Messages, Access::Write), "{name}");
        }
        assert!(allow(
            &["wati_integration:read"],
            Area::Contacts,
            Access::Read
        ));
        assert!(allow(
            &["wati_messagetemplate:read"],
            Area::Templates,
            Access::Read
        ));
    }

    #[test]
    fn every_scope_has_a_name_of_ours() {
        assert_eq!(name(Area::Messages, Access::Write), "messages:write");
        assert_eq!(name(Area::Inbox, Access::Read), "inbox:read");
        assert_eq!(name(Area::Analytics, Access::Write), ALL);
    }

    #[test]
    fn nobody_hands_on_more_than_they_hold() {
        let beyond = |own: &[&str], others: &[&str]| {
            let others = Scopes::parse(others).unwrap();
            let own = Scopes::parse(own).unwrap();
            own.first_beyond(&others).map(ToOwned::to_owned)
        };
        assert_eq!(beyond(&["api"], &["api", "account:write"]), None);
        assert_eq!(beyond(&["account:write"], &["api"]), Some("api".into()));
        assert_eq!(
            beyond(
                &["messages:read", "inbox:read"],
                &["conversations:read", "messages:write"]
            ),
            Some("messages:write".into())
        );
        assert_eq!(
            beyond(&["messages:read"], &["conversations:read"]),
            Some("conversations:read".into())
        );
    }

    #[test]
    fn an_unknown_name_is_refused_by_name_and_grants_nothing() {
        assert_eq!(
            Scopes::parse(&["messages:read", "message:read"]),
            Err("message:read".to_owned())
        );
        assert!(
            !Scopes::from_stored(vec!["later:write".into()]).allow(Area::Messages, Access::Write)
        );
    }
}
