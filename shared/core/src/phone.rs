//! Phone numbers: what a caller may write, and the one form that is kept.

mod lengths;
mod spellings;

use std::fmt;

use phonenumber::Type::{FixedLineOrMobile, Mobile};
use phonenumber::country::Id as Country;
use phonenumber::metadata::DATABASE;
use serde::{Deserialize, Deserializer, Serialize};

/// A phone number as digits with its country code and without `+`, as it is stored, answered and sent to WhatsApp.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// Why a text is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPhoneNumber {
    /// It holds something besides digits, spaces and the usual punctuation, or no digits at all.
    #[error("is not a phone number")]
    NotANumber,
    /// It is a local number and the tenant has no default country.
    #[error("has no known country code: write it as +<country code><number>")]
    NoCountry,
    /// No number of that country has this length.
    #[error("is too short or too long for a phone number of its country")]
    BadLength,
}

/// The longest text that is looked at: 15 digits (ITU-T E.164) with generous punctuation.
const LONGEST_TEXT: usize = 40;

impl PhoneNumber {
    /// Reads E.164 (`+92 300 1234567`, `0092…`), digits with a country code, or local digits, which take
    /// `default_country` (ISO 3166 alpha-2).
    ///
    /// Without `+`, digits that are a number of the default country are taken as local; only then is the country code
    /// looked for in the digits themselves. Where numbers have no fixed length, as in Germany, nearly all digits are a
    /// landline: what is a mobile number of another country is taken as that before it is taken as a local landline.
    ///
    /// # Errors
    /// If it cannot be a number of any country: see [`BadPhoneNumber`].
    pub fn parse(text: &str, default_country: Option<&str>) -> Result<Self, BadPhoneNumber> {
        let (international, digits) = written(text)?;
        if international {
            return Self::from_international(&digits);
        }
        if let Some((local, mobile)) = default_country.and_then(|country| local(&digits, country))
            && (mobile || !is_mobile_abroad(&digits))
        {
            return Ok(local);
        }
        if let Some(rest) = digits.strip_prefix("00") {
            return Self::from_international(rest);
        }
        Self::from_international(&digits)
    }

    /// Reads E.164 or digits with a country code, and no local digits: for what must not be guessed, and without the
    /// numbering plans, which are a good part of a function's size.
    ///
    /// # Errors
    /// As [`parse`](Self::parse) without a country.
    pub fn parse_international(text: &str) -> Result<Self, BadPhoneNumber> {
        let (_, digits) = written(text)?;
        Self::from_international(digits.strip_prefix("00").unwrap_or(&digits))
    }

    /// Digits with a country code, as WhatsApp and the store write them. `None` unless they are 5 to 15 digits: what
    /// WhatsApp says is a number is taken as one, whatever the numbering plans say.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let fits = (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(digits.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_international(digits: &str) -> Result<Self, BadPhoneNumber> {
        // A country code has one to three digits, and none is the beginning of another.
        let mut known = false;
        for length in 1..=3.min(digits.len()) {
            let code: u16 = digits[..length]
                .parse()
                .map_err(|_| BadPhoneNumber::NotANumber)?;
            if digits.starts_with('0') {
                break;
            }
            match lengths::has_numbers_of_length(code, digits.len() - length) {
                Some(true) => return Ok(Self(digits.to_owned())),
                Some(false) => known = true,
                None => {}
            }
        }
        Err(if known {
            BadPhoneNumber::BadLength
        } else {
            BadPhoneNumber::NoCountry
        })
    }
}

/// The digits of a text, and whether a `+` stands before them.
fn written(text: &str) -> Result<(bool, String), BadPhoneNumber> {
    let text = text.trim();
    let plain =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '-' | '.' | '(' | ')' | '/');
    let (international, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if text.len() > LONGEST_TEXT || !rest.chars().all(plain) {
        return Err(BadPhoneNumber::NotANumber);
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(BadPhoneNumber::NotANumber);
    }
    Ok((international, digits))
}

/// `digits` as a number of `country`, if they are a valid one, and whether it may be a mobile's.
fn local(digits: &str, country: &str) -> Option<(PhoneNumber, bool)> {
    let country: Country = country.parse().ok()?;
    let number = phonenumber::parse(Some(country), digits).ok()?;
    if !number.is_valid() {
        return None;
    }
    let mobile = is_mobile(&number);
    let number = format!("{}{}", number.code().value(), number.national());
    Some((PhoneNumber::from_digits(&number)?, mobile))
}

/// Whether `digits` with a country code are a valid number that may be a mobile's.
fn is_mobile_abroad(digits: &str) -> bool {
    !digits.starts_with('0')
        && phonenumber::parse(None, format!("+{digits}"))
            .is_ok_and(|number| number.is_valid() && is_mobile(&number))
}

fn is_mobile(number: &phonenumber::PhoneNumber) -> bool {
    matches!(number.number_type(&DATABASE), Mobile | FixedLineOrMobile)
}

/// Whether `code` is a country (ISO 3166 alpha-2) whose numbers we know.
pub fn is_country(code: &str) -> bool {
    code.parse::<Country>().is_ok()
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows the last digits alone, so that logs do not hold people's numbers.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PhoneNumber(…{})",
            &self.0[self.0.len().saturating_sub(3)..]
        )
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_digits(&text).ok_or_else(|| serde::de::Error::custom("not a phone number"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str, country: Option<&str>) -> Result<String, BadPhoneNumber> {
        PhoneNumber::parse(text, country).map(|n| n.0)
    }

    #[test]
    fn every_country_has_a_numbering_plan() {
        let letters = || 'A'..='Z';
        for code in letters().flat_map(|one| letters().map(move |two| format!("{one}{two}"))) {
            assert_eq!(is_country(&code), DATABASE.by_id(&code).is_some(), "{code}");
        }
        assert!(!is_country("de") && !is_country("001") && !is_country(""));
    }

    #[test]
    fn what_must_not_be_guessed_has_its_country_code() {
        let read = |text| PhoneNumber::parse_international(text).map(|number| number.to_string());
        for text in ["+92 300 1234567", "00923001234567", "923001234567"] {
            assert_eq!(read(text).as_deref(), Ok("923001234567"), "{text}");
        }
        assert_eq!(read("0300 1234567"), Err(BadPhoneNumber::NoCountry));
        assert_eq!(read("+92 300"), Err(BadPhoneNumber::BadLength));
        assert_eq!(read("Ada"), Err(BadPhoneNumber::NotANumber));
    }

    #[test]
    fn every_documented_spelling_gives_the_same_digits() {
        for (text, country) in [
            ("+923001234567", None),
            ("+92 300 1234567", None),
            ("00923001234567", None),
            ("923001234567", None),
            ("923001234567", Some("US")),
            ("923001234567", Some("PK")),
            ("03001234567", Some("PK")),
            ("0300-1234567", Some("PK")),
            ("3001234567", Some("PK")),
        ] {
            assert_eq!(
                parse(text, country).as_deref(),
                Ok("923001234567"),
                "{text} {country:?}"
            );
        }
        assert_eq!(
            parse("(415) 555-2671", Some("US")).as_deref(),
            Ok("14155552671")
        );
        assert_eq!(
            parse("+39 06 698 12345", None).as_deref(),
            Ok("390669812345")
        );
        assert_eq!(
            parse("06 698 12345", Some("IT")).as_deref(),
            Ok("390669812345")
        );
    }

    #[test]
    fn a_mobile_number_from_abroad_is_no_local_landline() {
        for (text, country, number) in [
            // What a country with numbers of any length would take for a landline.
            ("923001234567", "DE", "923001234567"),
            ("393331234567", "DE", "393331234567"),
            ("447911123456", "DE", "447911123456"),
            ("436641234567", "DE", "436641234567"),
            ("4915123456789", "AT", "4915123456789"),
            // With the country's own code, and local ones.
            ("4915123456789", "DE", "4915123456789"),
            ("0923001234567", "DE", "49923001234567"),
            ("01512 3456789", "DE", "4915123456789"),
            ("15123456789", "DE", "4915123456789"),
            ("8912345678", "DE", "498912345678"),
            ("4155552671", "US", "14155552671"),
            ("4794123456", "US", "14794123456"),
        ] {
            assert_eq!(parse(text, Some(country)).as_deref(), Ok(number), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_number_says_why() {
        use BadPhoneNumber::*;
        for (text, country, why) in [
            ("", None, NotANumber),
            ("+", None, NotANumber),
            ("hello", None, NotANumber),
            ("+92300x1234567", None, NotANumber),
            ("+92+3001234567", None, NotANumber),
            ("٠٣٠٠١٢٣٤٥٦٧", Some("PK"), NotANumber),
            ("+9230012345678901", None, BadLength),
            ("+9230", None, BadLength),
            ("03001234567", None, NoCountry),
            ("+0123456789", None, NoCountry),
            ("+9991234567", None, NoCountry),
        ] {
            assert_eq!(parse(text, country), Err(why), "{text}");
        }
        assert_eq!(parse(&"1".repeat(500), None), Err(NotANumber));
    }

    #[test]
    fn countries_are_known_by_their_codes() {
        assert!(is_country("PK") && is_country("US"));
        assert!(!is_country("ZZ") && !is_country("pakistan") && !is_country(""));
    }

    #[test]
    fn debug_hides_all_but_the_end() {
        assert_eq!(
            format!("{:?}", PhoneNumber::from_digits("923001234567").unwrap()),
            "PhoneNumber(…567)"
        );
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_gives_digits(text in "\\PC{0,50}", country in "[A-Z]{2}") {
            for country in [None, Some(country.as_str())] {
                if let Ok(number) = PhoneNumber::parse(&text, country) {
                    prop_assert!(number.0.bytes().all(|b| b.is_ascii_digit()));
                    prop_assert!((5..=17).contains(&number.0.len()));
                }
            }
        }

        #[test]
        fn a_parsed_number_parses_to_itself(digits in "[1-9][0-9]{6,14}") {
            if let Ok(number) = PhoneNumber::parse(&format!("+{digits}"), None) {
                prop_assert_eq!(PhoneNumber::parse(&format!("+{number}"), None), Ok(number.clone()));
                prop_assert_eq!(PhoneNumber::parse(number.as_str(), None), Ok(number));
            }
        }
    }
}
