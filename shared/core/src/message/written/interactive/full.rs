//! A message with something to tap, as WhatsApp's Cloud API writes it.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::header::ShortHeader;
use crate::message::interactive::{Action, Body, Footer, Interactive};

/// The message, read so that what is wrong with it is told with its place.
#[derive(Debug)]
pub(super) struct FullInteractive(pub(super) Interactive);

#[derive(Deserialize)]
struct Frame {
    r#type: String,
    header: Option<ShortHeader>,
    body: Option<Body>,
    footer: Option<Footer>,
    action: Value,
}

impl<'de> Deserialize<'de> for FullInteractive {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        let frame = Frame::deserialize(field)?;
        let action = action(&frame.r#type, frame.action)?;
        Ok(Self(Interactive {
            header: frame.header.map(|header| header.0),
            body: frame.body,
            footer: frame.footer,
            action,
        }))
    }
}

fn action<E: Error>(kind: &str, node: Value) -> Result<Action, E> {
    Ok(match kind {
        "button" => Action::Button {
            action: read(node)?,
        },
        "list" => Action::List {
            action: read(node)?,
        },
        "cta_url" => Action::CtaUrl {
            action: read(node)?,
        },
        "flow" => Action::Flow {
            action: read(node)?,
        },
        "product" => Action::Product {
            action: read(node)?,
        },
        "product_list" => Action::ProductList {
            action: read(node)?,
        },
        "catalog_message" => Action::CatalogMessage {
            action: read(node)?,
        },
        "location_request_message" => Action::LocationRequestMessage {
            action: read(node)?,
        },
        "address_message" => Action::AddressMessage {
            action: read(node)?,
        },
        "carousel" => Action::Carousel {
            action: read(node)?,
        },
        "call_permission_request" => Action::CallPermissionRequest {
            action: read(node)?,
        },
        "voice_call" => Action::VoiceCall {
            action: read(node)?,
        },
        "order_details" => Action::OrderDetails {
            action: read(node)?,
        },
        "order_status" => Action::OrderStatus {
            action: read(node)?,
        },
        other => {
            let problem = format!("`type` is `{other}`, which WhatsApp does not know");
            return Err(E::custom(problem));
        }
    })
}

fn read<T: DeserializeOwned, E: Error>(node: Value) -> Result<T, E> {
    serde_path_to_error::deserialize(node).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." {
            "action".to_owned()
        } else {
            format!("action.{path}")
        };
        E::custom(format!("{place}: {}", error.inner()))
    })
}
