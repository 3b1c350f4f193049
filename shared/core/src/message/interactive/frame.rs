use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::action::Action;
use crate::message::{
    check,
    invalid::{Invalid, Problem},
    limits,
    media::{Document, Visual},
};

/// A message with something to tap: a frame of header, body and footer around an [`Action`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interactive {
    /// What stands above the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text; only a single product goes without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Small print below the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Footer>,
    /// `type` and `action`: what can be tapped.
    #[serde(flatten)]
    pub action: Action,
}

/// What stands above the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each field bears the name of its variant")]
pub enum Header {
    /// A line in bold, see [`limits::HEADER_TEXT`].
    Text { text: String },
    /// A picture; it takes no caption.
    Image { image: Visual },
    /// A film; it takes no caption.
    Video { video: Visual },
    /// A file; it takes no caption.
    Document { document: Document },
}

/// The text of the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// See [`limits::INTERACTIVE_BODY`].
    pub text: String,
}

/// Small print below the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// See [`limits::FOOTER_TEXT`].
    pub text: String,
}

/// Which headers a type of interactive message has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Headers {
    None,
    Text,
    TextRequired,
    Any,
}

impl Interactive {
    pub(in crate::message) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let at = &at;
        self.validate_header(format_args!("{at}.header"))?;
        let body = format_args!("{at}.body.text").to_string();
        match &self.body {
            Some(text) => check::length(body, &text.text, limits::INTERACTIVE_BODY)?,
            None if matches!(self.action, Action::Product { .. }) => {}
            None => return Err(Invalid::new(body, Problem::Missing)),
        }
        let footer = self.footer.as_ref().map(|footer| footer.text.as_str());
        check::optional_length(
            format_args!("{at}.footer.text"),
            footer,
            limits::FOOTER_TEXT,
        )?;
        self.action.validate(format_args!("{at}.action"))
    }

    fn validate_header(&self, at: impl Display) -> Result<(), Invalid> {
        let allowed = match &self.action {
            Action::List { .. } => Headers::Text,
            Action::ProductList { .. } => Headers::TextRequired,
            Action::Product { .. } => Headers::None,
            _ => Headers::Any,
        };
        match &self.header {
            None if allowed == Headers::TextRequired => Err(Invalid::new(at, Problem::Missing)),
            None => Ok(()),
            Some(_) if allowed == Headers::None => Err(Invalid::new(at, Problem::NotAllowed)),
            Some(header) => {
                let fits = allowed == Headers::Any || matches!(header, Header::Text { .. });
                check::form(&at, fits, "a text header")?;
                header.validate(at)
            }
        }
    }
}

impl Header {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let at = &at;
        match self {
            Self::Text { text } => {
                check::length(format_args!("{at}.text"), text, limits::HEADER_TEXT)
            }
            Self::Image { image } => image.source.validate(format_args!("{at}.image")),
            Self::Video { video } => video.source.validate(format_args!("{at}.video")),
            Self::Document { document } => document.source.validate(format_args!("{at}.document")),
        }
    }
}
