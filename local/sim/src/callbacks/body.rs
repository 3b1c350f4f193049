//! The bytes of a callback, written as Meta writes them, and their signature.

use std::io;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize as _;
use serde_json::{Value, json, ser::Formatter};
use sha2::Sha256;

use crate::config::Number;

/// A callback of the field `messages`: `contents` are the members that follow the metadata.
pub(crate) fn envelope(number: &Number, contents: Value) -> Bytes {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.phone_number_id,
        },
    });
    if let (Some(value), Value::Object(contents)) = (value.as_object_mut(), contents) {
        value.extend(contents);
    }
    to_ascii(&json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": number.waba_id, "changes": [{"value": value, "field": "messages"}]}],
    }))
}

/// A callback of any field; all but `messages` carry the time of the entry, in seconds.
pub(crate) fn event(number: &Number, field: &str, value: &Value, now_ms: i64) -> Bytes {
    let mut entry = json!({"id": number.waba_id, "changes": [{"value": value, "field": field}]});
    if field != "messages" {
        entry["time"] = json!(now_ms / 1000);
    }
    to_ascii(&json!({"object": "whatsapp_business_account", "entry": [entry]}))
}

/// The value of `X-Hub-Signature-256` for a body.
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// JSON in ASCII: everything else as `\uXXXX`, and slashes escaped, as Meta's callbacks have it, so
/// that a receiver which signs anything but the raw bytes is found out.
pub(crate) fn to_ascii(value: &Value) -> Bytes {
    let mut bytes = Vec::with_capacity(1024);
    value
        .serialize(&mut serde_json::Serializer::with_formatter(
            &mut bytes, Ascii,
        ))
        .expect("a JSON value can be written to memory");
    bytes.into()
}

struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if character.is_ascii() && character != '/' {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            plain = at + character.len_utf8();
            if character == '/' {
                writer.write_all(b"\\/")?;
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_ascii_is_escaped_and_comes_back() {
        let value = json!({"text": "Grüße 👋 \"a/b\" \\ \n", "ключ": [1.5, null, true]});
        let bytes = to_ascii(&value);
        assert!(bytes.is_ascii());
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(
            text.contains("Gr\\u00fc\\u00dfe \\ud83d\\udc4b \\\"a\\/b\\\""),
            "{text}"
        );
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
    }

    #[test]
    fn the_signature_is_the_hmac_of_the_bytes() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
