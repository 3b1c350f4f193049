//! Who sends.

use openwati_core::consent::Consents;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_store::conversation::ConversationRecord;
use openwati_store::tenant::TenantRecord;

use serde::{Deserialize, Serialize};

use super::Request;
use super::prepare::Purpose;
use crate::admit::{admit, suspended};
use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::reach;

/// Reads whom a request is to, a local number with this country.
type Read = fn(&Request, Option<&str>) -> Result<Recipient, Error>;

/// Who sends a message.
pub(super) enum Sender<'a> {
    /// Somebody who was let in, and how their spelling is read. It comes along so that a function which never sends for
    /// somebody does not carry the world's numbering plans.
    Caller(&'a Caller, Read),
    /// The platform itself, for a tenant, to a peer that is known.
    Platform {
        tenant: &'a TenantId,
        to: &'a Recipient,
        heeds: Heeds,
    },
}

/// What of a customer's wish to be left in peace keeps a message back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heeds {
    /// None: a person of the team knows why they write.
    Nothing,
    /// Of everything, and of marketing where it is that: a program does not know.
    OptOut,
    /// Any: what nobody asked for is not written to who wants less.
    AnyOptOut,
}

impl Heeds {
    /// Whether a message may go to somebody who wants this.
    pub(crate) fn check(self, consents: &Consents, purpose: Purpose) -> Result<(), Error> {
        let refuses = match self {
            Self::Nothing => false,
            Self::OptOut => consents.refuses(purpose == Purpose::Marketing),
            Self::AnyOptOut => consents.is_out(),
        };
        match refuses {
            false => Ok(()),
            true => Err(Error::Unprocessable {
                message: OPTED_OUT_WORDS.to_owned(),
                code: OPTED_OUT,
            }),
        }
    }
}

/// The name of the refusal to write to who opted out.
pub(crate) const OPTED_OUT: &str = "opted_out";

/// The same in words.
pub(crate) const OPTED_OUT_WORDS: &str =
    "the customer has opted out: only a person of the team may write to them";

impl<'a> Sender<'a> {
    /// The platform's own automations.
    pub(super) fn automatic(tenant: &'a TenantId, to: &'a Recipient) -> Self {
        Self::Platform {
            tenant,
            to,
            heeds: Heeds::AnyOptOut,
        }
    }

    pub(super) fn tenant(&self) -> &TenantId {
        match self {
            Self::Caller(caller, _) => &caller.tenant,
            Self::Platform { tenant, .. } => tenant,
        }
    }

    /// Whether the tenant lets them send in this way.
    pub(super) fn pass(&self, tenant: &TenantRecord) -> Result<(), Error> {
        match self {
            Self::Caller(caller, _) => admit(caller, tenant),
            Self::Platform { .. } if tenant.suspended_at.is_some() => Err(suspended()),
            Self::Platform { .. } => Ok(()),
        }
    }

    /// What of a customer's wish to be left in peace they heed.
    pub(super) fn heeds(&self) -> Heeds {
        match self {
            Self::Caller(caller, _) => match caller.actor {
                Actor::Key(_) => Heeds::OptOut,
                Actor::User(_) | Actor::SuperAdmin { .. } => Heeds::Nothing,
            },
            Self::Platform { heeds, .. } => *heeds,
        }
    }

    /// Whether it is a person of the team.
    pub(super) fn is_person(&self) -> bool {
        match self {
            Self::Caller(caller, _) => !matches!(caller.actor, Actor::Key(_)),
            Self::Platform { .. } => false,
        }
    }

    /// Whether a peer with these conversations is one that they may write to.
    pub(super) fn reach(&self, conversations: &[ConversationRecord]) -> Result<(), Error> {
        match self {
            Self::Caller(caller, _) => reach::conversations(caller, conversations),
            Self::Platform { .. } => Ok(()),
        }
    }

    /// To whom: what the caller wrote, or the peer that is known.
    pub(super) fn recipient(
        &self,
        request: &Request,
        default_country: Option<&str>,
    ) -> Result<Recipient, Error> {
        match self {
            Self::Caller(_, read) => read(request, default_country),
            Self::Platform { to, .. } => Ok((*to).clone()),
        }
    }
}
