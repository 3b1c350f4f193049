//! Every tenant's secrets under the current key of the ring, one by one, each only if it is still what was read: a change
//! by somebody else meanwhile was sealed by the current key anyway.

use openwati_core::crash_point;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_store::data::SecretOf;
use tokio::time::Instant;

use super::show::Counts;
use super::walk::Cursor;
use crate::channels::{SecretField, context};
use crate::error::Error;
use crate::events::secret_context;
use crate::keys;
use crate::platform::Platform;

/// Tenants that are read at a time.
const AT_A_TIME: usize = 20;

/// Seals on from where the cursor stands until `deadline`. Says whether all tenants were reached.
pub(super) async fn reseal(
    platform: &Platform,
    cursor: &mut Cursor,
    deadline: Instant,
    counts: &mut Counts,
) -> Result<bool, Error> {
    loop {
        let after = cursor.after.as_deref().and_then(|id| id.parse().ok());
        let page = platform.store().tenants(AT_A_TIME, after.as_ref()).await?;
        for tenant in &page.tenants {
            one(platform, &tenant.tenant, counts).await?;
            cursor.after = Some(tenant.tenant.to_string());
            counts.add("tenants", 1);
            if Instant::now() >= deadline {
                return Ok(false);
            }
        }
        match page.next {
            Some(next) => cursor.after = Some(next.to_string()),
            None => return Ok(true),
        }
    }
}

async fn one(platform: &Platform, tenant: &TenantId, counts: &mut Counts) -> Result<(), Error> {
    let store = platform.store();
    let Some(found) = store.tenant_with_channels(tenant).await? else {
        return Ok(());
    };
    for channel in found.channels {
        let id = channel.id;
        for (secret, field, sealed) in [
            (
                SecretOf::AccessToken(id),
                SecretField::AccessToken,
                &channel.access_token,
            ),
            (
                SecretOf::AppSecret(id),
                SecretField::AppSecret,
                &channel.app_secret,
            ),
            (
                SecretOf::VerifyToken(id),
                SecretField::VerifyToken,
                &channel.verify_token,
            ),
        ] {
            let place = context(tenant, id, field);
            secret_of(platform, tenant, secret, &place, sealed, counts).await?;
        }
    }
    for endpoint in store.endpoints(tenant).await? {
        let place = secret_context(tenant, endpoint.id);
        let secrets = [
            (SecretOf::Endpoint(endpoint.id), Some(&endpoint.secret)),
            (
                SecretOf::EndpointBefore(endpoint.id),
                endpoint.previous_secret.as_ref(),
            ),
        ];
        for (secret, sealed) in secrets {
            if let Some(sealed) = sealed {
                secret_of(platform, tenant, secret, &place, sealed, counts).await?;
            }
        }
    }
    for (key, sealed) in store.api_key_copies(tenant).await? {
        let place = keys::context(tenant, key);
        let secret = SecretOf::KeyCopy(key);
        secret_of(platform, tenant, secret, &place, &sealed, counts).await?;
    }
    Ok(())
}

async fn secret_of(
    platform: &Platform,
    tenant: &TenantId,
    secret: SecretOf,
    context: &str,
    before: &Sealed,
    counts: &mut Counts,
) -> Result<(), Error> {
    let ring = platform.key_ring()?;
    if ring.is_current(before) {
        return Ok(());
    }
    let text = match ring.open(context, before) {
        Ok(text) => text,
        // It was of no use before either; the others are not to wait for it.
        Err(error) => {
            tracing::error!(%tenant, ?secret, %error, "a secret cannot be sealed anew");
            counts.add("unreadable", 1);
            return Ok(());
        }
    };
    let after = ring.seal(context, text.expose(), platform.entropy());
    let done = platform.store().reseal(tenant, secret, before, &after);
    counts.add("resealed", usize::from(done.await?));
    crash_point!("data.secret_resealed");
    Ok(())
}
