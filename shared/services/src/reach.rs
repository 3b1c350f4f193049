//! How far a caller sees: an agent's reach ends at the own conversations.

use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::role::Role;
use openwati_store::conversation::ConversationRecord;

use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

/// Whether a peer with these conversations is the caller's to see and to write to.
///
/// # Errors
/// [`Error::Forbidden`] for an agent to whom none of them is assigned.
pub(crate) fn conversations(caller: &Caller, all: &[ConversationRecord]) -> Result<(), Error> {
    let is_assigned = |to: Id| all.iter().any(|one| one.assigned_to == Some(to));
    match caller.actor {
        _ if caller.role > Role::Agent => Ok(()),
        Actor::User(user) if is_assigned(user) => Ok(()),
        _ => Err(Error::Forbidden {
            message: "an agent sees and answers the conversations that are assigned to them: name the peer of one"
                .to_owned(),
            code: "not_your_conversation",
        }),
    }
}

/// The same for a peer by everything that they are known by, which is read for agents alone.
///
/// # Errors
/// [`Error::Forbidden`].
pub(crate) async fn peers(
    platform: &Platform,
    caller: &Caller,
    known_by: &[Recipient],
) -> Result<(), Error> {
    if caller.role > Role::Agent {
        return Ok(());
    }
    let mut all = Vec::new();
    for peer in known_by {
        let store = platform.store();
        all.extend(store.conversations(&caller.tenant, peer.as_str()).await?);
    }
    conversations(caller, &all)
}

/// Whether every peer is the caller's to see.
///
/// # Errors
/// [`Error::Forbidden`] for an agent, who names one.
pub(crate) fn everybody(caller: &Caller) -> Result<(), Error> {
    conversations(caller, &[])
}
