//! What happens to every request before and after its handler.

pub(crate) mod answer;
pub(crate) mod log;
pub(crate) mod panic;
pub(crate) mod path;
pub(crate) mod rate_limit;
