//! Answers as callers write them, which is how they are shown.

use http::StatusCode;
use openwati_core::automation::Answer;
use openwati_core::message::written::{AskedAnswer, AskedSource, Wrong};
use openwati_services::files::Source;
use openwati_services::{Error, Platform};
use openwati_web::ApiError;
use openwati_web::openapi::message::{
    CloudApiInteractive, InteractiveHeader, InteractiveLink, InteractiveList, ReplyButton,
    SentMediaType,
};
use serde_json::Value;
use utoipa::ToSchema;

/// An answer: a text, or something richer.
#[derive(Debug, ToSchema)]
#[schema(as = RuleAnswer)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what is read otherwise")]
pub(crate) enum AnswerSchema {
    /// A text of at most 4,096 characters.
    Text(String),
    /// Exactly one of the four.
    Rich(Box<RichSchema>),
}

/// An answer that is more than a text: exactly one of the four.
#[derive(Debug, ToSchema)]
#[schema(as = RichAnswer)]
#[expect(dead_code, reason = "it describes what is read otherwise")]
pub(crate) struct RichSchema {
    /// A text.
    #[schema(nullable = false, min_length = 1, max_length = 4096)]
    text: Option<String>,
    /// A file.
    #[schema(nullable = false)]
    media: Option<MediaSchema>,
    /// A template.
    #[schema(nullable = false)]
    template: Option<TemplateSchema>,
    /// Something to tap.
    #[schema(nullable = false)]
    interactive: Option<InteractiveSchema>,
}

/// A file to answer with, as `send-media` takes it. It is fetched when it is sent.
#[derive(Debug, ToSchema)]
#[schema(as = MediaAnswer, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what is read otherwise")]
pub(crate) struct MediaSchema {
    /// As what the customer sees it.
    r#type: SentMediaType,
    /// Where it is: an address that everybody can reach over HTTPS.
    #[schema(format = "uri")]
    url: String,
    /// The text below an image, a video or a document.
    #[schema(nullable = false, max_length = 1024)]
    caption: Option<String>,
    /// The name under which the customer sees a document.
    #[schema(nullable = false, max_length = 240)]
    file_name: Option<String>,
    /// The file's type.
    #[schema(nullable = false, example = "application/pdf")]
    mimetype: Option<String>,
    /// Whether audio is shown as a voice note.
    #[schema(nullable = false, default = false)]
    voice: Option<bool>,
}

/// A template to answer with, and what fills it, as `send-template` takes them.
#[derive(Debug, ToSchema)]
#[schema(as = TemplateAnswer, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what is read otherwise")]
pub(crate) struct TemplateSchema {
    /// Its name.
    #[schema(min_length = 1, max_length = 512, pattern = "^[a-z0-9_]+$")]
    template: String,
    /// Its language; it may be left out where the template is approved in one alone.
    #[schema(nullable = false)]
    language: Option<String>,
    /// The values of its variables.
    #[schema(nullable = false, value_type = Option<Object>)]
    parameters: Option<Value>,
    /// What the header shows.
    #[schema(nullable = false, value_type = Option<Object>)]
    header: Option<Value>,
    /// What its buttons do.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    buttons: Option<Value>,
    /// What fills the cards of a carousel.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    cards: Option<Value>,
    /// When its limited-time offer ends.
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// All that fills it, as WhatsApp's Cloud API writes it, in the place of the rest.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    components: Option<Value>,
}

/// Something to tap, as `send-interactive` takes it: exactly one of `buttons`, `list`, `cta` and `interactive`.
#[derive(Debug, ToSchema)]
#[schema(as = InteractiveAnswer)]
#[expect(dead_code, reason = "it describes what is read otherwise")]
pub(crate) struct InteractiveSchema {
    /// The text; with `interactive` it stands there.
    #[schema(nullable = false, min_length = 1, max_length = 1024)]
    body: Option<String>,
    /// What stands above the body: a line of text, or a file.
    #[schema(nullable = false)]
    header: Option<InteractiveHeader>,
    /// Small print below the body.
    #[schema(nullable = false, min_length = 1, max_length = 60)]
    footer: Option<String>,
    /// Up to three buttons that answer.
    #[schema(nullable = false, min_items = 1, max_items = 3)]
    buttons: Option<Vec<ReplyButton>>,
    /// A menu of up to ten rows.
    #[schema(nullable = false)]
    list: Option<InteractiveList>,
    /// A button that opens a web page.
    #[schema(nullable = false)]
    cta: Option<InteractiveLink>,
    /// Any message with something to tap, as WhatsApp's Cloud API writes it.
    #[schema(nullable = false)]
    interactive: Option<CloudApiInteractive>,
}

/// The answers that a body asks for: those of `responses`, else the one of `response`. None where it names neither.
pub(crate) fn answers(
    platform: &Platform,
    response: Option<&Value>,
    responses: Option<&[Value]>,
) -> Result<Option<Vec<Answer>>, ApiError> {
    let several = responses.filter(|several| !several.is_empty() || response.is_none());
    if let Some(several) = several {
        let read = several.iter().enumerate();
        let read = read.map(|(i, written)| answer(platform, written, &format!("responses[{i}]")));
        return read.collect::<Result<_, _>>().map(Some);
    }
    let one = response.map(|written| answer(platform, written, "response"));
    Ok(one.transpose()?.map(|answer| vec![answer]))
}

/// The answer that is written at `place` of a body.
fn answer(platform: &Platform, written: &Value, place: &str) -> Result<Answer, ApiError> {
    let wrong = |wrong: Wrong| refused(wrong.under(place));
    let answer = Answer::new(written.clone()).map_err(wrong)?;
    if let AskedAnswer::Media(media) = answer.asked().map_err(wrong)? {
        check_source(platform, &media.source, place)?;
    }
    Ok(answer)
}

/// Whether the file of an answer may be asked for, each time that it is sent.
fn check_source(platform: &Platform, source: &AskedSource, place: &str) -> Result<(), ApiError> {
    match source {
        AskedSource::Url(url) => {
            Source::url(platform, url).map_err(|error| match error {
                Error::Invalid { message, code } => {
                    let message = format!("{place}.media.{message}");
                    ApiError::new(StatusCode::BAD_REQUEST, code, message)
                }
                other => other.into(),
            })?;
            Ok(())
        }
        // A rule answers for longer than an upload is kept.
        AskedSource::Upload(_) => {
            let problem = "an upload is forgotten after two days: give a url";
            let wrong = Wrong::message("media.uploadId", problem);
            Err(refused(wrong.under(place)))
        }
    }
}

/// What is of a wrong shape is told as of any body; all else is a rule that cannot be.
fn refused(wrong: Wrong) -> ApiError {
    let code = match wrong.code {
        "invalid_request" => wrong.code,
        _ => "invalid_rule",
    };
    ApiError::new(StatusCode::BAD_REQUEST, code, wrong.to_string())
}
