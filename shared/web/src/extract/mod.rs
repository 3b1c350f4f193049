//! What handlers take from a request.

mod authorized;
mod base_url;
mod client;
mod idempotency_key;
mod json;
mod key;
mod known;
mod parts;
mod permission;
mod raw;

pub use authorized::Authorized;
pub use base_url::BaseUrl;
pub use client::Client;
pub use idempotency_key::IdempotencyKey;
pub use json::{ApiJson, JSON_LIMIT, LARGE_JSON_LIMIT, nullable};
pub use known::Known;
pub use parts::{ApiPath, ApiQuery};
pub use permission::{
    Permission, ReadAccount, ReadContacts, ReadMessages, ReadOwnContact, ReadRules, ReadTemplates,
    ReadTenants, ReadWebhooks, WriteAccount, WriteContacts, WriteMessages, WriteOwnContact,
    WriteRules, WriteTemplates, WriteTenants, WriteWebhooks,
};
pub use raw::RawBody;
