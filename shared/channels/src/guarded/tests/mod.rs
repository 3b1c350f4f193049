//! The guarded client against hosts on this machine.

mod caching;
mod connections;
mod host;
mod limits;
mod redirects;
mod ssrf;
mod urls;
