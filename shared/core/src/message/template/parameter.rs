use std::fmt::Display;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::{
    Object, check,
    invalid::Invalid,
    limits,
    location::Location,
    media::{Document, MediaSource, Visual},
};

/// One value in a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The variable that it fills, where the template has named ones; else its place decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_name: Option<String>,
    /// The value.
    #[serde(flatten)]
    pub value: ParameterValue,
}

/// A value: `{"type": "<kind>", "<kind>": …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each field bears the name of its variant")]
pub enum ParameterValue {
    /// A text; also the end of a button's address, and a one-time password.
    Text { text: String },
    /// An amount of money.
    Currency { currency: Currency },
    /// A time.
    DateTime { date_time: DateTime },
    /// A picture in the header.
    Image { image: Visual },
    /// A film in the header.
    Video { video: Visual },
    /// An animation in the header.
    Gif { gif: MediaSource },
    /// A file in the header.
    Document { document: Document },
    /// A place in the header.
    Location { location: Location },
    /// A product in the header.
    Product { product: ProductReference },
    /// What comes back when a quick reply is tapped; its text unless given.
    Payload { payload: String },
    /// A code to copy.
    CouponCode { coupon_code: String },
    /// What a flow's, a catalogue's or an order's button does, as its sub-type has it.
    Action { action: Object },
    /// Minutes for which a call button works.
    TtlMinutes { ttl_minutes: u32 },
    /// The end of an offer.
    LimitedTimeOffer {
        limited_time_offer: LimitedTimeOffer,
    },
    /// What a tap on the header's picture opens.
    TapTargetConfiguration { tap_target_configuration: Value },
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// The amount as text, shown where WhatsApp can not format it.
    pub fallback_value: String,
    /// ISO 4217 code.
    pub code: String,
    /// The amount times 1000.
    pub amount_1000: i64,
}

/// A time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateTime {
    /// The time as text; WhatsApp shows nothing else.
    pub fallback_value: String,
}

/// A product of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductReference {
    /// The business's own id of the product.
    pub product_retailer_id: String,
    /// Meta's id of the catalogue.
    pub catalog_id: String,
}

/// The end of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedTimeOffer {
    /// Milliseconds since 1970.
    pub expiration_time_ms: i64,
}

impl ParameterValue {
    /// Whether it fills a variable in a text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            Self::Text { .. } | Self::Currency { .. } | Self::DateTime { .. }
        )
    }
}

impl Parameter {
    /// A text that fills the next numbered variable.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            parameter_name: None,
            value: ParameterValue::Text { text },
        }
    }

    pub(crate) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let at = &at;
        let name = self.parameter_name.as_deref();
        check::optional_length(format_args!("{at}.parameter_name"), name, limits::PRESENT)?;
        match &self.value {
            // WhatsApp refuses a variable without a value.
            ParameterValue::Text { text } => check::present(format_args!("{at}.text"), text),
            ParameterValue::Image { image } => image.source.validate(format_args!("{at}.image")),
            ParameterValue::Video { video } => video.source.validate(format_args!("{at}.video")),
            ParameterValue::Gif { gif } => gif.validate(format_args!("{at}.gif")),
            ParameterValue::Document { document } => {
                document.validate(format_args!("{at}.document"))
            }
            ParameterValue::Location { location } => {
                location.validate(format_args!("{at}.location"))
            }
            ParameterValue::Product { product } => check::present(
                format_args!("{at}.product.product_retailer_id"),
                &product.product_retailer_id,
            ),
            ParameterValue::Payload { payload } => {
                check::present(format_args!("{at}.payload"), payload)
            }
            ParameterValue::CouponCode { coupon_code } => {
                check::present(format_args!("{at}.coupon_code"), coupon_code)
            }
            ParameterValue::Currency { .. }
            | ParameterValue::DateTime { .. }
            | ParameterValue::Action { .. }
            | ParameterValue::TtlMinutes { .. }
            | ParameterValue::LimitedTimeOffer { .. }
            | ParameterValue::TapTargetConfiguration { .. } => Ok(()),
        }
    }
}
