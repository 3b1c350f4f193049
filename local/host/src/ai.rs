//! What the program can be told about the AI.

use clap::Args;
use openwati_channels::chat::ChatConfig;
use openwati_core::secret::Secret;

use crate::options::secret;

/// The AI that answers customers: any endpoint that speaks OpenAI's chat completions.
#[derive(Debug, Clone, Args)]
pub struct AiOptions {
    /// Key of the AI that answers customers where no rule does [default: none, no AI]
    #[arg(
        long = "ai-api-key",
        id = "ai_api_key",
        env = "AI_API_KEY",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        value_parser = secret,
        global = true,
        value_name = "KEY"
    )]
    pub api_key: Secret<String>,
    /// Where the AI is; it has to understand OpenAI's chat completions
    #[arg(
        long = "ai-base-url",
        id = "ai_base_url",
        env = "AI_BASE_URL",
        default_value = ChatConfig::DEFAULT_BASE_URL,
        global = true,
        value_name = "URL"
    )]
    pub base_url: String,
    /// The model that it is asked for
    #[arg(
        long = "ai-model",
        id = "ai_model",
        env = "AI_MODEL",
        default_value = ChatConfig::DEFAULT_MODEL,
        global = true,
        value_name = "NAME"
    )]
    pub model: String,
}

impl Default for AiOptions {
    /// No AI, whatever the environment says.
    fn default() -> Self {
        Self {
            api_key: Secret::new(String::new()),
            base_url: ChatConfig::DEFAULT_BASE_URL.to_owned(),
            model: ChatConfig::DEFAULT_MODEL.to_owned(),
        }
    }
}
