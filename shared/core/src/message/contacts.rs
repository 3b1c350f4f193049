use std::fmt::Display;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    check,
    invalid::{Invalid, Problem},
};

/// A contact card. A message carries several, see [`super::limits::CONTACTS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who it is.
    pub name: ContactName,
    /// Telephone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<ContactPhone>,
    /// E-mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<ContactEmail>,
    /// Postal addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<ContactAddress>,
    /// Where the person works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<ContactOrganization>,
    /// Web pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<ContactUrl>,
    /// Day of birth, written `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Date>,
}

/// The name on a card: `formatted_name` and at least one of the parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactName {
    /// The whole name as it is shown.
    pub formatted_name: String,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Middle name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// What stands before the name, like "Dr".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// What stands behind the name, like "Jr".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

/// A telephone number on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPhone {
    /// The number as it is shown.
    pub phone: String,
    /// `HOME`, `WORK`, `CELL` or the like.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The number on WhatsApp, in digits; with it, the card offers a chat and not an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
}

/// An e-mail address on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactEmail {
    /// The address.
    pub email: String,
    /// `HOME` or `WORK`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A postal address on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactAddress {
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// Country by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Country by its two-letter ISO code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// `HOME` or `WORK`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The employer on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactOrganization {
    /// Name of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Department in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The person's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A web page on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactUrl {
    /// Its address.
    pub url: String,
    /// `HOME` or `WORK`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Contact {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        self.name.validate(format_args!("{at}.name"))?;
        for (i, phone) in self.phones.iter().enumerate() {
            check::present(format_args!("{at}.phones[{i}].phone"), &phone.phone)?;
        }
        for (i, email) in self.emails.iter().enumerate() {
            let field = format_args!("{at}.emails[{i}].email").to_string();
            check::form(field, email.email.contains('@'), "an e-mail address")?;
        }
        for (i, page) in self.urls.iter().enumerate() {
            check::present(format_args!("{at}.urls[{i}].url"), &page.url)?;
        }
        Ok(())
    }
}

impl ContactName {
    fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        check::present(format_args!("{at}.formatted_name"), &self.formatted_name)?;
        let parts = [
            &self.first_name,
            &self.last_name,
            &self.middle_name,
            &self.prefix,
            &self.suffix,
        ];
        if parts.into_iter().flatten().any(|part| !part.is_empty()) {
            return Ok(());
        }
        // Meta wants any one part; the first is the one to ask for.
        Err(Invalid::new(
            format_args!("{at}.first_name"),
            Problem::Missing,
        ))
    }
}
