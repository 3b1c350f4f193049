//! Webhook endpoints and what was delivered to them, for their owners.

mod create;
mod deliveries;
mod show;

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_core::webhook::WebhookSecret;
use openwati_store::endpoint::{Change, EndpointRecord};

use crate::authenticate::Caller;
use crate::error::Error;
use crate::events::secret_context;
use crate::idempotency::{Idempotency, Made, once};
use crate::platform::Platform;

use create::Creating;

pub use deliveries::{DeliveryFilter, deliveries, delivery, recover, resend, test};
pub use show::{Attempt, Delivery, DeliveryDetails, DeliveryPage, Endpoint, EndpointPage};

/// Endpoints that a tenant may have.
pub const MOST_ENDPOINTS: u32 = 20;

/// How long the secret before signs beside a new one.
const BOTH_SECRETS: std::time::Duration = std::time::Duration::from_secs(86_400);

/// An endpoint to be.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Where events are posted.
    pub url: String,
    /// The kinds of events that it gets; none means all.
    pub events: Vec<EventType>,
    /// What signs its events, where its owner brings it along from elsewhere.
    pub secret: Option<Secret<String>>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// What its owner changes of an endpoint. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct EndpointChange {
    /// Where events are posted.
    pub url: Option<String>,
    /// The kinds of events that it gets; none means all.
    pub events: Option<Vec<EventType>>,
    /// Whether it gets events.
    pub enabled: Option<bool>,
}

/// A page of the tenant's endpoints, oldest first.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    after: Option<Id>,
) -> Result<EndpointPage, Error> {
    admit(platform, caller, Plan::Any).await?;
    let all = platform.store().endpoints(&caller.tenant).await?;
    let after = all
        .into_iter()
        .filter(|endpoint| after.is_none_or(|after| endpoint.id > after));
    let mut endpoints: Vec<Endpoint> = after.map(Endpoint::from).collect();
    let more = endpoints.len() > limit;
    endpoints.truncate(limit);
    let next = endpoints.last().map(|last| last.id).filter(|_| more);
    Ok(EndpointPage { endpoints, next })
}

/// One endpoint.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none of this id.
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Endpoint, Error> {
    admit(platform, caller, Plan::Any).await?;
    Ok(own(platform, caller, id).await?.into())
}

/// Makes an endpoint. Its secret is shown now and, but for a repeat under the same idempotency key, never again.
///
/// # Errors
/// A URL that no event may go to, a secret that is none, a plan without webhooks, or too many endpoints. With an
/// idempotency key also what became of its first try.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    new: NewEndpoint,
) -> Result<Made<(Endpoint, WebhookSecret)>, Error> {
    admit(platform, caller, Plan::WithWebhooks).await?;
    let url = checked(platform, &new.url)?;
    let secret = match &new.secret {
        Some(text) => WebhookSecret::parse(text.expose())
            .map_err(|error| Error::invalid("invalid_secret", format!("secret: {error}")))?,
        None => WebhookSecret::generate(platform.entropy()),
    };
    let creation = Creating {
        platform,
        tenant: &caller.tenant,
        url,
        events: distinct(new.events),
        secret,
    };
    once(
        platform,
        &caller.tenant,
        new.idempotency.as_ref(),
        &creation,
    )
    .await
}

/// Changes an endpoint. One that is enabled begins anew.
///
/// # Errors
/// [`Error::NotFound`]; a URL that no event may go to; a plan without webhooks where it is to be enabled.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    change: EndpointChange,
) -> Result<Endpoint, Error> {
    let plan = match change.enabled {
        Some(true) => Plan::WithWebhooks,
        _ => Plan::Any,
    };
    admit(platform, caller, plan).await?;
    let url = change.url.map(|url| checked(platform, &url)).transpose()?;
    let change = Change {
        url,
        events: change.events.map(distinct),
        enabled: change.enabled,
    };
    let store = platform.store();
    let changed = store
        .change_endpoint(&caller.tenant, parse(id)?, &change, platform.now())
        .await?;
    changed.map(Endpoint::from).ok_or(NO_WEBHOOK)
}

/// Removes an endpoint, with what waits for it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(platform: &Platform, caller: &Caller, id: &str) -> Result<(), Error> {
    admit(platform, caller, Plan::Any).await?;
    let id = parse(id)?;
    match platform
        .store()
        .delete_endpoint(&caller.tenant, id, platform.now())
        .await?
    {
        true => Ok(()),
        false => Err(NO_WEBHOOK),
    }
}

/// Gives an endpoint a new secret, which is shown now and never again. The one before signs beside it for a day.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn rotate_secret(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<(Endpoint, WebhookSecret), Error> {
    admit(platform, caller, Plan::Any).await?;
    let id = parse(id)?;
    let secret = WebhookSecret::generate(platform.entropy());
    let sealed = platform.key_ring()?.seal(
        &secret_context(&caller.tenant, id),
        secret.text().expose(),
        platform.entropy(),
    );
    let until = platform.now().plus(BOTH_SECRETS);
    let store = platform.store();
    let rotated = store
        .rotate_endpoint_secret(&caller.tenant, id, &sealed, until)
        .await?;
    let endpoint = rotated.ok_or(NO_WEBHOOK)?;
    Ok((endpoint.into(), secret))
}

/// There is no endpoint of this id.
const NO_WEBHOOK: Error = Error::NotFound { what: "webhook" };

/// What the plan has to allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// The way by which the caller came.
    Any,
    /// And webhooks.
    WithWebhooks,
}

/// Lets in an admin whose plan allows this.
async fn admit(platform: &Platform, caller: &Caller, plan: Plan) -> Result<Moment, Error> {
    caller.require_role(Role::Admin)?;
    let tenant = platform.store().tenant(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?;
    if plan == Plan::WithWebhooks && !tenant.plan.signed_webhooks {
        return Err(Error::Forbidden {
            message: format!("the plan {} has no webhooks", tenant.plan.name),
            code: "plan_has_no_webhooks",
        });
    }
    crate::admit::admit(caller, &tenant)?;
    Ok(tenant.created_at)
}

/// The caller's own endpoint of this id.
async fn own(platform: &Platform, caller: &Caller, id: &str) -> Result<EndpointRecord, Error> {
    let endpoint = platform.store().endpoint(&caller.tenant, parse(id)?);
    endpoint.await?.ok_or(NO_WEBHOOK)
}

fn parse(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| NO_WEBHOOK)
}

fn checked(platform: &Platform, url: &str) -> Result<String, Error> {
    let checked = platform.guarded()?.check_url(url);
    let url = checked.map_err(|error| Error::invalid("invalid_url", format!("url: {error}")))?;
    Ok(url.into())
}

/// Each kind once, in the order of the kinds.
fn distinct(mut events: Vec<EventType>) -> Vec<EventType> {
    events.sort_unstable();
    events.dedup();
    events
}
