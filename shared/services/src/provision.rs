//! Making tenants, channels and keys.
//!
//! Each is made once: made again with the same id it stays as it is, so that an interrupted start can be repeated.

use openwati_core::api_key::ApiKey;
use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::password::Password;
use openwati_core::phone::PhoneNumber;
use openwati_core::plan::Plan;
use openwati_core::role::Role;
use openwati_core::scope::Scopes;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::api_key::{ApiKeyRecord, KeyListRecord, NewApiKey};
use openwati_store::channel::{ChannelRecord, ChannelState};
use openwati_store::tenant::TenantRecord;
use openwati_store::user::{Sessions, USER_PER_MINUTE, UserRecord, UserState};
use serde_json::json;

use crate::accounts;
use crate::audit;
use crate::channels::{SecretField, context};
use crate::error::Error;
use crate::platform::Platform;

/// A tenant to be.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// What it is called.
    pub name: String,
    /// Its plan, with the figures that hold for it.
    pub plan: Plan,
    /// The country of local phone numbers, ISO 3166 alpha-2.
    pub default_country: Option<String>,
    /// Minutes after midnight UTC at which its day of messages begins.
    pub billing_anchor_minutes: u16,
}

/// A channel to be.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Its id.
    pub id: Id,
    /// Its number.
    pub phone_number: PhoneNumber,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// The token that sends.
    pub access_token: Secret<String>,
    /// The secret that signs what Meta posts to us.
    pub app_secret: Secret<String>,
    /// What Meta shows when it asks whether a callback URL is ours.
    pub verify_token: Secret<String>,
    /// Messages a second.
    pub per_second: u32,
    /// Whether it sends where a caller names none.
    pub is_default: bool,
}

/// A key to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id within its tenant.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// What it may do.
    pub role: Role,
    /// Requests a minute.
    pub per_minute: u32,
    /// When it ends.
    pub expires_at: Option<Moment>,
}

/// Somebody to be.
#[derive(Debug, Clone)]
pub struct NewAdmin {
    /// Their id.
    pub id: Id,
    /// Their address.
    pub email: EmailAddress,
    /// What they are called.
    pub name: String,
    /// What they log in with.
    pub password: Secret<String>,
}

/// Makes a tenant.
///
/// # Errors
/// If the store did not answer.
pub async fn tenant(platform: &Platform, id: &TenantId, new: NewTenant) -> Result<(), Error> {
    let record = TenantRecord {
        tenant: id.clone(),
        name: new.name,
        plan: new.plan,
        default_country: new.default_country,
        billing_anchor_minutes: new.billing_anchor_minutes,
        moved_day: None,
        retention_days: None,
        suspended_at: None,
        version: 0,
        created_at: platform.now(),
    };
    platform.store().create_tenant(&record, &[]).await?;
    Ok(())
}

/// Makes a channel, connected, its secrets sealed.
///
/// # Errors
/// If the store did not answer, or the process has no key ring.
pub async fn channel(platform: &Platform, tenant: &TenantId, new: NewChannel) -> Result<(), Error> {
    let ring = platform.key_ring()?;
    let seal = |field, secret: &Secret<String>| {
        let context = context(tenant, new.id, field);
        ring.seal(&context, secret.expose(), platform.entropy())
    };
    let record = ChannelRecord {
        id: new.id,
        state: ChannelState::Connected,
        state_reason: None,
        is_default: new.is_default,
        phone_number: new.phone_number,
        phone_number_id: new.phone_number_id,
        waba_id: new.waba_id,
        access_token: seal(SecretField::AccessToken, &new.access_token),
        app_secret: seal(SecretField::AppSecret, &new.app_secret),
        verify_token: seal(SecretField::VerifyToken, &new.verify_token),
        per_second: new.per_second,
        name: None,
        checked: None,
        created_at: platform.now(),
    };
    platform.store().create_channel(tenant, &record).await?;
    Ok(())
}

/// Has the templates of a channel's account kept in step, beginning with the next minute.
///
/// # Errors
/// If the store did not answer.
pub async fn templates(platform: &Platform, tenant: &TenantId, waba_id: &str) -> Result<(), Error> {
    let (store, now) = (platform.store(), platform.now());
    Ok(store.follow_templates(tenant, waba_id, now).await?)
}

/// Lets a channel send again that WhatsApp's refusals had disconnected.
///
/// # Errors
/// If the store did not answer.
pub async fn reconnect(platform: &Platform, tenant: &TenantId, channel: Id) -> Result<(), Error> {
    let now = platform.now();
    platform
        .store()
        .connect_channel(tenant, channel, now)
        .await?;
    Ok(())
}

/// Makes an API key.
///
/// # Errors
/// If the store did not answer.
pub async fn api_key(
    platform: &Platform,
    tenant: &TenantId,
    key: &ApiKey,
    new: NewKey,
) -> Result<(), Error> {
    let record = ApiKeyRecord {
        tenant: tenant.clone(),
        id: new.id,
        name: new.name,
        scopes: new.scopes.names().to_vec(),
        role: new.role,
        enabled: true,
        per_minute: new.per_minute,
        operator_limit: None,
        held: false,
        expires_at: new.expires_at,
        version: 0,
    };
    let listed = KeyListRecord {
        id: new.id,
        hash: key.hash(),
        last_four: key.last_four().to_owned(),
        created_at: platform.now(),
        rotated_at: None,
    };
    let new = NewApiKey {
        record: &record,
        listed: &listed,
        most: None,
        copy: None,
        audit: None,
    };
    platform.store().create_api_key(&new).await?;
    Ok(())
}

/// Makes a Super Admin, unless somebody has the address already.
///
/// # Errors
/// If the store did not answer.
pub async fn super_admin(
    platform: &Platform,
    tenant: &TenantId,
    new: NewAdmin,
) -> Result<(), Error> {
    let store = platform.store();
    if store.find_email(&new.email).await?.is_some() {
        return Ok(());
    }
    let hash = accounts::hash(platform, Password::typed(new.password.expose())).await?;
    let record = UserRecord {
        id: new.id,
        email: new.email,
        name: new.name,
        role: Role::SuperAdmin,
        state: UserState::Active,
        password_hash: Some(hash),
        password_version: 1,
        sessions: Sessions::default(),
        per_minute: USER_PER_MINUTE,
        created_at: platform.now(),
        invited_until: None,
        unproven: false,
        invitation: 0,
        oidc: Vec::new(),
    };
    let details = json!({"role": record.role.name()});
    let act = audit::by(platform, "operator", "user.created", record.id, details);
    store.create_user(tenant, &record, None, None, &act).await?;
    Ok(())
}
