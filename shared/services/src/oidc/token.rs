//! What a token of an issuer must say.

use jsonwebtoken::{Algorithm, Validation};
use openwati_core::time::Moment;
use serde::Deserialize;
use serde_json::Value;

use super::Identity;
use super::issuer::{Issuer, OneOrMany};
use super::keys::Key;

/// By how much an issuer's clock may differ from ours, in seconds.
const LEEWAY: f64 = 60.0;

/// OpenID Connect Core: a subject has at most 255 ASCII characters.
const LONGEST_SUBJECT: usize = 255;

/// What a token says of how it is signed. Nothing of it is verified.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) alg: Algorithm,
    pub(super) kid: Option<String>,
}

impl Header {
    /// Reads it; nothing where it asks for something that is not known here, as RFC 7515 wants it.
    pub(super) fn read(token: &str) -> Option<Self> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        header.crit.is_none().then_some(Self {
            alg: header.alg,
            kid: header.kid,
        })
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: OneOrMany,
    exp: f64,
    nbf: Option<f64>,
    email: Option<Value>,
    email_verified: Option<Value>,
}

/// Whom a token is about, if it was signed with this key, for us, by this issuer, and is good at `now`.
pub(super) fn verify(token: &str, key: &Key, issuer: &Issuer, now: Moment) -> Option<Identity> {
    let claims = jsonwebtoken::decode::<Claims>(token, &key.key, &rules(key)).ok()?;
    let claims = claims.claims;
    let now = now.millis() as f64 / 1000.0;
    let in_time = now < claims.exp + LEEWAY && claims.nbf.is_none_or(|nbf| nbf - LEEWAY <= now);
    let ours = claims.iss == issuer.name && claims.aud.meets(&issuer.audience);
    let named = (1..=LONGEST_SUBJECT).contains(&claims.sub.len());
    if !(in_time && ours && named) {
        return None;
    }
    let verified = issuer.emails_verified || is_true(claims.email_verified.as_ref());
    let email = claims.email.as_ref().filter(|_| verified);
    Some(Identity {
        issuer: claims.iss,
        subject: claims.sub,
        verified_email: email
            .and_then(Value::as_str)
            .and_then(|email| email.parse().ok()),
    })
}

/// Some issuers write their attributes as texts.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// The signature alone is the library's to judge: it would ask the machine's own clock for the time.
fn rules(key: &Key) -> Validation {
    let mut rules = Validation::default();
    rules.algorithms.clone_from(&key.algorithms);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    rules
}
