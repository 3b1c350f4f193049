//! What a message may hold, how large it is, and the digests by which the SDKs check that it arrived whole.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Kind};

/// The most that a message, or all messages of a batch, may weigh with their attributes: 1 MiB since August 2025.
pub(crate) const MAX_BYTES: usize = 1_048_576;
/// The most attributes that a message may have.
const MAX_ATTRIBUTES: usize = 10;
/// The longest name or type of an attribute, in characters.
const MAX_NAME: usize = 256;
/// The longest group id or deduplication id, in characters.
const MAX_ID: usize = 128;

/// Attributes by name, in the order in which their digest takes them.
pub(crate) type Attributes = BTreeMap<String, AttributeValue>;

/// An attribute as callers write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttributeValue {
    data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    string_value: Option<String>,
    /// In base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
}

impl AttributeValue {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.string_value.as_deref()
    }

    fn is_binary(&self) -> bool {
        self.data_type == "Binary" || self.data_type.starts_with("Binary.")
    }

    /// The value's bytes; nothing if the field that its type asks for is absent or not base64.
    fn bytes(&self) -> Option<Vec<u8>> {
        if self.is_binary() {
            STANDARD.decode(self.binary_value.as_deref()?).ok()
        } else {
            Some(self.string_value.as_deref()?.as_bytes().to_vec())
        }
    }

    fn check(&self, name: &str) -> Result<usize, Fault> {
        let kind = self.data_type.split('.').next().unwrap_or_default();
        if !matches!(kind, "String" | "Number" | "Binary") || self.data_type.len() > MAX_NAME {
            return Err(Fault::new(
                Kind::InvalidParameterValue,
                format!(
                    "The type of message (user) attribute '{name}' is invalid. You must use only the following \
                     supported type prefixes: Binary, Number, String."
                ),
            ));
        }
        let value = self.bytes().filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| {
            Fault::new(
                Kind::InvalidParameterValue,
                format!(
                    "The message (user) attribute '{name}' must contain a non-empty value of its type."
                ),
            )
        })?;
        let text = self.text().unwrap_or_default();
        if kind == "Number" && text.parse::<f64>().is_err() {
            return Err(Fault::new(
                Kind::InvalidParameterValue,
                format!("Can't cast the value of message (user) attribute '{name}' to a number."),
            ));
        }
        if !text.chars().all(is_allowed) {
            return Err(bad_characters());
        }
        Ok(name.len() + self.data_type.len() + value.len())
    }
}

/// Checks a body and gives its weight in bytes.
pub(crate) fn check_body(body: &str) -> Result<usize, Fault> {
    if body.is_empty() {
        return Err(Fault::missing("MessageBody"));
    }
    if !body.chars().all(is_allowed) {
        return Err(bad_characters());
    }
    Ok(body.len())
}

/// Checks attributes and gives their weight in bytes.
pub(crate) fn check_attributes(attributes: &Attributes) -> Result<usize, Fault> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(Fault::new(
            Kind::InvalidParameterValue,
            format!(
                "Number of message attributes [{}] exceeds the allowed maximum [{MAX_ATTRIBUTES}].",
                attributes.len()
            ),
        ));
    }
    let mut weight = 0;
    for (name, value) in attributes {
        if !is_attribute_name(name) {
            return Err(Fault::invalid(
                "MessageAttributeName",
                name,
                "Message (user) attribute names hold letters, digits, '_', '-' and single inner '.', and do not begin \
                 with 'AWS.' or 'Amazon.'.",
            ));
        }
        weight += value.check(name)?;
    }
    Ok(weight)
}

/// Checks a group id or a deduplication id.
pub(crate) fn check_id(parameter: &str, id: &str) -> Result<(), Fault> {
    let allowed = |character: char| character.is_ascii_graphic();
    if id.is_empty() || id.len() > MAX_ID || !id.chars().all(allowed) {
        return Err(Fault::invalid(
            parameter,
            id,
            "It can only include alphanumeric and punctuation characters. 1 to 128 in length.",
        ));
    }
    Ok(())
}

/// What XML 1.0 can carry, which is what SQS takes.
fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn bad_characters() -> Fault {
    Fault::new(
        Kind::InvalidMessageContents,
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | \
         #x10000 to #x10FFFF",
    )
}

fn is_attribute_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    (1..=MAX_NAME).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !lower.starts_with("aws.")
        && !lower.starts_with("amazon.")
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
}

/// The MD5 of a body, in hex.
pub(crate) fn body_digest(body: &str) -> String {
    hex::encode(Md5::digest(body))
}

/// The MD5 of attributes, in hex, as the Developer Guide lays it out: by name, each name, type and value with its
/// length before it, and one byte between type and value that tells text from bytes. Nothing without attributes.
pub(crate) fn attributes_digest(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut digest = Md5::new();
    for (name, value) in attributes {
        feed(&mut digest, name.as_bytes());
        feed(&mut digest, value.data_type.as_bytes());
        digest.update([if value.is_binary() { 2 } else { 1 }]);
        feed(&mut digest, &value.bytes().unwrap_or_default());
    }
    Some(hex::encode(digest.finalize()))
}

fn feed(digest: &mut Md5, part: &[u8]) {
    let length = u32::try_from(part.len()).expect("a request is at most 8 MiB");
    digest.update(length.to_be_bytes());
    digest.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> AttributeValue {
        AttributeValue {
            data_type: "String".to_owned(),
            string_value: Some(value.to_owned()),
            binary_value: None,
        }
    }

    #[test]
    fn control_characters_and_noncharacters_are_refused() {
        for body in ["\u{1}", "a\u{0}b", "\u{FFFF}"] {
            assert_eq!(
                check_body(body).unwrap_err().kind,
                Kind::InvalidMessageContents
            );
        }
        assert_eq!(check_body("a\t\r\n\u{1F600}").unwrap(), 8);
    }

    #[test]
    fn reserved_and_ill_formed_attribute_names_are_refused() {
        for name in ["AWS.x", "amazon.x", ".x", "x.", "x..y", "a b", ""] {
            let attributes = Attributes::from([(name.to_owned(), text("v"))]);
            assert!(check_attributes(&attributes).is_err(), "{name}");
        }
        let attributes = Attributes::from([("a.b-c_1".to_owned(), text("v"))]);
        assert_eq!(check_attributes(&attributes).unwrap(), 7 + 6 + 1);
    }

    #[test]
    fn a_value_that_does_not_fit_its_type_is_refused() {
        let number = AttributeValue {
            data_type: "Number".to_owned(),
            ..text("ten")
        };
        let binary = AttributeValue {
            data_type: "Binary".to_owned(),
            ..text("text")
        };
        let unknown = AttributeValue {
            data_type: "Date".to_owned(),
            ..text("today")
        };
        for value in [number, binary, unknown, text("")] {
            let attributes = Attributes::from([("n".to_owned(), value)]);
            assert!(check_attributes(&attributes).is_err());
        }
    }
}
