//! Looking after a channel: whether Meta still lets it be used as it is to.

use openwati_channels::cloud_api::TokenInfo;
use openwati_core::time::Moment;
use openwati_store::channel::{ChannelChange, ChannelState, CheckedNumber};
use serde_json::json;

use super::ask::{OpenKeys, findings};
use super::change::BY_OWNER;
use super::problem::Problem;
use super::secrets::{SecretField, open};
use super::subscribe::{Goes, goes, subscribe};
use super::{NO_CHANNEL, callback_url, connect, own};
use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::templates;

/// What a check found.
#[derive(Debug, Clone)]
pub struct Check {
    /// When it was.
    pub checked_at: Moment,
    /// Whether the channel can send now.
    pub connected: bool,
    /// What Meta tells of the number.
    pub number: Option<CheckedNumber>,
    /// The token's permissions.
    pub scopes: Vec<String>,
    /// Whether Meta posts the account's callbacks to us.
    pub subscribed: bool,
    /// All that is wrong, what matters most first.
    pub problems: Vec<Problem>,
}

/// Asks Meta for all that there is to know of a channel, and keeps it. One that was disconnected because of a problem that
/// is mended is connected again, one whose token is over is disconnected, and an account that nobody is subscribed to is
/// subscribed.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::MetaUnreachable`], and then nothing is changed.
pub async fn check(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    id: &str,
) -> Result<Check, Error> {
    admit_admin(platform, caller).await?;
    let record = own(platform, caller, id).await?;
    let opened = OpenKeys::of(platform, &caller.tenant, &record)?;
    let keys = opened.keys(&record);
    let found = findings(platform, &keys).await?;
    let mut problems = found.problems;
    let usable = problems.is_empty();

    let url = callback_url(caller, base_url);
    let app_id = found
        .token
        .as_ref()
        .and_then(|token| token.app_id.as_deref());
    let mut subscribed = false;
    if let Some(apps) = &found.apps {
        match goes(apps, app_id, &url) {
            Goes::Here | Goes::ToTheApp => subscribed = true,
            Goes::Elsewhere => problems.push(Problem::new(
                "callbacks_elsewhere",
                "Meta posts this account's callbacks to another address",
            )),
            Goes::Nowhere if usable && record.state_reason.as_deref() != Some(BY_OWNER) => {
                let ring = platform.key_ring()?;
                let token = open(ring, &caller.tenant, &record, SecretField::VerifyToken)?;
                let problem = subscribe(platform, &keys, &url, token.expose()).await?;
                subscribed = problem.is_none();
                problems.extend(problem);
            }
            Goes::Nowhere => problems.push(Problem::new(
                "not_subscribed",
                "the app is not subscribed to this account's callbacks",
            )),
        }
    }

    let is_over = problems
        .first()
        .filter(|problem| problem.code == "invalid_token");
    let was_connected = record.state == ChannelState::Connected;
    let state = match is_over {
        Some(problem) if was_connected => {
            Some((ChannelState::Disconnected, Some(problem.message.clone())))
        }
        None if usable && !was_connected && record.state_reason.as_deref() != Some(BY_OWNER) => {
            Some((ChannelState::Connected, None))
        }
        _ => None,
    };
    let connected = match &state {
        Some((state, _)) => *state == ChannelState::Connected,
        None => was_connected,
    };
    // What its connecting was cut off before is written down now.
    let finished = connected && connect::is_unfinished(&record);
    let act = finished.then(|| {
        let details = json!({"phone_number_id": record.phone_number_id});
        audit::act(platform, caller, "channel.connected", record.id, details)
    });
    let change = ChannelChange {
        state,
        checked: found.checked.clone(),
        per_second: found.per_second,
        ..ChannelChange::default()
    };
    let reconnects = !was_connected && connected;
    if reconnects {
        templates::follow(platform, &caller.tenant, &record.waba_id).await?;
    }
    let now = platform.now();
    let store = platform.store();
    let kept = store.change_channel(&caller.tenant, record.id, &change, now, act.as_ref());
    if !kept.await? {
        return Err(NO_CHANNEL);
    }
    if reconnects {
        templates::read_soon(platform, &caller.tenant, &record.waba_id).await;
    }
    Ok(Check {
        checked_at: now,
        connected,
        number: found.checked,
        scopes: found.token.map(scopes).unwrap_or_default(),
        subscribed,
        problems,
    })
}

fn scopes(token: TokenInfo) -> Vec<String> {
    token.scopes
}
