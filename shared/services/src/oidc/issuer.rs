//! The issuers that the operator names.

use std::collections::BTreeSet;

use serde::Deserialize;
use url::{Host, Url};

/// An issuer whose tokens are taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issuer {
    /// Its address, letter for letter the claim `iss` of its tokens.
    #[serde(rename = "issuer")]
    pub(super) name: String,
    /// For whom its tokens must be.
    pub(super) audience: OneOrMany,
    /// Where its keys are; asked of it where nothing is said.
    #[serde(default)]
    pub(super) jwks_uri: Option<String>,
    /// Whether it lets nobody log in whose address it has not verified.
    #[serde(default)]
    pub(super) emails_verified: bool,
    #[serde(skip)]
    allow_loopback: bool,
}

/// What JSON writes as a text or as a list of texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Whether they have one in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.all().iter().any(|one| other.all().contains(one))
    }
}

/// What is wrong with the issuers that the operator names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadIssuers {
    /// It is not the JSON that it must be.
    #[error("it must be a JSON array of {{\"issuer\", \"audience\"}}: {0}")]
    Json(String),
    /// An address is none, or none that keys may be asked of.
    #[error("{0} must be an https:// address without query and fragment")]
    Address(String),
    /// An issuer stands there twice, or has this platform's own name.
    #[error("{0} is named twice, or is the platform's own name")]
    Twice(String),
    /// An issuer's tokens would be taken whomever they are for.
    #[error("{0} has no audience")]
    NoAudience(String),
}

impl Issuer {
    pub(super) fn parse_all(text: &str, allow_loopback: bool) -> Result<Vec<Self>, BadIssuers> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut issuers: Vec<Self> =
            serde_json::from_str(text).map_err(|error| BadIssuers::Json(error.to_string()))?;
        let mut names = BTreeSet::from([openwati_core::session::ISSUER.to_owned()]);
        for issuer in &mut issuers {
            issuer.allow_loopback = allow_loopback;
            for address in [Some(&issuer.name), issuer.jwks_uri.as_ref()]
                .into_iter()
                .flatten()
            {
                let whole = address != &issuer.name || !address.contains('?');
                if !issuer.may_ask(address) || !whole {
                    return Err(BadIssuers::Address(address.clone()));
                }
            }
            let audience = issuer.audience.all();
            if audience.is_empty() || audience.iter().any(String::is_empty) {
                return Err(BadIssuers::NoAudience(issuer.name.clone()));
            }
            if !names.insert(issuer.name.clone()) {
                return Err(BadIssuers::Twice(issuer.name.clone()));
            }
        }
        Ok(issuers)
    }

    /// Where it says what it is.
    pub(super) fn discovery(&self) -> String {
        let base = self.name.trim_end_matches('/');
        format!("{base}/.well-known/openid-configuration")
    }

    /// Whether something of this issuer may be asked for there. Whoever can change what comes over the wire makes tokens.
    pub(super) fn may_ask(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else {
            return false;
        };
        let plain =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return false,
        };
        let safe = url.scheme() == "https";
        plain && (safe || self.allow_loopback && loopback && url.scheme() == "http")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, allow_loopback: bool) -> Result<usize, BadIssuers> {
        Issuer::parse_all(text, allow_loopback).map(|issuers| issuers.len())
    }

    fn issuer(address: &str) -> String {
        format!(r#"[{{"issuer": "{address}", "audience": "app"}}]"#)
    }

    #[test]
    fn no_text_is_no_issuer() {
        for text in ["", " ", "[]"] {
            assert_eq!(parse(text, false), Ok(0));
        }
    }

    #[test]
    fn issuers_may_have_several_audiences_and_keys_elsewhere() {
        let text = r#"[
            {"issuer": "https://a.example", "audience": "app"},
            {"issuer": "https://b.example/auth/v1", "audience": ["app", "other"], "emails_verified": true},
            {"issuer": "https://c.example/", "audience": "app", "jwks_uri": "https://keys.example/c?v=1"}
        ]"#;
        assert_eq!(parse(text, false), Ok(3));
        let issuers = Issuer::parse_all(text, false).unwrap();
        let discovery: Vec<_> = issuers.iter().map(Issuer::discovery).collect();
        assert_eq!(
            discovery,
            [
                "https://a.example/.well-known/openid-configuration",
                "https://b.example/auth/v1/.well-known/openid-configuration",
                "https://c.example/.well-known/openid-configuration",
            ]
        );
    }

    #[test]
    fn keys_come_over_tls_or_from_this_machine_where_that_is_allowed() {
        for address in [
            "http://issuer.example",
            "ftp://issuer.example",
            "issuer.example",
            "",
            "https://user@issuer.example",
            "https://:secret@issuer.example",
            "https://issuer.example?tenant=1",
            "https://issuer.example#x",
        ] {
            for allow_loopback in [false, true] {
                let refused = parse(&issuer(address), allow_loopback);
                assert_eq!(refused, Err(BadIssuers::Address(address.to_owned())));
            }
        }
        for address in ["http://127.0.0.1:9", "http://[::1]:9/x", "http://localhost"] {
            assert_eq!(parse(&issuer(address), true), Ok(1));
            assert!(parse(&issuer(address), false).is_err());
        }
        let keys = r#"[{"issuer": "https://a.example", "audience": "app", "jwks_uri": "http://a.example"}]"#;
        assert!(parse(keys, true).is_err());
    }

    #[test]
    fn what_would_let_anybody_in_is_refused() {
        let without = r#"[{"issuer": "https://a.example"}]"#;
        assert!(matches!(parse(without, false), Err(BadIssuers::Json(_))));
        for audience in [r#""""#, "[]", r#"["app", ""]"#] {
            let text = format!(r#"[{{"issuer": "https://a.example", "audience": {audience}}}]"#);
            assert!(matches!(
                parse(&text, false),
                Err(BadIssuers::NoAudience(_))
            ));
        }
        let misspelt =
            r#"[{"issuer": "https://a.example", "audience": "a", "email_verified": true}]"#;
        assert!(matches!(parse(misspelt, false), Err(BadIssuers::Json(_))));
        let one = r#"{"issuer": "https://a.example", "audience": "a"}"#;
        let twice = parse(&format!("[{one}, {one}]"), false);
        assert!(matches!(twice, Err(BadIssuers::Twice(_))));
    }
}
