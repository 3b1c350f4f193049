//! The tenant that the benchmarks work with: the seeded one, with a key and a channel that nothing slows.

use std::time::Duration;

use anyhow::Context as _;
use openwati_core::{
    api_key::ApiKey, entropy::Entropy, id::Id, key_ring::KeyRing, phone::PhoneNumber, role::Role,
    scope::Scopes, secret::Secret, tenant::TenantId, time::Clock,
};
use openwati_services::{
    Parts, Platform,
    provision::{self, NewChannel, NewKey},
};
use openwati_store::Store;

use crate::host::Host;

/// A tenant without caps.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    /// Of a key without a limit.
    pub(crate) api_key: String,
    /// Of a channel without a limit, that is no number of the simulator's.
    pub(crate) channel: String,
    pub(crate) phone_number: String,
    pub(crate) phone_number_id: String,
    pub(crate) waba_id: String,
    pub(crate) app_secret: String,
}

/// More than any machine reaches.
const NO_LIMIT: u32 = 1_000_000_000;

impl Tenant {
    /// Makes the key and the channel. What is said of the number is the seeded channel's, whose app the other one has too.
    pub(crate) async fn provision(host: &Host) -> anyhow::Result<Self> {
        let (clock, entropy) = (Clock::system(), Entropy::system());
        let seed = host.seed();
        let id: TenantId = seed
            .tenant_id
            .parse()
            .context("the seeded tenant's id is none")?;
        let key_ring =
            KeyRing::parse(&seed.key_ring.to_string()).context("the seed has no key ring")?;
        let now = clock.now();
        let platform = Platform::new(Parts {
            store: Store::new(host.dynamodb().clone(), host.table()),
            queues: None,
            blobs: None,
            cloud_api: None,
            key_ring: Some(key_ring),
            link_keys: None,
            clock,
            entropy: entropy.clone(),
            pace: openwati_core::pace::Pace::REAL,
            public_base_url: None,
            automation: None,
            function_timeout: Duration::from_secs(29),
        });
        let key = ApiKey::new(&entropy);
        let new_key = NewKey {
            id: Id::new(now, &entropy),
            name: "Bench".to_owned(),
            scopes: Scopes::all(),
            role: Role::Admin,
            per_minute: NO_LIMIT,
            expires_at: None,
        };
        provision::api_key(&platform, &id, &key, new_key).await?;
        let secret = |text: &str| Secret::new(text.to_owned());
        let channel = Id::new(now, &entropy);
        let new_channel = NewChannel {
            id: channel,
            phone_number: PhoneNumber::parse("15550000002", None).context("the number is none")?,
            phone_number_id: "100000000000002".to_owned(),
            waba_id: seed.channel.waba_id.clone(),
            access_token: secret(&seed.channel.access_token),
            app_secret: secret(&seed.channel.app_secret),
            verify_token: secret(&seed.channel.verify_token),
            per_second: NO_LIMIT,
            is_default: false,
        };
        provision::channel(&platform, &id, new_channel).await?;
        Ok(Self {
            id,
            api_key: key.expose().to_owned(),
            channel: channel.uuid(),
            phone_number: seed.channel.phone_number.clone(),
            phone_number_id: seed.channel.phone_number_id.clone(),
            waba_id: seed.channel.waba_id.clone(),
            app_secret: seed.channel.app_secret.clone(),
        })
    }
}
