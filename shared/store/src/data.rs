//! Works through a tenant's data, page by page: exports, erasures, what is kept no longer, secrets under a new key.

mod job;
mod reseal;
mod retention;
mod walk;

pub use job::{DataJobKind, DataJobRecord, DataJobState};
pub use reseal::SecretOf;
pub use retention::EVERY;
pub(crate) use retention::due;
pub use walk::{Thing, Walked};

pub use crate::keys::place::{CONTACT_SHARDS, FILE_SHARDS, Place};
