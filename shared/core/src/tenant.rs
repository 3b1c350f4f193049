//! Who owns what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::entropy::Entropy;

/// A tenant's id: 10 random digits, the first not 0, because paths of the Wati dialects want digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TenantId(String);

/// The text is not 10 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tenant id has {DIGITS} digits")]
pub struct NotATenantId;

const DIGITS: usize = 10;

impl TenantId {
    /// A new tenant's id.
    pub fn new(entropy: &Entropy) -> Self {
        Self(entropy.text(b"123456789", 1) + &entropy.text(b"0123456789", DIGITS - 1))
    }

    /// The 10 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantId {
    type Err = NotATenantId;

    fn from_str(text: &str) -> Result<Self, NotATenantId> {
        let digits = text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| Self(text.to_owned())).ok_or(NotATenantId)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantId({})", self.0)
    }
}

impl<'de> Deserialize<'de> for TenantId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_tenant_id_is_ten_digits() {
        let id = TenantId::new(&Entropy::system());
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "123456789",
            "12345678901",
            "12345x7890",
            "１２３４５６７８９０",
        ] {
            assert_eq!(text.parse::<TenantId>(), Err(NotATenantId));
        }
    }
}
