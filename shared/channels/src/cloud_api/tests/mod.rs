//! The client against real servers on loopback.

mod answers;
mod broken_lines;
mod calls;
mod graph;
mod management;
mod media;
mod media_out;
mod messages;
mod openapi;
mod reading;
mod templates;
