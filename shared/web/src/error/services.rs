//! What a service refuses with, as WATI Pro's callers are told.

use std::time::Duration;

use http::StatusCode;
use openwati_services::{Error, Waiting};
use openwati_store::message::MessageError;

use super::{ApiError, WhatsAppError};

/// When to try again where nothing says so.
const SOON: Duration = Duration::from_secs(1);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        // A fault of ours is logged here, because here it is handled: its caller is told nothing of the inside.
        if matches!(
            error,
            Error::Unavailable(_) | Error::Internal(_) | Error::Misconfigured(_)
        ) {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "request failed");
        }
        match error {
            Error::Invalid { message, code } => Self::new(StatusCode::BAD_REQUEST, code, message),
            Error::Unauthorized => Self::unauthorized(),
            Error::WrongCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "wrong_credentials",
                "the e-mail address or the password is wrong",
            ),
            Error::SessionOver => Self::new(
                StatusCode::UNAUTHORIZED,
                "session_over",
                "the session is over: log in again",
            ),
            Error::TooManyTries { retry_after } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_tries",
                "there were too many tries: wait a while",
            )
            .retry_after(retry_after),
            Error::Forbidden { message, code } => Self::new(StatusCode::FORBIDDEN, code, message),
            Error::Conflict { message, code } => Self::new(StatusCode::CONFLICT, code, message),
            Error::NotFound { what } => Self::not_found(format!("there is no such {what}")),
            Error::NoDevice { reason } => no_device(reason),
            Error::CapReached {
                cap,
                limit,
                resets_at,
            } => Self::new(
                StatusCode::CONFLICT,
                "plan_cap_reached",
                format!(
                    "the plan's cap of {limit} {cap} is reached; it resets at {}",
                    resets_at.iso()
                ),
            ),
            Error::WindowClosed => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "window_closed",
                "the customer last wrote more than 24 hours ago: only a template may be sent now",
            ),
            Error::WhatsAppRefused {
                message,
                error,
                plain,
                replayed,
            } => {
                let whatsapp = WhatsAppError {
                    code: error.code,
                    title: error.title,
                    details: error.details,
                    help: plain,
                };
                let refused = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "whatsapp_refused",
                    whatsapp.to_string(),
                );
                refused
                    .whatsapp(whatsapp)
                    .message(message)
                    .replayed(replayed)
            }
            Error::FileRefused { code, reason } => Self::new(file_status(code), code, reason),
            Error::GaveUp {
                message,
                error,
                replayed,
            } => gave_up(error).message(message).replayed(replayed),
            Error::CredentialsRefused {
                code,
                message,
                error,
                help,
            } => {
                let refused = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message);
                match error {
                    Some(error) => refused.whatsapp(WhatsAppError {
                        code: error.code,
                        title: error.title,
                        details: error.details,
                        help: Some(help),
                    }),
                    None => refused,
                }
            }
            Error::MetaUnreachable => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "whatsapp_unreachable",
                "WhatsApp can not be reached; nothing was changed",
            )
            .retry_after(SOON),
            Error::MetaBusy { retry_after } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "whatsapp_busy",
                "WhatsApp was asked too much about this account; nothing was changed",
            )
            .retry_after(retry_after),
            Error::MetaRefused { error, help } => {
                let whatsapp = WhatsAppError {
                    code: error.code,
                    title: error.title,
                    details: error.details,
                    help: Some(help),
                };
                Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "whatsapp_refused",
                    whatsapp.to_string(),
                )
                .whatsapp(whatsapp)
            }
            Error::Unprocessable { message, code } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
            }
            Error::RateLimited(rate) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                format!("no more than {} requests a minute may be made", rate.limit),
            )
            .retry_after(Duration::from_secs(rate.reset_seconds.into())),
            Error::Busy { retry_after, what } => busy(what).retry_after(retry_after),
            Error::Unreachable { message } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "whatsapp_unreachable",
                "WhatsApp can not be reached; nothing was sent",
            )
            .retry_after(SOON)
            .message(message),
            Error::OutcomeUnknown { message, replayed } => {
                // The first caller learns that the way broke off, a later one that there is nothing to replay yet.
                let status = if replayed {
                    StatusCode::CONFLICT
                } else {
                    StatusCode::GATEWAY_TIMEOUT
                };
                let error = "the message may have been sent: WhatsApp did not say; look it up before sending anew";
                Self::new(status, "outcome_unknown", error).message(message)
            }
            Error::InProgress => Self::new(
                StatusCode::CONFLICT,
                "in_progress",
                "the first request with this Idempotency-Key still runs",
            )
            .retry_after(SOON),
            Error::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key stood for another method, path or body",
            ),
            Error::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "this can not be done for now: try again",
            )
            .retry_after(SOON),
            Error::Internal(_) | Error::Misconfigured(_) => Self::internal(),
        }
    }
}

/// As the first try would have been told, had it known so soon.
fn gave_up(error: MessageError) -> ApiError {
    let code = error.name.unwrap_or_default();
    ApiError::new(file_status(&code), code, error.title)
}

/// The status of what is wrong with a file, or with a message that waited for one.
fn file_status(code: &str) -> StatusCode {
    match code {
        "media_url_failed" => StatusCode::BAD_REQUEST,
        "upload_not_found" => StatusCode::NOT_FOUND,
        "media_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "unsupported_media_type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "no_device" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn busy(what: Waiting) -> ApiError {
    let (code, error) = match what {
        Waiting::Number => (
            "channel_busy",
            "the device takes no more messages in this second; nothing was sent",
        ),
        Waiting::Customer => (
            "recipient_busy",
            "WhatsApp wants this customer left in peace for a while; nothing was sent",
        ),
        Waiting::WhatsApp(_) => (
            "whatsapp_busy",
            "WhatsApp takes no more messages for now; nothing was sent",
        ),
    };
    let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, code, error);
    match what {
        Waiting::WhatsApp(message) => error.message(message),
        Waiting::Number | Waiting::Customer => error,
    }
}

fn no_device(reason: Option<String>) -> ApiError {
    let error = match reason {
        Some(reason) => format!("the device can not send: {reason}"),
        None => "no device is connected".to_owned(),
    };
    ApiError::new(StatusCode::CONFLICT, "no_device", error)
}
