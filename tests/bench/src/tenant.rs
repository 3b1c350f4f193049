//! The tenants that the benchmarks work with: the seeded one and others, with keys and channels that nothing slows.

use std::time::Duration;

use anyhow::Context as _;
use openwati_core::{
    api_key::ApiKey,
    entropy::Entropy,
    id::Id,
    key_ring::KeyRing,
    phone::PhoneNumber,
    plan::{self, UNLIMITED},
    role::Role,
    scope::Scopes,
    secret::Secret,
    tenant::TenantId,
    time::Clock,
};
use openwati_services::{
    Parts, Platform,
    accounts::Accounts,
    oidc::Oidc,
    provision::{self, NewChannel, NewKey, NewTenant},
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

/// A number that no channel of the seed has.
const OTHER_NUMBER: &str = "15550000002";
const OTHER_NUMBER_ID: &str = "100000000000002";

impl Tenant {
    /// The seeded one. Makes the key and the channel. What is said of the number is the seeded channel's, whose app the
    /// other one has too.
    pub(crate) async fn provision(host: &Host) -> anyhow::Result<Self> {
        let platform = platform(host)?;
        let seed = host.seed();
        let id: TenantId = seed
            .tenant_id
            .parse()
            .context("the seeded tenant's id is none")?;
        let api_key = key(&platform, &id).await?;
        let seeded = &seed.channel;
        let channel = channel(&platform, &id, &seeded.waba_id, &seeded.app_secret).await?;
        Ok(Self {
            id,
            api_key,
            channel,
            phone_number: seeded.phone_number.clone(),
            phone_number_id: seeded.phone_number_id.clone(),
            waba_id: seeded.waba_id.clone(),
            app_secret: seeded.app_secret.clone(),
        })
    }

    /// A new one, with a number and an app of its own.
    pub(crate) async fn another(host: &Host) -> anyhow::Result<Self> {
        let platform = platform(host)?;
        let id = TenantId::new(platform.entropy());
        let new = NewTenant {
            name: "Another".to_owned(),
            plan: plan::named(UNLIMITED).context("there is no plan without caps")?,
            default_country: None,
            billing_anchor_minutes: 0,
        };
        provision::tenant(&platform, &id, new).await?;
        let api_key = key(&platform, &id).await?;
        let (waba_id, app_secret) = (
            "100000000000009".to_owned(),
            platform.entropy().text(b"0123456789abcdef", 32),
        );
        let channel = channel(&platform, &id, &waba_id, &app_secret).await?;
        Ok(Self {
            id,
            api_key,
            channel,
            phone_number: OTHER_NUMBER.to_owned(),
            phone_number_id: OTHER_NUMBER_ID.to_owned(),
            waba_id,
            app_secret,
        })
    }
}

/// The use cases, over a connection of our own.
fn platform(host: &Host) -> anyhow::Result<Platform> {
    let key_ring =
        KeyRing::parse(&host.seed().key_ring.to_string()).context("the seed has no key ring")?;
    Ok(Platform::new(Parts {
        store: Store::new(host.dynamodb().clone(), host.table()),
        queues: None,
        blobs: None,
        cloud_api: None,
        guarded: None,
        key_ring: Some(key_ring),
        link_keys: None,
        session_keys: None,
        oidc: Oidc::default(),
        accounts: Accounts::default(),
        clock: Clock::system(),
        entropy: Entropy::system(),
        pace: openwati_core::pace::Pace::REAL,
        public_base_url: None,
        ai: openwati_services::ai::Ai::Off,
        function_timeout: Duration::from_secs(29),
    }))
}

async fn key(platform: &Platform, tenant: &TenantId) -> anyhow::Result<String> {
    let key = ApiKey::new(platform.entropy());
    let new = NewKey {
        id: Id::new(platform.now(), platform.entropy()),
        name: "Bench".to_owned(),
        scopes: Scopes::all(),
        role: Role::Admin,
        per_minute: NO_LIMIT,
        expires_at: None,
    };
    provision::api_key(platform, tenant, &key, new).await?;
    Ok(key.expose().to_owned())
}

/// Makes a channel. Says its id.
async fn channel(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
    app_secret: &str,
) -> anyhow::Result<String> {
    let id = Id::new(platform.now(), platform.entropy());
    let made_up = || Secret::new(platform.entropy().text(b"0123456789abcdef", 40));
    let new = NewChannel {
        id,
        phone_number: PhoneNumber::parse(OTHER_NUMBER, None).context("the number is none")?,
        phone_number_id: OTHER_NUMBER_ID.to_owned(),
        waba_id: waba_id.to_owned(),
        access_token: made_up(),
        app_secret: Secret::new(app_secret.to_owned()),
        verify_token: made_up(),
        per_second: NO_LIMIT,
        is_default: false,
    };
    provision::channel(platform, tenant, new).await?;
    Ok(id.uuid())
}
