//! Something that answers customers by itself, for as long as no rule does.

use openwati_core::message::Outgoing;
use openwati_services::automate::{Automation, Received, Reply};

/// Answers `ping…` with `pong…`, and nothing else.
pub const PING_PONG: Automation = ping_pong;

fn ping_pong(received: &Received<'_>) -> Option<Reply> {
    let rest = received.text.strip_prefix("ping")?;
    Some(Reply {
        purpose: "ping-pong",
        message: Outgoing::text(format!("pong{rest}")),
    })
}
