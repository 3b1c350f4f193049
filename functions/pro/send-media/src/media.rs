//! `POST /api/public/v1/send-media`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use openwati_core::id::Id;
use openwati_core::media::MediaKind;
use openwati_core::message::{Invalid, MediaSource};
use openwati_services::files::Source;
use openwati_services::send::{self, MediaRequest, MediaSent};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file and who it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "to": "+923001234567",
    "type": "document",
    "url": "https://example.com/files/invoice-2026-001.pdf",
    "fileName": "invoice-2026-001.pdf",
    "mimetype": "application/pdf",
    "caption": "Your invoice for January",
}))]
pub(crate) struct SendMedia {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// As what the customer sees it: `image` (JPEG or PNG, 5 MB), `video` (MP4 or 3GPP, 16 MB), `audio` (AAC, AMR, MP3,
    /// MP4 or Ogg with Opus, 16 MB), `document` (100 MB) or `sticker` (WebP, 500 KB).
    #[serde(rename = "type")]
    #[schema(value_type = SentMediaType)]
    kind: String,
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
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    voice: Option<bool>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// As what a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum SentMediaType {
    /// A photo.
    Image,
    /// A film.
    Video,
    /// A sound file or a voice note.
    Audio,
    /// A file of any type.
    Document,
    /// A small picture without a bubble.
    Sticker,
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
        "422": "WhatsApp refused the message, which is kept as failed; the 24-hour window is closed; the `Idempotency-Key` stood for another request, or for a message that was accepted and given up since, for the reason that is named." ["whatsapp_refused", "window_closed", "idempotency_key_reused", "busy", "whatsapp_unreachable", "tenant_suspended", "not_worked"],
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
    body: ApiJson<SendMedia>,
) -> Result<Response, ApiError> {
    let source = source(&app, &body.value)?;
    let mut wanted = request(body.value, source)?;
    wanted.idempotency = key.over(&body.raw);
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

/// Where the file is: one of the two places that a caller may name.
fn source(app: &App, body: &SendMedia) -> Result<Source, ApiError> {
    match (given(body.url.clone()), given(body.upload_id.clone())) {
        (Some(url), None) => Ok(Source::url(app.platform(), &url)?),
        (None, Some(id)) => {
            let id = id.parse();
            let id = id.map_err(|_| invalid("uploadId", "is not the id of an upload"))?;
            Ok(Source::Upload(id))
        }
        _ => Err(invalid("url", "give exactly one of url and uploadId")),
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 240;

/// What the caller wants, if it is something that WhatsApp knows. An empty text says as much as none.
fn request(body: SendMedia, source: Source) -> Result<MediaRequest, ApiError> {
    let kind = MediaKind::named(&body.kind).ok_or_else(|| {
        let kinds = MediaKind::ALL.map(MediaKind::name).join(", ");
        invalid("type", format_args!("must be one of {kinds}"))
    })?;
    let (caption, voice) = (given(body.caption), body.voice.unwrap_or(false));
    let is_bare = matches!(kind, MediaKind::Audio | MediaKind::Sticker);
    if caption.is_some() && is_bare {
        let what = format_args!("{kind} has none: send the text as a message of its own");
        return Err(invalid("caption", what));
    }
    if voice && kind != MediaKind::Audio {
        return Err(invalid("voice", "only audio is a voice note"));
    }
    let file_name = given(body.file_name);
    if file_name
        .as_ref()
        .is_some_and(|name| name.chars().count() > LONGEST_NAME)
    {
        let what = format_args!("must have at most {LONGEST_NAME} characters");
        return Err(invalid("fileName", what));
    }
    if let Some(name) = &file_name
        && name.chars().any(char::is_control)
    {
        return Err(invalid(
            "fileName",
            "must be without line breaks and other control characters",
        ));
    }
    let wanted = MediaRequest {
        to: body.to,
        kind,
        source,
        mime_type: given(body.mimetype),
        caption,
        file_name,
        voice,
        channel: body.device_id.as_deref().map(device).transpose()?,
        idempotency: None,
    };
    // What is wrong is said of the field that the caller knows; its file is judged when it is there.
    let message = wanted.message(MediaSource::Id("0".to_owned()));
    message.validate().map_err(|Invalid { field, problem }| {
        let field = match field.rsplit('.').next() {
            Some("filename") => "fileName",
            Some(last) => last,
            None => "caption",
        };
        invalid(field, problem)
    })?;
    Ok(wanted)
}

fn invalid(field: &str, problem: impl std::fmt::Display) -> ApiError {
    let error = format!("{field}: {problem}");
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_message", error)
}

fn device(id: &str) -> Result<Id, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found("there is no such device"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(body: Value) -> Result<MediaRequest, String> {
        let body: SendMedia = serde_json::from_value(body).unwrap();
        let source = Source::Url("https://example.com/a".to_owned());
        request(body, source).map_err(|error| error.body().error.clone())
    }

    #[test]
    fn what_is_wrong_is_said_of_the_callers_field() {
        let url = "https://example.com/a";
        let long = "x".repeat(1025);
        for (body, expected) in [
            (json!({"type": "gif", "url": url}), "type: must be one of"),
            (
                json!({"type": "audio", "url": url, "caption": "a"}),
                "caption: audio has none",
            ),
            (
                json!({"type": "sticker", "url": url, "caption": "a"}),
                "caption: sticker has none",
            ),
            (
                json!({"type": "image", "url": url, "voice": true}),
                "voice: only audio",
            ),
            (
                json!({"type": "image", "url": url, "caption": long}),
                "caption: ",
            ),
            (
                json!({"type": "document", "url": url, "fileName": "x".repeat(241)}),
                "fileName: must have at most 240",
            ),
        ] {
            let mut body = body;
            body["to"] = json!("+923001234567");
            let error = read(body).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn an_empty_text_says_as_much_as_none() {
        let body = json!({
            "to": "+923001234567", "type": "audio", "url": "https://example.com/a", "uploadId": "", "caption": "",
            "fileName": "", "mimetype": "", "deviceId": null, "voice": null,
        });
        let wanted = read(body).unwrap();
        assert_eq!(
            (
                wanted.caption,
                wanted.file_name,
                wanted.mime_type,
                wanted.voice
            ),
            (None, None, None, false)
        );
    }
}
