use openwati_core::secret::Secret;
use reqwest::{
    Client, Response, StatusCode,
    header::{AUTHORIZATION, HeaderValue},
    redirect, retry,
};
use url::Url;

use super::{
    answer,
    config::{BadChatConfig, ChatConfig},
    outcome::{ChatAnswer, ChatFailure},
    wire::{Body, ChatMessage},
};
use crate::cloud_api::causes;

/// Bytes of the longest answer that is read: hundreds of times the longest that a customer can be sent.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The client of the AI: made once for a process, cheap to clone, and shared by all tenants. It keeps connections open.
#[derive(Clone, Debug)]
pub struct Chat {
    http: Client,
    url: Url,
    authorization: Secret<HeaderValue>,
    model: String,
}

impl Chat {
    /// Makes the client; nothing is connected yet.
    ///
    /// # Errors
    /// If the configuration can not work, see [`BadChatConfig`].
    pub fn new(config: ChatConfig) -> Result<Self, BadChatConfig> {
        if config.model.trim().is_empty() {
            return Err(BadChatConfig::Model);
        }
        let authorization = authorization(&config.api_key)?;
        let url = completions(&config.base_url)?;
        let client = Client::builder()
            .user_agent(concat!("openwati/", env!("CARGO_PKG_VERSION")))
            .timeout(config.timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            // The key goes to the endpoint and nowhere else, whatever the environment says.
            .no_proxy();
        let client = if url.scheme() == "http" {
            // A model on this machine or its network: no certificate is needed, and there may be none to read.
            client.tls_certs_only([])
        } else {
            client
        };
        Ok(Self {
            http: client.build()?,
            url,
            authorization: Secret::new(authorization),
            model: config.model,
        })
    }

    /// The model that is asked.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Opens a connection with TLS while a function starts, so that the first customer need not wait for it. Failure
    /// does not matter: the first call connects then.
    pub async fn warm(&self) {
        // Without the key: nothing is asked for.
        if let Err(error) = self.http.head(self.url.clone()).send().await {
            let error = causes(error);
            tracing::debug!(error, "no connection to the AI could be opened in advance");
        }
    }

    /// Asks once what is to be said next in a conversation.
    ///
    /// # Errors
    /// Why there is no answer, see [`ChatFailure`]. Where the request got through it may have cost the operator money.
    pub async fn complete(&self, messages: &[ChatMessage]) -> Result<ChatAnswer, ChatFailure> {
        let body = Body {
            model: &self.model,
            messages,
            stream: false,
        };
        let request = self
            .http
            .post(self.url.clone())
            .header(AUTHORIZATION, self.authorization.expose().clone())
            .json(&body);
        let response = request.send().await.map_err(failure)?;
        match response.status() {
            StatusCode::TOO_MANY_REQUESTS => Err(ChatFailure::TooBusy),
            status if status.is_success() => answer::read(&read(response).await?),
            status => Err(ChatFailure::Status {
                http_status: status.as_u16(),
            }),
        }
    }
}

/// `<base>/chat/completions`
fn completions(base: &Url) -> Result<Url, BadChatConfig> {
    let plain = matches!(base.scheme(), "http" | "https")
        && base.has_host()
        && base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    let mut url = base.clone();
    match url.path_segments_mut() {
        Ok(mut path) if plain => {
            path.pop_if_empty().extend(["chat", "completions"]);
        }
        _ => return Err(BadChatConfig::BaseUrl),
    }
    Ok(url)
}

/// The header with the key, marked so that no library prints it.
fn authorization(api_key: &Secret<String>) -> Result<HeaderValue, BadChatConfig> {
    let key = api_key.expose();
    if key.trim().is_empty() {
        return Err(BadChatConfig::ApiKey);
    }
    let header = HeaderValue::try_from(format!("Bearer {key}"));
    let mut header = header.map_err(|_| BadChatConfig::ApiKey)?;
    header.set_sensitive(true);
    Ok(header)
}

async fn read(mut response: Response) -> Result<Vec<u8>, ChatFailure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(ChatFailure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failure(error: reqwest::Error) -> ChatFailure {
    if error.is_timeout() {
        ChatFailure::TimedOut
    } else if error.is_connect() || error.is_builder() {
        let detail = causes(error);
        ChatFailure::Unreachable { detail }
    } else {
        ChatFailure::ConnectionLost
    }
}
