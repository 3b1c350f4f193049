//! What an owner changes of a channel.

use openwati_core::secret::Secret;
use openwati_store::channel::{ChannelChange, ChannelRecord, ChannelState};
use serde_json::json;

use super::ask::{Keys, OpenKeys, usable};
use super::secrets::{SecretField, context, open};
use super::show::{Channel, Connected};
use super::subscribe::{subscribe, unsubscribe};
use super::{NO_CHANNEL, callback_url, connect, own, set};
use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::templates;

/// Why a channel cannot send that its owner disconnected.
pub(super) const BY_OWNER: &str = "it was disconnected by its owner";

/// What changes of a channel. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What its owner calls it; an empty text is nothing.
    pub name: Option<String>,
    /// That it is the default from now on.
    pub is_default: Option<bool>,
    /// Whether it is to send and receive.
    pub connected: Option<bool>,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: Option<String>,
    /// The token that sends.
    pub access_token: Option<Secret<String>>,
    /// The secret that signs what Meta posts to us.
    pub app_secret: Option<Secret<String>>,
    /// What Meta shows when it asks whether a callback URL is ours.
    pub verify_token: Option<Secret<String>>,
}

impl Change {
    /// Whether Meta is to be asked: there are other credentials, or it is to be connected anew.
    fn connects(&self) -> bool {
        self.connected == Some(true)
            || self.waba_id.is_some()
            || self.access_token.is_some()
            || self.app_secret.is_some()
            || self.verify_token.is_some()
    }
}

/// Changes a channel. Other credentials are tried before they count, and the account is subscribed anew.
///
/// # Errors
/// [`Error::NotFound`]; what is wrong with the values, by name; with other credentials as
/// [`connect`](super::connect()). Nothing is changed then.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    id: &str,
    change: Change,
) -> Result<Connected, Error> {
    admit_admin(platform, caller).await?;
    let record = own(platform, caller, id).await?;
    if change.is_default == Some(false) {
        let message = "isDefault: make another channel the default instead";
        return Err(Error::invalid("invalid_request", message));
    }
    if change.connects() && change.connected == Some(false) {
        let message = "connected: credentials are of no use to a channel that is disconnected";
        return Err(Error::invalid("invalid_request", message));
    }
    let name = change.name.as_deref().map(connect::name).transpose()?;
    let id = record.id;
    let mut problem = None;
    if change.connects() {
        problem = reconnect(platform, caller, base_url, &record, &change, name).await?;
    } else if change.connected == Some(false) || name.is_some() {
        let ends = change.connected == Some(false) && record.state == ChannelState::Connected;
        let kept = ChannelChange {
            name,
            state: ends.then(|| (ChannelState::Disconnected, Some(BY_OWNER.to_owned()))),
            ..ChannelChange::default()
        };
        let act = match ends {
            true => "channel.disconnected",
            false => "channel.changed",
        };
        keep(platform, caller, &record, &kept, act).await?;
        if ends {
            let open = OpenKeys::of(platform, &caller.tenant, &record)?;
            let app_id = record
                .checked
                .as_ref()
                .and_then(|checked| checked.app_id.as_deref());
            let url = callback_url(caller, base_url);
            let (_, channels) = set::read(platform, caller).await?;
            let shared = channels
                .iter()
                .any(|channel| channel.id != id && channel.waba_id == record.waba_id);
            if !shared {
                unsubscribe(platform, &open.keys(&record), app_id, &url).await;
            }
        }
    }
    if change.is_default == Some(true) {
        make_default(platform, caller, &record).await?;
    }
    let now = platform.store().channel(&caller.tenant, id).await?;
    let channel = Channel::with_token(platform, caller, now.ok_or(NO_CHANNEL)?, base_url)?;
    Ok(Connected { channel, problem })
}

async fn keep(
    platform: &Platform,
    caller: &Caller,
    record: &ChannelRecord,
    change: &ChannelChange,
    act: &'static str,
) -> Result<(), Error> {
    let changed = [
        ("name", change.name.is_some()),
        ("waba_id", change.waba_id.is_some()),
        ("access_token", change.access_token.is_some()),
        ("app_secret", change.app_secret.is_some()),
        ("verify_token", change.verify_token.is_some()),
        ("connected", change.state.is_some()),
    ];
    let changed: Vec<&str> = changed
        .into_iter()
        .filter_map(|(name, is)| is.then_some(name))
        .collect();
    let details = json!({"changed": changed});
    let act = audit::act(platform, caller, act, record.id, details);
    let (store, now) = (platform.store(), platform.now());
    let kept = store
        .change_channel(&caller.tenant, record.id, change, now, Some(&act))
        .await?;
    match kept {
        true => Ok(()),
        false => Err(NO_CHANNEL),
    }
}

/// Tries the credentials, those of the channel where no others are named, keeps them, and subscribes the account. Answers
/// what keeps callbacks away, if anything.
async fn reconnect(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    record: &ChannelRecord,
    change: &Change,
    name: Option<Option<String>>,
) -> Result<Option<super::Problem>, Error> {
    let ring = platform.key_ring()?;
    let opened = |field| open(ring, &caller.tenant, record, field);
    let given = |field: &str, text: &Option<Secret<String>>| {
        let text = text.as_ref();
        text.map(|text| connect::secret(field, text)).transpose()
    };
    let waba_id = change.waba_id.as_deref();
    let waba_id = waba_id.map(|id| connect::id("wabaId", id)).transpose()?;
    let new_token = given("accessToken", &change.access_token)?;
    let new_secret = given("appSecret", &change.app_secret)?;
    let new_verify = change.verify_token.as_ref();
    let new_verify = new_verify.map(connect::verify_token).transpose()?;
    let access_token = new_token
        .clone()
        .map_or_else(|| opened(SecretField::AccessToken), Ok)?;
    let app_secret = new_secret
        .clone()
        .map_or_else(|| opened(SecretField::AppSecret), Ok)?;
    let verify_token = new_verify
        .clone()
        .map_or_else(|| opened(SecretField::VerifyToken), Ok)?;
    let keys = Keys {
        phone_number_id: &record.phone_number_id,
        waba_id: waba_id.as_deref().unwrap_or(&record.waba_id),
        access_token: access_token.expose(),
        app_secret: app_secret.expose(),
    };
    let usable = usable(platform, &keys).await?;
    let seal = |field, secret: Option<Secret<String>>| {
        let context = context(&caller.tenant, record.id, field);
        secret.map(|secret| ring.seal(&context, secret.expose(), platform.entropy()))
    };
    let kept = ChannelChange {
        name,
        waba_id: waba_id.clone(),
        access_token: seal(SecretField::AccessToken, new_token),
        app_secret: seal(SecretField::AppSecret, new_secret),
        verify_token: seal(SecretField::VerifyToken, new_verify),
        state: Some((ChannelState::Connected, None)),
        checked: Some(usable.checked),
        per_second: Some(usable.per_second),
    };
    let tenant = &caller.tenant;
    templates::follow(platform, tenant, keys.waba_id).await?;
    // Before the subscription: Meta asks our address back whether it knows the token.
    keep(platform, caller, record, &kept, "channel.connected").await?;
    templates::read_soon(platform, tenant, keys.waba_id).await;
    let url = callback_url(caller, base_url);
    match subscribe(platform, &keys, &url, verify_token.expose()).await {
        Ok(problem) => Ok(problem),
        // It sends; that nothing comes in is told, and a check mends it.
        Err(Error::MetaUnreachable) => Ok(Some(super::Problem::new(
            "not_subscribed",
            "Meta did not answer when the account was to be subscribed",
        ))),
        Err(error) => Err(error),
    }
}

async fn make_default(
    platform: &Platform,
    caller: &Caller,
    record: &ChannelRecord,
) -> Result<(), Error> {
    for _ in 0..set::TRIES {
        let (tenant, channels) = set::read(platform, caller).await?;
        let known = channels.iter().find(|channel| channel.id == record.id);
        let is_default = known.ok_or(NO_CHANNEL)?.is_default;
        let others = channels
            .iter()
            .filter(|channel| channel.is_default && channel.id != record.id);
        let others: Vec<_> = others.map(|channel| channel.id).collect();
        if is_default && others.is_empty() {
            return Ok(());
        }
        let act = audit::act(
            platform,
            caller,
            "channel.made_default",
            record.id,
            json!({"before": others.first().map(|id| id.uuid())}),
        );
        let store = platform.store();
        let made = store.set_default_channel(&tenant, record.id, &others, &act);
        if made.await? {
            return Ok(());
        }
    }
    Err(set::busy())
}
