//! API keys: `wati_` and 32 characters of `[A-Za-z0-9]`, kept as their SHA-256 alone.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::entropy::Entropy;
use crate::secret::Secret;

const PREFIX: &str = "wati_";
const LENGTH: usize = 32;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A key as its owner holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey(Secret<String>);

/// The SHA-256 of a key: what the store knows it by. 190 bits of randomness need no slow hash.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyHash(String);

impl ApiKey {
    /// A new key.
    pub fn new(entropy: &Entropy) -> Self {
        Self(Secret::new(format!(
            "{PREFIX}{}",
            entropy.text(ALPHABET, LENGTH)
        )))
    }

    /// Reads a key. `None` for a text that no key can be, which saves a look-up.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let fits = rest.len() == LENGTH && rest.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(Secret::new(text.to_owned())))
    }

    /// The text that is shown once.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The last four characters, by which its owner tells it from others. 166 bits stay unknown.
    pub fn last_four(&self) -> &str {
        let text = self.expose();
        &text[text.len() - 4..]
    }

    /// What the store knows the key by.
    pub fn hash(&self) -> ApiKeyHash {
        ApiKeyHash(hex::encode(Sha256::digest(self.expose())))
    }
}

impl ApiKeyHash {
    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyHash({}…)", self.0.get(..8).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_read_back() {
        let key = ApiKey::new(&Entropy::system());
        assert_eq!(ApiKey::parse(key.expose()), Some(key.clone()));
        assert_eq!(key.hash().as_str().len(), 64);
        assert!(key.expose().ends_with(key.last_four()) && key.last_four().len() == 4);
        assert!(!format!("{key:?}").contains(&key.expose()[5..]));
    }

    #[test]
    fn what_no_key_can_be_is_not_looked_up() {
        let short = "wati_abc";
        let odd = format!("wati_{}-", "a".repeat(31));
        let other = format!("sk_{}", "a".repeat(32));
        for text in ["", short, &odd, &other] {
            assert_eq!(ApiKey::parse(text), None, "{text}");
        }
    }
}
