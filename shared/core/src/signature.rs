//! Signatures over a body: Meta's on what comes in.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Whether `header` (`sha256=<hex>`, Meta's `X-Hub-Signature-256`) is the HMAC-SHA256 of exactly these bytes under
/// `secret`. The comparison takes the same time wherever they differ.
pub fn verify_sha256(header: &str, body: &[u8], secret: &str) -> bool {
    let Some(digits) = header.strip_prefix("sha256=") else {
        return false;
    };
    let Ok(claimed) = hex::decode(digits) else {
        return false;
    };
    mac(body, secret).verify_slice(&claimed).is_ok()
}

/// The header's value for `body` under `secret`.
pub fn sign_sha256(body: &[u8], secret: &str) -> String {
    format!(
        "sha256={}",
        hex::encode(mac(body, secret).finalize().into_bytes())
    )
}

fn mac(body: &[u8], secret: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_bytes_and_secret_alone() {
        let body = br#"{"a":"\u00e9"}"#;
        let header = sign_sha256(body, "secret");
        assert!(verify_sha256(&header, body, "secret"));
        assert!(!verify_sha256(&header, br#"{"a":"x"}"#, "secret"));
        assert!(!verify_sha256(&header, body, "other"));
        for broken in [
            "",
            "sha256=",
            "sha256=zz",
            "sha1=00",
            &header[..header.len() - 2],
            &header[7..],
        ] {
            assert!(!verify_sha256(broken, body, "secret"), "{broken}");
        }
    }

    #[test]
    fn it_is_the_hmac_of_rfc_4231() {
        // Test case 2 of the RFC.
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(
            sign_sha256(b"what do ya want for nothing?", "Jefe"),
            expected
        );
    }
}
