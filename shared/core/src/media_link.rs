//! Links to the files of messages: who has one may fetch the file, without logging in, until the link ends.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::entropy::Entropy;
use crate::id::Id;
use crate::secret::Secret;
use crate::tenant::TenantId;
use crate::time::Moment;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLink {
    /// Whose message it is.
    pub tenant: TenantId,
    /// The message with the file.
    pub message: Id,
    /// When the link ends.
    pub expires_at: Moment,
    /// How many times the message's links had been revoked when it was made: it is dead once that is another number.
    pub generation: u32,
}

/// The keys that links are signed with: the first one signs, all of them are known. A new key put before the old one
/// leaves the links that are out there alive.
#[derive(Clone)]
pub struct LinkKeys(Vec<Hmac<Sha256>>);

/// The text holds no key, or a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keys of links are texts of at least {SHORTEST} characters, with commas between them")]
pub struct BadLinkKeys;

/// A key that holds 128 bits in hex.
const SHORTEST: usize = 32;

/// What is signed: the tenant's digits, the message's id, seconds, generation.
const SIGNED: usize = 10 + 12 + 8 + 4;

/// The signature: HMAC-SHA256.
const SIGNATURE: usize = 32;

impl LinkKeys {
    /// Reads keys: texts with commas between them.
    ///
    /// # Errors
    /// If one has fewer than 32 characters.
    pub fn parse(text: &str) -> Result<Self, BadLinkKeys> {
        text.split(',')
            .map(|key| {
                let key = key.trim();
                let mac = Hmac::new_from_slice(key.as_bytes()).map_err(|_| BadLinkKeys)?;
                (key.len() >= SHORTEST).then_some(mac).ok_or(BadLinkKeys)
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// A new key, as text.
    pub fn generate(entropy: &Entropy) -> Secret<String> {
        Secret::new(hex::encode(entropy.bytes::<32>()))
    }

    /// The link as text of a fixed length: letters, digits, `-` and `_`.
    pub fn sign(&self, link: &MediaLink) -> String {
        let mut bytes = Vec::with_capacity(SIGNED + SIGNATURE);
        bytes.extend_from_slice(link.tenant.as_str().as_bytes());
        bytes.extend_from_slice(&link.message.bytes());
        bytes.extend_from_slice(&link.expires_at.seconds().to_be_bytes());
        bytes.extend_from_slice(&link.generation.to_be_bytes());
        let signature = self.0[0].clone().chain_update(&bytes).finalize();
        bytes.extend_from_slice(&signature.into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a text leads to, if it is a link that was signed with one of the keys and has not ended by `now`.
    pub fn verify(&self, text: &str, now: Moment) -> Option<MediaLink> {
        if text.len() != (SIGNED + SIGNATURE).div_ceil(3) * 4 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (signed, signature) = bytes.split_at_checked(SIGNED)?;
        let holds = |key: &Hmac<Sha256>| {
            let mac = key.clone().chain_update(signed);
            mac.verify_slice(signature).is_ok()
        };
        if !self.0.iter().any(holds) {
            return None;
        }
        let (tenant, rest) = signed.split_first_chunk::<10>()?;
        let (message, rest) = rest.split_first_chunk::<12>()?;
        let (seconds, rest) = rest.split_first_chunk::<8>()?;
        let generation = rest.first_chunk::<4>()?;
        let link = MediaLink {
            tenant: std::str::from_utf8(tenant).ok()?.parse().ok()?,
            message: Id::from_bytes(*message),
            expires_at: Moment::from_seconds(i64::from_be_bytes(*seconds)),
            generation: u32::from_be_bytes(*generation),
        };
        (now < link.expires_at).then_some(link)
    }
}

impl fmt::Debug for LinkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkKeys({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    fn link() -> MediaLink {
        MediaLink {
            tenant: "1234567890".parse().unwrap(),
            message: Id::from_bytes([7; 12]),
            expires_at: Moment::from_seconds(1_800_000_000),
            generation: 3,
        }
    }

    #[test]
    fn a_link_says_what_was_signed_until_it_ends() {
        let keys = LinkKeys::parse(OLD).unwrap();
        let text = keys.sign(&link());
        let before = Moment::from_millis(1_799_999_999_999);
        assert_eq!(keys.verify(&text, before), Some(link()));
        assert_eq!(keys.verify(&text, link().expires_at), None);
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
    }

    #[test]
    fn a_link_that_was_changed_anywhere_is_none() {
        let keys = LinkKeys::parse(OLD).unwrap();
        let text = keys.sign(&link());
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(keys.verify(&changed, Moment::from_seconds(0)), None, "{at}");
        }
        for other in ["", "x", &text[1..], &format!("{text}A"), "é"] {
            assert_eq!(keys.verify(other, Moment::from_seconds(0)), None);
        }
    }

    #[test]
    fn a_new_key_signs_and_the_old_one_is_still_known() {
        let old = LinkKeys::parse(OLD).unwrap();
        let both = LinkKeys::parse(&format!("{NEW}, {OLD}")).unwrap();
        let new = LinkKeys::parse(NEW).unwrap();
        let now = Moment::from_seconds(0);
        assert!(both.verify(&old.sign(&link()), now).is_some());
        assert!(new.verify(&both.sign(&link()), now).is_some());
        assert!(new.verify(&old.sign(&link()), now).is_none());
    }

    #[test]
    fn a_short_key_is_none() {
        for text in ["", "short", &format!("{OLD},"), &format!("{OLD},short")] {
            assert_eq!(LinkKeys::parse(text).err(), Some(BadLinkKeys), "{text}");
        }
        let generated = LinkKeys::generate(&Entropy::system());
        let keys = LinkKeys::parse(generated.expose()).unwrap();
        assert!(!format!("{keys:?}").contains(generated.expose()));
    }
}
