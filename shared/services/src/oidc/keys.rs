//! The keys that an issuer publishes: a JSON Web Key Set (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::token::Header;

/// What an RSA key verifies. Keys of fewer than 2,048 bits verify nothing.
const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// The keys of an issuer that tokens may be signed with.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Key>);

/// A key, and what it verifies.
#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) key: DecodingKey,
}

impl KeySet {
    /// Reads a set. What is no public key for signatures is left out: an issuer may publish keys for other purposes, and
    /// of kinds that come later; and a secret is no key that anybody may publish.
    pub(super) fn parse(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }

        let set: Set = serde_json::from_slice(document).ok()?;
        let keys: Vec<Key> = set.keys.into_iter().filter_map(Key::read).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Whether a token that names this key, or none, can be judged.
    pub(super) fn knows(&self, kid: Option<&str>) -> bool {
        match kid {
            Some(_) => self.0.iter().any(|key| key.id.as_deref() == kid),
            None => true,
        }
    }

    /// The key that a token names, if it verifies what the token says; the only one that does where it names none.
    pub(super) fn find(&self, header: &Header) -> Option<&Key> {
        let mut fit = self.0.iter().filter(|key| {
            let named = header.kid.is_none() || key.id == header.kid;
            named && key.algorithms.contains(&header.alg)
        });
        let first = fit.next()?;
        (header.kid.is_some() || fit.next().is_none()).then_some(first)
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let common = &jwk.common;
        let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
            && common
                .key_operations
                .as_ref()
                .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let mut algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => RSA.to_vec(),
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                vec![Algorithm::EdDSA]
            }
            _ => return None,
        };
        if let Some(only) = jwk.common.key_algorithm {
            let only = Algorithm::try_from(only).ok()?;
            algorithms.retain(|algorithm| *algorithm == only);
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (signs && !algorithms.is_empty()).then_some(Self {
            id: jwk.common.key_id,
            algorithms,
            key,
        })
    }
}
