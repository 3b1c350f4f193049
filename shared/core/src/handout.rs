//! How a customer's file is handed to a browser: who sent it may have meant harm.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::media::MediaKind;

/// Types that browsers show without running anything that is in them.
const SHOWN: [&str; 5] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "application/pdf",
];

/// The longest name that is handed on, in characters. File systems take 255 bytes.
const LONGEST_NAME: usize = 80;

/// The longest ending of a name that is kept when it is cut, its dot included.
const LONGEST_ENDING: usize = 10;

/// What stands for itself in an extended value of a header, by RFC 8187.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The type that a file of this type is handed out as: what a browser might run is only bytes.
pub fn served_type(mime_type: &str) -> &str {
    let runs = mime_type.starts_with("text/") && mime_type != "text/plain"
        || mime_type.ends_with("xml")
        || mime_type.contains("script")
        || !mime_type.bytes().all(|b| b.is_ascii_graphic());
    if runs {
        "application/octet-stream"
    } else {
        mime_type
    }
}

/// The value of the header `Content-Disposition` (RFC 6266) for a file: shown where that is harmless, else saved, and under
/// a name that is one: no path, no control or direction characters, not too long.
pub fn disposition(kind: MediaKind, mime_type: &str, file_name: Option<&str>) -> String {
    let shown = SHOWN.contains(&mime_type)
        || mime_type.starts_with("audio/")
        || mime_type.starts_with("video/");
    let way = if shown { "inline" } else { "attachment" };
    let name = file_name.map(name).unwrap_or_default();
    let name = if name.is_empty() {
        format!("{kind}{}", ending(mime_type))
    } else {
        name
    };
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii() && !"\"\\%".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut value = format!("{way}; filename=\"{plain}\"");
    if plain != name {
        let escaped = utf8_percent_encode(&name, ATTR_CHAR);
        write!(value, "; filename*=UTF-8''{escaped}").expect("writing to a string cannot fail");
    }
    value
}

/// A name without what is none of a name's business.
fn name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_unseen(*c))
        .map(|c| if "<>:|?*\"".contains(c) { '_' } else { c })
        .collect();
    // A name that begins with a dot is hidden, and one that ends with one has another name on Windows.
    let kept = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if kept.chars().count() <= LONGEST_NAME {
        return kept.to_owned();
    }
    let (stem, ending) = match kept.rfind('.').map(|at| kept.split_at(at)) {
        Some((stem, ending)) if ending.chars().count() <= LONGEST_ENDING => (stem, ending),
        _ => (kept, ""),
    };
    let room = LONGEST_NAME - ending.chars().count();
    stem.chars().take(room).chain(ending.chars()).collect()
}

/// Characters that show nothing and change how the others are read, so that `gpj.exe` looks like `exe.jpg`.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn ending(mime_type: &str) -> &'static str {
    match mime_type {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/webp" => ".webp",
        "video/mp4" => ".mp4",
        "video/3gpp" => ".3gp",
        "audio/ogg" => ".ogg",
        "audio/mpeg" => ".mp3",
        "audio/mp4" => ".m4a",
        "audio/aac" => ".aac",
        "audio/amr" => ".amr",
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(file_name: &str) -> String {
        disposition(MediaKind::Document, "application/pdf", Some(file_name))
    }

    #[test]
    fn a_plain_name_is_told_once() {
        assert_eq!(document("Bill 7.pdf"), "inline; filename=\"Bill 7.pdf\"");
        let voice = disposition(MediaKind::Audio, "audio/ogg", None);
        assert_eq!(voice, "inline; filename=\"audio.ogg\"");
        let unknown = disposition(MediaKind::Document, "application/x-thing", Some("..."));
        assert_eq!(unknown, "attachment; filename=\"document\"");
    }

    #[test]
    fn a_name_in_any_script_is_told_whole_and_in_ascii() {
        assert_eq!(
            document("Rechnung für 😀.pdf"),
            "inline; filename=\"Rechnung f_r _.pdf\"; \
             filename*=UTF-8''Rechnung%20f%C3%BCr%20%F0%9F%98%80.pdf"
        );
    }

    #[test]
    fn a_name_leads_nowhere_and_adds_no_header() {
        for (given, expected) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/", "document.pdf"),
            (".htaccess", "htaccess"),
            ("a\r\nSet-Cookie: b=c", "aSet-Cookie_ b=c"),
            ("a\"; filename=\"b.exe", "a_; filename=_b.exe"),
            ("exe\u{202e}fdp.pdf", "exefdp.pdf"),
            ("a\0b.pdf", "ab.pdf"),
        ] {
            assert_eq!(
                document(given),
                format!("inline; filename=\"{expected}\""),
                "{given:?}"
            );
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let value = document(&format!("{}.pdf", "x".repeat(500)));
        assert_eq!(
            value,
            format!("inline; filename=\"{}.pdf\"", "x".repeat(76))
        );
    }

    #[test]
    fn what_a_browser_might_run_is_saved_as_bytes() {
        for runs in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xml",
            "text/javascript",
            "application/javascript",
            "text/html\r\n",
            "ü",
        ] {
            assert_eq!(served_type(runs), "application/octet-stream", "{runs}");
            let value = disposition(MediaKind::Document, runs, Some("a"));
            assert!(value.starts_with("attachment;"), "{runs}");
        }
        for harmless in ["image/jpeg", "application/pdf", "text/plain", "video/mp4"] {
            assert_eq!(served_type(harmless), harmless);
        }
    }

    proptest! {
        #[test]
        fn every_name_makes_a_header(given in "\\PC{0,200}|.{0,40}") {
            let value = document(&given);
            prop_assert!(value.bytes().all(|b| (b' '..=b'~').contains(&b)), "{value:?}");
            prop_assert_eq!(value.matches('"').count(), 2);
            prop_assert!(!value.contains('/') && !value.contains('\\'));
            prop_assert!(value.len() < 1200);
        }
    }
}
