//! The path of a request as an HTTP API of API Gateway hands it to a function.

use percent_encoding::percent_decode_str;

/// Decodes a path as API Gateway does, which was observed on the service itself: it decodes twice, and between the two
/// cuts at a question mark. So `%2F` is a slash, `%252F` is one too, `%3F` ends the path, `+` stays a plus, and a
/// percent sign that does not encode anything is refused.
///
/// `None` is a bad request.
pub(super) fn decode(raw: &str) -> Option<String> {
    if !raw.contains('%') {
        return Some(raw.to_owned());
    }
    let once = unescape(raw)?;
    let path = once.split('?').next().unwrap_or_default();
    unescape(path)
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes();
    while let Some(at) = bytes.iter().position(|byte| *byte == b'%') {
        let escape = bytes.get(at + 1..at + 3)?;
        if !escape.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        bytes = &bytes[at + 3..];
    }
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn paths_are_decoded_as_observed_on_api_gateway() {
        let observed = [
            ("/capture/plain", Some("/capture/plain")),
            ("/capture/space%20value", Some("/capture/space value")),
            ("/capture/question%3Fvalue", Some("/capture/question")),
            ("/capture/percent%25done", None),
            ("/capture/hash%23value", Some("/capture/hash#value")),
            ("/capture/slash%2Fvalue", Some("/capture/slash/value")),
            ("/capture/%CE%BB-%E4%B8%96", Some("/capture/λ-世")),
            ("/capture/literal%252Fvalue", Some("/capture/literal/value")),
            ("/capture/literal%253Fvalue", Some("/capture/literal?value")),
            ("/capture/literal%2525value", Some("/capture/literal%value")),
        ];
        for (sent, expected) in observed {
            assert_eq!(decode(sent).as_deref(), expected, "{sent}");
        }
    }

    #[test]
    fn a_plus_stays_and_nonsense_is_refused() {
        assert_eq!(decode("/a+b").as_deref(), Some("/a+b"));
        assert_eq!(decode("/a%2Bb").as_deref(), Some("/a+b"));
        for nonsense in ["/a%", "/a%2", "/a%zz", "/a%FF"] {
            assert_eq!(decode(nonsense), None, "{nonsense}");
        }
    }
}
