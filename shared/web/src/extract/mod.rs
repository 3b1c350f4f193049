//! What handlers take from a request.

mod authorized;
mod base_url;
mod idempotency_key;
mod json;
mod key;
mod parts;
mod permission;
mod raw;

pub use authorized::Authorized;
pub use base_url::BaseUrl;
pub use idempotency_key::IdempotencyKey;
pub use json::{ApiJson, JSON_LIMIT};
pub use parts::{ApiPath, ApiQuery};
pub use permission::{Permission, ReadMessages, ReadWebhooks, WriteMessages, WriteWebhooks};
pub use raw::RawBody;
