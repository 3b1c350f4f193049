//! Templates as they are shown.

use openwati_core::id::Id;
use openwati_core::message::template::Component;
use openwati_core::template::{Given, Rendered};
use openwati_services::templates;
use openwati_web::ApiError;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A template in one language, as Meta has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Template {
    /// Meta's id of it.
    #[schema(example = "920070352646140")]
    id: String,
    #[schema(example = "order_update")]
    name: String,
    #[schema(example = "en_US")]
    language: String,
    /// How Meta's review stands: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, …. Only `APPROVED` can be sent.
    #[schema(example = "APPROVED")]
    status: String,
    /// Why it has this status, in Meta's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "INVALID_FORMAT")]
    reason: Option<String>,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    #[schema(example = "UTILITY")]
    category: String,
    /// What customers think of it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "GREEN")]
    quality: Option<String>,
    /// `POSITIONAL` or `NAMED`, where Meta says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "POSITIONAL")]
    parameter_format: Option<String>,
    /// Its parts, in Meta's form.
    #[schema(value_type = Vec<Object>)]
    components: Vec<Value>,
    /// The WhatsApp Business Account that has it: every device of the account can send it.
    #[schema(example = "102290129340398")]
    waba_id: String,
    /// Since when it is known like this.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// One template.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTemplate {
    template: Template,
}

impl From<templates::Template> for Template {
    fn from(template: templates::Template) -> Self {
        Self {
            id: template.id,
            name: template.name,
            language: template.language,
            status: template.status,
            reason: template.reason,
            category: template.category,
            quality: template.quality,
            parameter_format: template.parameter_format,
            components: template.components,
            waba_id: template.waba_id,
            updated_at: template.updated_at.iso(),
        }
    }
}

impl From<templates::Template> for OneTemplate {
    fn from(template: templates::Template) -> Self {
        let template = template.into();
        Self { template }
    }
}

/// What a deletion or a reading was asked with names a device.
pub(crate) fn device(id: &str) -> Result<Id, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found("there is no such device"))
}

/// What fills a template, as it is described.
#[derive(ToSchema)]
#[schema(as = TemplateParameters)]
#[expect(dead_code, reason = "it describes what the rules of templates read")]
#[schema(rename_all = "camelCase")]
pub(crate) struct Parameters {
    /// Texts in order, the header's first, then the body's, then the ends of buttons' addresses; or texts by name or number.
    #[schema(value_type = Option<Object>, nullable = false, example = json!({"name": "Ali", "order": "42"}))]
    parameters: Option<Value>,
    /// What the header shows: `text`, `image`, `video`, `document` (`link` or `id`) or `location`.
    #[schema(value_type = Option<Object>, nullable = false)]
    header: Option<Value>,
    /// What buttons do: `index` with `payload`, `text`, `couponCode`, ….
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    buttons: Option<Vec<Value>>,
    /// What fills the cards of a carousel, in order.
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    cards: Option<Vec<Value>>,
    /// When a limited-time offer ends.
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// All of this in Meta's own form, in place of the rest.
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    components: Option<Vec<Value>>,
}

/// How a template reads once it is filled.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Preview {
    template: Template,
    /// As the customer reads it: `header`, `body`, `footer`, `buttons`, `cards`.
    #[schema(value_type = Object)]
    rendered: Rendered,
    /// All of its text, a line each for header, body and footer.
    text: String,
    /// What fills it, as WhatsApp takes it.
    #[schema(value_type = Vec<Object>)]
    components: Vec<Component>,
}

/// One preview.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OnePreview {
    preview: Preview,
}

impl From<templates::Preview> for OnePreview {
    fn from(preview: templates::Preview) -> Self {
        let preview = Preview {
            template: preview.template.into(),
            text: preview.rendered.text(),
            rendered: preview.rendered,
            components: preview.components,
        };
        Self { preview }
    }
}

/// What fills a template, read from an object that may hold more.
///
/// # Errors
/// What is not what it must be, by name.
pub(crate) fn given(body: Value) -> Result<Given, ApiError> {
    serde_json::from_value(body).map_err(|error| {
        ApiError::new(
            http::StatusCode::BAD_REQUEST,
            "invalid_template_parameters",
            error.to_string(),
        )
    })
}
