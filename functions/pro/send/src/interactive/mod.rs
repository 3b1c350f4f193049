//! `POST /api/public/v1/send-interactive`

mod full;
mod header;
mod list;
mod reply;

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::interactive::{
    Action, Body, CtaUrl, CtaUrlParameters, Footer, Interactive, ReplyButtons,
};
use openwati_core::message::{Content, Outgoing};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};
use serde::Deserialize;
use utoipa::ToSchema;

use self::full::{FullInteractive, InteractiveSchema};
use self::header::{HeaderSchema, ShortHeader};
use self::list::{ListSchema, ShortList};
use self::reply::{ReplySchema, ShortReply};
use crate::fields::{Fields, invalid};
use crate::sending::{IdempotencyHeader, SendErrors, Sent, deliver};

/// A message with something to tap, and who it is for: exactly one of `buttons`, `list`, `cta` and `interactive`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "to": "+923001234567",
    "header": "Order #42",
    "body": "Is this your address?",
    "footer": "12 Mall Road, Lahore",
    "buttons": ["Yes", {"id": "change", "title": "Change it"}],
}))]
pub(crate) struct SendInteractive {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// The text; with `interactive` it stands there.
    #[schema(nullable = false, min_length = 1, max_length = 1024)]
    body: Option<String>,
    /// What stands above the body: a line of text, or a file.
    #[schema(nullable = false, value_type = Option<HeaderSchema>)]
    header: Option<ShortHeader>,
    /// Small print below the body.
    #[schema(nullable = false, min_length = 1, max_length = 60)]
    footer: Option<String>,
    /// Up to three buttons that answer.
    #[schema(nullable = false, value_type = Option<Vec<ReplySchema>>, min_items = 1, max_items = 3)]
    buttons: Option<Vec<ShortReply>>,
    /// A menu of up to ten rows.
    #[schema(nullable = false, value_type = Option<ListSchema>)]
    list: Option<ShortList>,
    /// A button that opens a web page. Nothing tells of a tap.
    #[schema(nullable = false)]
    cta: Option<Cta>,
    /// Any message with something to tap, as WhatsApp's Cloud API writes it.
    #[schema(nullable = false, value_type = Option<InteractiveSchema>)]
    interactive: Option<FullInteractive>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// A button that opens a web page.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = InteractiveLink)]
pub(crate) struct Cta {
    /// What stands on it.
    #[schema(min_length = 1, max_length = 20)]
    text: String,
    /// The address that it opens.
    #[schema(format = "uri")]
    url: String,
}

/// Send buttons, a list or a link
///
/// Sends a message with something to tap and answers once WhatsApp took it. What the customer taps comes back as a message
/// with the `id` of the button or row; a button or row without one has its title as its id. It is never sent twice: with an
/// `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-interactive",
    operation_id = "sendInteractive",
    tag = "Messages",
    params(IdempotencyHeader),
    request_body = SendInteractive,
    responses(
        KeyErrors,
        SendErrors,
        (status = 200, description = "WhatsApp took the message.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_interactive(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<SendInteractive>,
) -> Result<Response, ApiError> {
    let idempotency = key.over(&body.raw);
    let (to, device_id) = (body.value.to.clone(), body.value.device_id.clone());
    let message = message(body.value)?;
    deliver(&app, &caller, (to, device_id), message, idempotency).await
}

/// The message that a body asks for, within WhatsApp's limits.
fn message(asked: SendInteractive) -> Result<Outgoing, ApiError> {
    let SendInteractive {
        body,
        header,
        footer,
        buttons,
        list,
        cta,
        interactive,
        ..
    } = asked;
    let mut fields = Fields::default()
        .with("interactive.header.text", "header")
        .with("interactive.header", "header")
        .with("interactive.body.text", "body")
        .with("interactive.footer.text", "footer");
    let action = match (buttons, list, cta, interactive) {
        (Some(buttons), None, None, None) => {
            let at = "interactive.action.buttons";
            fields = fields.with(at, "buttons");
            let mut replies = Vec::with_capacity(buttons.len());
            for (i, button) in buttons.into_iter().enumerate() {
                let at = format!("{at}[{i}].reply");
                fields = button.fields(fields, &at, &format!("buttons[{i}]"));
                replies.push(button.into());
            }
            let action = ReplyButtons { buttons: replies };
            Action::Button { action }
        }
        (None, Some(list), None, None) => {
            fields = list.fields(fields, "interactive.action", "list");
            let action = list.into_list()?;
            Action::List { action }
        }
        (None, None, Some(cta), None) => {
            fields = fields
                .with("interactive.action.parameters.display_text", "cta.text")
                .with("interactive.action.parameters.url", "cta.url");
            let parameters = CtaUrlParameters {
                display_text: cta.text,
                url: cta.url,
            };
            let action = CtaUrl { parameters };
            Action::CtaUrl { action }
        }
        (None, None, None, Some(interactive)) => {
            let beside = [
                ("body", body.is_some()),
                ("header", header.is_some()),
                ("footer", footer.is_some()),
            ];
            if let Some((field, _)) = beside.into_iter().find(|(_, is_given)| *is_given) {
                return Err(invalid(field, "stands within `interactive`, not beside it"));
            }
            let interactive = Box::new(interactive.0);
            // The caller's fields are WhatsApp's.
            return Fields::default().check(Content::Interactive { interactive }.into());
        }
        _ => {
            let problem = "exactly one of them must be given";
            return Err(invalid("buttons, list, cta, interactive", problem));
        }
    };
    let interactive = Interactive {
        header: header.map(|header| header.0),
        body: body.map(|text| Body { text }),
        footer: footer
            .filter(|text| !text.is_empty())
            .map(|text| Footer { text }),
        action,
    };
    let interactive = Box::new(interactive);
    fields.check(Content::Interactive { interactive }.into())
}

#[cfg(test)]
mod tests;
