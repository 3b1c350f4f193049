//! What a data folder is given once: a tenant, a key, a channel, and the secrets behind them.

use std::{fs, io, path::Path};

use anyhow::Context as _;
use openwati_core::{
    api_key::ApiKey,
    email::EmailAddress,
    entropy::Entropy,
    id::Id,
    key_ring::KeyRing,
    media_link::LinkKeys,
    secret::Secret,
    session::SessionKeys,
    tenant::TenantId,
    time::{Clock, Moment},
};
use serde::{Deserialize, Serialize};

use crate::data_dir::{SEED, cannot_open, write_whole};

/// The seed of a data folder. It stands in `seed.json`, which its owner alone may read, and stays the same.
#[derive(Debug)]
pub struct Seed {
    /// The tenant.
    pub tenant: TenantId,
    /// Its API key.
    pub api_key: ApiKey,
    /// The id of that key.
    pub api_key_id: Id,
    /// The first of its team, who is the installation's Super Admin.
    pub admin: AdminSeed,
    /// Its channel.
    pub channel: ChannelSeed,
    /// What the embedded S3 wants to be signed with.
    pub aws: AwsKeys,
    /// The key ring's JSON.
    pub key_ring: Secret<String>,
    /// What links to files are signed with.
    pub link_key: Secret<String>,
    /// What people's tokens are signed with.
    pub session_key: Secret<String>,
    /// What tells the resources of this folder from others' at one AWS endpoint.
    pub stack_suffix: String,
}

/// The seeded Super Admin.
#[derive(Debug)]
pub struct AdminSeed {
    /// Our id.
    pub id: Id,
    /// The address to log in with. Nobody gets mail there.
    pub email: EmailAddress,
    /// The password to log in with.
    pub password: Secret<String>,
}

/// The seeded channel.
#[derive(Debug)]
pub struct ChannelSeed {
    /// Our id.
    pub id: Id,
    /// The number: digits with country code.
    pub phone_number: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the account.
    pub waba_id: String,
    /// Meta's id of the app.
    pub app_id: String,
    /// The token that sends.
    pub access_token: Secret<String>,
    /// What callbacks are signed with.
    pub app_secret: Secret<String>,
    /// What the handshake of the callback URL shows.
    pub verify_token: Secret<String>,
}

/// Credentials of the embedded services.
#[derive(Debug)]
pub struct AwsKeys {
    /// The id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: Secret<String>,
}

/// The Super Admin's address in every data folder.
const ADMIN_EMAIL: &str = "admin@openwati.localhost";

/// The number that is a business's in every data folder.
const PHONE_NUMBER: &str = "15550000001";

impl Seed {
    /// Reads the seed of a folder, or makes it.
    pub(crate) fn of(folder: &Path, entropy: &Entropy, now: Moment) -> anyhow::Result<Self> {
        complete(folder, entropy)?;
        match Self::read(folder) {
            Ok(seed) => Ok(seed),
            Err(error) if is_missing(&error) => {
                let seed = Self::new(entropy, now);
                let text = serde_json::to_string_pretty(&SeedFile::from(&seed))?;
                write_whole(&folder.join(SEED), &text).context("cannot write seed.json")?;
                Ok(seed)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the seed of a folder that has one.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(SEED);
        let text = fs::read_to_string(&path).with_context(|| cannot_open(&path))?;
        // Without the cause, which would quote the file.
        let file: SeedFile = serde_json::from_str(&text)
            .ok()
            .context("it is not what openwati writes")
            .with_context(|| cannot_open(&path))?;
        file.try_into()
    }

    fn new(entropy: &Entropy, now: Moment) -> Self {
        let digits = |length| entropy.text(b"123456789", length);
        let hex = |length| entropy.text(b"0123456789abcdef", length);
        let letters = |length| {
            entropy.text(
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                length,
            )
        };
        Self {
            tenant: TenantId::new(entropy),
            api_key: ApiKey::new(entropy),
            api_key_id: Id::new(now, entropy),
            admin: AdminSeed {
                id: Id::new(now, entropy),
                email: ADMIN_EMAIL.parse().expect("it is an address"),
                password: Secret::new(letters(20)),
            },
            channel: ChannelSeed {
                id: Id::new(now, entropy),
                phone_number: PHONE_NUMBER.to_owned(),
                phone_number_id: digits(15),
                waba_id: digits(15),
                app_id: digits(16),
                access_token: Secret::new(format!("EAA{}", letters(60))),
                app_secret: Secret::new(hex(32)),
                verify_token: Secret::new(letters(24)),
            },
            aws: AwsKeys {
                access_key_id: format!(
                    "OPENWATI{}",
                    entropy.text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 12)
                ),
                secret_access_key: Secret::new(letters(40)),
            },
            key_ring: KeyRing::generate(entropy),
            link_key: LinkKeys::generate(entropy),
            session_key: SessionKeys::generate(entropy),
            stack_suffix: hex(8),
        }
    }
}

/// Gives the seed of a folder the keys that an earlier version did not know. What cannot be read is left alone.
fn complete(folder: &Path, entropy: &Entropy) -> anyhow::Result<()> {
    let path = folder.join(SEED);
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(());
    };
    let Ok(mut seed) = serde_json::from_str::<serde_json::Map<_, _>>(&text) else {
        return Ok(());
    };
    let known = seed.len();
    for (name, generate) in [
        ("link_key", LinkKeys::generate as fn(&Entropy) -> _),
        ("session_key", SessionKeys::generate),
    ] {
        seed.entry(name)
            .or_insert_with(|| generate(entropy).expose().as_str().into());
    }
    if !seed.contains_key("admin") {
        let admin = Seed::new(entropy, Clock::system().now()).admin;
        seed.insert(
            "admin".to_owned(),
            serde_json::to_value(AdminFile::from(&admin))?,
        );
    }
    if seed.len() > known {
        let text = serde_json::to_string_pretty(&seed)?;
        write_whole(&path, &text).context("cannot write seed.json")?;
    }
    Ok(())
}

fn is_missing(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// The seed as it stands in the file, secrets in the clear.
#[derive(Serialize, Deserialize)]
struct SeedFile {
    tenant_id: String,
    api_key: String,
    api_key_id: String,
    admin: AdminFile,
    channel: ChannelFile,
    aws: AwsFile,
    key_ring: serde_json::Value,
    link_key: String,
    session_key: String,
    stack_suffix: String,
}

#[derive(Serialize, Deserialize)]
struct AdminFile {
    id: String,
    email: String,
    password: String,
}

#[derive(Serialize, Deserialize)]
struct ChannelFile {
    id: String,
    phone_number: String,
    phone_number_id: String,
    waba_id: String,
    app_id: String,
    access_token: String,
    app_secret: String,
    verify_token: String,
}

#[derive(Serialize, Deserialize)]
struct AwsFile {
    access_key_id: String,
    secret_access_key: String,
}

impl From<&AdminSeed> for AdminFile {
    fn from(admin: &AdminSeed) -> Self {
        Self {
            id: admin.id.to_string(),
            email: admin.email.as_str().to_owned(),
            password: admin.password.expose().clone(),
        }
    }
}

impl From<&Seed> for SeedFile {
    fn from(seed: &Seed) -> Self {
        let channel = &seed.channel;
        Self {
            tenant_id: seed.tenant.as_str().to_owned(),
            api_key: seed.api_key.expose().to_owned(),
            api_key_id: seed.api_key_id.to_string(),
            admin: AdminFile::from(&seed.admin),
            channel: ChannelFile {
                id: channel.id.to_string(),
                phone_number: channel.phone_number.clone(),
                phone_number_id: channel.phone_number_id.clone(),
                waba_id: channel.waba_id.clone(),
                app_id: channel.app_id.clone(),
                access_token: channel.access_token.expose().clone(),
                app_secret: channel.app_secret.expose().clone(),
                verify_token: channel.verify_token.expose().clone(),
            },
            aws: AwsFile {
                access_key_id: seed.aws.access_key_id.clone(),
                secret_access_key: seed.aws.secret_access_key.expose().clone(),
            },
            key_ring: serde_json::from_str(seed.key_ring.expose()).unwrap_or_default(),
            link_key: seed.link_key.expose().clone(),
            session_key: seed.session_key.expose().clone(),
            stack_suffix: seed.stack_suffix.clone(),
        }
    }
}

impl TryFrom<SeedFile> for Seed {
    type Error = anyhow::Error;

    fn try_from(file: SeedFile) -> anyhow::Result<Self> {
        let wrong = |field: &'static str| move || format!("seed.json has a {field} that is none");
        Ok(Self {
            tenant: file
                .tenant_id
                .parse()
                .ok()
                .with_context(wrong("tenant_id"))?,
            api_key: ApiKey::parse(&file.api_key).with_context(wrong("api_key"))?,
            api_key_id: file
                .api_key_id
                .parse()
                .ok()
                .with_context(wrong("api_key_id"))?,
            admin: AdminSeed {
                id: file.admin.id.parse().ok().with_context(wrong("admin.id"))?,
                email: file
                    .admin
                    .email
                    .parse()
                    .ok()
                    .with_context(wrong("admin.email"))?,
                password: Secret::new(file.admin.password),
            },
            channel: ChannelSeed {
                id: file
                    .channel
                    .id
                    .parse()
                    .ok()
                    .with_context(wrong("channel.id"))?,
                phone_number: file.channel.phone_number,
                phone_number_id: file.channel.phone_number_id,
                waba_id: file.channel.waba_id,
                app_id: file.channel.app_id,
                access_token: Secret::new(file.channel.access_token),
                app_secret: Secret::new(file.channel.app_secret),
                verify_token: Secret::new(file.channel.verify_token),
            },
            aws: AwsKeys {
                access_key_id: file.aws.access_key_id,
                secret_access_key: Secret::new(file.aws.secret_access_key),
            },
            key_ring: Secret::new(file.key_ring.to_string()),
            link_key: Secret::new(file.link_key),
            session_key: Secret::new(file.session_key),
            stack_suffix: file.stack_suffix,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(folder: &Path) -> anyhow::Result<Seed> {
        Seed::of(
            folder,
            &Entropy::system(),
            Moment::from_seconds(1_800_000_000),
        )
    }

    #[test]
    fn a_folder_keeps_its_seed() {
        let folder = tempfile::tempdir().unwrap();
        let first = seed(folder.path()).unwrap();
        let second = seed(folder.path()).unwrap();
        assert_eq!(first.tenant, second.tenant);
        assert_eq!(first.api_key, second.api_key);
        assert_eq!(first.channel.id, second.channel.id);
        let ring = KeyRing::parse(first.key_ring.expose()).unwrap();
        let sealed = ring.seal("here", "secret", &Entropy::system());
        let ring = KeyRing::parse(second.key_ring.expose()).unwrap();
        assert_eq!(ring.open("here", &sealed).unwrap().expose(), "secret");
    }

    #[test]
    fn a_seed_that_is_broken_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SEED), "{\"tenant_id\":").unwrap();
        assert!(seed(folder.path()).is_err());
        let text = fs::read_to_string(folder.path().join(SEED)).unwrap();
        assert_eq!(text, "{\"tenant_id\":");
    }

    #[test]
    fn a_seed_of_an_earlier_version_is_given_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let first = seed(folder.path()).unwrap();
        let path = folder.path().join(SEED);
        let mut earlier: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        earlier.remove("session_key");
        fs::write(&path, serde_json::to_string(&earlier).unwrap()).unwrap();
        let second = seed(folder.path()).unwrap();
        assert_eq!(first.api_key, second.api_key);
        assert_eq!(first.link_key, second.link_key);
        assert_ne!(first.session_key, second.session_key);
        let third = seed(folder.path()).unwrap();
        assert_eq!(second.session_key, third.session_key);
    }

    #[test]
    fn a_seed_does_not_print_its_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let seed = seed(folder.path()).unwrap();
        let printed = format!("{seed:?}");
        assert!(!printed.contains(seed.api_key.expose()));
        assert!(!printed.contains(seed.session_key.expose().as_str()));
        assert!(!printed.contains(seed.channel.app_secret.expose().as_str()));
        assert!(!printed.contains(seed.aws.secret_access_key.expose().as_str()));
    }
}
