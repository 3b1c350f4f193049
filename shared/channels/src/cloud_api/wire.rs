//! The bodies of requests.

use openwati_core::message::{Content, Outgoing, ReadReceipt, Recipient};
use serde::Serialize;

/// A message as `POST /{version}/{phone_number_id}/messages` takes it.
#[derive(Serialize)]
pub(super) struct MessageBody<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    /// Digits of a phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    /// A business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<MessageContext<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    biz_opaque_callback_data: &'a str,
    #[serde(flatten)]
    content: &'a Content,
}

#[derive(Serialize)]
struct MessageContext<'a> {
    message_id: &'a str,
}

impl<'a> MessageBody<'a> {
    pub(super) fn new(to: &'a Recipient, message: &'a Outgoing, opaque: &'a str) -> Self {
        let (to, recipient) = match to {
            Recipient::Phone(number) => (Some(number.as_str()), None),
            Recipient::UserId(id) => (None, Some(id.as_str())),
        };
        let reply_to = message.reply_to.as_deref();
        Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to,
            recipient,
            context: reply_to.map(|message_id| MessageContext { message_id }),
            biz_opaque_callback_data: opaque,
            content: &message.content,
        }
    }
}

/// A read receipt, which goes to the same place.
#[derive(Serialize)]
pub(super) struct ReceiptBody<'a> {
    messaging_product: &'static str,
    status: &'static str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typing_indicator: Option<TypingIndicator>,
}

#[derive(Serialize)]
struct TypingIndicator {
    r#type: &'static str,
}

impl<'a> ReceiptBody<'a> {
    pub(super) fn new(receipt: &'a ReadReceipt) -> Self {
        let typing = receipt.typing.then_some(TypingIndicator { r#type: "text" });
        Self {
            messaging_product: "whatsapp",
            status: "read",
            message_id: &receipt.message_id,
            typing_indicator: typing,
        }
    }
}
