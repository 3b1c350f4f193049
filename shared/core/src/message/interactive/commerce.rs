use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::list::section_titles;
use crate::message::{Object, check, invalid::Invalid, limits};

/// One product of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Meta's id of the catalogue.
    pub catalog_id: String,
    /// The business's own id of the product.
    pub product_retailer_id: String,
}

impl Product {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        check::present(format_args!("{at}.catalog_id"), &self.catalog_id)?;
        check::present(
            format_args!("{at}.product_retailer_id"),
            &self.product_retailer_id,
        )
    }
}

/// Several products of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductList {
    /// Meta's id of the catalogue.
    pub catalog_id: String,
    /// See [`limits::SECTIONS`].
    pub sections: Vec<ProductSection>,
}

/// Products under a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSection {
    /// See [`limits::SECTION_TITLE`]; required where there are several sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// See [`limits::PRODUCTS`], which counts those of all sections.
    pub product_items: Vec<ProductItem>,
}

/// A product in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductItem {
    /// The business's own id of the product.
    pub product_retailer_id: String,
}

impl ProductList {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        check::present(format_args!("{at}.catalog_id"), &self.catalog_id)?;
        let titles = self.sections.iter().map(|section| section.title.as_deref());
        section_titles(format_args!("{at}.sections"), titles)?;
        let counts = self
            .sections
            .iter()
            .map(|section| section.product_items.len());
        check::count(
            format_args!("{at}.sections"),
            counts.sum(),
            limits::PRODUCTS,
        )?;
        for (s, section) in self.sections.iter().enumerate() {
            let at = format!("{at}.sections[{s}].product_items");
            check::count(&at, section.product_items.len(), limits::PRODUCTS)?;
            for (i, item) in section.product_items.iter().enumerate() {
                check::present(
                    format_args!("{at}[{i}].product_retailer_id"),
                    &item.product_retailer_id,
                )?;
            }
        }
        Ok(())
    }
}

/// A button that opens the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "catalog_message")]
pub struct CatalogMessage {
    /// How it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<CatalogParameters>,
}

/// How a catalogue's button looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogParameters {
    /// The product whose picture is shown; the catalogue's first unless given.
    pub thumbnail_product_retailer_id: String,
}

impl CatalogMessage {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        self.parameters.as_ref().map_or(Ok(()), |parameters| {
            let field = format!("{at}.parameters.thumbnail_product_retailer_id");
            check::present(field, &parameters.thumbnail_product_retailer_id)
        })
    }
}

/// An order to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "review_and_pay")]
pub struct OrderDetails {
    /// The order and how it is paid.
    pub parameters: OrderDetailsParameters,
}

/// An order and how it is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDetailsParameters {
    /// The business's own id of the order, see [`limits::ORDER_REFERENCE`].
    pub reference_id: String,
    /// Amounts, items and payment settings, which differ by country.
    #[serde(flatten)]
    pub rest: Object,
}

impl OrderDetails {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let field = format!("{at}.parameters.reference_id");
        check::order_reference(field, &self.parameters.reference_id)
    }
}

/// News of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "review_order")]
pub struct OrderStatus {
    /// Which order, and its news.
    pub parameters: OrderStatusParameters,
}

/// Which order there is news of, and the news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStatusParameters {
    /// As [`OrderDetailsParameters::reference_id`] had it.
    pub reference_id: String,
    /// The news.
    pub order: Order,
}

/// The state of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// How far it is.
    pub status: OrderState,
    /// A remark for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Not yet begun.
    Pending,
    /// Being prepared.
    Processing,
    /// A part is under way.
    PartiallyShipped,
    /// All is under way.
    Shipped,
    /// Done.
    Completed,
    /// Given up.
    Canceled,
}

impl OrderStatus {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let field = format!("{at}.parameters.reference_id");
        check::order_reference(field, &self.parameters.reference_id)
    }
}
