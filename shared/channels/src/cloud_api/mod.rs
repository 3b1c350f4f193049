//! Meta's WhatsApp Cloud API.
//!
//! # The three outcomes
//! A message that was sent twice can not be taken back, so that the outcomes are told apart by
//! what is certain:
//!
//! | what happened | outcome |
//! | --- | --- |
//! | no connection was made (name look-up, refusal, TLS, connect time-out) | refused |
//! | an error came back in Graph's own JSON, with any HTTP status | refused |
//! | JSON with `messages[0].id` came back | accepted |
//! | all else: time-out, reset, cut or foreign answer, success without an id | unknown |
//!
//! Nothing is sent again by this client or by what it stands on: redirects and the HTTP library's
//! own retries are off. The library takes another connection only where a kept one turned out to
//! be closed before a byte of the request was written to it.

mod answer;
pub mod callback;
mod client;
mod config;
mod management;
mod media;
mod media_out;
mod outcome;
mod phone_number;
mod templates;
#[cfg(test)]
mod tests;
mod transport;
mod wire;

pub use self::client::CloudApi;
pub use self::config::{BadConfig, CloudApiConfig, Credentials};
pub use self::management::{
    CallbackOverride, MANAGEMENT, MESSAGING, SubscribedApp, TokenInfo, demands_secret,
    is_unconfirmed, is_wrong_secret,
};
pub use self::media::{DownloadError, DownloadLimits, MediaDownload, MediaInfo};
pub use self::media_out::MediaUpload;
pub use self::outcome::{CallError, GraphError, Outcome, Refusal, UnknownReason};
pub use self::phone_number::PhoneNumberInfo;
pub use self::templates::{CreatedTemplate, Sample, TemplatePage};
pub(crate) use self::transport::causes;
