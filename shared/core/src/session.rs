//! The tokens that people are known by: JSON Web Tokens (RFC 7519) that this installation signs with keys of its own.
//!
//! A token says whose it is and what it is good for; whether it still is good is asked of what is kept of its owner. Its
//! purpose is its audience, so that no token passes for one of another kind. All are signed by HMAC-SHA256 and by
//! nothing else: what a token's own header asks for beyond that is refused, and its key id is not read.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::id::Id;
use crate::secret::Secret;
use crate::tenant::TenantId;
use crate::time::Moment;

/// Who issues these tokens, by the claim `iss`.
pub const ISSUER: &str = "openwati";

/// Longer texts are no tokens of anybody's: API Gateway takes no more than 10,240 bytes of headers in all.
const LONGEST: usize = 8192;

/// A key that holds 128 bits in hex.
const SHORTEST_KEY: usize = 32;

/// What a token says besides who made it and until when.
pub trait Claims: Serialize + DeserializeOwned {
    /// What it is good for: the claim `aud`.
    const PURPOSE: &'static str;

    /// How long it is good.
    fn life(&self) -> Duration;
}

/// Lets its bearer use the API for 15 minutes, as long as the session lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The user's tenant.
    #[serde(rename = "tid")]
    pub tenant: TenantId,
    /// The user.
    #[serde(rename = "sub")]
    pub user: Id,
    /// The user's session.
    #[serde(rename = "sid")]
    pub session: Id,
    /// The tenant that a Super Admin entered with it, where it is not the own one. It is good for an hour then, and
    /// there is none to renew it.
    #[serde(rename = "ent", default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<TenantId>,
}

/// Gets its bearer the next access token, once, within 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// The user's tenant.
    #[serde(rename = "tid")]
    pub tenant: TenantId,
    /// The user.
    #[serde(rename = "sub")]
    pub user: Id,
    /// The user's session.
    #[serde(rename = "sid")]
    pub session: Id,
    /// How many times the session was renewed before: an older number was used already.
    #[serde(rename = "gen")]
    pub generation: u32,
}

/// Lets its bearer join a team, within 7 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The tenant.
    #[serde(rename = "tid")]
    pub tenant: TenantId,
    /// Who is invited.
    #[serde(rename = "sub")]
    pub user: Id,
    /// How many times the user was invited before: only the newest invitation is good.
    #[serde(rename = "gen")]
    pub generation: u32,
}

/// Lets its bearer choose a new password, within an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// The user's tenant.
    #[serde(rename = "tid")]
    pub tenant: TenantId,
    /// The user.
    #[serde(rename = "sub")]
    pub user: Id,
    /// How many times the password was changed before: with the next change the token is used.
    #[serde(rename = "pwv")]
    pub password_version: u32,
}

impl Claims for Access {
    const PURPOSE: &'static str = "api";

    fn life(&self) -> Duration {
        match self.entered {
            None => Duration::from_mins(15),
            Some(_) => Duration::from_hours(1),
        }
    }
}

impl Claims for Refresh {
    const PURPOSE: &'static str = "refresh";

    fn life(&self) -> Duration {
        Duration::from_hours(30 * 24)
    }
}

impl Claims for Invitation {
    const PURPOSE: &'static str = "invitation";

    fn life(&self) -> Duration {
        Duration::from_hours(7 * 24)
    }
}

impl Claims for Reset {
    const PURPOSE: &'static str = "reset";

    fn life(&self) -> Duration {
        Duration::from_hours(1)
    }
}

/// The keys that tokens are signed with: the first one signs, all of them are known. A new key put before the old one
/// leaves those who are logged in alone.
#[derive(Clone)]
pub struct SessionKeys {
    signs: EncodingKey,
    known: Vec<DecodingKey>,
}

/// The text holds no key, or a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "keys of sessions are texts of at least {SHORTEST_KEY} characters, with commas between them"
)]
pub struct BadSessionKeys;

/// A token with the claims that all of them have.
#[derive(Serialize, Deserialize)]
struct Whole<C> {
    iss: String,
    aud: String,
    /// In seconds.
    iat: i64,
    /// In seconds.
    exp: i64,
    #[serde(flatten)]
    claims: C,
}

impl SessionKeys {
    /// Reads keys: texts with commas between them.
    ///
    /// # Errors
    /// If one has fewer than 32 characters.
    pub fn parse(text: &str) -> Result<Self, BadSessionKeys> {
        let keys: Vec<&[u8]> = text.split(',').map(|key| key.trim().as_bytes()).collect();
        if keys.iter().any(|key| key.len() < SHORTEST_KEY) {
            return Err(BadSessionKeys);
        }
        Ok(Self {
            signs: EncodingKey::from_secret(keys[0]),
            known: keys.into_iter().map(DecodingKey::from_secret).collect(),
        })
    }

    /// A new key, as text.
    pub fn generate(entropy: &Entropy) -> Secret<String> {
        Secret::new(hex::encode(entropy.bytes::<32>()))
    }

    /// A token that is good from `now` on, for as long as its kind is.
    pub fn sign<C: Claims>(&self, claims: &C, now: Moment) -> Secret<String> {
        let whole = Whole {
            iss: ISSUER.to_owned(),
            aud: C::PURPOSE.to_owned(),
            iat: now.seconds(),
            exp: now.plus(claims.life()).seconds(),
            claims,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &whole, &self.signs);
        Secret::new(token.expect("ids and numbers can be written, and a secret signs by HMAC"))
    }

    /// What a token of this kind says, if it was signed with one of the keys and has not ended by `now`.
    pub fn verify<C: Claims>(&self, token: &str, now: Moment) -> Option<C> {
        if token.len() > LONGEST {
            return None;
        }
        let rules = rules();
        let whole = self.known.iter().find_map(|key| {
            let token = jsonwebtoken::decode::<Whole<C>>(token, key, &rules).ok()?;
            Some(token.claims)
        })?;
        let good = whole.iss == ISSUER && whole.aud == C::PURPOSE && now.seconds() < whole.exp;
        good.then_some(whole.claims)
    }
}

/// The signature alone is the library's to judge: it would ask the machine's own clock for the time.
fn rules() -> Validation {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    rules
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKeys({} keys)", self.known.len())
    }
}

/// Who a text says that it was issued by, if it has the form of a JSON Web Token. Nothing of it is verified: it tells
/// whose keys are to judge.
pub fn unverified_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issued {
        iss: String,
    }

    if token.len() > LONGEST {
        return None;
    }
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let issued: Issued = serde_json::from_slice(&claims).ok()?;
    Some(issued.iss)
}

#[cfg(test)]
mod tests;
