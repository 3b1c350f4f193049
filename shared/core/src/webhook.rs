//! What proves to a tenant's own server that an event is ours: WATI Pro's signature, and that of Standard Webhooks 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::entropy::Entropy;
use crate::id::Id;
use crate::secret::Secret;
use crate::signature::sign_sha256;
use crate::time::Moment;

/// How every secret begins: Standard Webhooks' mark of a symmetric one.
const PREFIX: &str = "whsec_";

/// The bytes of a secret that we make; Standard Webhooks allows 24 to 64.
const BYTES: usize = 32;
const ALLOWED: std::ops::RangeInclusive<usize> = 24..=64;

/// The secret of an endpoint: `whsec_` and its bytes in base64. Standard Webhooks signs with the bytes, WATI Pro with
/// the text as it is shown.
#[derive(Debug, Clone)]
pub struct WebhookSecret {
    text: Secret<String>,
    key: Secret<Vec<u8>>,
}

/// The text is no secret of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `whsec_` and 24 to 64 bytes in base64")]
pub struct NotASecret;

impl WebhookSecret {
    /// A new secret.
    pub fn generate(entropy: &Entropy) -> Self {
        let key = entropy.bytes::<BYTES>();
        Self {
            text: Secret::new(format!("{PREFIX}{}", STANDARD.encode(key))),
            key: Secret::new(key.to_vec()),
        }
    }

    /// A secret as it is shown.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        let bytes = text.strip_prefix(PREFIX).ok_or(NotASecret)?;
        let key = STANDARD.decode(bytes).map_err(|_| NotASecret)?;
        if !ALLOWED.contains(&key.len()) {
            return Err(NotASecret);
        }
        Ok(Self {
            text: Secret::new(text.to_owned()),
            key: Secret::new(key),
        })
    }

    /// As it is shown.
    pub const fn text(&self) -> &Secret<String> {
        &self.text
    }

    /// WATI Pro's `X-Wati-Signature` of a body.
    pub fn sign_wati(&self, body: &str) -> String {
        sign_sha256(body.as_bytes(), self.text.expose())
    }

    /// One signature of Standard Webhooks' header `webhook-signature`.
    pub fn sign_standard(&self, id: &str, at: Moment, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose())
            .expect("HMAC takes keys of every length");
        for part in [id, ".", &at.seconds().to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The `webhook-id` of an event: the same for every attempt to tell it.
pub fn webhook_id(event: Id) -> String {
    format!("evt_{event}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_signature_of_the_specification() {
        // The example that Standard Webhooks' libraries test themselves with.
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign_standard(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Moment::from_seconds(1_614_265_330),
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_new_secret_is_read_back_and_never_shown_by_debug() {
        let secret = WebhookSecret::generate(&Entropy::system());
        let again = WebhookSecret::parse(secret.text().expose()).unwrap();
        assert_eq!(again.sign_wati("{}"), secret.sign_wati("{}"));
        assert!(!format!("{secret:?}").contains("whsec_"));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in [
            "",
            "whsec_",
            "whsec_c2hvcnQ=",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_not base64 at all, by no means",
        ] {
            assert_eq!(
                WebhookSecret::parse(text).unwrap_err(),
                NotASecret,
                "{text}"
            );
        }
    }
}
