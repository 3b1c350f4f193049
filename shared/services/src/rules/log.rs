//! The log of what was answered by itself.

use std::time::Duration;

use openwati_core::automation::Outcome;
use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::automation::{LogPage, LogSelection};

use super::admit_manager;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::{messages, send};

/// Which entries are listed: those that have all of what is named.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// This became of them.
    pub outcome: Option<Outcome>,
    /// They are of this customer: a phone number in any spelling, or a BSUID.
    pub peer: Option<String>,
    /// This rule answered.
    pub rule: Option<Id>,
    /// The customer wrote at this moment or later.
    pub since: Option<Moment>,
    /// The customer wrote before this moment.
    pub until: Option<Moment>,
    /// Where the last page ended.
    pub before: Option<Id>,
    /// How many, at least 1.
    pub limit: usize,
}

/// By how much clocks of machines differ.
const SLACK: Duration = Duration::from_secs(60);

/// A page of the log, newest first: at most 90 days back.
///
/// # Errors
/// If the caller may not see it, or what is named as a customer can be none.
pub async fn log(
    platform: &Platform,
    caller: &Caller,
    filter: LogFilter,
) -> Result<LogPage, Error> {
    let tenant = admit_manager(platform, caller).await?;
    let peers = match &filter.peer {
        Some(peer) => {
            let country = tenant.default_country.as_deref();
            let peer = send::parse_recipient("peer", peer, country)?;
            Some(messages::peers(platform, &caller.tenant, peer).await?)
        }
        None => None,
    };
    let now = platform.now();
    let soon = now.plus(SLACK);
    let end = Id::first_at(filter.until.map_or(soon, |until| until.min(soon)));
    let selection = LogSelection {
        before: filter.before.map_or(end, |before| before.min(end)),
        since: filter.since.unwrap_or(Moment::from_millis(0)),
        outcome: filter.outcome,
        peers,
        rule: filter.rule,
        limit: filter.limit.max(1),
    };
    let store = platform.store();
    let page = store.automation_log(&caller.tenant, now, &selection);
    Ok(page.await?)
}
