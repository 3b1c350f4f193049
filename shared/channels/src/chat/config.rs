use std::time::Duration;

use openwati_core::secret::Secret;
use url::Url;

/// Where the AI is, who asks, and how long a call may take.
#[derive(Clone, Debug)]
pub struct ChatConfig {
    /// What `/chat/completions` is put behind.
    pub base_url: Url,
    /// What the endpoint knows the operator by.
    pub api_key: Secret<String>,
    /// The model's name, as the endpoint has it.
    pub model: String,
    /// How long a whole call may take, from the look-up of the name to the last byte of the answer.
    pub timeout: Duration,
}

impl ChatConfig {
    /// The endpoint that is asked where none is configured: WATI Pro's documentation names this gateway.
    pub const DEFAULT_BASE_URL: &str = "https://ai.gateway.lovable.dev/v1";
    /// The model that is asked where none is configured: the one of WATI Pro's documentation.
    pub const DEFAULT_MODEL: &str = "google/gemini-3-flash-preview";
    /// How long an answer may take: whoever has waited longer has put the phone away.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

    /// The time that a call may take in a function that may run for `function_timeout`: a third at most, because
    /// the answer still goes to WhatsApp, which may take two thirds.
    pub fn timeout_within(function_timeout: Duration) -> Duration {
        (function_timeout / 3).min(Self::DEFAULT_TIMEOUT)
    }
}

/// Why a client can not be made. The key is never shown.
#[derive(Debug, thiserror::Error)]
pub enum BadChatConfig {
    /// The URL has another scheme, no host, or holds a query or a log-in.
    #[error("the AI's URL must be http or https with a host and a path only")]
    BaseUrl,
    /// The key is empty, or holds characters that no header can.
    #[error("the AI's key can not be written into a request")]
    ApiKey,
    /// No model is named.
    #[error("the AI's model has no name")]
    Model,
    /// The system's certificates can not be read.
    #[error("the HTTP client can not be made: {0}")]
    Client(#[from] reqwest::Error),
}
