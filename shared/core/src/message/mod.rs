//! What a business can send on WhatsApp: one type for every kind of outgoing message.
//!
//! The types are at once the form in which messages are stored and the objects that Meta's Cloud
//! API takes, so that nothing is translated twice: `{"type": "text", "text": {"body": "…"}}`.
//! A message is read (which settles its shape), checked by [`Outgoing::validate`] (which settles
//! Meta's limits, see [`limits`]), stored, and sent as it is.
//!
//! Figures and shapes are those of Meta's "Messages" reference for the WhatsApp Cloud API.

pub(crate) mod check;
mod contacts;
mod content;
pub mod interactive;
mod invalid;
pub mod limits;
mod location;
mod media;
mod outgoing;
mod preview;
mod receipt;
mod recipient;
pub mod template;
#[cfg(test)]
mod tests;
pub mod written;

pub use self::contacts::{
    Contact, ContactAddress, ContactEmail, ContactName, ContactOrganization, ContactPhone,
    ContactUrl,
};
pub use self::content::{Content, Kind, Reaction, Text};
pub use self::invalid::{Invalid, Problem};
pub use self::location::Location;
pub use self::media::{Audio, Document, MediaSource, MediaSourceError, Sticker, Visual};
pub use self::outgoing::Outgoing;
pub use self::receipt::ReadReceipt;
pub use self::recipient::{Bsuid, NotAPeer, Recipient};

/// A JSON object whose members are Meta's business: it is stored and passed on as it is.
pub type Object = serde_json::Map<String, serde_json::Value>;
