//! What a platform has from its first start on: a tenant, a channel, an API key and somebody to log in as.

use anyhow::Context as _;
use openwati_core::{
    pacing::HIGH_PER_SECOND,
    phone::PhoneNumber,
    plan::{self, UNLIMITED},
    role::Role,
    scope::Scopes,
    secret::Secret,
};
use openwati_services::{
    Platform,
    provision::{self, NewAdmin, NewChannel, NewKey, NewTenant},
};
use openwati_sim::Number;

use crate::seed::{ChannelSeed, Seed};

/// Requests a minute of the seeded key.
const KEY_PER_MINUTE: u32 = 6_000;
/// What the simulated number takes a second, in and out: Meta's high level. The seeded plan has no caps, and neither
/// has its number more than it must.
const THROUGHPUT_PER_SECOND: u32 = 1_000;

/// Makes what the seed names, once: what its owner revokes or removes afterwards does not come back.
pub(crate) async fn provision(platform: &Platform, seed: &Seed) -> anyhow::Result<()> {
    let there = platform.store().tenant(&seed.tenant).await;
    if there.context("cannot read the seeded tenant")?.is_some() {
        return complete(platform, seed).await;
    }
    let plan = plan::named(UNLIMITED).context("there is no plan without caps")?;
    let tenant = NewTenant {
        name: "Local".to_owned(),
        plan,
        default_country: None,
        billing_anchor_minutes: 0,
    };
    let key = NewKey {
        id: seed.api_key_id,
        name: "Local".to_owned(),
        scopes: Scopes::all(),
        role: Role::Admin,
        per_minute: KEY_PER_MINUTE,
        expires_at: None,
    };
    let channel = channel(&seed.channel)?;
    tokio::try_join!(
        provision::channel(platform, &seed.tenant, channel),
        provision::api_key(platform, &seed.tenant, &seed.api_key, key),
        provision::super_admin(platform, &seed.tenant, admin(seed)),
    )
    .context("cannot make what the seeded tenant has")?;
    // Last, because with it all of it is there.
    let made = provision::tenant(platform, &seed.tenant, tenant).await;
    made.context("cannot make the seeded tenant")
}

/// Makes the Super Admin of a folder from before there were any, whose tenant stands in no list; once.
async fn complete(platform: &Platform, seed: &Seed) -> anyhow::Result<()> {
    let store = platform.store();
    let listed = store.tenants(1, None).await;
    if !listed.context("cannot list tenants")?.tenants.is_empty() {
        return Ok(());
    }
    let made = provision::super_admin(platform, &seed.tenant, admin(seed)).await;
    made.context("cannot make the Super Admin")?;
    let listed = store.list_tenant(&seed.tenant).await;
    listed.context("cannot list the seeded tenant")
}

fn admin(seed: &Seed) -> NewAdmin {
    NewAdmin {
        id: seed.admin.id,
        email: seed.admin.email.clone(),
        name: "Admin".to_owned(),
        password: Secret::new(seed.admin.password.expose().clone()),
    }
}

/// Lets the seeded channel send again, and has its templates read. The simulator's faults end with its process, and so does
/// what they did to it.
pub(crate) async fn reconnect(platform: &Platform, seed: &Seed) -> anyhow::Result<()> {
    provision::reconnect(platform, &seed.tenant, seed.channel.id)
        .await
        .context("cannot connect the seeded channel again")?;
    provision::templates(platform, &seed.tenant, &seed.channel.waba_id)
        .await
        .context("cannot have the seeded templates read")
}

fn channel(seed: &ChannelSeed) -> anyhow::Result<NewChannel> {
    let phone_number = PhoneNumber::parse(&seed.phone_number, None);
    let phone_number = phone_number
        .ok()
        .context("the seeded phone number is none")?;
    let copy = |secret: &Secret<String>| Secret::new(secret.expose().clone());
    Ok(NewChannel {
        id: seed.id,
        phone_number,
        phone_number_id: seed.phone_number_id.clone(),
        waba_id: seed.waba_id.clone(),
        access_token: copy(&seed.access_token),
        app_secret: copy(&seed.app_secret),
        verify_token: copy(&seed.verify_token),
        per_second: HIGH_PER_SECOND,
        is_default: true,
    })
}

/// The seeded channel's number as the simulator knows it.
pub(crate) fn number(seed: &ChannelSeed, callback_url: String) -> Number {
    Number {
        phone_number_id: seed.phone_number_id.clone(),
        waba_id: seed.waba_id.clone(),
        display_phone_number: seed.phone_number.clone(),
        verified_name: "Local".to_owned(),
        access_token: seed.access_token.expose().clone(),
        app_id: seed.app_id.clone(),
        app_secret: seed.app_secret.expose().clone(),
        callback_url,
        verify_token: seed.verify_token.expose().clone(),
        throughput_per_second: THROUGHPUT_PER_SECOND,
    }
}
