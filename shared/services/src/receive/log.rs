//! What is written down of callbacks, so that people see why nothing arrives.
//!
//! Few are: WhatsApp posts by the hundred, and anybody may post what WhatsApp did not sign. Of those that are taken a
//! process writes one in ten seconds and channel, with the number since; of others one a second and reason.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::callback_log::{CallbackLogRecord, CallbackOutcome};

use crate::platform::Platform;

/// How long a channel's callbacks are only counted once one was written down.
const TAKEN_EVERY: Duration = Duration::from_secs(10);

/// How long others are let go once one was written down for the same reason.
const OTHERS_EVERY: Duration = Duration::from_secs(1);

/// How many channels and reasons are remembered at most.
const MOST: usize = 1000;

/// What entries are alike in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind {
    /// What went well, of one channel.
    Well(TenantId, Id, CallbackOutcome),
    /// What did not, for one reason: whoever posts it, it is not more.
    Badly(&'static str),
}

/// What a process has written down, and when: each kind with the time of its last entry, and how many were only counted
/// since.
#[derive(Debug, Default)]
pub(crate) struct Noted(Mutex<HashMap<Kind, (Moment, u32)>>);

impl Noted {
    /// For how many an entry is to stand that is written now; none where it is to be counted alone.
    fn due(&self, kind: Kind, now: Moment) -> Option<u32> {
        let every = |kind: &Kind| match kind {
            Kind::Well(..) => TAKEN_EVERY,
            Kind::Badly(_) => OTHERS_EVERY,
        };
        let rests = |kind: &Kind, at: Moment| at <= now && at.until(now) < every(kind);
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, since)) = noted.get_mut(&kind) {
            if rests(&kind, *at) {
                *since = since.saturating_add(1);
                return None;
            }
            let count = since.saturating_add(1);
            (*at, *since) = (now, 0);
            return Some(count);
        }
        if noted.len() >= MOST {
            noted.retain(|kind, (at, _)| rests(kind, *at));
        }
        // With so many at once, what is not remembered is not written either.
        if noted.len() >= MOST {
            return None;
        }
        noted.insert(kind, (now, 0));
        Some(1)
    }

    /// Whether an entry for this reason would be written now.
    pub(super) fn would(&self, reason: &'static str, now: Moment) -> bool {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = noted.get(&Kind::Badly(reason));
        last.is_none_or(|(at, _)| *at > now || at.until(now) >= OTHERS_EVERY)
    }
}

/// Writes down, if it is time to, that something went well with these channels.
pub(super) async fn well(
    platform: &Platform,
    tenant: &TenantId,
    outcome: CallbackOutcome,
    mut channels: Vec<Id>,
) {
    channels.sort_unstable();
    channels.dedup();
    let now = platform.now();
    for channel in channels {
        let kind = Kind::Well(tenant.clone(), channel, outcome);
        if let Some(count) = platform.noted().due(kind, now) {
            write(platform, tenant, outcome, None, Some(channel), count).await;
        }
    }
}

/// Writes down, if it is time to, what became of a callback that was not taken, and why.
pub(super) async fn badly(
    platform: &Platform,
    tenant: &TenantId,
    outcome: CallbackOutcome,
    reason: &'static str,
    channel: Option<Id>,
) {
    let kind = Kind::Badly(reason);
    if platform.noted().due(kind, platform.now()).is_some() {
        // Those in between may have been other tenants', so that it stands for itself.
        write(platform, tenant, outcome, Some(reason), channel, 1).await;
    }
}

/// Writes an entry. That it could not be written keeps no callback from being taken.
async fn write(
    platform: &Platform,
    tenant: &TenantId,
    outcome: CallbackOutcome,
    reason: Option<&'static str>,
    channel: Option<Id>,
    count: u32,
) {
    let record = CallbackLogRecord {
        id: Id::new(platform.now(), platform.entropy()),
        outcome,
        reason: reason.map(str::to_owned),
        channel,
        count,
    };
    if let Err(error) = platform.store().put_callback_log(tenant, &record).await {
        tracing::warn!(%tenant, %error, "what became of a callback was not written down");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_taken_one_in_ten_seconds_is_written_with_the_number_since() {
        let noted = Noted::default();
        let tenant: TenantId = "1234567890".parse().unwrap();
        let due = |seconds: i64, channel: u8| {
            let id = Id::from_bytes([channel; 12]);
            let kind = Kind::Well(tenant.clone(), id, CallbackOutcome::Taken);
            noted.due(kind, Moment::from_seconds(1_800_000_000 + seconds))
        };
        assert_eq!(due(0, 1), Some(1));
        assert_eq!([due(1, 1), due(5, 1), due(9, 1)], [None; 3]);
        assert_eq!(due(9, 2), Some(1));
        assert_eq!(due(10, 1), Some(4));
        assert_eq!(due(30, 1), Some(1));
    }

    #[test]
    fn of_refused_ones_one_a_second_and_reason_is_written() {
        let noted = Noted::default();
        let at = |millis: i64| Moment::from_millis(1_800_000_000_000 + millis);
        let due = |millis, reason| noted.due(Kind::Badly(reason), at(millis)).is_some();
        assert!(due(0, "a") && due(0, "b"));
        assert!(!noted.would("a", at(500)) && !due(500, "a") && !due(999, "a"));
        assert!(noted.would("a", at(1000)) && due(1000, "a"));
    }

    #[test]
    fn nobody_fills_the_memory() {
        let noted = Noted::default();
        let tenant: TenantId = "1234567890".parse().unwrap();
        let now = Moment::from_seconds(1_800_000_000);
        for number in 0..2 * MOST {
            let id = Id::derived(now, &[&number.to_string()]);
            noted.due(Kind::Well(tenant.clone(), id, CallbackOutcome::Taken), now);
        }
        assert_eq!(noted.0.lock().unwrap().len(), MOST);
        let later = now.plus(TAKEN_EVERY);
        let id = Id::from_bytes([9; 12]);
        let kind = Kind::Well(tenant, id, CallbackOutcome::Taken);
        assert_eq!(noted.due(kind, later), Some(1));
    }
}
