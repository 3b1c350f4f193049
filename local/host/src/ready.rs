//! What a platform says when it listens: `ready.json`, for programs.

use std::{collections::BTreeMap, fmt, fs, io, path::Path};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::{
    aws::Endpoints,
    data_dir::{READY, write_whole},
};

/// Where a running platform is and what it may be used with. It stands in `ready.json`, which its owner alone may read.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ready {
    /// The API's address.
    pub base_url: String,
    /// The seeded tenant.
    pub tenant_id: String,
    /// Its API key; absent with another Graph than the simulator, or beyond this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// Who may log in; absent where `api_key` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<ReadyAdmin>,
    /// Its channel.
    pub channel: ReadyChannel,
    /// What the platform stands on.
    pub aws: ReadyAws,
    /// The Graph API that messages go to.
    pub graph_base_url: String,
    /// What `--function-timeout` was set to, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_timeout_seconds: Option<u64>,
    /// Whether users' URLs may lead to this machine.
    #[serde(default)]
    pub private_urls: bool,
    /// What the waits that are policy are divided by.
    pub speed: f64,
}

/// The seeded Super Admin.
#[derive(Clone, Serialize, Deserialize)]
pub struct ReadyAdmin {
    /// The address to log in with.
    pub email: String,
    /// The password to log in with.
    pub password: String,
}

/// The seeded channel.
#[derive(Clone, Serialize, Deserialize)]
pub struct ReadyChannel {
    /// Our id.
    pub id: String,
    /// The number.
    pub phone_number: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the account.
    pub waba_id: String,
    /// What callbacks are signed with; absent where `api_key` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_secret: Option<String>,
    /// What the handshake of the callback URL shows; absent where `api_key` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_token: Option<String>,
}

/// DynamoDB, SQS and S3.
#[derive(Clone, Serialize, Deserialize)]
pub struct ReadyAws {
    /// Where they are.
    pub endpoints: Endpoints,
    /// The region.
    pub region: String,
    /// The table.
    pub table: String,
    /// The bucket.
    pub bucket: String,
    /// The URLs of the queues, by their names within the stack: `statuses`, `inbound.fifo`.
    pub queues: BTreeMap<String, String>,
    /// Whether they are embedded.
    pub embedded: bool,
    /// What requests to them are signed with, where they are embedded and `api_key` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The secret to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<String>,
}

impl Ready {
    /// Reads what the platform on this folder said.
    ///
    /// # Errors
    /// If there is no such file, or it is another program's.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(folder.join(READY));
        let text = text.context("cannot read ready.json")?;
        let ready = serde_json::from_str(&text).ok();
        ready.context("ready.json is not what openwati writes")
    }

    /// Says it.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        write_whole(&folder.join(READY), &text).context("cannot write ready.json")
    }

    /// Says that nothing listens.
    pub(crate) fn remove(folder: &Path) -> io::Result<()> {
        match fs::remove_file(folder.join(READY)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Without what is secret.
impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("base_url", &self.base_url)
            .field("tenant_id", &self.tenant_id)
            .field("channel", &self.channel)
            .field("aws", &self.aws)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadyAdmin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyAdmin")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadyChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyChannel")
            .field("id", &self.id)
            .field("phone_number", &self.phone_number)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadyAws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyAws")
            .field("endpoints", &self.endpoints)
            .field("table", &self.table)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
