//! What the operator settled for the AI.

use std::time::Duration;

use openwati_channels::chat::{BadChatConfig, Chat, ChatConfig};
use openwati_core::secret::Secret;

/// The AI that answers customers, as far as a function has to do with it.
#[derive(Debug, Clone, Default)]
pub enum Ai {
    /// The operator has none.
    #[default]
    Off,
    /// There is one, and others ask it.
    Elsewhere,
    /// What it is asked by.
    Here(Chat),
}

/// What the operator wrote is no setting. It does not show the key.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {reason}")]
pub struct BadAi {
    /// The variable that is wrong.
    pub variable: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// What stands for no key where nothing can not be written: `sam deploy --guided` takes no empty secret.
const NO_KEY: &str = "none";

impl Ai {
    /// Reads the settings of a function that asks the AI and may run for `function_timeout`: without a key there is
    /// none; where and what is asked has defaults.
    ///
    /// # Errors
    /// Which of them can not work.
    pub fn read(
        api_key: Option<&str>,
        base_url: Option<&str>,
        model: Option<&str>,
        function_timeout: Duration,
    ) -> Result<Self, BadAi> {
        let Some(api_key) = api_key.filter(|key| *key != NO_KEY) else {
            return Ok(Self::Off);
        };
        let base_url = base_url.unwrap_or(ChatConfig::DEFAULT_BASE_URL);
        let config = ChatConfig {
            base_url: base_url.parse().map_err(wrong("AI_BASE_URL"))?,
            api_key: Secret::new(api_key.to_owned()),
            model: model.unwrap_or(ChatConfig::DEFAULT_MODEL).to_owned(),
            timeout: ChatConfig::timeout_within(function_timeout),
        };
        let chat = Chat::new(config).map_err(|error| {
            let variable = match error {
                BadChatConfig::ApiKey => "AI_API_KEY",
                BadChatConfig::Model => "AI_MODEL",
                BadChatConfig::BaseUrl | BadChatConfig::Client(_) => "AI_BASE_URL",
            };
            wrong(variable)(error)
        })?;
        Ok(Self::Here(chat))
    }

    /// What a function knows that is told whether there is one, and not by what it is asked.
    pub fn told(is_configured: bool) -> Self {
        match is_configured {
            true => Self::Elsewhere,
            false => Self::Off,
        }
    }
}

fn wrong<E: std::fmt::Display>(variable: &'static str) -> impl Fn(E) -> BadAi {
    move |error| BadAi {
        variable,
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(120);

    #[test]
    fn without_a_key_there_is_none() {
        for key in [None, Some("none")] {
            let ai = Ai::read(key, Some("https://ai.example/v1"), None, TIMEOUT).unwrap();
            assert!(matches!(ai, Ai::Off), "{key:?}");
        }
    }

    #[test]
    fn a_key_is_all_it_needs() {
        let ai = Ai::read(Some("k-secret"), None, None, TIMEOUT).unwrap();
        let Ai::Here(chat) = &ai else {
            panic!("{ai:?}");
        };
        assert_eq!(chat.model(), "google/gemini-3-flash-preview");
        assert!(!format!("{ai:?}").contains("k-secret"));
    }

    #[test]
    fn what_is_wrong_is_named_and_the_key_is_not_shown() {
        let wrong = |key, url, model| {
            let error = Ai::read(Some(key), url, model, TIMEOUT).unwrap_err();
            assert!(!error.to_string().contains("k-secret"), "{error}");
            error.variable
        };
        assert_eq!(wrong("k-secret", Some("nowhere"), None), "AI_BASE_URL");
        assert_eq!(wrong("k-secret", Some("ftp://a/v1"), None), "AI_BASE_URL");
        assert_eq!(wrong("k-secret", None, Some("")), "AI_MODEL");
        assert_eq!(wrong("k-secret\n", None, None), "AI_API_KEY");
    }
}
