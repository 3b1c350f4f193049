//! Who sends.

use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_store::conversation::ConversationRecord;
use openwati_store::tenant::TenantRecord;

use super::Request;
use crate::admit::admit;
use crate::authenticate::Caller;
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
    },
}

impl Sender<'_> {
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
            Self::Platform { .. } => Ok(()),
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
