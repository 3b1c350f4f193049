//! Who is who on the simulated WhatsApp: phone numbers, business-scoped user ids, message ids.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::country;

/// The digits of a phone number as people write it: a leading `+`, spaces, dashes, dots and
/// brackets are dropped. `None` when anything else is in it or it is not 7 to 15 digits long (E.164).
pub(crate) fn digits(written: &str) -> Option<String> {
    let trimmed = written.trim();
    let rest = trimmed.strip_prefix('+').unwrap_or(trimmed);
    let mut digits = String::with_capacity(rest.len());
    for character in rest.chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' => {}
            _ => return None,
        }
    }
    let plausible = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    plausible.then_some(digits)
}

/// The id under which WhatsApp knows a number, which differs from the number in three countries:
///
/// - Brazil: mobile numbers got a ninth digit that the ids of older accounts lack, so
///   `55 DD 9XXXXXXXX` becomes `55 DD XXXXXXXX`;
/// - Mexico: ids carry the former mobile prefix, so `52` + 10 digits becomes `521` + 10 digits;
/// - Argentina: likewise `54` + 10 digits becomes `549` + 10 digits.
pub(crate) fn wa_id(digits: &str) -> String {
    match (digits.len(), digits.get(..2)) {
        (13, Some("55")) if digits.as_bytes()[4] == b'9' => {
            format!("{}{}", &digits[..4], &digits[5..])
        }
        (12, Some("52")) => format!("521{}", &digits[2..]),
        (12, Some("54")) => format!("549{}", &digits[2..]),
        _ => digits.to_owned(),
    }
}

/// An odd multiplier, so that multiplying 64-bit numbers by it can be undone by [`UNMIX`].
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
const UNMIX: u64 = inverse(MIX);

/// The inverse of an odd number modulo 2^64 (Newton's iteration doubles the right bits each round).
const fn inverse(odd: u64) -> u64 {
    let mut x = odd;
    let mut round = 0;
    while round < 6 {
        x = x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x)));
        round += 1;
    }
    x
}

/// The business-scoped user id of a customer: the ISO code of the number's country, a dot, and
/// digits that hide the number but can be turned back, so that no table of them is needed.
pub(crate) fn user_id(wa_id: &str) -> String {
    let number: u64 = wa_id.parse().unwrap_or_default();
    let mixed = number.wrapping_mul(MIX);
    let mixed = mixed ^ (mixed >> 32);
    format!("{}.{mixed}", country::iso(wa_id))
}

/// Whether a text has the form of a (parent) business-scoped user id.
pub(crate) fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The customer behind a (parent) business-scoped user id; `None` for an id that nobody has.
pub(crate) fn wa_id_of_user(user: &str) -> Option<String> {
    let (country, rest) = user.split_once('.')?;
    let mixed: u64 = rest.strip_prefix("ENT.").unwrap_or(rest).parse().ok()?;
    let number = (mixed ^ (mixed >> 32)).wrapping_mul(UNMIX);
    let wa_id = digits(&number.to_string())?;
    (user_id(&wa_id) == format!("{country}.{mixed}")).then_some(wa_id)
}

/// Which side a message left from; the two have ids of different length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Business,
    Customer,
}

/// A new message id, built as WhatsApp builds them: the customer's number and a random key inside
/// Base64, which makes every id start with `wamid.HBg`.
pub(crate) fn wamid(customer: &str, origin: Origin) -> String {
    let (marker, key_bytes) = match origin {
        Origin::Business => (0x11, 9),
        Origin::Customer => (0x12, 10),
    };
    let key = hex::encode_upper(&rand::random::<[u8; 10]>()[..key_bytes]);
    let customer = &customer.as_bytes()[..customer.len().min(64)];
    let mut id = Vec::with_capacity(customer.len() + 32);
    id.extend([0x1C, 0x18, customer.len() as u8]);
    id.extend(customer);
    id.extend([0x15, 0x02, 0x00, marker, 0x18, key.len() as u8]);
    id.extend(key.as_bytes());
    id.push(0);
    format!("wamid.{}", STANDARD.encode(id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_countries_have_ids_that_differ_from_their_numbers() {
        for (number, id) in [
            ("5511987654321", "551187654321"),
            ("551187654321", "551187654321"),
            ("525512345678", "5215512345678"),
            ("5215512345678", "5215512345678"),
            ("541123456789", "5491123456789"),
            ("5491123456789", "5491123456789"),
            ("923001234567", "923001234567"),
        ] {
            assert_eq!(wa_id(number), id);
        }
    }

    #[test]
    fn written_numbers_become_digits_or_nothing() {
        assert_eq!(digits("+1 (555) 010-0000"), Some("15550100000".into()));
        for bad in [
            "",
            "+",
            "abc",
            "123456",
            "1234567890123456",
            "0300123456",
            "12+3456789",
        ] {
            assert_eq!(digits(bad), None, "{bad}");
        }
    }

    #[test]
    fn message_ids_look_like_whatsapps() {
        for (origin, marker, key_length) in
            [(Origin::Business, 0x11, 18), (Origin::Customer, 0x12, 20)]
        {
            let id = wamid("16505551234", origin);
            let bytes = STANDARD.decode(id.strip_prefix("wamid.").unwrap()).unwrap();
            assert!(id.starts_with("wamid.HBgLMTY1MDU1NTEyMzQVAgA"), "{id}");
            assert_eq!(bytes[17..20], [marker, 0x18, key_length]);
            assert_eq!(bytes.len(), 21 + usize::from(key_length));
            assert_ne!(id, wamid("16505551234", origin));
        }
    }

    proptest! {
        #[test]
        fn a_user_id_leads_back_to_its_number(number in 1_000_000u64..1_000_000_000_000_000) {
            let user = user_id(&number.to_string());
            prop_assert!(is_user_id(&user));
            prop_assert_eq!(wa_id_of_user(&user), Some(number.to_string()));
        }

        #[test]
        fn no_text_makes_an_id_panic(text in "\\PC{0,40}") {
            is_user_id(&text);
            wa_id_of_user(&text);
            if let Some(digits) = digits(&text) {
                wa_id(&digits);
            }
        }
    }
}
