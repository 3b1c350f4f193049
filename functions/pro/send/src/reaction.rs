//! `POST /api/public/v1/send-reaction`

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::written::Wrong;
use openwati_services::react::{React, react};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::sending::{IdempotencyHeader, SendErrors, Sent, answer, device};

/// An emoji and the message that it goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"messageId": "wamid.HBgMOTIzMDAxMjM0NTY3FQIAERgSQzVFOEI5", "emoji": "👍"}))]
pub(crate) struct SendReaction {
    /// The message, from or to the customer: our id of it or WhatsApp's.
    message_id: String,
    /// One emoji; empty takes the reaction back.
    #[schema(max_length = 64)]
    emoji: String,
    /// The customer whom the message is with. It need not be said; what is said must be right.
    #[schema(nullable = false)]
    to: Option<String>,
    /// The device that the message went over. It need not be said; what is said must be right.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

error_responses! {
    /// Why a reaction is refused, where it is another reason than that of a text.
    ReactionErrors {
        "404": "There is no such message, or no such device." ["not_found"],
        "409": "WhatsApp never took the message; a cap of the plan is reached; the device is not connected; the first request with this `Idempotency-Key` still runs, or nobody knows yet what became of it." ["message_not_sent", "plan_cap_reached", "no_device", "in_progress", "outcome_unknown"],
    }
}

/// Send a reaction
///
/// Puts an emoji on a message, in the place of the one that is there, and answers once WhatsApp took it. WhatsApp takes no
/// reaction to a message that is older than 30 days, was taken back, or is a reaction itself.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-reaction",
    operation_id = "sendReaction",
    tag = "Messages",
    params(IdempotencyHeader),
    request_body = SendReaction,
    responses(
        KeyErrors,
        SendErrors,
        ReactionErrors,
        (status = 200, description = "WhatsApp took the reaction.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_reaction(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<SendReaction>,
) -> Result<Response, ApiError> {
    let idempotency = key.over(&body.raw);
    let body = body.value;
    if !is_emoji(&body.emoji) {
        return Err(Wrong::message("emoji", "must be one emoji, or empty").into());
    }
    let request = React {
        message: body.message_id,
        emoji: body.emoji,
        to: body.to,
        channel: body.device_id.as_deref().map(device).transpose()?,
        idempotency,
    };
    Ok(answer(react(app.platform(), &caller, request).await?))
}

/// The longest emoji, in characters: a family of eight with skin tones has fewer.
const LONGEST: usize = 64;

/// Whether a text may be an emoji, or is none at all. What is one grows by the year, so that WhatsApp has the last word.
fn is_emoji(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphabetic() || c.is_whitespace() || c.is_control();
    let fits = text.chars().count() <= LONGEST && !text.chars().any(is_word);
    text.is_empty() || fits && !text.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_digits_are_no_emoji() {
        for emoji in ["", "👍", "👍🏽", "❤️", "1️⃣", "👨‍👩‍👧‍👦", "🇵🇰", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in [
            "ok",
            "1",
            ":)",
            "👍 👍",
            "👍 ok",
            " ",
            "\n",
            &"👍".repeat(65),
        ] {
            assert!(!is_emoji(other), "{other}");
        }
    }
}
