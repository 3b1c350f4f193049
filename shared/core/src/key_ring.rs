//! Sealing of provider tokens and app secrets: AES-256-GCM under a ring of keys with ids.

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::secret::Secret;

/// The keys that open what was sealed, and the one that seals.
///
/// As text it is JSON: `{"current": "k2", "keys": {"k1": "<base64 of 32 bytes>", "k2": "…"}}`. Adding a key and making
/// it current rotates; a key may go once nothing is sealed with it any more.
#[derive(Clone)]
pub struct KeyRing {
    current: String,
    keys: BTreeMap<String, Aes256Gcm>,
}

/// A sealed value: which key, the nonce and the cipher text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

/// Why a ring or a sealed value could not be used. It never says what the value is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// The ring's JSON is not of the form above.
    #[error("the key ring is not JSON of the form {{\"current\", \"keys\"}}")]
    Malformed,
    /// A key is not 32 bytes in base64.
    #[error("key {0:?} of the key ring is not base64 of 32 bytes")]
    BadKey(String),
    /// The current key is not in the ring.
    #[error("the current key {0:?} is not in the key ring")]
    NoCurrent(String),
    /// The value was sealed with a key that the ring does not hold.
    #[error("sealed with the key {0:?}, which the key ring does not hold")]
    UnknownKey(String),
    /// The value was changed, or belongs to another place.
    #[error("the sealed value cannot be opened")]
    Forged,
}

#[derive(Deserialize)]
struct RingText {
    current: String,
    keys: BTreeMap<String, String>,
}

impl KeyRing {
    /// Reads a ring from its JSON.
    ///
    /// # Errors
    /// If it is not of the form that [`KeyRing`] describes.
    pub fn parse(json: &str) -> Result<Self, KeyRingError> {
        let text: RingText = serde_json::from_str(json).map_err(|_| KeyRingError::Malformed)?;
        let mut keys = BTreeMap::new();
        for (id, key) in text.keys {
            let cipher = STANDARD
                .decode(key)
                .ok()
                .and_then(|bytes| Aes256Gcm::new_from_slice(&bytes).ok())
                .ok_or_else(|| KeyRingError::BadKey(id.clone()))?;
            keys.insert(id, cipher);
        }
        if !keys.contains_key(&text.current) {
            return Err(KeyRingError::NoCurrent(text.current));
        }
        Ok(Self {
            current: text.current,
            keys,
        })
    }

    /// The JSON of a new ring with one random key, named `k1`.
    pub fn generate(entropy: &Entropy) -> Secret<String> {
        let key = STANDARD.encode(entropy.bytes::<32>());
        Secret::new(serde_json::json!({"current": "k1", "keys": {"k1": key}}).to_string())
    }

    /// Seals `value` for one place, named by `context` (the tenant and the field): it opens nowhere else.
    pub fn seal(&self, context: &str, value: &str, entropy: &Entropy) -> Sealed {
        let nonce = entropy.bytes::<12>();
        let payload = Payload {
            msg: value.as_bytes(),
            aad: context.as_bytes(),
        };
        let cipher = self
            .keys
            .get(&self.current)
            .expect("parse() checked that the current key is there");
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), payload)
            .expect("AES-GCM seals everything shorter than 64 GiB");
        Sealed(format!(
            "{}.{}.{}",
            self.current,
            STANDARD.encode(nonce),
            STANDARD.encode(sealed)
        ))
    }

    /// Whether this was sealed by the key that seals now.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        let id = sealed.0.split('.').next();
        id == Some(self.current.as_str())
    }

    /// Opens what [`KeyRing::seal`] sealed for the same context.
    ///
    /// # Errors
    /// If its key is not in the ring, or if it was changed or moved.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Result<Secret<String>, KeyRingError> {
        let mut parts = sealed.0.splitn(3, '.');
        let (Some(id), Some(nonce), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyRingError::Forged);
        };
        let cipher = self
            .keys
            .get(id)
            .ok_or_else(|| KeyRingError::UnknownKey(id.to_owned()))?;
        let nonce: [u8; 12] = STANDARD
            .decode(nonce)
            .ok()
            .and_then(|n| n.try_into().ok())
            .ok_or(KeyRingError::Forged)?;
        let text = STANDARD.decode(text).map_err(|_| KeyRingError::Forged)?;
        let payload = Payload {
            msg: &text,
            aad: context.as_bytes(),
        };
        let opened = cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| KeyRingError::Forged)?;
        String::from_utf8(opened)
            .map(Secret::new)
            .map_err(|_| KeyRingError::Forged)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("current", &self.current)
            .field("keys", &self.keys.keys())
            .finish()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> (KeyRing, Entropy) {
        let entropy = Entropy::system();
        (
            KeyRing::parse(KeyRing::generate(&entropy).expose()).unwrap(),
            entropy,
        )
    }

    #[test]
    fn what_was_sealed_opens_in_its_own_place_only() {
        let (ring, entropy) = ring();
        let sealed = ring.seal("1234567890/token", "EAAG…", &entropy);
        assert_eq!(
            ring.open("1234567890/token", &sealed).unwrap().expose(),
            "EAAG…"
        );
        assert_eq!(
            ring.open("9999999999/token", &sealed),
            Err(KeyRingError::Forged)
        );
        let mut other = sealed.0.clone();
        other.pop();
        assert_eq!(
            ring.open("1234567890/token", &Sealed(other)),
            Err(KeyRingError::Forged)
        );
        assert_eq!(
            ring.open("1234567890/token", &Sealed("k1".into())),
            Err(KeyRingError::Forged)
        );
    }

    #[test]
    fn an_older_key_still_opens_after_rotation() {
        let entropy = Entropy::system();
        let (old, new) = (STANDARD.encode([1; 32]), STANDARD.encode([2; 32]));
        let before =
            KeyRing::parse(&format!(r#"{{"current":"a","keys":{{"a":"{old}"}}}}"#)).unwrap();
        let sealed = before.seal("x", "secret", &entropy);
        let after = format!(r#"{{"current":"b","keys":{{"a":"{old}","b":"{new}"}}}}"#);
        assert_eq!(
            KeyRing::parse(&after)
                .unwrap()
                .open("x", &sealed)
                .unwrap()
                .expose(),
            "secret"
        );
        let without =
            KeyRing::parse(&format!(r#"{{"current":"b","keys":{{"b":"{new}"}}}}"#)).unwrap();
        assert_eq!(
            without.open("x", &sealed),
            Err(KeyRingError::UnknownKey("a".into()))
        );
    }

    #[test]
    fn a_broken_ring_is_refused_by_name() {
        assert_eq!(KeyRing::parse("{}").unwrap_err(), KeyRingError::Malformed);
        let short = r#"{"current":"a","keys":{"a":"c2hvcnQ="}}"#;
        assert_eq!(
            KeyRing::parse(short).unwrap_err(),
            KeyRingError::BadKey("a".into())
        );
        assert_eq!(
            KeyRing::parse(r#"{"current":"a","keys":{}}"#).unwrap_err(),
            KeyRingError::NoCurrent("a".into())
        );
    }

    #[test]
    fn debug_shows_names_alone() {
        let (ring, entropy) = ring();
        assert_eq!(
            format!("{ring:?}"),
            r#"KeyRing { current: "k1", keys: ["k1"] }"#
        );
        assert_eq!(format!("{:?}", ring.seal("x", "y", &entropy)), "Sealed(…)");
    }
}
