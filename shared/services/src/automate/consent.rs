//! Whether customers want to be written to, as they and WhatsApp say it.

use std::collections::BTreeSet;

use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState};
use openwati_core::crash_point;
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde_json::Value;

use crate::error::Error;
use crate::platform::Platform;

/// Meta's name of the field that tells what customers want.
pub(crate) const PREFERENCES: &str = "user_preferences";

/// The only preference that there is.
const MARKETING: &str = "marketing_messages";

/// Keeps what somebody said by all that they are known by, so that a message to either of their addresses heeds it. Says
/// whether it changed anything: what is older than what stands does not.
///
/// # Errors
/// If the store did not answer; it may be kept of some then, and the same may be asked for again.
pub(crate) async fn state(
    platform: &Platform,
    tenant: &TenantId,
    peer: &Recipient,
    consent: &Consent,
) -> Result<bool, Error> {
    let store = platform.store();
    let mut keys = BTreeSet::from([peer.clone()]);
    let mut contact = store.alias(tenant, peer).await?.map(|alias| alias.contact);
    while let Some(id) = contact {
        let Some(known) = store.contact(tenant, id).await? else {
            break;
        };
        keys.extend(known.keys);
        keys.insert(known.peer);
        contact = known.merged_into;
    }
    let mut changed = false;
    for key in &keys {
        changed |= store.set_consent(tenant, key, consent).await?;
        crash_point!("inbound.consent_kept");
    }
    if changed {
        tracing::info!(%tenant, state = ?consent.state, scope = ?consent.scope, by = ?consent.by, "a customer wants something else");
    }
    Ok(changed)
}

/// WhatsApp said of a message that its customer wants no marketing.
///
/// # Errors
/// As [`state`].
pub(crate) async fn refused(
    platform: &Platform,
    tenant: &TenantId,
    peer: &Recipient,
    at: Moment,
) -> Result<(), Error> {
    let consent = by_whatsapp(ConsentState::Out, at);
    state(platform, tenant, peer, &consent).await.map(drop)
}

/// Hears the preferences that a callback tells.
///
/// # Errors
/// As [`state`].
pub(crate) async fn hear_preferences(
    platform: &Platform,
    tenant: &TenantId,
    told_at: Moment,
    value: &Value,
) -> Result<(), Error> {
    let told = value.get(PREFERENCES).and_then(Value::as_array);
    for (peers, consent) in told
        .into_iter()
        .flatten()
        .filter_map(|one| read(one, told_at))
    {
        for peer in peers {
            state(platform, tenant, &peer, &consent).await?;
        }
    }
    Ok(())
}

/// Whose preference it is and what it means; none where it is another than the one that is known.
fn read(told: &Value, told_at: Moment) -> Option<(Vec<Recipient>, Consent)> {
    let text = |name: &str| told.get(name).and_then(Value::as_str);
    if text("category") != Some(MARKETING) {
        return None;
    }
    let state = match text("value")? {
        "stop" => ConsentState::Out,
        "resume" | "signup" => ConsentState::In,
        _ => return None,
    };
    let number = text("wa_id").and_then(PhoneNumber::from_digits);
    let id = text("user_id").and_then(Bsuid::parse);
    let peers = number.map(Recipient::Phone).into_iter();
    let peers: Vec<_> = peers.chain(id.map(Recipient::UserId)).collect();
    let seconds = match told.get("timestamp") {
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_i64(),
        None => None,
    };
    // A clock that is ahead of ours would hold against all that is said until then.
    let at = seconds.map_or(told_at, |at| Moment::from_seconds(at).min(told_at));
    (!peers.is_empty()).then(|| (peers, by_whatsapp(state, at)))
}

fn by_whatsapp(state: ConsentState, at: Moment) -> Consent {
    Consent {
        state,
        scope: ConsentScope::Marketing,
        by: ConsentBy::Whatsapp,
        at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOLD: Moment = Moment::from_seconds(1_800_000_000);

    fn stop() -> Value {
        json!({"wa_id": "923001234567", "user_id": "PK.9f3c", "category": "marketing_messages", "value": "stop",
            "detail": "User requested to stop marketing messages", "timestamp": 1_799_999_990})
    }

    #[test]
    fn a_preference_is_read_with_whose_it_is_and_since_when() {
        let (peers, consent) = read(&stop(), TOLD).unwrap();
        let peers: Vec<_> = peers.iter().map(Recipient::as_str).collect();
        assert_eq!(peers, ["923001234567", "PK.9f3c"]);
        let at = Moment::from_seconds(1_799_999_990);
        assert_eq!(consent, by_whatsapp(ConsentState::Out, at));
    }

    #[test]
    fn spellings_of_a_preference_are_read_and_what_is_not_known_is_not() {
        for (change, expected) in [
            (json!({"value": "resume"}), Some(ConsentState::In)),
            (json!({"value": "signup"}), Some(ConsentState::In)),
            (json!({"value": "later"}), None),
            (json!({"category": "utility_messages"}), None),
            (json!({"wa_id": null, "user_id": null}), None),
            (json!({"timestamp": "1799999990"}), Some(ConsentState::Out)),
            (
                json!({"timestamp": 4_000_000_000_i64}),
                Some(ConsentState::Out),
            ),
            (json!({"timestamp": null}), Some(ConsentState::Out)),
        ] {
            let mut told = stop();
            let change = change.as_object().unwrap().clone();
            told.as_object_mut().unwrap().extend(change);
            let read = read(&told, TOLD).map(|(_, consent)| consent);
            assert_eq!(read.map(|read| read.state), expected, "{told}");
            assert!(read.is_none_or(|read| read.at <= TOLD), "{told}");
        }
    }
}
