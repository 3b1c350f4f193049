//! `POST /api/public/v1/send-media`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use openwati_core::id::Id;
use openwati_core::message::written::{AskedMedia, AskedSource, part};
use openwati_services::files::Source;
use openwati_services::send::{self, MediaRequest, MediaSent};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::openapi::message::SentMediaType;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A file and who it is for.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "to": "+923001234567",
    "type": "document",
    "url": "https://example.com/files/invoice-2026-001.pdf",
    "fileName": "invoice-2026-001.pdf",
    "mimetype": "application/pdf",
    "caption": "Your invoice for January",
}))]
#[expect(dead_code, reason = "it describes what is read in two steps")]
pub(crate) struct SendMedia {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// As what the customer sees it: `image` (JPEG or PNG, 5 MB), `video` (MP4 or 3GPP, 16 MB), `audio` (AAC, AMR, MP3,
    /// MP4 or Ogg with Opus, 16 MB), `document` (100 MB) or `sticker` (WebP, 500 KB).
    r#type: SentMediaType,
    /// Where the file is: an address that everybody can reach over HTTPS. This or `uploadId`.
    #[schema(nullable = false, format = "uri")]
    url: Option<String>,
    /// The file that was put where `POST /api/public/v1/uploads` said. This or `url`.
    #[schema(nullable = false, format = "uuid")]
    upload_id: Option<String>,
    /// The text below an image, a video or a document.
    #[schema(nullable = false, max_length = 1024)]
    caption: Option<String>,
    /// The name under which the customer sees a document; without it the last part of `url`.
    #[schema(nullable = false, max_length = 240)]
    file_name: Option<String>,
    /// The file's type, which its bytes tell where they can: if they tell another, the file is not sent.
    #[schema(nullable = false, example = "application/pdf")]
    mimetype: Option<String>,
    /// Whether audio is shown as a voice note; it must be Ogg with Opus then.
    #[schema(nullable = false, default = false)]
    voice: Option<bool>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// WhatsApp took the file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "ok": true,
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "messageId": "wamid.HBgMOTIzMDAxMjM0NTY3FQIAERgSQzVFOEI5",
    "status": "sent",
    "to": "923001234567",
}))]
pub(crate) struct SentMedia {
    /// Always true.
    ok: bool,
    /// Our id of the message.
    #[schema(format = "uuid")]
    id: String,
    /// WhatsApp's id of the message.
    message_id: String,
    /// Always `sent`; look the message up for what follows.
    status: &'static str,
    /// The customer's number as digits with the country code.
    to: String,
}

/// The file is on its way, and its message is sent once it is there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "ok": true,
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "status": "accepted",
    "to": "923001234567",
}))]
pub(crate) struct AcceptedMedia {
    /// Always true.
    ok: bool,
    /// Our id of the message.
    #[schema(format = "uuid")]
    id: String,
    /// Always `accepted`; look the message up for what follows, or wait for the event `message.status`.
    status: &'static str,
    /// The customer's number as digits with the country code.
    to: String,
}

error_responses! {
    /// Why a file is not sent.
    SendMediaErrors {
        "400": "The body or the number is not what it must be, or the file can not be fetched; the error names the reason." ["invalid_json", "invalid_request", "invalid_message", "invalid_phone_number", "media_url_failed"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope for sending, or an agent writes in somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "There is no such device, or nothing was uploaded." ["not_found", "upload_not_found"],
        "409": "A cap of the plan is reached; no device is connected; the first request with this `Idempotency-Key` still runs, or nobody knows yet what became of it." ["plan_cap_reached", "no_device", "in_progress", "outcome_unknown"],
        "413": "The file is larger than WhatsApp takes as such, or the body has more than 256 KiB." ["media_too_large", "payload_too_large"],
        "415": "The file is of a type that WhatsApp does not take as such, or of another than was said." ["unsupported_media_type"],
        "422": "WhatsApp refused the message, which is kept as failed; the 24-hour window is closed; the customer has opted out, and no person of the team writes; the `Idempotency-Key` stood for another request, or for a message that was accepted and given up since, for the reason that is named." ["whatsapp_refused", "window_closed", "opted_out", "idempotency_key_reused", "busy", "whatsapp_unreachable", "tenant_suspended", "not_worked"],
        "429": "The key's minute is used up, or WhatsApp or the device takes no more at the moment." ["rate_limited", "recipient_busy", "channel_busy", "whatsapp_busy"],
        "503": "WhatsApp can not be reached and nothing was sent, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
        "504": "The message may have been sent: WhatsApp did not say. Look it up by the `id` of the error." ["outcome_unknown"],
    }
}

/// Send an image, a video, audio, a document or a sticker
///
/// Fetches the file and answers once WhatsApp took the message. A file is fetched once and kept, and asked for again only
/// when its server says that it may have changed. What takes more than 20 seconds is answered with 202 and sent as soon as
/// the file is there. It is never sent twice: with an `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-media",
    operation_id = "sendMedia",
    tag = "Messages",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = SendMedia,
    responses(
        KeyErrors,
        SendMediaErrors,
        (status = 200, description = "WhatsApp took the message.", body = SentMedia, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
        (status = 202, description = "The message is sent once its file is there.", body = AcceptedMedia, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_media(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<Value>,
) -> Result<Response, ApiError> {
    let Address { to, device_id } = part(&body.value)?;
    let asked = AskedMedia::read(&body.value)?;
    let wanted = MediaRequest {
        to,
        kind: asked.kind,
        source: match asked.source {
            AskedSource::Url(url) => Source::url(app.platform(), &url)?,
            AskedSource::Upload(id) => Source::Upload(id),
        },
        mime_type: asked.mime_type,
        caption: asked.caption,
        file_name: asked.file_name,
        voice: asked.voice,
        channel: device_id.as_deref().map(device).transpose()?,
        idempotency: key.over(&body.raw),
    };
    let answer = match send::send_media(app.platform(), &caller, wanted).await? {
        MediaSent::Sent(sent) => {
            let body = Json(SentMedia {
                ok: true,
                id: sent.id.uuid(),
                message_id: sent.wamid,
                status: "sent",
                to: sent.to,
            });
            (replayed(sent.replayed), body).into_response()
        }
        MediaSent::Accepted(accepted) => {
            let body = Json(AcceptedMedia {
                ok: true,
                id: accepted.id.uuid(),
                status: "accepted",
                to: accepted.to,
            });
            (StatusCode::ACCEPTED, replayed(accepted.replayed), body).into_response()
        }
    };
    Ok(answer)
}

/// Whom the file is for and by what it goes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    to: String,
    device_id: Option<String>,
}

fn device(id: &str) -> Result<Id, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found("there is no such device"))
}
