//! Whether a customer wants to be written to.

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// What a customer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// To be written to.
    In,
    /// To be left in peace.
    Out,
}

/// Of what that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentScope {
    /// Of every message.
    All,
    /// Of templates of the category MARKETING alone, as WhatsApp's own switch.
    Marketing,
}

/// How it became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentBy {
    /// The customer wrote a word that means it.
    Word,
    /// WhatsApp said so.
    Whatsapp,
    /// Somebody of the business wrote it down.
    Person,
}

/// One statement about what a customer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// What they want.
    pub state: ConsentState,
    /// Of what.
    pub scope: ConsentScope,
    /// How it became known.
    pub by: ConsentBy,
    /// When it was said.
    pub at: Moment,
}

/// What was said last of one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// What they want.
    pub state: ConsentState,
    /// How it became known.
    pub by: ConsentBy,
    /// When it was said.
    pub at: Moment,
}

/// What stands of a customer. The two scopes are kept apart, so that WhatsApp's word about marketing does not take back
/// what the customer said of everything. Who said nothing may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Consents {
    /// What was said last of every message.
    pub all: Option<Stated>,
    /// What was said last of marketing.
    pub marketing: Option<Stated>,
}

impl Consents {
    /// Takes a statement in. Says whether it changed anything: what is older than what stands does not, and of one
    /// moment the customer's peace counts.
    pub fn take(&mut self, consent: &Consent) -> bool {
        let stated = Stated {
            state: consent.state,
            by: consent.by,
            at: consent.at,
        };
        let stands = match consent.scope {
            ConsentScope::All => &mut self.all,
            ConsentScope::Marketing => &mut self.marketing,
        };
        let is_newer = stands.is_none_or(|old| rank(&old) < rank(&stated));
        if is_newer {
            *stands = Some(stated);
        }
        is_newer
    }

    /// The newer of what stands here and there.
    #[must_use]
    pub fn joined_with(self, other: Self) -> Self {
        let newer = |a: Option<Stated>, b: Option<Stated>| match (a, b) {
            (Some(a), Some(b)) if rank(&a) < rank(&b) => Some(b),
            (a, b) => a.or(b),
        };
        Self {
            all: newer(self.all, other.all),
            marketing: newer(self.marketing, other.marketing),
        }
    }

    /// Whether a message is not wanted; marketing is a template of that category.
    pub fn refuses(&self, is_marketing: bool) -> bool {
        self.out_of_all().is_some() || is_marketing && self.out_of_marketing().is_some()
    }

    /// Whether the customer wants to be left in peace with anything: then nothing is written by itself.
    pub fn is_out(&self) -> bool {
        self.refuses(true)
    }

    /// Since when that is so.
    pub fn out_since(&self) -> Option<Moment> {
        let of_all = self.out_of_all();
        of_all.or_else(|| self.out_of_marketing()).map(|out| out.at)
    }

    fn out_of_all(&self) -> Option<Stated> {
        self.all.filter(|all| all.state == ConsentState::Out)
    }

    /// Who wants everything again wants marketing too.
    fn out_of_marketing(&self) -> Option<Stated> {
        let ended = |out: &Stated| {
            let again = self.all.filter(|all| all.state == ConsentState::In);
            again.is_some_and(|again| again.at > out.at)
        };
        self.marketing
            .filter(|marketing| marketing.state == ConsentState::Out && !ended(marketing))
    }
}

fn rank(stated: &Stated) -> (Moment, bool) {
    (stated.at, stated.state == ConsentState::Out)
}

#[cfg(test)]
mod tests {
    use ConsentScope::{All, Marketing};
    use ConsentState::{In, Out};

    use super::*;

    fn after(said: &[(ConsentState, ConsentScope, i64)]) -> Consents {
        let mut consents = Consents::default();
        for (state, scope, at) in said {
            consents.take(&Consent {
                state: *state,
                scope: *scope,
                by: ConsentBy::Word,
                at: Moment::from_seconds(*at),
            });
        }
        consents
    }

    #[test]
    fn what_was_said_last_of_a_scope_stands() {
        for (said, all, marketing) in [
            (&[][..], false, false),
            (&[(Out, All, 1)], true, true),
            (&[(Out, All, 1), (In, All, 2)], false, false),
            // A late one does not undo a newer one.
            (&[(In, All, 2), (Out, All, 1)], false, false),
            (&[(In, All, 1), (Out, All, 1)], true, true),
            (&[(Out, All, 1), (In, All, 1)], true, true),
            (&[(Out, Marketing, 1)], false, true),
            (&[(Out, Marketing, 1), (In, Marketing, 2)], false, false),
            // WhatsApp's word about marketing neither narrows nor ends what was said of everything.
            (&[(Out, All, 1), (Out, Marketing, 2)], true, true),
            (&[(Out, All, 1), (In, Marketing, 2)], true, true),
            // Who wants everything again wants marketing too, until WhatsApp says otherwise.
            (&[(Out, Marketing, 1), (In, All, 2)], false, false),
            (&[(In, All, 1), (Out, Marketing, 2)], false, true),
        ] {
            let stands = after(said);
            let told = (stands.refuses(false), stands.refuses(true));
            assert_eq!(told, (all, marketing), "{said:?}");
            assert_eq!(stands.is_out(), marketing, "{said:?}");
            assert_eq!(stands.out_since().is_some(), marketing, "{said:?}");
        }
    }

    #[test]
    fn of_two_the_newer_stands() {
        let one = after(&[(Out, All, 1), (In, Marketing, 5)]);
        let other = after(&[(In, All, 2), (Out, Marketing, 3)]);
        let joined = one.joined_with(other);
        assert_eq!(joined, other.joined_with(one));
        assert_eq!(joined, after(&[(In, All, 2), (In, Marketing, 5)]));
    }
}
