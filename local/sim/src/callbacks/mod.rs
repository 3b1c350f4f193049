//! Callbacks to the platform: their bodies, their signature, their delivery.

mod body;
mod deliver;
mod lanes;
mod statuses;

pub(crate) use body::{envelope, event, sign, to_ascii};
pub(crate) use deliver::{Deliverer, Taken};
pub(crate) use statuses::{About, Stage, failed, status};
