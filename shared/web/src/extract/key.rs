use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The key that a request carries: `Authorization: Bearer <key>`, the bare key there, or `X-API-Key`. Never the query,
/// which ends up in logs.
pub(super) fn presented(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name)?.to_str().ok();
    text(AUTHORIZATION)
        .map(without_scheme)
        .filter(|key| !key.is_empty())
        .or_else(|| text(API_KEY).map(str::trim))
        .filter(|key| !key.is_empty())
}

fn without_scheme(value: &str) -> &str {
    let value = value.trim();
    match value.split_once([' ', '\t']) {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
        _ if value.eq_ignore_ascii_case("bearer") => "",
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(headers: &[(&'static str, &'static str)]) -> Option<String> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        presented(&headers).map(str::to_owned)
    }

    #[test]
    fn every_documented_place_of_a_key_is_read() {
        for headers in [
            [("authorization", "Bearer wati_x")],
            [("authorization", "bearer wati_x")],
            [("authorization", "BEARER   wati_x ")],
            [("authorization", "wati_x")],
            [("x-api-key", " wati_x ")],
        ] {
            assert_eq!(key(&headers).as_deref(), Some("wati_x"), "{headers:?}");
        }
    }

    #[test]
    fn an_empty_authorization_leaves_the_other_header() {
        for empty in ["", "Bearer", "Bearer "] {
            let both = [("authorization", empty), ("x-api-key", "wati_x")];
            assert_eq!(key(&both).as_deref(), Some("wati_x"));
            assert_eq!(key(&[("authorization", empty)]), None);
        }
    }

    #[test]
    fn another_scheme_gives_no_key_that_could_exist() {
        assert_eq!(
            key(&[("authorization", "Basic d2F0aQ==")]).as_deref(),
            Some("Basic d2F0aQ==")
        );
    }
}
