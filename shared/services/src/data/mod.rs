//! Works through a tenant's data: what it exports, what is erased of it, what it keeps no longer, and its secrets under a
//! new key.
//!
//! A work is a record with a cursor and a chain of jobs, each of which works a slice of some seconds, keeps how far it
//! came, and puts the next one on the queue. A slice may be cut anywhere and is worked again from where it began: what it
//! removes stays removed, and what it writes it writes again under the same name.
//!
//! What there is to walk through follows from [`Entity`](openwati_store::Entity). The erasures and [`shown`], which says
//! what an export shows, name every kind of item, so that a new one does not compile before somebody has decided; and a
//! test looks whether an erasure comes to each of them.

mod ask;
mod erase_contact;
mod erase_tenant;
mod export;
mod files;
mod job;
mod messages;
#[cfg(test)]
mod reach;
mod reseal;
mod retention;
mod show;
mod shown;
mod subject;
mod walk;

pub use ask::{erase_contact, erase_tenant, export, reseal_all};
pub use job::{settle, work};
pub(crate) use retention::begin as begin_retention;
pub use show::{Job, JobPage, Link, find, list};
