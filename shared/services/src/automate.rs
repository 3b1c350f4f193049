//! What answers customers by itself.

use openwati_core::id::Id;
use openwati_core::message::Outgoing;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

/// Decides what a customer's message is answered with, if anything. It is asked again when a job is run again, and has to
/// decide alike: the answer's id follows from the message and the purpose, so that it is sent once.
pub type Automation = fn(&Received<'_>) -> Option<Reply>;

/// A customer's message, as an automation sees it.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// Whose customer it is.
    pub tenant: &'a TenantId,
    /// The channel it came over.
    pub channel: Id,
    /// Whom it is from: digits of a phone number, or a BSUID.
    pub peer: &'a str,
    /// Our id of it.
    pub message: Id,
    /// When the customer wrote it.
    pub at: Moment,
    /// WhatsApp's word for its kind.
    pub kind: &'a str,
    /// What a person reads.
    pub text: &'a str,
}

/// An automatic answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Which of the answers to this message it is.
    pub purpose: &'static str,
    /// What is sent.
    pub message: Outgoing,
}
