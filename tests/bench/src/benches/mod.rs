//! What is measured.

mod callbacks;
mod cold_start;
mod contacts;
mod events;
mod memory;
mod sends;
mod size;

use clap::ValueEnum;

use crate::{Setting, report::Report};

/// A benchmark, by its name on the command line and in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Benchmark {
    /// From the start of a bootstrap to its first question, and what is left for the first request.
    ColdStart,
    /// The zip of each function.
    Size,
    /// The memory of each function.
    Memory,
    /// Sends a second, and processor time a send.
    Sends,
    /// Callbacks a second, and how soon they are acknowledged.
    Callbacks,
    /// From a customer's text to the tenant's own server.
    Events,
    /// Many contacts, brought in and found again.
    Contacts,
}

impl Benchmark {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::ColdStart,
        Self::Size,
        Self::Memory,
        Self::Sends,
        Self::Callbacks,
        Self::Events,
        Self::Contacts,
    ];

    /// Measures.
    pub(crate) async fn run(self, setting: &Setting) -> anyhow::Result<Report> {
        match self {
            Self::ColdStart => cold_start::run(setting).await,
            Self::Size => size::run(setting),
            Self::Memory => memory::run(setting).await,
            Self::Sends => sends::run(setting).await,
            Self::Callbacks => callbacks::run(setting).await,
            Self::Events => events::run(setting).await,
            Self::Contacts => contacts::run(setting).await,
        }
    }
}
