//! E-mail addresses, in one spelling each.

use std::fmt;
use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Deserializer, Serialize};

use crate::digest;

/// An address in the one spelling that it is known by: without spaces around it, in lower case and Unicode's composed
/// form, its domain as DNS has it. It is somebody's: logs name the user instead, and `Debug` shows the domain alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// The text is no address that a mail could be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address like name@example.com, of at most {LONGEST} bytes")]
pub struct NotAnEmailAddress;

/// The longest address of SMTP, in bytes (RFC 5321 with its erratum 1690), and what stands before its `@`.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

impl EmailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before its `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What a look-up by it is kept under: SHA-256 of the address, in hex.
    pub fn hash(&self) -> String {
        digest::hex_of_parts(&[&self.0])
    }

    fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;

    fn from_str(text: &str) -> Result<Self, NotAnEmailAddress> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(NotAnEmailAddress)?;
        let local = ComposingNormalizerBorrowed::new_nfc()
            .normalize(&local.to_lowercase())
            .into_owned();
        let dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        let of_words = local.chars().all(|c| match c.is_ascii() {
            // The atoms of RFC 5322. Nobody has a quoted name.
            true => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c),
            false => !c.is_control() && !c.is_whitespace(),
        });
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnEmailAddress)?;
        let named = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
        let address = format!("{local}@{domain}");
        let fits = (1..=LONGEST_LOCAL).contains(&local.len()) && address.len() <= LONGEST;
        (dots && of_words && named && fits)
            .then_some(Self(address))
            .ok_or(NotAnEmailAddress)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, NotAnEmailAddress> {
        text.parse::<EmailAddress>().map(|address| address.0)
    }

    #[test]
    fn every_spelling_of_an_address_is_one() {
        for (spelling, address) in [
            (" Ada@Example.COM ", "ada@example.com"),
            ("ada+wati@example.com", "ada+wati@example.com"),
            ("ada@Bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("JÖRG@example.com", "jörg@example.com"),
            // A letter and a mark that stands over it are the letter that has both.
            ("jo\u{308}rg@example.com", "jörg@example.com"),
            ("عائشة@example.com", "عائشة@example.com"),
            ("admin@openwati.localhost", "admin@openwati.localhost"),
        ] {
            assert_eq!(read(spelling).as_deref(), Ok(address), "{spelling}");
            assert_eq!(read(address).as_deref(), Ok(address), "{address}");
        }
    }

    #[test]
    fn what_no_mail_could_be_sent_to_is_no_address() {
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", "a.".repeat(130));
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a b@example.com",
            "a@b@c.com",
            "ada@exa mple.com",
            "ada@-a.com",
            "ada@a..com",
            ".a@b.com",
            "a..b@b.com",
            "a@b.com\r\nBcc: c@d.com",
            "a\u{0}@b.com",
            "a\u{a0}b@b.com",
            "\"a b\"@b.com",
            "Ada <ada@example.com>",
            &long,
            &longer,
        ] {
            assert_eq!(read(text), Err(NotAnEmailAddress), "{text:?}");
        }
    }

    #[test]
    fn debug_does_not_tell_whose_it_is() {
        let address: EmailAddress = "ada@example.com".parse().unwrap();
        assert_eq!(format!("{address:?}"), "EmailAddress(…@example.com)");
        assert_eq!(address.hash().len(), 64);
    }
}
