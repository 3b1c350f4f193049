use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::{
    commerce::{CatalogMessage, OrderDetails, OrderStatus, Product, ProductList},
    flow::Flow,
    frame::{Body, Header},
    list::List,
};
use crate::message::{
    Object, check,
    invalid::{Invalid, Problem},
    limits,
};

/// What can be tapped: `type` of the interactive message, and its `action`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each variant has the one field that it is named for"
)]
pub enum Action {
    /// Up to three buttons that answer.
    Button { action: ReplyButtons },
    /// A menu of up to ten rows.
    List { action: List },
    /// A button that opens a web page. No callback tells of a tap.
    CtaUrl { action: CtaUrl },
    /// A button that opens a flow: forms over several screens.
    Flow { action: Flow },
    /// One product of the catalogue.
    Product { action: Product },
    /// Several products of the catalogue.
    ProductList { action: ProductList },
    /// A button that opens the whole catalogue.
    CatalogMessage { action: CatalogMessage },
    /// A button that sends the customer's place.
    LocationRequestMessage { action: SendLocation },
    /// A form for a postal address; India and Singapore only.
    AddressMessage { action: AddressMessage },
    /// Cards side by side.
    Carousel { action: Carousel },
    /// Asks whether the business may call.
    CallPermissionRequest { action: CallPermissionRequest },
    /// A button that calls the business on WhatsApp.
    VoiceCall { action: VoiceCall },
    /// An order to be paid.
    OrderDetails { action: OrderDetails },
    /// News of an order that was sent before.
    OrderStatus { action: OrderStatus },
}

impl Action {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        match self {
            Self::Button { action } => action.validate(at),
            Self::List { action } => action.validate(at),
            Self::CtaUrl { action } => action.validate(at),
            Self::Flow { action } => action.validate(at),
            Self::Product { action } => action.validate(at),
            Self::ProductList { action } => action.validate(at),
            Self::CatalogMessage { action } => action.validate(at),
            Self::LocationRequestMessage { .. } | Self::CallPermissionRequest { .. } => Ok(()),
            Self::AddressMessage { action } => {
                let country = action.parameters.contains_key("country");
                if country {
                    return Ok(());
                }
                let field = format_args!("{at}.parameters.country").to_string();
                Err(Invalid::new(field, Problem::Missing))
            }
            Self::Carousel { action } => action.validate(at),
            Self::VoiceCall { action } => action.validate(at),
            Self::OrderDetails { action } => action.validate(at),
            Self::OrderStatus { action } => action.validate(at),
        }
    }
}

/// Buttons that answer with their id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButtons {
    /// See [`limits::BUTTONS`].
    pub buttons: Vec<ReplyButton>,
}

/// `{"type": "reply", "reply": …}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "reply")]
pub struct ReplyButton {
    /// The button itself.
    pub reply: Reply,
}

/// A button that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What comes back when it is tapped, see [`limits::BUTTON_ID`]; unique in the message.
    pub id: String,
    /// What stands on it, see [`limits::BUTTON_TITLE`]; unique in the message.
    pub title: String,
}

impl ReplyButtons {
    fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let at = &at;
        let buttons = || self.buttons.iter().map(|button| &button.reply).enumerate();
        check::count(
            format_args!("{at}.buttons"),
            self.buttons.len(),
            limits::BUTTONS,
        )?;
        for (i, reply) in buttons() {
            let reply_at = format!("{at}.buttons[{i}].reply");
            check::length(format_args!("{reply_at}.id"), &reply.id, limits::BUTTON_ID)?;
            check::length(
                format_args!("{reply_at}.title"),
                &reply.title,
                limits::BUTTON_TITLE,
            )?;
        }
        let field = |i: usize, name| format!("{at}.buttons[{i}].reply.{name}");
        check::unique(buttons().map(|(i, reply)| (field(i, "id"), reply.id.as_str())))?;
        check::unique(buttons().map(|(i, reply)| (field(i, "title"), reply.title.as_str())))
    }
}

/// A button that opens a web page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "cta_url")]
pub struct CtaUrl {
    /// What it says and opens.
    pub parameters: CtaUrlParameters,
}

/// What a button that opens a web page says and opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CtaUrlParameters {
    /// What stands on it, see [`limits::BUTTON_TITLE`].
    pub display_text: String,
    /// The http(s) address.
    pub url: String,
}

impl CtaUrl {
    fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let CtaUrlParameters { display_text, url } = &self.parameters;
        let at = format_args!("{at}.parameters").to_string();
        check::length(
            format_args!("{at}.display_text"),
            display_text,
            limits::BUTTON_TITLE,
        )?;
        check::web_link(format_args!("{at}.url"), url)
    }
}

/// A button that sends the customer's place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "send_location")]
pub struct SendLocation {}

/// Asks whether the business may call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "call_permission_request")]
pub struct CallPermissionRequest {}

/// A form for a postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "address_message")]
pub struct AddressMessage {
    /// `country`, and what is known of the address; its fields differ by country.
    pub parameters: Object,
}

/// Cards side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carousel {
    /// See [`limits::CARDS`].
    pub cards: Vec<Card>,
}

/// One card of a carousel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its place, counted from 0.
    pub card_index: u8,
    /// The type of its action, for example `cta_url`.
    #[serde(rename = "type")]
    pub action_type: String,
    /// Its picture or film, by link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// What can be tapped on it, as its type has it.
    pub action: Object,
}

impl Carousel {
    fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        check::count(format_args!("{at}.cards"), self.cards.len(), limits::CARDS)?;
        for (i, card) in self.cards.iter().enumerate() {
            let card_at = format!("{at}.cards[{i}]");
            check::form(
                format_args!("{card_at}.card_index"),
                usize::from(card.card_index) == i,
                "its place in the list, counted from 0",
            )?;
            check::present(format_args!("{card_at}.type"), &card.action_type)?;
            if let Some(header) = &card.header {
                let fits = matches!(header, Header::Image { .. } | Header::Video { .. });
                let header_at = format!("{card_at}.header");
                check::form(&header_at, fits, "an image or a video")?;
                header.validate(header_at)?;
            }
            let body = card.body.as_ref().map(|body| body.text.as_str());
            check::optional_length(
                format_args!("{card_at}.body.text"),
                body,
                limits::INTERACTIVE_BODY,
            )?;
        }
        Ok(())
    }
}

/// A button that calls the business on WhatsApp.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "voice_call")]
pub struct VoiceCall {
    /// How it looks and how long it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<VoiceCallParameters>,
}

/// How a call button looks and how long it works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceCallParameters {
    /// What stands on it, see [`limits::BUTTON_TITLE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_text: Option<String>,
    /// See [`limits::VOICE_CALL_TTL_MINUTES`]; a week unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_minutes: Option<u32>,
    /// What comes back with the call, see [`limits::VOICE_CALL_PAYLOAD`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

impl VoiceCall {
    fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let Some(parameters) = &self.parameters else {
            return Ok(());
        };
        let at = format_args!("{at}.parameters").to_string();
        check::optional_length(
            format_args!("{at}.display_text"),
            parameters.display_text.as_deref(),
            limits::BUTTON_TITLE,
        )?;
        let ttl = limits::VOICE_CALL_TTL_MINUTES;
        if parameters
            .ttl_minutes
            .is_some_and(|minutes| !ttl.contains(&minutes))
        {
            let (min, max) = (i64::from(*ttl.start()), i64::from(*ttl.end()));
            let field = format_args!("{at}.ttl_minutes").to_string();
            return Err(Invalid::new(field, Problem::Range { min, max }));
        }
        check::optional_length(
            format_args!("{at}.payload"),
            parameters.payload.as_deref(),
            limits::VOICE_CALL_PAYLOAD,
        )
    }
}
