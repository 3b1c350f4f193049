//! How often somebody may try who has nothing to show yet.

use std::net::IpAddr;
use std::time::Duration;

use openwati_core::email::EmailAddress;
use openwati_core::tenant::TenantId;
use openwati_store::limit::Limit;

use crate::error::Error;
use crate::platform::Platform;

/// Requests of an address, of whatever kind.
const OF_ADDRESS: Limit = Limit {
    kind: "address",
    most: 30,
    window: Duration::from_secs(60),
};

/// Wrong passwords of an account.
const OF_ACCOUNT: Limit = Limit {
    kind: "password",
    most: 10,
    window: Duration::from_secs(15 * 60),
};

/// Mails that somebody lets us send to an address.
const OF_MAILBOX: Limit = Limit {
    kind: "forgotten",
    most: 3,
    window: Duration::from_secs(60 * 60),
};

/// Mails that invite to an address, whoever asks for them.
const INVITATIONS: Limit = Limit {
    kind: "invited",
    most: 5,
    window: Duration::from_secs(60 * 60),
};

/// Mails that invite to a tenant: strangers' mailboxes are no place for what somebody calls their tenant.
const INVITATIONS_OF_TENANT: Limit = Limit {
    kind: "inviting",
    most: 200,
    window: Duration::from_secs(24 * 60 * 60),
};

/// Takes one of the mails that may invite an address to a tenant. However often somebody invites, or removes and invites
/// again, nobody's mailbox is filled.
///
/// # Errors
/// [`Error::TooManyTries`].
pub(crate) async fn take_invitation(
    platform: &Platform,
    tenant: &TenantId,
    email: &EmailAddress,
) -> Result<(), Error> {
    let _taken = Taken::take(platform, &INVITATIONS, email.hash()).await?;
    let _taken = Taken::take(platform, &INVITATIONS_OF_TENANT, tenant.to_string()).await?;
    Ok(())
}

/// Takes one of the tries that an address has.
pub(super) async fn take_of_address(
    platform: &Platform,
    address: Option<IpAddr>,
) -> Result<(), Error> {
    // Without one all share the same: nobody passes the limit by hiding it.
    let who = address.map_or_else(|| "unknown".to_owned(), network_of);
    // It is not given back, whatever comes of it.
    let _taken = Taken::take(platform, &OF_ADDRESS, who).await?;
    Ok(())
}

/// Takes one of the wrong passwords that an account has. It is to be given back if it was the right one.
pub(super) async fn take_of_account<'a>(
    platform: &'a Platform,
    account: String,
) -> Result<Taken<'a>, Error> {
    Taken::take(platform, &OF_ACCOUNT, account).await
}

/// What an address counts as. Whoever has one of IPv6 has a network of them, 2^64 at least.
fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Whether one more mail may go to the address with this hash.
pub(super) async fn may_mail(platform: &Platform, mailbox: &str) -> Result<bool, Error> {
    let now = platform.now();
    Ok(platform.store().take_try(&OF_MAILBOX, mailbox, now).await?)
}

/// A try that took its place.
#[must_use]
pub(super) struct Taken<'a> {
    platform: &'a Platform,
    limit: &'static Limit,
    who: String,
    at: openwati_core::time::Moment,
}

impl<'a> Taken<'a> {
    async fn take(
        platform: &'a Platform,
        limit: &'static Limit,
        who: String,
    ) -> Result<Self, Error> {
        let at = platform.now();
        if !platform.store().take_try(limit, &who, at).await? {
            tracing::info!(limit = limit.kind, "refused a try beyond its limit");
            let retry_after = at.until(limit.ends(at));
            return Err(Error::TooManyTries { retry_after });
        }
        Ok(Self {
            platform,
            limit,
            who,
            at,
        })
    }

    /// Gives the place back. If that fails, it is free again when the window turns.
    pub(super) async fn give_back(self) {
        let store = self.platform.store();
        if let Err(error) = store.give_try_back(self.limit, &self.who, self.at).await {
            tracing::warn!(%error, limit = self.limit.kind, "a try keeps its place until its window turns");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_one_network_are_one() {
        let of = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
    }
}
