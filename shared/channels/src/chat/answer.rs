//! Reads what the endpoint answers. Endpoints differ in what they add, so that unknown members are ignored.

use serde::Deserialize;
use serde_json::Value;

use super::outcome::{ChatAnswer, ChatFailure};

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    model: Option<String>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    /// A text, or a list of parts.
    #[serde(default)]
    content: Value,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: Option<u64>,
}

/// The longest name of a model that is kept, in characters: nobody says how long an endpoint's may be.
const LONGEST_MODEL: usize = 200;

/// Reads the answer to a request that succeeded.
pub(super) fn read(body: &[u8]) -> Result<ChatAnswer, ChatFailure> {
    let completion: Completion = serde_json::from_slice(body).map_err(|_| ChatFailure::Garbage)?;
    let Some(choice) = completion.choices.into_iter().next() else {
        return Err(ChatFailure::Empty);
    };
    let refusal = choice.message.refusal.as_deref().unwrap_or_default();
    let filtered = choice.finish_reason.as_deref() == Some("content_filter");
    if filtered || !refusal.trim().is_empty() {
        return Err(ChatFailure::Refused);
    }
    let text = text(&choice.message.content)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(ChatFailure::Empty);
    }
    Ok(ChatAnswer {
        text: text.to_owned(),
        model: completion
            .model
            .filter(|model| !model.is_empty())
            .map(|model| model.chars().take(LONGEST_MODEL).collect()),
        tokens: completion.usage.and_then(|usage| usage.total_tokens),
    })
}

/// The text of a content; a call of a tool has none.
fn text(content: &Value) -> Result<String, ChatFailure> {
    match content {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => {
            if parts.iter().any(|part| part["type"] == "refusal") {
                return Err(ChatFailure::Refused);
            }
            let texts = parts.iter().filter_map(|part| part["text"].as_str());
            Ok(texts.collect())
        }
        _ => Err(ChatFailure::Garbage),
    }
}
