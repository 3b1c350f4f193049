//! Numbers that WhatsApp writes otherwise than people do.

use super::PhoneNumber;

impl PhoneNumber {
    /// The other way to write this number, in the countries where WhatsApp's id of an account may differ from the number
    /// that people dial, and both reach the same person:
    ///
    /// - Brazil: mobile numbers got a ninth digit, `55 DD 9XXXXXXXX`, that the ids of older accounts lack;
    /// - Mexico: ids carry the former mobile prefix `1`, `52 1` and ten digits;
    /// - Argentina: ids carry the mobile prefix `9`, `54 9` and ten digits.
    ///
    /// Source: Meta's Cloud API documentation, "Phone numbers: Brazil and Mexico", and its support page on Argentina.
    pub fn other_spelling(&self) -> Option<Self> {
        let digits = self.as_str();
        let (country, rest) = digits.split_at_checked(2)?;
        let other = match (country, rest.len()) {
            ("55", 11) if rest.as_bytes()[2] == b'9' => format!("55{}{}", &rest[..2], &rest[3..]),
            // Mobile numbers began with 6 to 9; the others are landlines, which got no digit.
            ("55", 10) if (b'6'..=b'9').contains(&rest.as_bytes()[2]) => {
                format!("55{}9{}", &rest[..2], &rest[2..])
            }
            ("52", 11) => format!("52{}", rest.strip_prefix('1')?),
            ("52", 10) => format!("521{rest}"),
            ("54", 11) => format!("54{}", rest.strip_prefix('9')?),
            ("54", 10) => format!("549{rest}"),
            _ => return None,
        };
        Self::from_digits(&other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_lead_to_each_other() {
        for (one, other) in [
            ("5511987654321", "551187654321"),
            ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
        ] {
            let number = |digits| PhoneNumber::from_digits(digits).unwrap();
            assert_eq!(number(one).other_spelling(), Some(number(other)));
            assert_eq!(number(other).other_spelling(), Some(number(one)));
        }
        for single in ["923001234567", "551134567890", "12345", "52123"] {
            assert_eq!(
                PhoneNumber::from_digits(single).unwrap().other_spelling(),
                None,
                "{single}"
            );
        }
    }
}
