//! Which channel sends.

use openwati_core::id::Id;
use openwati_store::channel::{ChannelRecord, ChannelState};

use crate::error::Error;

/// The channel that sends: the one that was named, or the default one if it is connected, or the oldest that is.
///
/// # Errors
/// [`Error::NotFound`] for a channel that is not the tenant's; [`Error::NoDevice`].
pub(crate) fn choose(
    channels: Vec<ChannelRecord>,
    named: Option<Id>,
) -> Result<ChannelRecord, Error> {
    let connected = |channel: &ChannelRecord| channel.state == ChannelState::Connected;
    if let Some(id) = named {
        let channel = channels.into_iter().find(|channel| channel.id == id);
        let channel = channel.ok_or(Error::NotFound { what: "device" })?;
        if connected(&channel) {
            return Ok(channel);
        }
        let reason = channel.state_reason;
        return Err(Error::NoDevice { reason });
    }
    let mut all = channels;
    all.sort_by_key(|channel| {
        (
            !connected(channel),
            !channel.is_default,
            channel.created_at,
            channel.id,
        )
    });
    match all.into_iter().next() {
        Some(channel) if connected(&channel) => Ok(channel),
        // Why the one that would have been chosen cannot send.
        first => Err(Error::NoDevice {
            reason: first.and_then(|channel| channel.state_reason),
        }),
    }
}

#[cfg(test)]
mod tests {
    use openwati_core::entropy::Entropy;
    use openwati_core::key_ring::KeyRing;
    use openwati_core::phone::PhoneNumber;
    use openwati_core::time::Moment;

    use super::*;

    fn channel(number: u8, state: ChannelState, is_default: bool) -> ChannelRecord {
        let entropy = Entropy::system();
        let ring = KeyRing::parse(KeyRing::generate(&entropy).expose()).unwrap();
        let sealed = ring.seal("", "", &entropy);
        ChannelRecord {
            id: Id::from_bytes([number; 12]),
            state,
            state_reason: None,
            is_default,
            phone_number: PhoneNumber::from_digits("15550000001").unwrap(),
            phone_number_id: "1".into(),
            waba_id: "2".into(),
            access_token: sealed.clone(),
            app_secret: sealed.clone(),
            verify_token: sealed,
            per_second: 60,
            name: None,
            checked: None,
            created_at: Moment::from_seconds(i64::from(number)),
        }
    }

    #[test]
    fn the_default_sends_if_it_can_and_else_the_oldest() {
        use ChannelState::{Connected, Disconnected};
        let pick = |channels: Vec<ChannelRecord>| choose(channels, None).map(|c| c.id.bytes()[0]);
        let (one, two) = (channel(1, Connected, false), channel(2, Connected, true));
        assert_eq!(pick(vec![one.clone(), two]).unwrap(), 2);
        let off = channel(2, Disconnected, true);
        let three = channel(3, Connected, false);
        assert_eq!(pick(vec![three, off.clone(), one]).unwrap(), 1);
        assert!(matches!(
            pick(vec![off]),
            Err(Error::NoDevice { reason: None })
        ));
        assert!(matches!(pick(vec![]), Err(Error::NoDevice { .. })));
    }

    #[test]
    fn a_named_channel_must_be_ours_and_connected() {
        let mut off = channel(2, ChannelState::Disconnected, false);
        off.state_reason = Some("token expired".into());
        let named = |id| choose(vec![off.clone()], Some(Id::from_bytes([id; 12])));
        assert!(matches!(named(9), Err(Error::NotFound { what: "device" })));
        assert!(
            matches!(named(2), Err(Error::NoDevice { reason: Some(r) }) if r == "token expired")
        );
    }
}
