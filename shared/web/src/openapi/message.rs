//! Messages as callers write them, for the description of whatever takes them.
//!
//! They are read by `openwati_core::message::written`, in which some have several forms that one type describes best.

#![expect(dead_code, reason = "they describe what is read otherwise")]

use serde_json::Value;
use utoipa::ToSchema;

/// A line of text, or a file.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub enum InteractiveHeader {
    /// A line in bold, of at most 60 characters.
    Text(String),
    /// A file: exactly one of the three.
    File(InteractiveHeaderFile),
}

/// The file of a header: exactly one of the three.
#[derive(Debug, ToSchema)]
pub struct InteractiveHeaderFile {
    /// A picture.
    #[schema(nullable = false)]
    image: Option<WhatsAppFile>,
    /// A film.
    #[schema(nullable = false)]
    video: Option<WhatsAppFile>,
    /// A file of any type.
    #[schema(nullable = false)]
    document: Option<WhatsAppFile>,
}

/// Where WhatsApp takes a file from: exactly one of `link` and `id`.
#[derive(Debug, ToSchema)]
pub struct WhatsAppFile {
    /// A public address from which WhatsApp fetches it.
    #[schema(nullable = false, format = "uri")]
    link: Option<String>,
    /// WhatsApp's id of a file that was uploaded to the sending number.
    #[schema(nullable = false)]
    id: Option<String>,
    /// The name of a document.
    #[schema(nullable = false)]
    filename: Option<String>,
}

/// A title, or a title and an id.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub enum ReplyButton {
    /// What stands on it, which is also what comes back when it is tapped.
    Title(String),
    /// The same with what comes back.
    Whole(WholeReply),
}

/// A button with what comes back when it is tapped.
#[derive(Debug, ToSchema)]
pub struct WholeReply {
    /// What comes back when it is tapped; its title unless given.
    #[schema(nullable = false, min_length = 1, max_length = 256)]
    id: Option<String>,
    /// What stands on it.
    #[schema(min_length = 1, max_length = 20)]
    title: String,
}

/// A menu of up to ten rows, all together: exactly one of `sections` and `rows`.
#[derive(Debug, ToSchema)]
pub struct InteractiveList {
    /// What stands on the button that opens it.
    #[schema(min_length = 1, max_length = 20)]
    button: String,
    /// Rows under titles.
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    sections: Option<Vec<ListSection>>,
    /// Rows without sections.
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    rows: Option<Vec<ListRow>>,
}

/// Rows under a title.
#[derive(Debug, ToSchema)]
pub struct ListSection {
    /// The title; each of several sections has one.
    #[schema(nullable = false, min_length = 1, max_length = 24)]
    title: Option<String>,
    /// The rows.
    #[schema(min_items = 1, max_items = 10)]
    rows: Vec<ListRow>,
}

/// A title, or a title with an id and a second line.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub enum ListRow {
    /// What the row says, which is also what comes back when it is chosen.
    Title(String),
    /// The same with what comes back and a second line.
    Whole(WholeRow),
}

/// A line of a menu.
#[derive(Debug, ToSchema)]
pub struct WholeRow {
    /// What comes back when it is chosen; its title unless given.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    id: Option<String>,
    /// What it says.
    #[schema(min_length = 1, max_length = 24)]
    title: String,
    /// A second line.
    #[schema(nullable = false, min_length = 1, max_length = 72)]
    description: Option<String>,
}

/// A button that opens a web page.
#[derive(Debug, ToSchema)]
pub struct InteractiveLink {
    /// What stands on it.
    #[schema(min_length = 1, max_length = 20)]
    text: String,
    /// The address that it opens.
    #[schema(format = "uri")]
    url: String,
}

/// Any message with something to tap, as WhatsApp's Cloud API writes it: `type` says what `action` holds.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "type": "button",
    "body": {"text": "Is this your address?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
}))]
pub struct CloudApiInteractive {
    /// `button`, `list`, `cta_url`, `flow`, `product`, `product_list`, `catalog_message`, `location_request_message`,
    /// `address_message`, `carousel`, `call_permission_request`, `voice_call`, `order_details` or `order_status`.
    r#type: String,
    /// What stands above the body.
    #[schema(nullable = false, value_type = Option<Object>)]
    header: Option<Value>,
    /// `{"text": "…"}`
    #[schema(nullable = false, value_type = Option<Object>)]
    body: Option<Value>,
    /// `{"text": "…"}`
    #[schema(nullable = false, value_type = Option<Object>)]
    footer: Option<Value>,
    /// What can be tapped.
    #[schema(value_type = Object)]
    action: Value,
}

/// As what a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum SentMediaType {
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
