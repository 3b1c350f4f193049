//! What a file's first bytes tell: its encoding, and what divides its cells.

/// How much is looked at, in bytes: a file that is no text of ours is told by as much.
pub(super) const LOOKED_AT: usize = 256 << 10;

/// How a file begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beginning {
    /// The bytes before its text: a byte order mark.
    pub(super) skipped: usize,
    /// What divides its cells.
    pub(super) delimiter: u8,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the first bytes of a file tell; all of it, if it is that short.
///
/// # Errors
/// In words for people, if it is no text in UTF-8.
pub(super) fn beginning(bytes: &[u8]) -> Result<Beginning, String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || is_utf_16(bytes) {
        return Err("the file is UTF-16: save it as CSV in UTF-8".to_owned());
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("the file is a workbook or an archive: save it as CSV in UTF-8".to_owned());
    }
    let skipped = match bytes.starts_with(BYTE_ORDER_MARK) {
        true => BYTE_ORDER_MARK.len(),
        false => 0,
    };
    let text = &bytes[skipped..];
    if let Err(error) = std::str::from_utf8(text)
        // A character that the last byte cuts is none that is wrong.
        && error.error_len().is_some()
    {
        return Err(
            "the file is not UTF-8; perhaps it is Latin-1 or Windows-1252: save it as CSV in UTF-8"
                .to_owned(),
        );
    }
    Ok(Beginning {
        skipped,
        delimiter: delimiter(text),
    })
}

/// Whether every other byte of the first ones is nothing, as in UTF-16 without a mark.
fn is_utf_16(bytes: &[u8]) -> bool {
    let first = &bytes[..bytes.len().min(64) & !1];
    let zeros = |odd: usize| {
        first
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    first.len() >= 4 && (zeros(0) > first.len() / 4 || zeros(1) > first.len() / 4)
}

/// The one of the usual ones that divides the first line most often, outside of quotes.
fn delimiter(text: &[u8]) -> u8 {
    const USUAL: [u8; 3] = [b',', b';', b'\t'];
    let mut counts = [0_usize; USUAL.len()];
    let mut is_quoted = false;
    let mut begun = false;
    for byte in text {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted && begun => break,
            byte if !is_quoted => {
                if let Some(which) = USUAL.iter().position(|usual| usual == byte) {
                    counts[which] += 1;
                }
            }
            _ => {}
        }
        begun |= !matches!(byte, b'\n' | b'\r');
    }
    let mut best = 0;
    for which in 1..USUAL.len() {
        if counts[which] > counts[best] {
            best = which;
        }
    }
    USUAL[best]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_is_not_ours_is_named() {
        let utf_16: Vec<u8> = "phone,name\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked = [b"\xff\xfe".as_slice(), &utf_16].concat();
        for (bytes, name) in [
            (&marked[..], "UTF-16"),
            (&utf_16, "UTF-16"),
            (b"phone,name\n1,Jos\xe9\n", "Latin-1"),
            (b"PK\x03\x04....", "workbook"),
        ] {
            assert!(beginning(bytes).unwrap_err().contains(name), "{name}");
        }
        for good in [
            &b"phone"[..],
            b"\xef\xbb\xbfphone",
            "phone,é".as_bytes(),
            b"phone,\xc3",
            b"",
        ] {
            assert!(beginning(good).is_ok(), "{good:?}");
        }
        assert_eq!(beginning(b"\xef\xbb\xbfphone").unwrap().skipped, 3);
    }

    #[test]
    fn what_divides_cells_is_found_by_itself() {
        for (text, expected) in [
            ("phone,name\n1;2;3;4\n", b','),
            ("phone;name,first\n", b','),
            ("\r\nphone;name;tags\r\n1,2,3", b';'),
            ("phone\tname", b'\t'),
            ("\"a,b,c\";name;tags\n", b';'),
            ("phone", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter(text.as_bytes()), expected, "{text:?}");
        }
    }
}
