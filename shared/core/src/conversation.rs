//! What a conversation's list shows of it, kept up message by message.

use serde::{Deserialize, Serialize};

use crate::id::Id;
use crate::incoming::Profile;
use crate::time::Moment;

/// The sum of the messages of a conversation. It is the same in whatever order they are heard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Messages from the customer that nobody has read.
    #[serde(default)]
    pub unread: u32,
    /// When the customer wrote last: WhatsApp's 24 hours begin here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_inbound_at: Option<Moment>,
    /// The last message of either direction, by the time at which it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Id>,
    /// Whether that one is from the business.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last_is_ours: bool,
    /// How that one begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// The name that the customer gave last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that the customer is found by, as said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The message that said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_by: Option<Id>,
}

/// A message, as far as a summary is about it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Its id, which sorts by the time at which it was written.
    pub id: Id,
    /// Whether the business wrote it.
    pub is_ours: bool,
    /// Whether it is new to its reader: reactions, edits and notes are not.
    pub tells: bool,
    /// Whether the customer wrote it, and not WhatsApp about the customer.
    pub opens_window: bool,
    /// When it was written.
    pub at: Moment,
    /// What a person reads.
    pub text: &'a str,
    /// How the customer presents themselves in it.
    pub profile: &'a Profile,
}

/// The longest beginning of a message that is shown, in characters.
const LONGEST_PREVIEW: usize = 200;

impl Summary {
    /// Counts a message in. The caller sees to it that each is counted once.
    pub fn hear(&mut self, heard: &Heard<'_>) {
        if heard.opens_window && !heard.is_ours {
            self.last_inbound_at = self.last_inbound_at.max(Some(heard.at));
        }
        if heard.tells && !heard.is_ours {
            self.unread = self.unread.saturating_add(1);
        }
        if heard.tells && self.last_message < Some(heard.id) {
            self.last_message = Some(heard.id);
            self.last_is_ours = heard.is_ours;
            self.preview = Some(heard.text.chars().take(LONGEST_PREVIEW).collect());
        }
        if self.is_newer_name(heard) {
            self.name.clone_from(&heard.profile.name);
            self.username.clone_from(&heard.profile.username);
            self.named_by = Some(heard.id);
        }
    }

    /// Whether the message gives the customer another name than the one that is known.
    pub fn renamed_by(&self, heard: &Heard<'_>) -> bool {
        self.is_newer_name(heard)
            && (&self.name, &self.username) != (&heard.profile.name, &heard.profile.username)
    }

    fn is_newer_name(&self, heard: &Heard<'_>) -> bool {
        !heard.is_ours && !heard.profile.is_empty() && self.named_by < Some(heard.id)
    }

    /// Counts in everything that another has counted, where two turn out to be one.
    pub fn join(&mut self, other: Self) {
        self.unread = self.unread.saturating_add(other.unread);
        self.last_inbound_at = self.last_inbound_at.max(other.last_inbound_at);
        if self.last_message < other.last_message {
            self.last_message = other.last_message;
            self.last_is_ours = other.last_is_ours;
            self.preview = other.preview;
        }
        if self.named_by < other.named_by {
            self.named_by = other.named_by;
            self.name = other.name;
            self.username = other.username;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    struct Message {
        id: Id,
        is_ours: bool,
        tells: bool,
        name: Option<String>,
    }

    fn message() -> impl Strategy<Value = Message> {
        let name = proptest::option::of("[ab]");
        (0_i64..20, any::<u32>(), any::<bool>(), any::<bool>(), name).prop_map(
            |(second, unique, is_ours, tells, name)| Message {
                id: Id::derived(Moment::from_seconds(second), &[&unique.to_string()]),
                is_ours,
                tells,
                name,
            },
        )
    }

    fn summary<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Summary {
        let mut summary = Summary::default();
        for message in messages {
            let text = message.id.hex();
            summary.hear(&Heard {
                id: message.id,
                is_ours: message.is_ours,
                tells: message.tells,
                opens_window: true,
                at: message.id.moment(),
                text: &text,
                profile: &Profile {
                    name: message.name.clone(),
                    username: None,
                },
            });
        }
        summary
    }

    proptest! {
        #[test]
        fn the_order_of_messages_does_not_matter(
            messages in proptest::collection::vec(message(), 0..12), turn in 0_usize..12, split in 0_usize..12,
        ) {
            let in_order = summary(&messages);
            let mut shuffled = messages.clone();
            shuffled.reverse();
            if !shuffled.is_empty() {
                let turn = turn % shuffled.len();
                shuffled.rotate_left(turn);
            }
            prop_assert_eq!(&summary(&shuffled), &in_order);
            let (some, others) = messages.split_at(split.min(messages.len()));
            let mut joined = summary(others);
            joined.join(summary(some));
            prop_assert_eq!(joined, in_order);
        }
    }

    #[test]
    fn a_name_is_news_once() {
        let profile = Profile {
            name: Some("Ana".to_owned()),
            username: None,
        };
        let heard = |second| Heard {
            id: Id::first_at(Moment::from_seconds(second)),
            is_ours: false,
            tells: true,
            opens_window: true,
            at: Moment::from_seconds(second),
            text: "Hi",
            profile: &profile,
        };
        let mut summary = Summary::default();
        assert!(summary.renamed_by(&heard(2)));
        summary.hear(&heard(2));
        assert!(!summary.renamed_by(&heard(3)) && !summary.renamed_by(&heard(1)));
        assert_eq!(
            (summary.unread, summary.preview.as_deref()),
            (1, Some("Hi"))
        );
    }
}
