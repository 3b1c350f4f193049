//! How a number is connected.
//!
//! Meta is asked first; then the channel is kept, because Meta asks our address back whether it knows the verify token;
//! then the account is subscribed. A channel whose connecting was cut off there cannot send, says so, and is finished by a
//! check.

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::secret::Secret;
use openwati_store::channel::{ChannelChange, ChannelRecord, ChannelState};
use openwati_store::tenant::TenantRecord;
use serde_json::json;

use super::ask::{Keys, Usable, usable};
use super::secrets::{SecretField, context, open};
use super::show::{Channel, Connected};
use super::subscribe::subscribe;
use super::{callback_url, set};
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;
use crate::templates;

/// Why a channel cannot send whose connecting is not through.
pub(super) const UNFINISHED: &str =
    "connecting it was cut off: check it, and it is connected; or delete it";

/// The longest id of Meta's, in digits.
const LONGEST_ID: usize = 32;

/// The longest token or secret.
const LONGEST_SECRET: usize = 1024;

/// The longest name, in Unicode characters.
const LONGEST_NAME: usize = 100;

/// The longest verify token, in Unicode characters.
const LONGEST_TOKEN: usize = 200;

/// The characters of a verify token that nobody made up.
const TOKEN_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A channel to be.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// What its owner calls it.
    pub name: Option<String>,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// The token that sends.
    pub access_token: Secret<String>,
    /// The secret that signs what Meta posts to us.
    pub app_secret: Secret<String>,
    /// What Meta shows when it asks whether a callback URL is ours; one is made where none is given.
    pub verify_token: Option<Secret<String>>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// Connects a number. `base_url` is where the outside reaches the API.
///
/// # Errors
/// What is wrong with the values, by name; [`Error::Conflict`] where the plan's devices are connected or
/// the tenant has the number already; [`Error::CredentialsRefused`] in Meta's words and plain ones; [`Error::MetaUnreachable`]. Nothing is kept then.
/// With an idempotency key also what became of its first try.
pub async fn connect(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    new: NewChannel,
) -> Result<Made<Connected>, Error> {
    set::read(platform, caller).await?;
    let idempotency = new.idempotency.clone();
    let creation = Connecting {
        platform,
        caller,
        base_url,
        name: new.name.as_deref().map(name).transpose()?.flatten(),
        phone_number_id: id("phoneNumberId", &new.phone_number_id)?,
        waba_id: id("wabaId", &new.waba_id)?,
        access_token: secret("accessToken", &new.access_token)?,
        app_secret: secret("appSecret", &new.app_secret)?,
        verify_token: match &new.verify_token {
            Some(token) => verify_token(token)?,
            None => Secret::new(platform.entropy().text(TOKEN_ALPHABET, 24)),
        },
    };
    once(platform, &caller.tenant, idempotency.as_ref(), &creation).await
}

/// One of Meta's ids.
pub(super) fn id(field: &str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.len() > LONGEST_ID {
        let message = format!("{field}: must be the id that Meta shows, 1 to {LONGEST_ID} digits");
        return Err(Error::invalid("invalid_request", message));
    }
    Ok(text.to_owned())
}

/// A token or a secret of Meta's, as it was pasted. What is wrong with it is told without showing it.
pub(super) fn secret(field: &str, text: &Secret<String>) -> Result<Secret<String>, Error> {
    let text = text.expose().trim();
    let fits = (1..=LONGEST_SECRET).contains(&text.len());
    if !fits || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!(
            "{field}: must have 1 to {LONGEST_SECRET} visible ASCII characters without spaces"
        );
        return Err(Error::invalid("invalid_request", message));
    }
    Ok(Secret::new(text.to_owned()))
}

/// A verify token that somebody made up.
pub(super) fn verify_token(text: &Secret<String>) -> Result<Secret<String>, Error> {
    let text = text.expose().trim();
    let fits = (1..=LONGEST_TOKEN).contains(&text.chars().count());
    if !fits || text.chars().any(char::is_control) {
        let message = format!(
            "verifyToken: must have 1 to {LONGEST_TOKEN} characters, and none that controls"
        );
        return Err(Error::invalid("invalid_request", message));
    }
    Ok(Secret::new(text.to_owned()))
}

/// A name; an empty one is none.
pub(super) fn name(text: &str) -> Result<Option<String>, Error> {
    let text = text.trim();
    if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        let message =
            format!("name: must have at most {LONGEST_NAME} characters, and none that controls");
        return Err(Error::invalid("invalid_request", message));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A channel to be, with everything but its id.
struct Connecting<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    base_url: &'a str,
    name: Option<String>,
    phone_number_id: String,
    waba_id: String,
    access_token: Secret<String>,
    app_secret: Secret<String>,
    verify_token: Secret<String>,
}

impl Creation for Connecting<'_> {
    type Thing = Connected;

    async fn find(&self, id: Id) -> Result<Option<Connected>, Error> {
        let store = self.platform.store();
        let record = store.channel(&self.caller.tenant, id).await?;
        // One whose connecting was cut off is not made yet.
        let record = record.filter(|record| !is_unfinished(record));
        record.map(|record| self.shown(record)).transpose()
    }

    async fn make(&self, id: Id) -> Result<Connected, Error> {
        let (platform, caller) = (self.platform, self.caller);
        let (tenant, channels) = set::read(platform, caller).await?;
        self.room(id, &tenant, &channels)?;
        let keys = self.keys();
        let usable = usable(platform, &keys).await?;
        let mut record = self.keep(id, usable).await?;
        crash_point!("channels.kept");
        let url = callback_url(caller, self.base_url);
        // An earlier try may have kept another one than was made up now.
        let ring = platform.key_ring()?;
        let token = open(ring, &caller.tenant, &record, SecretField::VerifyToken)?;
        let problem = match subscribe(platform, &keys, &url, token.expose()).await {
            Ok(problem) => problem,
            Err(error) => {
                self.withdraw(id).await;
                return Err(error);
            }
        };
        crash_point!("channels.subscribed");
        templates::follow(platform, &caller.tenant, &self.waba_id).await?;
        let change = ChannelChange {
            state: Some((ChannelState::Connected, None)),
            ..ChannelChange::default()
        };
        let details = json!({
            "phone_number_id": self.phone_number_id,
            "waba_id": self.waba_id,
            "phone_number": record.phone_number.as_str(),
        });
        let act = audit::act(platform, caller, "channel.connected", id, details);
        let (store, now) = (platform.store(), platform.now());
        store
            .change_channel(&caller.tenant, id, &change, now, Some(&act))
            .await?;
        templates::read_soon(platform, &caller.tenant, &self.waba_id).await;
        tracing::info!(tenant = %caller.tenant, channel = %id, "connected a channel");
        (record.state, record.state_reason) = (ChannelState::Connected, None);
        Ok(Connected {
            problem,
            ..self.shown(record)?
        })
    }
}

/// Whether it was kept, and never connected.
pub(super) fn is_unfinished(record: &ChannelRecord) -> bool {
    record.state_reason.as_deref() == Some(UNFINISHED)
}

impl Connecting<'_> {
    fn keys(&self) -> Keys<'_> {
        Keys {
            phone_number_id: &self.phone_number_id,
            waba_id: &self.waba_id,
            access_token: self.access_token.expose(),
            app_secret: self.app_secret.expose(),
        }
    }

    fn shown(&self, record: ChannelRecord) -> Result<Connected, Error> {
        let channel = Channel::with_token(self.platform, self.caller, record, self.base_url)?;
        Ok(Connected {
            channel,
            problem: None,
        })
    }

    /// Whether there is room for the channel `id` among those that there are.
    fn room(&self, id: Id, tenant: &TenantRecord, channels: &[ChannelRecord]) -> Result<(), Error> {
        let others = || channels.iter().filter(|channel| channel.id != id);
        let number = &self.phone_number_id;
        if let Some(channel) = others().find(|channel| channel.phone_number_id == *number) {
            return Err(Error::Conflict {
                message: format!(
                    "the number is connected already, as the channel {}",
                    channel.id.uuid()
                ),
                code: "already_connected",
            });
        }
        match tenant.plan.devices {
            Some(limit) if others().count() >= limit as usize => Err(Error::Conflict {
                message: format!(
                    "the plan {} allows {limit} connected devices, and as many are connected",
                    tenant.plan.name
                ),
                code: "plan_cap_reached",
            }),
            _ => Ok(()),
        }
    }

    /// Keeps the channel as one that cannot send yet.
    async fn keep(&self, id: Id, usable: Usable) -> Result<ChannelRecord, Error> {
        let platform = self.platform;
        let ring = platform.key_ring()?;
        let seal = |field, secret: &Secret<String>| {
            let context = context(&self.caller.tenant, id, field);
            ring.seal(&context, secret.expose(), platform.entropy())
        };
        let mut record = ChannelRecord {
            id,
            state: ChannelState::Disconnected,
            state_reason: Some(UNFINISHED.to_owned()),
            is_default: false,
            phone_number: usable.phone_number,
            phone_number_id: self.phone_number_id.clone(),
            waba_id: self.waba_id.clone(),
            access_token: seal(SecretField::AccessToken, &self.access_token),
            app_secret: seal(SecretField::AppSecret, &self.app_secret),
            verify_token: seal(SecretField::VerifyToken, &self.verify_token),
            per_second: usable.per_second,
            name: self.name.clone(),
            checked: Some(usable.checked),
            created_at: platform.now(),
        };
        for _ in 0..set::TRIES {
            let (tenant, channels) = set::read(platform, self.caller).await?;
            self.room(id, &tenant, &channels)?;
            if let Some(kept) = channels.iter().find(|channel| channel.id == id) {
                // An earlier try under the same idempotency key came this far, and went no further.
                return match is_unfinished(kept) {
                    true => Ok(kept.clone()),
                    false => Err(Error::InProgress),
                };
            }
            record.is_default = channels.is_empty();
            if platform.store().add_channel(&tenant, &record).await? {
                return Ok(record);
            }
        }
        Err(set::busy())
    }

    /// Takes the channel back that Meta was not reached for after all. Where that fails, it stays as one that cannot send.
    async fn withdraw(&self, id: Id) {
        let withdrawn = async {
            for _ in 0..set::TRIES {
                let (tenant, channels) = set::read(self.platform, self.caller).await?;
                let heir = set::heir(&channels, id);
                let store = self.platform.store();
                if store.remove_channel(&tenant, id, heir, None).await? {
                    return Ok(());
                }
            }
            Err(set::busy())
        };
        if let Err(error) = withdrawn.await {
            tracing::error!(channel = %id, %error, "a channel stays that could not be connected");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pasted_is_trimmed_and_what_is_none_is_refused_without_being_shown() {
        assert_eq!(id("wabaId", " 123\n").unwrap(), "123");
        let pasted = Secret::new(" EAAB\r\n".to_owned());
        assert_eq!(secret("accessToken", &pasted).unwrap().expose(), "EAAB");
        for bad in ["", " ", "a b", "ä", "a\u{0}"] {
            let error = secret("accessToken", &Secret::new(bad.to_owned())).unwrap_err();
            assert!(
                error.to_string().starts_with("accessToken: must"),
                "{error}"
            );
        }
        for bad in ["", "+1", "12a", "１２", &"1".repeat(33)] {
            assert!(id("wabaId", bad).is_err(), "{bad}");
        }
        let token = verify_token(&Secret::new("mein-tenant-7f3ä 花".to_owned()));
        assert_eq!(token.unwrap().expose(), "mein-tenant-7f3ä 花");
        assert!(verify_token(&Secret::new("a\nb".to_owned())).is_err());
        assert_eq!(name("  ").unwrap(), None);
        assert_eq!(
            name(&"花".repeat(100)).unwrap().unwrap().chars().count(),
            100
        );
        assert!(name(&"a".repeat(101)).is_err());
    }
}
